// Weights from the file's order into panels, once at load.
#include <string.h>

#include "internal.h"

uint16_t ck_bf16(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 0x40);
  return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static float widened(uint16_t x) {
  uint32_t bits = (uint32_t)x << 16;
  float y;
  memcpy(&y, &bits, 4);
  return y;
}

// Calls `body` with the source place and the f32 panel place of each weight that exists.
#define FOR_PANELS(BODY)                                                                           \
  for (size_t first = 0; first < n; first += CK_PANEL) {                                           \
    size_t columns = n - first < CK_PANEL ? n - first : CK_PANEL;                                  \
    for (size_t c = 0; c < columns; c++) {                                                         \
      size_t row = (first + c) * k;                                                                \
      BODY                                                                                         \
    }                                                                                              \
  }

void ck_pack_f32_from_f32(size_t n, size_t k, const float *w, float *packed) {
  memset(packed, 0, (n + CK_PANEL - 1) / CK_PANEL * CK_PANEL * k * 4);
  FOR_PANELS(for (size_t i = 0; i < k; i++) packed[first * k + i * CK_PANEL + c] = w[row + i];)
}

void ck_pack_f32_from_bf16(size_t n, size_t k, const uint16_t *w, float *packed) {
  memset(packed, 0, (n + CK_PANEL - 1) / CK_PANEL * CK_PANEL * k * 4);
  FOR_PANELS(for (size_t i = 0; i < k; i++) packed[first * k + i * CK_PANEL + c] =
                 widened(w[row + i]);)
}

void ck_pack_bf16_from_bf16(size_t n, size_t k, const uint16_t *w, uint16_t *packed) {
  size_t even = (k + 1) / 2 * 2;
  memset(packed, 0, (n + CK_PANEL - 1) / CK_PANEL * CK_PANEL * even * 2);
  FOR_PANELS(for (size_t i = 0; i < k; i++)
                 packed[first * even + i / 2 * 2 * CK_PANEL + c * 2 + i % 2] = w[row + i];)
}

void ck_pack_bf16_from_f32(size_t n, size_t k, const float *w, uint16_t *packed) {
  size_t even = (k + 1) / 2 * 2;
  memset(packed, 0, (n + CK_PANEL - 1) / CK_PANEL * CK_PANEL * even * 2);
  FOR_PANELS(for (size_t i = 0; i < k; i++)
                 packed[first * even + i / 2 * 2 * CK_PANEL + c * 2 + i % 2] = ck_bf16(w[row + i]);)
}

void ck_widen_f16(size_t n, const uint16_t *x, float *y) {
  for (size_t i = 0; i < n; i++) {
    uint32_t sign = (uint32_t)(x[i] & 0x8000) << 16, exponent = x[i] >> 10 & 31, fraction = x[i] & 1023;
    uint32_t bits;
    if (exponent == 31) bits = sign | 0x7f800000 | fraction << 13;
    else if (exponent) bits = sign | (exponent + 112) << 23 | fraction << 13;
    else if (!fraction) bits = sign;
    else {  // subnormal there, normal here
      uint32_t e = 113;
      while (!(fraction & 1024)) fraction <<= 1, e--;
      bits = sign | e << 23 | (fraction & 1023) << 13;
    }
    memcpy(y + i, &bits, 4);
  }
}

size_t ck_count_not_finite_f32(size_t n, const float *x) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, 4);
    count += (bits & 0x7f800000) == 0x7f800000;
  }
  return count;
}

size_t ck_count_not_finite_bf16(size_t n, const uint16_t *x) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) count += (x[i] & 0x7f80) == 0x7f80;
  return count;
}

// Weights from the file's order into panels, once at load.
#include <math.h>
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

// The whole number in lowest…highest that is nearest to x, ties to even. (rintf is a call where not all processors
// have an instruction for it.)
static inline float nearest(float x, float lowest, float highest) {
  const float shift = 12582912;  // 1.5·2²³: above it floats have no fractions
  x = x < lowest ? lowest : x;
  x = x > highest ? highest : x;
  return (x + shift) - shift;
}

// The step whose whole numbers lowest…highest come nearest to w in squares, as a bf16 number: the one that
// just reaches the largest weight, or one a little off that pays for a clipped extreme with finer steps.
static uint16_t step_for(const float *w, size_t count, int lowest, int highest, int trials) {
  float extreme = 0;
  for (size_t i = 0; i < count; i++)
    if (fabsf(w[i]) > fabsf(extreme)) extreme = w[i];
  if (extreme == 0) return 0;
  uint16_t best = 0;
  double least = INFINITY;
  for (int t = 0; t < trials; t++) {
    // With 4 bits there is one more step below 0 than above: the extreme takes it, whatever its sign.
    uint16_t candidate = ck_bf16(extreme / (float)lowest * (1 - 0.03f * (float)t));
    float step = widened(candidate);
    if (step == 0) continue;
    float off[CK_GROUP8];
    for (size_t i = 0; i < count; i++)
      off[i] = w[i] - nearest(w[i] / step, (float)lowest, (float)highest) * step;
    double error = 0;
    for (size_t i = 0; i < count; i++) error += (double)off[i] * off[i];
    if (error < least) least = error, best = candidate;
  }
  return best;
}

double ck_pack_quantized(size_t n, size_t k, int bits, const float *w, void *packed,
                         uint16_t *scales) {
  size_t group = bits == 8 ? CK_GROUP8 : CK_GROUP4, groups = (k + group - 1) / group;
  size_t kp = groups * group, panels = (n + CK_PANEL - 1) / CK_PANEL;
  int lowest = bits == 8 ? -127 : -8, highest = bits == 8 ? 127 : 7;
  double error = 0, all = 0;
  memset(scales, 0, panels * groups * CK_PANEL * 2);
  memset(packed, bits == 8 ? 0x80 : 0x88, panels * kp * CK_PANEL * (size_t)bits / 8);
  for (size_t c = 0; c < n; c++) {
    size_t panel = c / CK_PANEL, column = c % CK_PANEL;
    for (size_t g = 0; g < groups; g++) {
      const float *from = w + c * k + g * group;
      size_t count = k - g * group < group ? k - g * group : group;
      uint16_t scale = step_for(from, count, lowest, highest, bits == 8 ? 1 : 10);
      float step = widened(scale);
      scales[(panel * groups + g) * CK_PANEL + column] = scale;
      for (size_t j = 0; j < count; j++) {
        size_t i = g * group + j;
        int q = step == 0 ? 0 : (int)nearest(from[j] / step, (float)lowest, (float)highest);
        double off = from[j] - (float)q * step;
        error += off * off;
        all += (double)from[j] * from[j];
        uint8_t *weights = (uint8_t *)packed + panel * kp * CK_PANEL * (size_t)bits / 8;
        if (bits == 8) {
          weights[(i / 4 * CK_PANEL + column) * 4 + i % 4] = (uint8_t)(q + 128);
        } else {
          uint8_t *place = weights + (i / 8 * CK_PANEL + column) * 4 + i % 4;
          int shift = (int)(i % 8 / 4 * 4);
          *place = (uint8_t)((*place & ~(15 << shift)) | (q + 8) << shift);
        }
      }
    }
  }
  return all > 0 ? error / all : 0;
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

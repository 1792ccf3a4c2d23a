// The truth: every kernel as plain loops. Slow, and meant to be read.
#include <math.h>
#include <string.h>

#include "internal.h"

static float widened(uint16_t x) {
  uint32_t bits = (uint32_t)x << 16;
  float y;
  memcpy(&y, &bits, 4);
  return y;
}

static void gemm_f32(size_t rows, size_t n, size_t k, const float *x, size_t ldx, const float *w,
                     size_t panel_stride, float *y, size_t ldy, int accumulate) {
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < n; c++) {
      const float *panel = w + c / CK_PANEL * panel_stride + c % CK_PANEL;
      float sum = accumulate ? y[r * ldy + c] : 0;
      for (size_t i = 0; i < k; i++) sum += x[r * ldx + i] * panel[i * CK_PANEL];
      y[r * ldy + c] = sum;
    }
}

static void gemm_bf16(size_t rows, size_t n, size_t k, const float *x, size_t ldx,
                      const uint16_t *w, size_t panel_stride, float *y, size_t ldy,
                      int accumulate) {
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < n; c++) {
      const uint16_t *panel = w + c / CK_PANEL * panel_stride + c % CK_PANEL * 2;
      float sum = accumulate ? y[r * ldy + c] : 0;
      for (size_t i = 0; i < k; i++)
        sum += x[r * ldx + i] * widened(panel[i / 2 * 2 * CK_PANEL + i % 2]);
      y[r * ldy + c] = sum;
    }
}

static void round_rows(size_t rows, size_t k, const float *x, size_t ldx, uint16_t *rounded) {
  size_t even = (k + 1) / 2 * 2;
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < even; i++) rounded[r * even + i] = i < k ? ck_bf16(x[r * ldx + i]) : 0;
}

static void gemm_pairs(size_t rows, size_t n, size_t k, const uint16_t *x, size_t ldx,
                       const uint16_t *w, size_t panel_stride, float *y, size_t ldy,
                       int accumulate) {
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < n; c++) {
      const uint16_t *panel = w + c / CK_PANEL * panel_stride + c % CK_PANEL * 2;
      float sum = accumulate ? y[r * ldy + c] : 0;
      for (size_t i = 0; i < k; i++)
        sum += widened(x[r * ldx + i]) * widened(panel[i / 2 * 2 * CK_PANEL + i % 2]);
      y[r * ldy + c] = sum;
    }
}

// Whole numbers for one group of `count` of the numbers x; what rounding leaves of them goes to `rest`.
static void quantize_group(size_t group, size_t count, const float *x, int8_t *q, float *scale, float *rest) {
  float largest = 0;
  for (size_t i = 0; i < count; i++) largest = fmaxf(largest, fabsf(x[i]));
  int counts = largest > 1e-30f;  // else its inverse would not be a number
  float step = counts ? largest / 127 : 0, inverse = counts ? 127 / largest : 0;
  for (size_t i = 0; i < group; i++) {
    q[i] = i < count ? (int8_t)lrintf(x[i] * inverse) : 0;
    rest[i] = i < count ? fmaf(-step, q[i], x[i]) : 0;
  }
  *scale = step;
}

static void quantize_rows(size_t rows, size_t k, size_t group, int parts, const float *x, size_t ldx,
                          int8_t *q, float *scale, int32_t *starts) {
  size_t groups = (k + group - 1) / group, kp = groups * group;
  memset(starts, 0, rows * (size_t)parts * groups * 4);
  for (size_t r = 0; r < rows; r++, x += ldx) {
    for (size_t g = 0; g < groups; g++) {
      float rest[CK_GROUP8];
      size_t from = g * group, count = k - from < group ? k - from : group;
      quantize_group(group, count, x + from, q + from, scale + g, rest);
      if (parts == 2) quantize_group(group, group, rest, q + kp + from, scale + groups + g, rest);
    }
    q += (size_t)parts * kp, scale += (size_t)parts * groups;
  }
}

static int32_t weight_at(int bits, const uint8_t *panel, size_t i, size_t column) {
  if (bits == 8) return panel[(i / 4 * CK_PANEL + column) * 4 + i % 4] - 128;
  return (panel[(i / 8 * CK_PANEL + column) * 4 + i % 4] >> i % 8 / 4 * 4 & 15) - 8;
}

static void gemm_quantized(size_t rows, size_t n, size_t kp, int bits, const int8_t *q,
                           const float *scale, const int32_t *starts, const void *w,
                           const uint16_t *scales, float *y, size_t ldy, int accumulate) {
  size_t group = bits == 8 ? CK_GROUP8 : CK_GROUP4, groups = kp / group;
  for (size_t r = 0; r < rows; r++, q += kp, scale += groups, starts += groups, y += ldy)
    for (size_t c = 0; c < n; c++) {
      size_t panel = c / CK_PANEL, column = c % CK_PANEL;
      const uint8_t *weights = (const uint8_t *)w + panel * kp * CK_PANEL * (size_t)bits / 8;
      float total = accumulate ? y[c] : 0;
      for (size_t g = 0; g < groups; g++) {
        int32_t sum = starts[g];
        for (size_t i = g * group; i < (g + 1) * group; i++)
          sum += weight_at(bits, weights, i, column) * q[i];
        float step = widened(scales[(panel * groups + g) * CK_PANEL + column]) * scale[g];
        total = fmaf((float)sum, step, total);
      }
      y[c] = total;
    }
}

static void rms_norm(size_t rows, size_t n, const float *x, size_t ldx, const float *w,
                     float epsilon, float *y, size_t ldy) {
  for (size_t r = 0; r < rows; r++, x += ldx, y += ldy) {
    float squares = 0;
    for (size_t i = 0; i < n; i++) squares += x[i] * x[i];
    float scale = 1 / sqrtf(squares / (float)n + epsilon);
    for (size_t i = 0; i < n; i++) y[i] = w[i] * (x[i] * scale);
  }
}

static void gated_norm(size_t rows, size_t n, const float *x, size_t ldx, const float *gate,
                       size_t ldg, const float *w, float epsilon, float *y, size_t ldy) {
  for (size_t r = 0; r < rows; r++, x += ldx, y += ldy, gate += ldg) {
    float squares = 0;
    for (size_t i = 0; i < n; i++) squares += x[i] * x[i];
    float scale = 1 / sqrtf(squares / (float)n + epsilon);
    for (size_t i = 0; i < n; i++) y[i] = w[i] * (x[i] * scale) / (1 + expf(-gate[i]));
  }
}

static void silu(size_t n, float *x) {
  for (size_t i = 0; i < n; i++) x[i] = x[i] / (1 + expf(-x[i]));
}

static void silu_times(size_t n, float *x, const float *y) {
  for (size_t i = 0; i < n; i++) x[i] = x[i] / (1 + expf(-x[i])) * y[i];
}

static void mix(size_t n, float alpha, const float *x, float beta, float *y) {
  for (size_t i = 0; i < n; i++) y[i] = alpha * x[i] + beta * y[i];
}

static void add_scaled(size_t n, float a, const float *x, float *y) {
  for (size_t i = 0; i < n; i++) y[i] += a * x[i];
}

static void widen_bf16(size_t n, const uint16_t *x, float *y) {
  for (size_t i = 0; i < n; i++) y[i] = widened(x[i]);
}

static void lightning(size_t rows, size_t first, size_t d, const float *q, const float *k,
                      const float *v, size_t ld, float *keys, float *values, float *state,
                      const float *decay, float *o, size_t ldo, float *scratch) {
  (void)scratch;
  for (size_t r = 0; r < rows; r++, q += ld, k += ld, v += ld, o += ldo) {
    size_t i = (first + r) % CK_BLOCK;
    for (size_t c = 0; c < d; c++) {
      keys[(i / CK_PANEL * d + c) * CK_PANEL + i % CK_PANEL] = k[c];
      values[(c / CK_PANEL * CK_BLOCK + i) * CK_PANEL + c % CK_PANEL] = v[c];
    }
    for (size_t c = 0; c < d; c++) {
      const float *column = state + c / CK_PANEL * d * CK_PANEL + c % CK_PANEL;
      float sum = 0;
      for (size_t a = 0; a < d; a++) sum += q[a] * decay[i + 1] * column[a * CK_PANEL];
      o[c] = sum;
    }
    for (size_t j = 0; j <= i; j++) {
      float score = 0;
      for (size_t c = 0; c < d; c++)
        score += q[c] * keys[(j / CK_PANEL * d + c) * CK_PANEL + j % CK_PANEL];
      for (size_t c = 0; c < d; c++)
        o[c] += score * decay[i - j]
                * values[(c / CK_PANEL * CK_BLOCK + j) * CK_PANEL + c % CK_PANEL];
    }
    if (i + 1 < CK_BLOCK) continue;
    for (size_t a = 0; a < d; a++)
      for (size_t c = 0; c < d; c++) {
        float *s = state + (c / CK_PANEL * d + a) * CK_PANEL + c % CK_PANEL;
        float sum = *s * decay[CK_BLOCK];
        for (size_t j = 0; j < CK_BLOCK; j++)
          sum += keys[(j / CK_PANEL * d + a) * CK_PANEL + j % CK_PANEL] * decay[CK_BLOCK - 1 - j]
                 * values[(c / CK_PANEL * CK_BLOCK + j) * CK_PANEL + c % CK_PANEL];
        *s = sum;
      }
  }
}

// Query r of a block stands in lane r; `pair` is 1 for f32, 2 for bf16 pairs.
static size_t in_lane(size_t r, size_t c, size_t depth, size_t pair) {
  return ((r / CK_QUERIES * depth + c / pair) * CK_QUERIES + r % CK_QUERIES) * pair + c % pair;
}

enum { STEP_KEYS = 64 };

// The two forms of attention differ in where numbers stand and how they are rounded.
#define ATTEND(NAME, ELEMENT, PAIR, NUMBER, ROUNDED)                                               \
  static void NAME(size_t rows, size_t d, const ELEMENT *q, const uint32_t *limits,                \
                   const ELEMENT *keys, const ELEMENT *values, size_t tile_stride, float *maximum, \
                   float *sum, float *o, float *scratch) {                                         \
    size_t dp = (d + CK_PANEL - 1) / CK_PANEL * CK_PANEL, depth = (d + PAIR - 1) / PAIR;           \
    for (size_t r = 0; r < rows; r++)                                                              \
      for (size_t from = 0; from < limits[r]; from += STEP_KEYS) {                                 \
        size_t count = limits[r] - from < STEP_KEYS ? limits[r] - from : STEP_KEYS;                \
        const ELEMENT *k = keys + from / CK_KEYS * tile_stride;                                    \
        const ELEMENT *v = values + from / CK_KEYS * tile_stride;                                  \
        float largest = maximum[r];                                                                \
        for (size_t t = 0; t < count; t++) {                                                       \
          size_t j = from % CK_KEYS + t;                                                           \
          float score = 0;                                                                         \
          for (size_t c = 0; c < d; c++)                                                           \
            score += NUMBER(q[in_lane(r, c, depth, PAIR)])                                         \
                     * NUMBER(k[((j / CK_PANEL * depth + c / PAIR) * CK_PANEL + j % CK_PANEL)      \
                                    * PAIR + c % PAIR]);                                           \
          scratch[t] = score;                                                                      \
          if (score > largest) largest = score;                                                    \
        }                                                                                          \
        float shrink = exp2f(maximum[r] - largest);                                                \
        maximum[r] = largest;                                                                      \
        sum[r] *= shrink;                                                                          \
        for (size_t c = 0; c < d; c++) o[in_lane(r, c, dp, 1)] *= shrink;                          \
        for (size_t t = 0; t < count; t++) {                                                       \
          size_t j = from % CK_KEYS + t;                                                           \
          float p = ROUNDED(exp2f(scratch[t] - largest));                                          \
          sum[r] += p;                                                                             \
          for (size_t c = 0; c < d; c++)                                                           \
            o[in_lane(r, c, dp, 1)] +=                                                             \
                p * NUMBER(v[((c / CK_PANEL * CK_KEYS / PAIR + j / PAIR) * CK_PANEL + c % CK_PANEL) \
                                 * PAIR + j % PAIR]);                                              \
        }                                                                                          \
      }                                                                                            \
  }
#define AS_IT_IS(X) (X)
#define ROUNDED_BF16(X) widened(ck_bf16(X))
ATTEND(attend, float, 1, AS_IT_IS, AS_IT_IS)
ATTEND(attend_bf16, uint16_t, 2, widened, ROUNDED_BF16)

static size_t spin_f32(size_t steps) {
  float sum[4] = {0, 1, 2, 3};
  for (size_t s = 0; s < steps; s++)
    for (int i = 0; i < 4; i++) sum[i] = sum[i] * 0.999f + 1e-3f;
  return sum[0] + sum[1] + sum[2] + sum[3] == 12345 ? 0 : steps * 8;
}

static size_t spin_bytes(int bits, size_t steps) {
  (void)bits;  // one loop for all
  int32_t sum[4] = {0, 1, 2, 3};
  volatile int8_t one = 1;
  for (size_t s = 0; s < steps; s++)
    for (int i = 0; i < 4; i++) sum[i] += one * one;
  return sum[0] + sum[1] + sum[2] + sum[3] == 12345 ? 0 : steps * 8;
}

static float read_through(size_t n, const float *x) {
  float sum = 0;
  for (size_t i = 0; i < n / 4; i++) sum += x[i];
  return sum;
}

const ck_kernels ck_scalar_kernels = {
    .name = "scalar",
    .level = CK_SCALAR,
    .queries = CK_QUERIES,
    .gemm_f32 = gemm_f32,
    .gemm_bf16 = gemm_bf16,
    .round_rows = round_rows,
    .gemm_pairs = gemm_pairs,
    .quantize_rows = quantize_rows,
    .gemm_quantized = gemm_quantized,
    .rms_norm = rms_norm,
    .gated_norm = gated_norm,
    .silu = silu,
    .silu_times = silu_times,
    .mix = mix,
    .add_scaled = add_scaled,
    .widen_bf16 = widen_bf16,
    .lightning = lightning,
    .attend = attend,
    .attend_bf16 = attend_bf16,
    .spin_f32 = spin_f32,
    .spin_bytes = spin_bytes,
    .read_through = read_through,
};

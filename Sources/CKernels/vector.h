// The vector kernels, written once over a small set of primitives that the including file defines:
//   VF, VI, LANES                       a vector of floats, of 32-bit integers, and their count
//   v_load v_store v_set v_fma v_max    unaligned; v_fma(a, b, c) = a·b + c
//   v_even v_odd                        the k-even and k-odd halves of a vector of bf16 pairs
//   v_round_to_int v_power_of_two       for exp: nearest integer (as VI and VF), 2^n by exponent bits
//   v_abs v_float v_load_bf16           |x|; floats of 32-bit integers, of bf16
//   v_reduce_max v_reduce_add           over all lanes; the sum only where its order does not matter
//   vi_set vi_store_bytes               32 bits everywhere; low bytes of LANES integers to memory
//   vi_quad vi_load                     four bytes everywhere; 4·LANES bytes of packed weights
//   vi_weights8 vi_low4 vi_high4        8-bit weights, low and high halves of bytes, as vi_dot… takes them
//   vi_dot8 vi_dot4(sum, w, a)          sum + w₀a₀ + … + w₃a₃ in each 32 bits, with BIAS8, BIAS4 more in each w
//   PAIRS                               whether there are dot products of bf16 pairs
//   QUAD_ROWS                           rows of the widest tile of quantised products
//   v_add_to_exponent                   x·2^n for normal results
//   v_where_greater v_any_greater       a > b ? x : y in each lane; whether a > b in any
//   STEP_KEYS                           keys of a step of softmax attention, CK_STEP at most
//   PANEL_PARTS(PART)                   PART(first, count) for the keys of a panel that attention takes together
//   KEYS_AT_ONCE                        where PAIRS: keys that attention in bf16 takes beside each other
//   MR                                  rows of the highest tile
//   TILES TILE_TABLE(type)              the tiles there are; for each height, which, and the most panels beside each other
//   STEPS                               how a product's inner loop is unrolled
//   FEW_AHEAD                           bytes of weights to ask for in advance where a product has few rows, or 0
//
// Sums that cross lanes (a norm, a softmax row) always run over whole rows in the same order, so they
// too do not depend on how a text is cut.
#include <math.h>
#include <string.h>

#include "internal.h"

#define VECTORS (CK_PANEL / LANES)  // vectors of one row of a panel

// exp(x) to about 1.5e-7 relative: x = n·ln 2 + r, |r| ≤ ln 2 / 2, a polynomial of degree 6 in r fitted
// for least relative error (3e-9 before rounding). Below −87.3 the result is 0, above 88.3 it stops
// growing; −∞ gives 0, NaN stays NaN.
CK_INLINE VF v_exp(VF x) {
  VF low = v_set(-87.3f);
  VF inside = v_max(low, v_min(v_set(88.3f), x));
  VI whole;
  VF n = v_round_to_int(inside * v_set(0x1.715476p+0f), &whole);
  VF r = v_fma(n, v_set(-0x1.62e4p-1f), inside);  // ln 2 in two parts
  r = v_fma(n, v_set(-0x1.7f7d1cp-20f), r);
  VF p = v_fma(v_set(0x1.6a2434p-10f), r, v_set(0x1.1239e2p-7f));
  p = v_fma(p, r, v_set(0x1.5558f2p-5f));
  p = v_fma(p, r, v_set(0x1.555492p-3f));
  p = v_fma(p, r, v_set(0x1.fffffcp-2f));
  p = v_fma(p, r * r, r) + v_set(1);
  return v_zero_below(x, low, p * v_power_of_two(whole));
}

// 2^x for x ≤ 0, to about 1.5e-7 relative: x = n + f, |f| ≤ 1/2, a polynomial of degree 6 in f, and n added
// to the exponent's bits. Below −126 it stays at 2^−126.
CK_INLINE VF v_exp2_negative(VF x) {
  VI whole;
  x = v_max(v_set(-126), x);
  VF f = x - v_round_to_int(x, &whole);
  VF p = v_fma(v_set(0x1.41fba0p-13f), f, v_set(0x1.5f3e80p-10f));
  p = v_fma(p, f, v_set(0x1.3b2d4ep-7f));
  p = v_fma(p, f, v_set(0x1.c6aee8p-5f));
  p = v_fma(p, f, v_set(0x1.ebfbdcp-3f));
  p = v_fma(p, f, v_set(0x1.62e430p-1f));
  return v_add_to_exponent(v_fma(p, f, v_set(1)), whole);
}

CK_INLINE VF v_sigmoid(VF x) { return v_set(1) / (v_set(1) + v_exp(v_set(0) - x)); }

CK_INLINE float v_sum(VF x) {
  float lanes[LANES], sum = 0;
  v_store(lanes, x);
  for (int i = 0; i < LANES; i++) sum += lanes[i];
  return sum;
}

CK_INLINE float v_largest(VF x) {
  float lanes[LANES], largest = -INFINITY;
  v_store(lanes, x);
  for (int i = 0; i < LANES; i++) largest = lanes[i] > largest ? lanes[i] : largest;
  return largest;
}

// Rest of a row that fills no vector: through a small copy, so that each element meets the same code.
CK_INLINE VF v_load_part(const float *x, size_t n) {
  float lanes[LANES] = {0};
  memcpy(lanes, x, n * 4);
  return v_load(lanes);
}
CK_INLINE void v_store_part(float *y, size_t n, VF x) {
  float lanes[LANES];
  v_store(lanes, x);
  memcpy(y, lanes, n * 4);
}

#include "products.h"
#include "quantized.h"

// ------------------------------------------------------------------------------------------------
// Rows

CK_INLINE float mean_square(size_t n, const float *x) {
  VF a = v_set(0), b = v_set(0);
  size_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    VF p = v_load(x + i), q = v_load(x + i + LANES);
    a = v_fma(p, p, a);
    b = v_fma(q, q, b);
  }
  for (; i < n; i += LANES) {
    VF p = n - i < LANES ? v_load_part(x + i, n - i) : v_load(x + i);
    a = v_fma(p, p, a);
  }
  return v_sum(a + b) / (float)n;
}

static void rms_norm(size_t rows, size_t n, const float *x, size_t ldx, const float *w,
                     float epsilon, float *y, size_t ldy) {
  for (size_t r = 0; r < rows; r++, x += ldx, y += ldy) {
    VF scale = v_set(1 / sqrtf(mean_square(n, x) + epsilon));
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) v_store(y + i, v_load(w + i) * (v_load(x + i) * scale));
    if (i < n)
      v_store_part(y + i, n - i, v_load_part(w + i, n - i) * (v_load_part(x + i, n - i) * scale));
  }
}

static void gated_norm(size_t rows, size_t n, const float *x, size_t ldx, const float *gate,
                       size_t ldg, const float *w, float epsilon, float *y, size_t ldy) {
  for (size_t r = 0; r < rows; r++, x += ldx, y += ldy, gate += ldg) {
    VF scale = v_set(1 / sqrtf(mean_square(n, x) + epsilon));
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
      v_store(y + i, v_load(w + i) * (v_load(x + i) * scale) * v_sigmoid(v_load(gate + i)));
    if (i < n)
      v_store_part(y + i, n - i,
                   v_load_part(w + i, n - i) * (v_load_part(x + i, n - i) * scale)
                       * v_sigmoid(v_load_part(gate + i, n - i)));
  }
}

static void silu(size_t n, float *x) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    VF a = v_load(x + i);
    v_store(x + i, a * v_sigmoid(a));
  }
  if (i < n) {
    VF a = v_load_part(x + i, n - i);
    v_store_part(x + i, n - i, a * v_sigmoid(a));
  }
}

static void silu_times(size_t n, float *x, const float *y) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    VF a = v_load(x + i);
    v_store(x + i, a * v_sigmoid(a) * v_load(y + i));
  }
  if (i < n) {
    VF a = v_load_part(x + i, n - i);
    v_store_part(x + i, n - i, a * v_sigmoid(a) * v_load_part(y + i, n - i));
  }
}

static void mix(size_t n, float alpha, const float *x, float beta, float *y) {
  VF a = v_set(alpha), b = v_set(beta);
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    v_store(y + i, v_fma(a, v_load(x + i), b * v_load(y + i)));
  if (i < n)
    v_store_part(y + i, n - i,
                 v_fma(a, v_load_part(x + i, n - i), b * v_load_part(y + i, n - i)));
}

static void add_scaled(size_t n, float a, const float *x, float *y) {
  VF s = v_set(a);
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) v_store(y + i, v_fma(s, v_load(x + i), v_load(y + i)));
  if (i < n)
    v_store_part(y + i, n - i, v_fma(s, v_load_part(x + i, n - i), v_load_part(y + i, n - i)));
}

static void widen_bf16(size_t n, const uint16_t *x, float *y) {
  for (size_t i = 0; i < n; i++) {
    uint32_t bits = (uint32_t)x[i] << 16;
    memcpy(y + i, &bits, 4);
  }
}

// ------------------------------------------------------------------------------------------------
// Lightning attention

// Rows first ..< first + m of one block; m > 0 and first + m ≤ CK_BLOCK.
static void lightning_block(size_t m, size_t first, size_t d, const float *q, const float *k,
                            const float *v, size_t ld, float *keys, float *values, float *state,
                            const float *decay, float *o, size_t ldo, float *scratch) {
  float *scores = scratch, *queries = scores + CK_BLOCK * CK_BLOCK, *scaled = queries + CK_BLOCK * d;
  size_t panels = (d + CK_PANEL - 1) / CK_PANEL;
  for (size_t r = 0; r < m; r++) {
    size_t i = first + r;
    float *column = keys + i / CK_PANEL * d * CK_PANEL + i % CK_PANEL;
    for (size_t c = 0; c < d; c++) column[c * CK_PANEL] = k[r * ld + c];
    for (size_t p = 0; p < panels; p++)
      memcpy(values + (p * CK_BLOCK + i) * CK_PANEL, v + r * ld + p * CK_PANEL,
             (d - p * CK_PANEL < CK_PANEL ? d - p * CK_PANEL : CK_PANEL) * 4);
    for (size_t c = 0; c < d; c++) queries[r * d + c] = q[r * ld + c] * decay[i + 1];
  }
  gemm_f32(m, d, d, queries, d, state, d * CK_PANEL, o, ldo, 0);
  // Tiles of rows, so that a row meets no panel of keys that lie after its tile.
  for (size_t r = 0; r < m; r += MR) {
    size_t count = m - r < MR ? m - r : MR;
    size_t seen = first + r + count, width = (seen + CK_PANEL - 1) / CK_PANEL * CK_PANEL;
    gemm_f32(count, width, d, q + r * ld, ld, keys, d * CK_PANEL, scores, CK_BLOCK, 0);
    for (size_t t = 0; t < count; t++) {
      size_t i = first + r + t;
      float *row = scores + t * CK_BLOCK;
      for (size_t j = 0; j <= i; j++) row[j] *= decay[i - j];
      for (size_t j = i + 1; j < seen; j++) row[j] = 0;
    }
    gemm_f32(count, d, seen, scores, CK_BLOCK, values, CK_BLOCK * CK_PANEL, o + r * ldo, ldo, 1);
  }
  if (first + m < CK_BLOCK) return;
  for (size_t c = 0; c < d; c++)
    for (size_t j = 0; j < CK_BLOCK; j++)
      scaled[c * CK_BLOCK + j] =
          keys[(j / CK_PANEL * d + c) * CK_PANEL + j % CK_PANEL] * decay[CK_BLOCK - 1 - j];
  for (size_t p = 0; p < panels; p++) {
    float *part = state + p * d * CK_PANEL;
    for (size_t i = 0; i < d * CK_PANEL; i++) part[i] *= decay[CK_BLOCK];
    gemm_f32(d, CK_PANEL, CK_BLOCK, scaled, CK_BLOCK, values + p * CK_BLOCK * CK_PANEL, 0, part,
             CK_PANEL, 1);
  }
}

static void lightning(size_t rows, size_t first, size_t d, const float *q, const float *k,
                      const float *v, size_t ld, float *keys, float *values, float *state,
                      const float *decay, float *o, size_t ldo, float *scratch) {
  while (rows) {
    size_t m = rows < CK_BLOCK - first ? rows : CK_BLOCK - first;
    lightning_block(m, first, d, q, k, v, ld, keys, values, state, decay, o, ldo, scratch);
    q += m * ld, k += m * ld, v += m * ld, o += m * ldo;
    rows -= m, first = 0;
  }
}

#include "attention.h"
#if PAIRS
#include "products16.h"
#include "attention16.h"
#endif
#include "limits.h"

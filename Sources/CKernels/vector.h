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
//   KEYS_AT_ONCE                        keys a tile of softmax attention takes beside each other
//   MR                                  rows of the widest tile; TILE_PANELS(mr) panels beside each other
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

// ------------------------------------------------------------------------------------------------
// Products

typedef void tile_f32(size_t k, const float *x, size_t ldx, const float *w, size_t panel_stride,
                      float *y, size_t ldy, int accumulate);
typedef void tile_bf16(size_t k, const float *x, size_t ldx, const uint16_t *w, size_t panel_stride,
                       float *y, size_t ldy, int accumulate);

#define START_TILE(ROWS, PANELS)                                                                   \
  VF sum[ROWS][PANELS * VECTORS];                                                                  \
  if (accumulate)                                                                                  \
    CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++)  \
      sum[r][c] = v_load(y + r * ldy + c * LANES);                                                 \
  else                                                                                             \
    CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++)  \
      sum[r][c] = v_set(0);

#define END_TILE(ROWS, PANELS)                                                                     \
  CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++)    \
    v_store(y + r * ldy + c * LANES, sum[r][c]);

#define STEP(ROWS, PANELS, AT)                                                                     \
  CK_UNROLL for (int r = 0; r < ROWS; r++) {                                                       \
    VF a = v_set(x[r * ldx + (AT)]);                                                               \
    CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++) sum[r][c] = v_fma(a, b[c], sum[r][c]);    \
  }

#define TILE(ROWS, PANELS)                                                                         \
  static void f32_##ROWS##x##PANELS(size_t k, const float *x, size_t ldx, const float *w,          \
                                    size_t panel_stride, float *y, size_t ldy, int accumulate) {   \
    START_TILE(ROWS, PANELS)                                                                       \
    for (size_t i = 0; i < k; i++) {                                                               \
      VF b[PANELS * VECTORS];                                                                      \
      CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++) b[c] =                                  \
          v_load(w + c / VECTORS * panel_stride + i * CK_PANEL + c % VECTORS * LANES);             \
      STEP(ROWS, PANELS, i)                                                                        \
    }                                                                                              \
    END_TILE(ROWS, PANELS)                                                                         \
  }                                                                                                \
  static void bf16_##ROWS##x##PANELS(size_t k, const float *x, size_t ldx, const uint16_t *w,      \
                                     size_t panel_stride, float *y, size_t ldy, int accumulate) {  \
    START_TILE(ROWS, PANELS)                                                                       \
    for (size_t i = 0; i < k; i += 2) {                                                            \
      VF b[PANELS * VECTORS];                                                                      \
      const uint16_t *pairs = w + i * CK_PANEL;                                                    \
      CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++) b[c] =                                  \
          v_even(pairs + c / VECTORS * panel_stride + c % VECTORS * LANES * 2);                    \
      STEP(ROWS, PANELS, i)                                                                        \
      if (i + 1 == k) break;                                                                       \
      CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++) b[c] =                                  \
          v_odd(pairs + c / VECTORS * panel_stride + c % VECTORS * LANES * 2);                     \
      STEP(ROWS, PANELS, i + 1)                                                                    \
    }                                                                                              \
    END_TILE(ROWS, PANELS)                                                                         \
  }

// Tiles over whole panels. The second-level cache keeps a stretch of DEPTH inputs of a group of rows and what the group
// has so far of BESIDE panels' outputs, while those panels' weights pass by; the first-level cache keeps one panel's
// stretch while the rows of the group pass by, and the next panel's is asked for meanwhile. The chain of each sum stays
// the same: it only rests in memory between two stretches.
enum { DEPTH = 256, BESIDE = 32 };  // DEPTH is even: a stretch ends with a pair
#define GEMM(TYPE, NUMBER, ELEMENT)                                                                \
  static void TYPE##_rest(size_t rows, size_t columns, size_t k, const NUMBER *x, size_t ldx,      \
                          const ELEMENT *w, float *y, size_t ldy, int accumulate) {                \
    float part[MR * CK_PANEL];                                                                     \
    if (accumulate) {                                                                              \
      memset(part, 0, sizeof part);                                                                \
      for (size_t j = 0; j < rows; j++) memcpy(part + j * CK_PANEL, y + j * ldy, columns * 4);     \
    }                                                                                              \
    TYPE##_tiles[rows].tile[1](k, x, ldx, w, 0, part, CK_PANEL, accumulate);                       \
    for (size_t j = 0; j < rows; j++) memcpy(y + j * ldy, part + j * CK_PANEL, columns * 4);       \
  }                                                                                                \
  static void TYPE##_group(size_t group, size_t mr, size_t n, size_t k, const NUMBER *x,           \
                           size_t ldx, const ELEMENT *w, size_t panel_stride, float *y,            \
                           size_t ldy, int accumulate) {                                           \
    size_t whole = n / CK_PANEL, wide = TYPE##_tiles[mr].wide;                                     \
    for (size_t p = 0; p < whole; p += wide) {                                                     \
      while (wide > whole - p) wide /= 2;                                                          \
      tile_##TYPE *tile = TYPE##_tiles[mr].tile[wide];                                             \
      const char *next = (const char *)(w + (p + wide) * panel_stride);                            \
      size_t ahead = group > mr ? wide * k * CK_PANEL * sizeof(ELEMENT) / group : 0;               \
      for (size_t i = 0; i < group; i += mr) {                                                     \
        for (size_t at = 0; at < ahead * mr; at += 64) __builtin_prefetch(next + ahead * i + at);  \
        tile(k, x + i * ldx, ldx, w + p * panel_stride, panel_stride, y + i * ldy + p * CK_PANEL,  \
             ldy, accumulate);                                                                     \
      }                                                                                            \
    }                                                                                              \
    if (n % CK_PANEL)                                                                              \
      for (size_t i = 0; i < group; i += mr)                                                       \
        TYPE##_rest(mr, n % CK_PANEL, k, x + i * ldx, ldx, w + whole * panel_stride,               \
                    y + i * ldy + whole * CK_PANEL, ldy, accumulate);                              \
  }                                                                                                \
  static void gemm_##TYPE(size_t rows, size_t n, size_t k, const NUMBER *x, size_t ldx,            \
                          const ELEMENT *w, size_t panel_stride, float *y, size_t ldy,             \
                          int accumulate) {                                                        \
    for (size_t r = 0; r < rows;) {                                                                \
      size_t group = rows - r < MR ? rows - r : (rows - r) / MR * MR;                              \
      if (group > ROW_GROUP) group = ROW_GROUP;                                                    \
      size_t mr = group < MR ? group : MR, depth = group > MR ? DEPTH : k;                         \
      size_t beside = group > MR ? BESIDE * CK_PANEL : n;                                          \
      for (size_t c = 0; c < n; c += beside) {                                                     \
        size_t columns = n - c < beside ? n - c : beside, from = 0;                                \
        do {                                                                                       \
          size_t count = k - from < depth ? k - from : depth;                                      \
          TYPE##_group(group, mr, columns, count, x + r * ldx + from, ldx,                         \
                       w + c / CK_PANEL * panel_stride + from * CK_PANEL, panel_stride,            \
                       y + r * ldy + c, ldy, accumulate || from > 0);                              \
          from += count;                                                                           \
        } while (from < k);                                                                        \
      }                                                                                            \
      r += group;                                                                                  \
    }                                                                                              \
  }

TILES

typedef struct { size_t wide; tile_f32 *tile[5]; } f32_choice;
typedef struct { size_t wide; tile_bf16 *tile[5]; } bf16_choice;
static const f32_choice f32_tiles[MR + 1] = {TILE_TABLE(f32)};
static const bf16_choice bf16_tiles[MR + 1] = {TILE_TABLE(bf16)};

GEMM(f32, float, float)
GEMM(bf16, float, uint16_t)

// With many rows, a stretch of a bf16 panel is widened once, into the first-level cache, and then used
// as f32 by all of them. The chain of each sum stays the same: only its stops in memory are more.
static void gemm_bf16_widening(size_t rows, size_t n, size_t k, const float *x, size_t ldx,
                               const uint16_t *w, size_t panel_stride, float *y, size_t ldy,
                               int accumulate) {
  float wide[DEPTH * CK_PANEL] __attribute__((aligned(64)));
  for (size_t r = 0; r < rows; r += ROW_GROUP) {
    size_t group = rows - r < ROW_GROUP ? rows - r : ROW_GROUP;
    if (group < 2 * MR) {
      gemm_bf16(group, n, k, x + r * ldx, ldx, w, panel_stride, y + r * ldy, ldy, accumulate);
      continue;
    }
    for (size_t side = 0; side < n; side += BESIDE * CK_PANEL)
      for (size_t from = 0; from < k; from += DEPTH)
        for (size_t c = side; c < n && c < side + BESIDE * CK_PANEL; c += CK_PANEL) {
          const uint16_t *panel = w + c / CK_PANEL * panel_stride + from * CK_PANEL;
          size_t count = k - from < DEPTH ? k - from : DEPTH;
          for (size_t i = 0; i < count; i += 2)
            CK_UNROLL for (int v = 0; v < VECTORS; v++) {
              v_store(wide + i * CK_PANEL + v * LANES, v_even(panel + i * CK_PANEL + v * LANES * 2));
              v_store(wide + (i + 1) * CK_PANEL + v * LANES, v_odd(panel + i * CK_PANEL + v * LANES * 2));
            }
          gemm_f32(group, n - c < CK_PANEL ? n - c : CK_PANEL, count, x + r * ldx + from, ldx, wide, 0,
                   y + r * ldy + c, ldy, accumulate || from > 0);
        }
  }
}

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

// The vector kernels, written once over a small set of primitives that the including file defines:
//   VF, VI, LANES                       a vector of floats, of 32-bit integers, and their count
//   v_load v_store v_set v_fma v_max    unaligned; v_fma(a, b, c) = a·b + c
//   v_even v_odd                        the k-even and k-odd halves of a vector of bf16 pairs
//   v_round_to_int v_power_of_two       for exp: nearest integer (as VI and VF), 2^n by exponent bits
//   v_abs v_store_rounded v_float v_load_bf16   |x|; nearest integers to memory; floats of integers, of bf16
//   vi_load vi_store vi_zero vi_set     vectors of whole numbers, 2·LANES of 16 bits or LANES of 32
//   vi_pair vi_bytes vi_nibble vi_less8 a pair of 16 bits everywhere; bytes widened; nibble t; x − 8
//   vi_dot(sum, a, b)                   sum + a₀b₀ + a₁b₁ in each 32 bits
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

// Tiles over whole panels. A group of rows stays in the second-level cache while the weights pass by; of the
// weights, a stretch of `depth` inputs stays in the first-level cache while the rows of the group pass by.
// The chain of each sum stays the same: it only rests in memory between two stretches.
#define GEMM(TYPE, NUMBER, ELEMENT, DEPTH)                                                         \
  static void gemm_##TYPE(size_t rows, size_t n, size_t k, const NUMBER *x, size_t ldx,            \
                          const ELEMENT *w, size_t panel_stride, float *y, size_t ldy,             \
                          int accumulate) {                                                        \
    size_t whole = n / CK_PANEL, rest = n % CK_PANEL;                                              \
    for (size_t r = 0; r < rows;) {                                                                \
      size_t group = rows - r < MR ? rows - r : (rows - r) / MR * MR;                              \
      if (group > ROW_GROUP) group = ROW_GROUP;                                                    \
      size_t mr = group < MR ? group : MR, wide = TYPE##_tiles[mr].wide;                           \
      size_t depth = group > MR ? DEPTH : k;                                                       \
      for (size_t p = 0; p < whole; p += wide) {                                                   \
        while (wide > whole - p) wide /= 2;                                                        \
        tile_##TYPE *tile = TYPE##_tiles[mr].tile[wide];                                           \
        size_t from = 0;                                                                           \
        do {                                                                                       \
          size_t count = k - from < depth ? k - from : depth;                                      \
          for (size_t i = 0; i < group; i += mr)                                                   \
            tile(count, x + (r + i) * ldx + from, ldx, w + p * panel_stride + from * CK_PANEL,     \
                 panel_stride, y + (r + i) * ldy + p * CK_PANEL, ldy, accumulate || from > 0);     \
          from += count;                                                                           \
        } while (from < k);                                                                        \
      }                                                                                            \
      if (rest)                                                                                    \
        for (size_t i = 0; i < group; i += mr) {                                                   \
          float part[MR * CK_PANEL];                                                               \
          float *to = y + (r + i) * ldy + whole * CK_PANEL;                                        \
          if (accumulate) {                                                                        \
            memset(part, 0, sizeof part);                                                          \
            for (size_t j = 0; j < mr; j++) memcpy(part + j * CK_PANEL, to + j * ldy, rest * 4);   \
          }                                                                                        \
          TYPE##_tiles[mr].tile[1](k, x + (r + i) * ldx, ldx, w + whole * panel_stride,            \
                                   panel_stride, part, CK_PANEL, accumulate);                      \
          for (size_t j = 0; j < mr; j++) memcpy(to + j * ldy, part + j * CK_PANEL, rest * 4);     \
        }                                                                                          \
      r += group;                                                                                  \
    }                                                                                              \
  }

TILES

typedef struct { size_t wide; tile_f32 *tile[5]; } f32_choice;
typedef struct { size_t wide; tile_bf16 *tile[5]; } bf16_choice;
static const f32_choice f32_tiles[MR + 1] = {TILE_TABLE(f32)};
static const bf16_choice bf16_tiles[MR + 1] = {TILE_TABLE(bf16)};

GEMM(f32, float, float, 128)
GEMM(bf16, float, uint16_t, 256)

// With many rows, a stretch of a bf16 panel is widened once, into the first-level cache, and then used
// as f32 by all of them. The chain of each sum stays the same: only its stops in memory are more.
enum { STRETCH = 256 };
static void gemm_bf16_widening(size_t rows, size_t n, size_t k, const float *x, size_t ldx,
                               const uint16_t *w, size_t panel_stride, float *y, size_t ldy,
                               int accumulate) {
  float wide[STRETCH * CK_PANEL] __attribute__((aligned(64)));
  for (size_t r = 0; r < rows; r += ROW_GROUP) {
    size_t group = rows - r < ROW_GROUP ? rows - r : ROW_GROUP;
    if (group < 2 * MR) {
      gemm_bf16(group, n, k, x + r * ldx, ldx, w, panel_stride, y + r * ldy, ldy, accumulate);
      continue;
    }
    for (size_t c = 0; c < n; c += CK_PANEL)
      for (size_t from = 0; from < k; from += STRETCH) {
        const uint16_t *panel = w + c / CK_PANEL * panel_stride + from * CK_PANEL;
        size_t count = k - from < STRETCH ? k - from : STRETCH;
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

// ------------------------------------------------------------------------------------------------
// Quantised products

static void quantize_rows(size_t rows, size_t k, size_t group, const float *x, size_t ldx, int16_t *q,
                          float *scale, int32_t *sums8) {
  for (size_t r = 0; r < rows; r++, x += ldx)
    for (size_t from = 0; from < k; from += group, q += group) {
      size_t count = k - from < group ? k - from : group;
      float padded[CK_GROUP8];
      const float *values = x + from;
      if (count < group) {
        memset(padded, 0, sizeof padded);
        memcpy(padded, values, count * 4);
        values = padded;
      }
      VF top = v_set(0);
      for (size_t i = 0; i < group; i += LANES) top = v_max(top, v_abs(v_load(values + i)));
      float largest = v_largest(top);
      VF inverse = v_set(largest > 0 ? 32767 / largest : 0);
      int32_t whole[CK_GROUP8], sum = 0;
      for (size_t i = 0; i < group; i += LANES) v_store_rounded(whole + i, v_load(values + i) * inverse);
      for (size_t i = 0; i < group; i++) {
        q[i] = (int16_t)whole[i];
        sum += whole[i];
      }
      *scale++ = largest / 32767;
      *sums8++ = 8 * sum;
    }
}

// The end of a group: its exact sums, by both scales, onto y.
#define END_GROUP(ROWS)                                                                            \
  CK_UNROLL for (int c = 0; c < VECTORS; c++) {                                                    \
    VF step = v_load_bf16(scales + c * LANES);                                                     \
    CK_UNROLL for (int r = 0; r < ROWS; r++) {                                                     \
      float *to = y + r * ldy + c * LANES;                                                         \
      v_store(to, v_fma(v_float(sum[r][c]), step * v_set(scale[r * groups + g]), v_load(to)));     \
    }                                                                                              \
  }

// One panel from 16-bit weights [kp/2][16][2], from group `first` to `last` of `groups`.
#define TILE16(ROWS)                                                                               \
  static void i16_##ROWS(size_t first, size_t last, size_t group, size_t groups, size_t kp,        \
                         const int16_t *q, const float *scale, const int16_t *w,                   \
                         const uint16_t *scales, float *y, size_t ldy) {                           \
    for (size_t g = first; g < last; g++, scales += CK_PANEL) {                                    \
      VI sum[ROWS][VECTORS];                                                                       \
      CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < VECTORS; c++)         \
        sum[r][c] = vi_zero();                                                                     \
      const int16_t *x = q + g * group;                                                            \
      for (size_t i = 0; i < group; i += 2, w += 2 * CK_PANEL) {                                   \
        VI b[VECTORS];                                                                             \
        CK_UNROLL for (int c = 0; c < VECTORS; c++) b[c] = vi_load(w + c * 2 * LANES);             \
        CK_UNROLL for (int r = 0; r < ROWS; r++) {                                                 \
          VI a = vi_pair(x + r * kp + i);                                                          \
          CK_UNROLL for (int c = 0; c < VECTORS; c++) sum[r][c] = vi_dot(sum[r][c], a, b[c]);      \
        }                                                                                          \
      }                                                                                            \
      END_GROUP(ROWS)                                                                              \
    }                                                                                              \
  }

// One panel straight from packed weights, for few rows: here memory is the limit, and the processor's own
// look ahead falls short of it. Bytes; one line is asked for twice at most.
enum { AHEAD = 8192 };
#define DIRECT(ROWS)                                                                               \
  static void direct8_##ROWS(size_t groups, size_t kp, const int16_t *q, const float *scale,       \
                             const int32_t *sums8, const void *packed, const uint16_t *scales,     \
                             float *y, size_t ldy) {                                               \
    const int8_t *w = packed;                                                                      \
    (void)sums8;                                                                                   \
    for (size_t g = 0; g < groups; g++, scales += CK_PANEL) {                                      \
      VI sum[ROWS][VECTORS];                                                                       \
      CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < VECTORS; c++)         \
        sum[r][c] = vi_zero();                                                                     \
      const int16_t *x = q + g * CK_GROUP8;                                                        \
      for (size_t i = 0; i < CK_GROUP8; i += 2, w += 2 * CK_PANEL) {                               \
        __builtin_prefetch(w + AHEAD);                                                             \
        VI b[VECTORS];                                                                             \
        CK_UNROLL for (int c = 0; c < VECTORS; c++) b[c] = vi_bytes(w + c * 2 * LANES);            \
        CK_UNROLL for (int r = 0; r < ROWS; r++) {                                                 \
          VI a = vi_pair(x + r * kp + i);                                                          \
          CK_UNROLL for (int c = 0; c < VECTORS; c++) sum[r][c] = vi_dot(sum[r][c], a, b[c]);      \
        }                                                                                          \
      }                                                                                            \
      END_GROUP(ROWS)                                                                              \
    }                                                                                              \
  }                                                                                                \
  static void direct4_##ROWS(size_t groups, size_t kp, const int16_t *q, const float *scale,       \
                             const int32_t *sums8, const void *packed, const uint16_t *scales,     \
                             float *y, size_t ldy) {                                               \
    const int16_t *w = packed;                                                                     \
    for (size_t g = 0; g < groups; g++, scales += CK_PANEL) {                                      \
      VI sum[ROWS][VECTORS];                                                                       \
      CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < VECTORS; c++)         \
        sum[r][c] = vi_set(-sums8[r * groups + g]);                                                \
      const int16_t *x = q + g * CK_GROUP4;                                                        \
      for (size_t i = 0; i < CK_GROUP4; i += 8, w += 2 * CK_PANEL) {                               \
        __builtin_prefetch((const char *)w + AHEAD);                                               \
        VI nibbles[VECTORS];                                                                       \
        CK_UNROLL for (int c = 0; c < VECTORS; c++) nibbles[c] = vi_load(w + c * 2 * LANES);       \
        CK_UNROLL for (int t = 0; t < 4; t++) CK_UNROLL for (int c = 0; c < VECTORS; c++) {        \
          VI b = vi_nibble(nibbles[c], t);                                                         \
          CK_UNROLL for (int r = 0; r < ROWS; r++) sum[r][c] =                                     \
              vi_dot(sum[r][c], vi_pair(x + r * kp + i + 2 * t), b);                               \
        }                                                                                          \
      }                                                                                            \
      END_GROUP(ROWS)                                                                              \
    }                                                                                              \
  }

DIRECT(1) DIRECT(2) DIRECT(3) DIRECT(4)
TILES16

typedef void direct_tile(size_t groups, size_t kp, const int16_t *q, const float *scale,
                         const int32_t *sums8, const void *packed, const uint16_t *scales, float *y,
                         size_t ldy);
typedef void i16_tile(size_t first, size_t last, size_t group, size_t groups, size_t kp,
                      const int16_t *q, const float *scale, const int16_t *w, const uint16_t *scales,
                      float *y, size_t ldy);
static direct_tile *const direct8_tiles[] = {0, direct8_1, direct8_2, direct8_3, direct8_4};
static direct_tile *const direct4_tiles[] = {0, direct4_1, direct4_2, direct4_3, direct4_4};
static i16_tile *const i16_tiles[] = {0, TILE16_TABLE};

static void gemm_quantized(size_t rows, size_t n, size_t kp, int bits, const int16_t *q,
                           const float *scale, const int32_t *sums8, const void *w,
                           const uint16_t *scales, float *y, size_t ldy, int accumulate) {
  size_t group = bits == 8 ? CK_GROUP8 : CK_GROUP4, groups = kp / group;
  size_t panel_bytes = kp * CK_PANEL * (size_t)bits / 8;
  int16_t wide[STRETCH * CK_PANEL] __attribute__((aligned(64)));
  float tile[ROW_GROUP * CK_PANEL] __attribute__((aligned(64)));
  for (size_t start = 0; start < rows;) {
    size_t count = rows - start < ROW_GROUP ? rows - start : ROW_GROUP;
    const int16_t *x = q + start * kp;
    const float *steps = scale + start * groups;
    const int32_t *sums = sums8 + start * groups;
    for (size_t c = 0; c < n; c += CK_PANEL) {
      size_t columns = n - c < CK_PANEL ? n - c : CK_PANEL;
      const uint8_t *panel = (const uint8_t *)w + c / CK_PANEL * panel_bytes;
      const uint16_t *panel_scales = scales + c * groups;
      memset(tile, 0, count * CK_PANEL * 4);
      if (accumulate)
        for (size_t r = 0; r < count; r++)
          memcpy(tile + r * CK_PANEL, y + (start + r) * ldy + c, columns * 4);
      if (count < 2 * MR) {
        for (size_t r = 0; r < count; r += 4) {
          size_t m = count - r < 4 ? count - r : 4;
          (bits == 8 ? direct8_tiles : direct4_tiles)[m](groups, kp, x + r * kp, steps + r * groups,
                                                         sums + r * groups, panel, panel_scales,
                                                         tile + r * CK_PANEL, CK_PANEL);
        }
      } else {
        for (size_t g = 0; g < groups; g += STRETCH / group) {
          size_t last = groups - g < STRETCH / group ? groups : g + STRETCH / group;
          if (bits == 8) {
            const int8_t *from = (const int8_t *)panel + g * group * CK_PANEL;
            for (size_t i = 0; i < (last - g) * group * CK_PANEL; i += 2 * LANES)
              vi_store(wide + i, vi_bytes(from + i));
          } else {
            const int16_t *from = (const int16_t *)panel + g * group * CK_PANEL / 4;
            for (size_t i = 0; i < (last - g) * group; i += 8)
              for (int v = 0; v < VECTORS; v++) {
                VI nibbles = vi_load(from + i / 8 * 2 * CK_PANEL + v * 2 * LANES);
                CK_UNROLL for (int t = 0; t < 4; t++)
                  vi_store(wide + (i / 2 + (size_t)t) * 2 * CK_PANEL + v * 2 * LANES,
                           vi_less8(vi_nibble(nibbles, t)));
              }
          }
          for (size_t r = 0; r < count; r += MR) {
            size_t m = count - r < MR ? count - r : MR;
            i16_tiles[m](g, last, group, groups, kp, x + r * kp, steps + r * groups, wide,
                         panel_scales + g * CK_PANEL, tile + r * CK_PANEL, CK_PANEL);
          }
        }
      }
      for (size_t r = 0; r < count; r++)
        memcpy(y + (start + r) * ldy + c, tile + r * CK_PANEL, columns * 4);
    }
    start += count;
  }
}

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
#if DOT
#include "products16.h"
#include "attention16.h"
#endif
#include "limits.h"

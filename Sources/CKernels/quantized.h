// Quantised products, part of vector.h: whole numbers of 8 bits on both sides, exact sums, then both scales.

// Smaller groups count as nothing: their scale's inverse would not be a number.
#define LEAST_GROUP 1e-30f

// One group of x as whole numbers; `rest` is what rounding leaves of it. `values` and `rest` have whole vectors.
CK_INLINE void quantize_group(size_t group, const float *values, int8_t *q, float *scale, int32_t *start,
                              float *rest) {
  VF top = v_set(0), sum = v_set(0);
  for (size_t i = 0; i < group; i += LANES) top = v_max(top, v_abs(v_load(values + i)));
  float largest = v_reduce_max(top), step = largest > LEAST_GROUP ? largest / 127 : 0;
  VF inverse = v_set(largest > LEAST_GROUP ? 127 / largest : 0);
  for (size_t i = 0; i < group; i += LANES) {
    VI whole;
    VF number = v_round_to_int(v_load(values + i) * inverse, &whole);
    vi_store_bytes(q + i, whole);
    sum = sum + number;
    if (rest) v_store(rest + i, v_fma(v_set(-step), number, v_load(values + i)));
  }
  *scale = step;
  *start = -(group == CK_GROUP8 ? BIAS8 : BIAS4) * (int32_t)v_reduce_add(sum);
}

static void quantize_rows(size_t rows, size_t k, size_t group, int parts, const float *x, size_t ldx,
                          int8_t *q, float *scale, int32_t *starts) {
  size_t groups = (k + group - 1) / group, kp = groups * group;
  for (size_t r = 0; r < rows; r++, x += ldx) {
    for (size_t g = 0; g < groups; g++) {
      size_t from = g * group, count = k - from < group ? k - from : group;
      float padded[CK_GROUP8], rest[CK_GROUP8];
      const float *values = x + from;
      if (count < group) {
        memset(padded, 0, sizeof padded);
        memcpy(padded, values, count * 4);
        values = padded;
      }
      quantize_group(group, values, q + from, scale + g, starts + g, parts == 2 ? rest : NULL);
      if (parts == 2)
        quantize_group(group, rest, q + kp + from, scale + groups + g, starts + groups + g, NULL);
    }
    q += (size_t)parts * kp, scale += (size_t)parts * groups, starts += (size_t)parts * groups;
  }
}

// One panel from group 0 to `count`; rows of q, scale and starts stand kp and `groups` apart. With few rows memory
// is the limit, and the processor's own look ahead falls short of it: weights are asked for AHEAD bytes before.
enum { AHEAD = 8192 };
#define START_GROUP(ROWS)                                                                          \
  VI part[ROWS][VECTORS];                                                                          \
  CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < VECTORS; c++)             \
    part[r][c] = vi_set(starts[r * groups + g]);
#if SUMS16
// Where products of bytes are sums of two in 16 bits, a group of 4-bit weights stays in them: eight such sums are
// 30480 at most. They widen at the group's end, once.
#define START_GROUP4(ROWS)                                                                         \
  VI part[ROWS][VECTORS];                                                                          \
  CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < VECTORS; c++)             \
    part[r][c] = vi_set(0);
#define END_GROUP4(ROWS)                                                                           \
  CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < VECTORS; c++)             \
    part[r][c] = vi_widen16(vi_set(starts[r * groups + g]), part[r][c]);                           \
  END_GROUP(ROWS)
#else
#define START_GROUP4 START_GROUP
#define END_GROUP4 END_GROUP
#define vi_dot4_part vi_dot4
#endif
// Unrolled, a group's broadcasts are all asked for at its start: 16 registers do not hold them, and the product is
// slower by a quarter.
#if LANES == 8
#define GROUP4_STEPS CK_ROLLED
#else
#define GROUP4_STEPS CK_UNROLL
#endif
#define END_GROUP(ROWS)                                                                            \
  CK_UNROLL for (int c = 0; c < VECTORS; c++) {                                                    \
    VF step = v_load_bf16(scales + g * CK_PANEL + c * LANES);                                      \
    CK_UNROLL for (int r = 0; r < ROWS; r++) sum[r][c] =                                           \
        v_fma(v_float(part[r][c]), step * v_set(scale[r * groups + g]), sum[r][c]);                \
  }
#define QUADS(ROWS, DOT_PRODUCT, WEIGHTS, AT)                                                      \
  {                                                                                                \
    VI b[VECTORS];                                                                                 \
    CK_UNROLL for (int c = 0; c < VECTORS; c++) b[c] = WEIGHTS(vi_load(w + c * 4 * LANES));        \
    CK_UNROLL for (int r = 0; r < ROWS; r++) {                                                     \
      VI a = vi_quad(x + r * kp + (AT));                                                           \
      CK_UNROLL for (int c = 0; c < VECTORS; c++) part[r][c] = DOT_PRODUCT(part[r][c], b[c], a);   \
    }                                                                                              \
  }
#define QUAD_TILE(ROWS)                                                                            \
  static void quads8_##ROWS(size_t count, size_t groups, const int8_t *x, const float *scale,      \
                            const int32_t *starts, const uint8_t *w, const uint16_t *scales,       \
                            float *y, size_t ldy, int accumulate) {                                \
    size_t kp = groups * CK_GROUP8;                                                                \
    START_TILE(ROWS, 1)                                                                            \
    for (size_t g = 0; g < count; g++, x += CK_GROUP8) {                                           \
      START_GROUP(ROWS)                                                                            \
      for (size_t i = 0; i < CK_GROUP8; i += 4, w += 4 * CK_PANEL) {                               \
        __builtin_prefetch(w + AHEAD);                                                             \
        QUADS(ROWS, vi_dot8, vi_weights8, i)                                                       \
      }                                                                                            \
      END_GROUP(ROWS)                                                                              \
    }                                                                                              \
    END_TILE(ROWS, 1)                                                                              \
  }                                                                                                \
  static void quads4_##ROWS(size_t count, size_t groups, const int8_t *x, const float *scale,      \
                            const int32_t *starts, const uint8_t *w, const uint16_t *scales,       \
                            float *y, size_t ldy, int accumulate) {                                \
    size_t kp = groups * CK_GROUP4;                                                                \
    START_TILE(ROWS, 1)                                                                            \
    for (size_t g = 0; g < count; g++, x += CK_GROUP4) {                                           \
      START_GROUP4(ROWS)                                                                           \
      GROUP4_STEPS for (size_t i = 0; i < CK_GROUP4; i += 8, w += 4 * CK_PANEL) {                  \
        __builtin_prefetch(w + AHEAD);                                                             \
        QUADS(ROWS, vi_dot4_part, vi_low4, i)                                                      \
        QUADS(ROWS, vi_dot4_part, vi_high4, i + 4)                                                 \
      }                                                                                            \
      END_GROUP4(ROWS)                                                                             \
    }                                                                                              \
    END_TILE(ROWS, 1)                                                                              \
  }
QUAD_TILES

typedef void quad_tile(size_t count, size_t groups, const int8_t *x, const float *scale,
                       const int32_t *starts, const uint8_t *w, const uint16_t *scales, float *y,
                       size_t ldy, int accumulate);
static quad_tile *const quads8_tiles[] = {0, QUAD_TABLE(quads8)};
static quad_tile *const quads4_tiles[] = {0, QUAD_TABLE(quads4)};

// Bytes of a panel that stay in the first-level cache while many rows pass by.
enum { QUAD_STRETCH = 16384 };

static void gemm_quantized(size_t rows, size_t n, size_t kp, int bits, const int8_t *q,
                           const float *scale, const int32_t *starts, const void *w,
                           const uint16_t *scales, float *y, size_t ldy, int accumulate) {
  size_t group = bits == 8 ? CK_GROUP8 : CK_GROUP4, groups = kp / group;
  size_t group_bytes = group * CK_PANEL * (size_t)bits / 8;
  quad_tile *const *tiles = bits == 8 ? quads8_tiles : quads4_tiles;
  for (size_t first = 0; first < rows; first += ROW_GROUP) {
    size_t count = rows - first < ROW_GROUP ? rows - first : ROW_GROUP;
    // Tiles of about the same height: a low one keeps few sums at work.
    size_t split = (count + QUAD_ROWS - 1) / QUAD_ROWS;
    size_t depth = split > 1 ? QUAD_STRETCH / group_bytes : groups;
    for (size_t c = 0; c < n; c += CK_PANEL) {
      size_t columns = n - c < CK_PANEL ? n - c : CK_PANEL;
      const uint8_t *panel = (const uint8_t *)w + c / CK_PANEL * groups * group_bytes;
      float part[ROW_GROUP * CK_PANEL] __attribute__((aligned(64)));
      float *to = y + first * ldy + c;
      size_t distance = ldy;
      if (columns < CK_PANEL) {
        if (accumulate) {
          memset(part, 0, count * CK_PANEL * 4);
          for (size_t r = 0; r < count; r++) memcpy(part + r * CK_PANEL, to + r * ldy, columns * 4);
        }
        to = part, distance = CK_PANEL;
      }
      for (size_t g = 0; g < groups; g += depth)
        for (size_t t = 0; t < split; t++) {
          size_t at = count * t / split, m = count * (t + 1) / split - at, r = first + at;
          tiles[m](groups - g < depth ? groups - g : depth, groups, q + r * kp + g * group,
                   scale + r * groups + g, starts + r * groups + g, panel + g * group_bytes,
                   scales + c * groups + g * CK_PANEL, to + at * distance, distance,
                   accumulate || g > 0);
        }
      if (columns < CK_PANEL)
        for (size_t r = 0; r < count; r++)
          memcpy(y + (first + r) * ldy + c, part + r * CK_PANEL, columns * 4);
    }
  }
}

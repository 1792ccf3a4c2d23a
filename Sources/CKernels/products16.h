// Products of bf16 activations with bf16 weights, part of vector.h where there are dot products of such pairs.
//
// An instruction adds two products to each sum, the even one last; sums are f32.

typedef __m512bh VB;
CK_INLINE VB b_load(const uint16_t *x) { return (VB)_mm512_loadu_si512(x); }
CK_INLINE VB b_pair(const uint16_t *x) {
  int32_t pair;
  memcpy(&pair, x, 4);
  return (VB)_mm512_set1_epi32(pair);
}

typedef void tile_pairs(size_t k, const uint16_t *x, size_t ldx, const uint16_t *w,
                        size_t panel_stride, size_t ahead, float *y, size_t ldy, int accumulate);

#define PAIR_STEPS(ROWS, PANELS, NEXT)                                                             \
  for (size_t i = 0; i < k; i += 2) {                                                              \
    NEXT(PANELS, w + i * CK_PANEL)                                                                 \
    VB b[PANELS];                                                                                  \
    CK_UNROLL for (int c = 0; c < PANELS; c++) b[c] =                                              \
        b_load(w + (size_t)c * panel_stride + i * CK_PANEL);                                       \
    CK_UNROLL for (int r = 0; r < ROWS; r++) {                                                     \
      VB a = b_pair(x + r * ldx + i);                                                              \
      CK_UNROLL for (int c = 0; c < PANELS; c++) sum[r][c] = _mm512_dpbf16_ps(sum[r][c], a, b[c]); \
    }                                                                                              \
  }
#define PAIR_TILE(ROWS, PANELS) TILE_OF(pairs, uint16_t, uint16_t, PAIR_STEPS, ROWS, PANELS)
#define PAIR_TILES(R) PAIR_TILE(R, 1) PAIR_TILE(R, 2)
PAIR_TILES(1) PAIR_TILES(2) PAIR_TILES(3) PAIR_TILES(4) PAIR_TILES(5) PAIR_TILES(6) PAIR_TILES(7)
PAIR_TILES(8) PAIR_TILES(9) PAIR_TILES(10) PAIR_TILES(11) PAIR_TILES(12)
PAIR_TILE(1, 4) PAIR_TILE(2, 4) PAIR_TILE(3, 4) PAIR_TILE(4, 4) PAIR_TILE(5, 4) PAIR_TILE(6, 4)

typedef struct { size_t wide; tile_pairs *tile[5]; } pairs_choice;
static const pairs_choice pairs_tiles[MR + 1] = {TILE_TABLE(pairs)};
GEMM(pairs, uint16_t, uint16_t)

static void round_rows(size_t rows, size_t k, const float *x, size_t ldx, uint16_t *y) {
  size_t even = (k + 1) / 2 * 2;
  for (size_t r = 0; r < rows; r++, x += ldx, y += even) {
    size_t i = 0;
    for (; i + LANES <= k; i += LANES)
      _mm256_storeu_si256((__m256i *)(y + i), (__m256i)_mm512_cvtneps_pbh(v_load(x + i)));
    for (; i < even; i++) y[i] = i < k ? ck_bf16(x[i]) : 0;
  }
}

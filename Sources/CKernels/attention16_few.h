// Softmax attention of a few queries in bf16, part of vector.h: keys in the lanes as in attention_few.h, rounding and
// chains as in attention16.h, so that the results have the same bits.

// Scores of ROWS queries with two panels of keys that stand `panel` numbers apart.
#define FEW_SCORES16(ROWS)                                                                         \
  static void scores16_##ROWS(size_t pairs, const uint16_t *q, const uint16_t *k, size_t panel,    \
                              float *scores) {                                                     \
    VF s[ROWS][2];                                                                                 \
    CK_UNROLL for (int r = 0; r < ROWS; r++) s[r][0] = s[r][1] = v_set(0);                         \
    for (size_t i = 0; i < pairs; i++) {                                                           \
      VB b[2] = {b_load(k + i * 2 * CK_PANEL), b_load(k + panel + i * 2 * CK_PANEL)};              \
      CK_UNROLL for (int r = 0; r < ROWS; r++) {                                                   \
        VB a = b_pair(q + (i * SIDE + r) * 2);                                               \
        CK_UNROLL for (int c = 0; c < 2; c++) s[r][c] = _mm512_dpbf16_ps(s[r][c], b[c], a);        \
      }                                                                                            \
    }                                                                                              \
    CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < 2; c++)                 \
      v_store(scores + r * STEP_KEYS + c * LANES, s[r][c]);                                        \
  }
// PANELS panels of 16 columns of the outputs of ROWS queries, over the pairs of keys of a step.
#define FEW_VALUES16(ROWS, PANELS)                                                                 \
  static void values16_##ROWS##x##PANELS(size_t width, const uint16_t *p, const uint16_t *v,       \
                                         float *o, size_t ldo) {                                   \
    VF y[ROWS][PANELS];                                                                            \
    CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < PANELS; c++)            \
      y[r][c] = v_load(o + (size_t)r * ldo + c * LANES);                                           \
    for (size_t j = 0; j < width; j += 2) {                                                        \
      VB b[PANELS];                                                                                \
      CK_UNROLL for (int c = 0; c < PANELS; c++) b[c] =                                            \
          b_load(v + c * CK_KEYS * CK_PANEL + j * CK_PANEL);                                       \
      CK_UNROLL for (int r = 0; r < ROWS; r++) {                                                   \
        VB a = b_pair(p + (j / 2 * FEW_QUERIES + r) * 2);                                          \
        CK_UNROLL for (int c = 0; c < PANELS; c++) y[r][c] = _mm512_dpbf16_ps(y[r][c], b[c], a);   \
      }                                                                                            \
    }                                                                                              \
    CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < PANELS; c++)            \
      v_store(o + (size_t)r * ldo + c * LANES, y[r][c]);                                           \
  }
FEW_SCORES16(1) FEW_SCORES16(2) FEW_SCORES16(4)
FEW_VALUES16(1, 1) FEW_VALUES16(2, 1) FEW_VALUES16(4, 1) FEW_VALUES16(1, 2) FEW_VALUES16(2, 2)
FEW_VALUES16(4, 2)

static void attend_few_bf16(size_t rows, size_t d, const uint16_t *q, const uint32_t *limits,
                            const uint16_t *keys, const uint16_t *values, size_t tile_stride,
                            float *maximum, float *sum, float *o, float *scores) {
  size_t dp = (d + CK_PANEL - 1) / CK_PANEL * CK_PANEL, pairs = (d + 1) / 2;
  size_t most = limits[rows - 1], panel = pairs * 2 * CK_PANEL;
  // The weights of a step, pairs of keys of all queries side by side: [32][queries][2].
  uint16_t weights[STEP_KEYS * FEW_QUERIES] __attribute__((aligned(64))) = {0};
  float total[FEW_QUERIES] __attribute__((aligned(32))) = {0};
  const __m256bh ones = (__m256bh)_mm256_set1_epi32(0x3f803f80);
  float *own = scores + FEW_QUERIES * STEP_KEYS;  // [rows, dp]
  for (size_t r = 0; r < rows; r++) {
    total[r] = sum[r];
    for (size_t c = 0; c < dp; c++) own[r * dp + c] = o[c * SIDE + r];
  }
  for (size_t from = 0; from < most; from += STEP_KEYS) {
    size_t width = most - from < STEP_KEYS ? most - from : STEP_KEYS, place = from % CK_KEYS;
    size_t whole = (width + 2 * CK_PANEL - 1) / (2 * CK_PANEL) * 2 * CK_PANEL;
    const uint16_t *tile_keys = keys + from / CK_KEYS * tile_stride + place / CK_PANEL * panel;
    const uint16_t *tile_values = values + from / CK_KEYS * tile_stride + place * CK_PANEL;
    for (size_t j = 0; j < whole; j += 2 * CK_PANEL) {
      const uint16_t *k = tile_keys + j / CK_PANEL * panel;
      for (size_t r = 0; r < rows;) {
        float *to = scores + r * STEP_KEYS + j;
        if (rows - r >= 4) scores16_4(pairs, q + 2 * r, k, panel, to), r += 4;
        else if (rows - r >= 2) scores16_2(pairs, q + 2 * r, k, panel, to), r += 2;
        else scores16_1(pairs, q + 2 * r, k, panel, to), r += 1;
      }
    }
    for (size_t r = 0; r < rows; r++) {
      float *row = scores + r * STEP_KEYS;
      size_t seen = limits[r] <= from ? 0 : limits[r] - from < width ? limits[r] - from : width;
      float peak = step_maximum(row, whole, seen);
      if (peak > maximum[r]) {
        float shrink = step_shrink(maximum[r], peak);
        maximum[r] = peak;
        total[r] *= shrink;
        for (size_t c = 0; c < dp; c += LANES)
          v_store(own + r * dp + c, v_load(own + r * dp + c) * v_set(shrink));
      }
      VF base = v_max(v_set(-1e38f), v_set(maximum[r]));
      for (size_t j = 0; j < whole; j += LANES) {
        VF p = v_exp2_rough(v_load(row + j) - base);
        __m512i rounded = _mm512_add_epi32(_mm512_castps_si512(p), _mm512_set1_epi32(0x8000));
        __m256i narrow = _mm512_cvtepi32_epi16(_mm512_srli_epi32(rounded, 16));
        // Keys that are not seen count 0. A pair is one number of 32 bits.
        int left = seen <= j ? 0 : seen - j < LANES ? (int)(seen - j) : LANES;
        narrow = _mm256_maskz_mov_epi16((__mmask16)((1u << left) - 1), narrow);
        uint32_t both[LANES / 2];
        _mm256_storeu_si256((__m256i *)both, narrow);
        CK_UNROLL for (int t = 0; t < LANES / 2; t++)
          memcpy(weights + ((j / 2 + (size_t)t) * FEW_QUERIES + r) * 2, both + t, 4);
      }
    }
    __m256 sums = _mm256_load_ps(total);
    for (size_t j = 0; j < width; j += 2)
      sums = _mm256_dpbf16_ps(
          sums, (__m256bh)_mm256_load_si256((const __m256i *)(weights + j * FEW_QUERIES)), ones);
    _mm256_store_ps(total, sums);
    for (size_t c = 0; c < dp;) {
      size_t wide = dp - c >= 2 * CK_PANEL ? 2 : 1;
      for (size_t r = 0; r < rows;) {
        const uint16_t *p = weights + 2 * r, *v = tile_values + c * CK_KEYS;
        float *to = own + r * dp + c;
        size_t count = rows - r >= 4 ? 4 : rows - r >= 2 ? 2 : 1;
        if (count == 4) (wide == 2 ? values16_4x2 : values16_4x1)(width, p, v, to, dp);
        else if (count == 2) (wide == 2 ? values16_2x2 : values16_2x1)(width, p, v, to, dp);
        else (wide == 2 ? values16_1x2 : values16_1x1)(width, p, v, to, dp);
        r += count;
      }
      c += wide * CK_PANEL;
    }
  }
  for (size_t r = 0; r < rows; r++) {
    sum[r] = total[r];
    for (size_t c = 0; c < dp; c++) o[c * SIDE + r] = own[r * dp + c];
  }
}

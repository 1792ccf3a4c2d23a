// Softmax attention of a few queries, part of vector.h: here keys stand in the lanes, so that one query that reads
// its cache wastes none. Every chain of sums is the one of attention.h, so the results have the same bits.

enum { FEW_QUERIES = 8 };

// The largest of a step's scores of one query, after those it does not see are set to −∞.
CK_INLINE float step_maximum(float *row, size_t whole, size_t seen) {
  for (size_t j = seen; j < whole; j++) row[j] = -INFINITY;
  VF top = v_load(row);
  for (size_t j = LANES; j < whole; j += LANES) top = v_max(top, v_load(row + j));
  return v_largest(top);
}

// What a query's sums shrink by when its maximum rises to `peak`.
CK_INLINE float step_shrink(float top, float peak) {
  float lanes[LANES];
  v_store(lanes, v_exp2_negative(v_max(v_set(-1e38f), v_set(top)) - v_max(v_set(-1e38f), v_set(peak))));
  return lanes[0];
}

// PANELS panels of 16 columns of the outputs of ROWS queries, over the keys of a step.
#define FEW_VALUES(ROWS, PANELS)                                                                   \
  static void few_##ROWS##x##PANELS(size_t width, const float *p, const float *v, float *o,        \
                                    size_t ldo) {                                                  \
    VF y[ROWS][PANELS * VECTORS];                                                                  \
    CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++)  \
      y[r][c] = v_load(o + (size_t)r * ldo + c * LANES);                                           \
    for (size_t j = 0; j < width; j++) {                                                           \
      VF b[PANELS * VECTORS];                                                                      \
      CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++) b[c] = v_load(                          \
          v + c / VECTORS * CK_KEYS * CK_PANEL + j * CK_PANEL + c % VECTORS * LANES);              \
      CK_UNROLL for (int r = 0; r < ROWS; r++) {                                                   \
        VF a = v_set(p[r * STEP_KEYS + j]);                                                        \
        CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++) y[r][c] = v_fma(b[c], a, y[r][c]);    \
      }                                                                                            \
    }                                                                                              \
    CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++)  \
      v_store(o + (size_t)r * ldo + c * LANES, y[r][c]);                                           \
  }
// Scores of ROWS queries with one panel of keys.
#define FEW_SCORES(ROWS)                                                                           \
  static void scores_##ROWS(size_t d, const float *q, const float *k, float *scores) {             \
    VF s[ROWS][VECTORS];                                                                           \
    CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < VECTORS; c++)           \
      s[r][c] = v_set(0);                                                                          \
    for (size_t i = 0; i < d; i++) {                                                               \
      VF b[VECTORS];                                                                               \
      CK_UNROLL for (int c = 0; c < VECTORS; c++) b[c] = v_load(k + i * CK_PANEL + c * LANES);     \
      CK_UNROLL for (int r = 0; r < ROWS; r++) {                                                   \
        VF a = v_set(q[i * SIDE + r]);                                                       \
        CK_UNROLL for (int c = 0; c < VECTORS; c++) s[r][c] = v_fma(b[c], a, s[r][c]);             \
      }                                                                                            \
    }                                                                                              \
    CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < VECTORS; c++)           \
      v_store(scores + r * STEP_KEYS + c * LANES, s[r][c]);                                        \
  }
FEW_VALUES(1, 1) FEW_VALUES(2, 1) FEW_VALUES(4, 1)
FEW_SCORES(1) FEW_SCORES(2) FEW_SCORES(4)

static void attend_few(size_t rows, size_t d, const float *q, const uint32_t *limits,
                       const float *keys, const float *values, size_t tile_stride, float *maximum,
                       float *sum, float *o, float *scores) {
  size_t dp = (d + CK_PANEL - 1) / CK_PANEL * CK_PANEL, most = limits[rows - 1];
  float *own = scores + FEW_QUERIES * STEP_KEYS;  // [rows, dp]
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < dp; c++) own[r * dp + c] = o[c * SIDE + r];
  for (size_t from = 0; from < most; from += STEP_KEYS) {
    size_t width = most - from < STEP_KEYS ? most - from : STEP_KEYS, place = from % CK_KEYS;
    size_t whole = (width + CK_PANEL - 1) / CK_PANEL * CK_PANEL;
    const float *tile_keys = keys + from / CK_KEYS * tile_stride + place * d;
    const float *tile_values = values + from / CK_KEYS * tile_stride + place * CK_PANEL;
    for (size_t j = 0; j < whole; j += CK_PANEL)
      for (size_t r = 0; r < rows;) {
        float *to = scores + r * STEP_KEYS + j;
        if (rows - r >= 4) scores_4(d, q + r, tile_keys + j * d, to), r += 4;
        else if (rows - r >= 2) scores_2(d, q + r, tile_keys + j * d, to), r += 2;
        else scores_1(d, q + r, tile_keys + j * d, to), r += 1;
      }
    float part[FEW_QUERIES] = {0};
    for (size_t r = 0; r < rows; r++) {
      float *row = scores + r * STEP_KEYS;
      size_t seen = limits[r] <= from ? 0 : limits[r] - from < width ? limits[r] - from : width;
      float peak = step_maximum(row, whole, seen);
      if (peak > maximum[r]) {
        float shrink = step_shrink(maximum[r], peak);
        maximum[r] = peak;
        sum[r] *= shrink;
        for (size_t c = 0; c < dp; c += LANES)
          v_store(own + r * dp + c, v_load(own + r * dp + c) * v_set(shrink));
      }
      VF base = v_max(v_set(-1e38f), v_set(maximum[r]));
      for (size_t j = 0; j < whole; j += LANES)
        v_store(row + j, v_exp2_negative(v_load(row + j) - base));
      for (size_t j = seen; j < whole; j++) row[j] = 0;
    }
    for (size_t j = 0; j < width; j++)
      for (size_t r = 0; r < rows; r++) part[r] += scores[r * STEP_KEYS + j];
    for (size_t r = 0; r < rows; r++) sum[r] += part[r];
    for (size_t c = 0; c < dp; c += CK_PANEL)
      for (size_t r = 0; r < rows;) {
        const float *p = scores + r * STEP_KEYS, *v = tile_values + c * CK_KEYS;
        float *to = own + r * dp + c;
        if (rows - r >= 4) few_4x1(width, p, v, to, dp), r += 4;
        else if (rows - r >= 2) few_2x1(width, p, v, to, dp), r += 2;
        else few_1x1(width, p, v, to, dp), r += 1;
      }
  }
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < dp; c++) o[c * SIDE + r] = own[r * dp + c];
}

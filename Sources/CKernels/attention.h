// Softmax attention, part of vector.h: queries stand side by side in the lanes, keys pass by one after another.
//
// So a maximum, a sum and an output belong to a lane and never cross lanes; a query's result does not
// depend on the queries beside it. Scores exist for a step of STEP_KEYS keys by two vectors of queries, in the
// first-level cache, and nowhere else.

enum { SIDE = 2 * LANES };

// SUM[t] += Σ NUMBERS[i][t] · LANE_NUMBERS[i], i < N: COUNT numbers of a panel beside each other, each with two vectors.
#define ADD_PRODUCTS(COUNT, N, LANE_NUMBERS, NUMBERS, SUM)                                         \
  STEPS for (size_t i = 0; i < (N); i++) {                                                         \
    VF a = v_load((LANE_NUMBERS) + i * SIDE), b = v_load((LANE_NUMBERS) + i * SIDE + LANES);       \
    CK_UNROLL for (int t = 0; t < COUNT; t++) {                                                    \
      VF number = v_set((NUMBERS)[i * CK_PANEL + t]);                                              \
      SUM[t][0] = v_fma(number, a, SUM[t][0]);                                                     \
      SUM[t][1] = v_fma(number, b, SUM[t][1]);                                                     \
    }                                                                                              \
  }

// x·log₂ scale is in the queries already: weights are 2^(score − maximum).
CK_INLINE void attend_lanes(size_t d, const float *q, const float *limit, size_t most, const float *keys,
                            const float *values, size_t tile_stride, float *maximum, float *sum,
                            float *o, float *scores) {
  const VF nothing = v_set(-INFINITY), least = v_set(-1e38f);
  VF seen[2] = {v_load(limit), v_load(limit + LANES)};
  VF top[2] = {v_load(maximum), v_load(maximum + LANES)};
  VF total[2] = {v_load(sum), v_load(sum + LANES)};
  for (size_t from = 0; from < most; from += STEP_KEYS) {
    size_t width = most - from < STEP_KEYS ? most - from : STEP_KEYS, place = from % CK_KEYS;
    const float *tile_keys = keys + from / CK_KEYS * tile_stride;
    const float *tile_values = values + from / CK_KEYS * tile_stride + place * CK_PANEL;
    // Limits do not decrease, so the first lane's is the least.
    int partly = limit[0] < (float)(from + (width + CK_PANEL - 1) / CK_PANEL * CK_PANEL);
    VF peak[2] = {top[0], top[1]};
    for (size_t panel = 0; panel < width; panel += CK_PANEL) {
      const float *k = tile_keys + (place + panel) * d;
      float *to = scores + panel * SIDE;
#define KEYS(AT, COUNT)                                                                            \
  if (panel + AT < width) {                                                                        \
    VF s[COUNT][2];                                                                                \
    CK_UNROLL for (int t = 0; t < COUNT; t++) s[t][0] = s[t][1] = v_set(0);                        \
    ADD_PRODUCTS(COUNT, d, q, k + AT, s)                                                           \
    CK_UNROLL for (int t = 0; t < COUNT; t++) CK_UNROLL for (int h = 0; h < 2; h++) {              \
      VF score = s[t][h], key = v_set((float)(from + panel + AT + t));                             \
      if (partly) score = v_where_greater(seen[h], key, score, nothing);                           \
      peak[h] = v_max(peak[h], score);                                                             \
      v_store(to + (AT + t) * SIDE + h * LANES, score);                                            \
    }                                                                                              \
  }
      PANEL_PARTS(KEYS)
    }
    if (v_any_greater(peak[0], top[0]) || v_any_greater(peak[1], top[1]))
      CK_UNROLL for (int h = 0; h < 2; h++) {
        // At the first step the maximum is −∞: what there is to shrink is 0.
        VF shrink = v_exp2_negative(v_max(least, top[h]) - v_max(least, peak[h]));
        top[h] = peak[h];
        total[h] = total[h] * shrink;
        for (size_t c = 0; c < d; c++) {
          float *to = o + c * SIDE + h * LANES;
          v_store(to, v_load(to) * shrink);
        }
      }
    VF part[2] = {v_set(0), v_set(0)}, base[2] = {v_max(least, top[0]), v_max(least, top[1])};
    for (size_t j = 0; j < width; j++) CK_UNROLL for (int h = 0; h < 2; h++) {
      float *place = scores + j * SIDE + h * LANES;
      VF p = v_exp2_negative(v_load(place) - base[h]);
      // Keys that are not seen count 0, and not what the least exponent would make of them.
      if (partly) p = v_where_greater(seen[h], v_set((float)(from + j)), p, v_set(0));
      part[h] = part[h] + p;
      v_store(place, p);
    }
    CK_UNROLL for (int h = 0; h < 2; h++) total[h] = total[h] + part[h];
    for (size_t panel = 0; panel < d; panel += CK_PANEL) {
      const float *v = tile_values + panel * CK_KEYS;
      float *to = o + panel * SIDE;
#define VALUES(AT, COUNT)                                                                          \
  if (panel + AT < d) {                                                                            \
    VF y[COUNT][2];                                                                                \
    CK_UNROLL for (int t = 0; t < COUNT; t++) CK_UNROLL for (int h = 0; h < 2; h++)                \
      y[t][h] = v_load(to + (AT + t) * SIDE + h * LANES);                                          \
    ADD_PRODUCTS(COUNT, width, scores, v + AT, y)                                                  \
    CK_UNROLL for (int t = 0; t < COUNT; t++) CK_UNROLL for (int h = 0; h < 2; h++)                \
      v_store(to + (AT + t) * SIDE + h * LANES, y[t][h]);                                          \
  }
      PANEL_PARTS(VALUES)
    }
  }
  CK_UNROLL for (int h = 0; h < 2; h++) {
    v_store(maximum + h * LANES, top[h]);
    v_store(sum + h * LANES, total[h]);
  }
}

#include "attention_few.h"

// Limits of a block's queries as floats; those of queries that are not there are the last one's.
CK_INLINE size_t block_limits(size_t rows, const uint32_t *limits, float *limit) {
  for (size_t i = 0; i < SIDE; i++) limit[i] = (float)limits[i < rows ? i : rows - 1];
  return limits[rows - 1];
}

static void attend(size_t rows, size_t d, const float *q, const uint32_t *limits, const float *keys,
                   const float *values, size_t tile_stride, float *maximum, float *sum, float *o,
                   float *scratch) {
  size_t dp = (d + CK_PANEL - 1) / CK_PANEL * CK_PANEL;
  if (rows <= FEW_QUERIES) {
    attend_few(rows, d, q, limits, keys, values, tile_stride, maximum, sum, o, scratch);
    return;
  }
  for (size_t r = 0; r < rows; r += SIDE) {
    float limit[SIDE];
    size_t count = rows - r < SIDE ? rows - r : SIDE;
    attend_lanes(d, q + r * d, limit, block_limits(count, limits + r, limit), keys, values, tile_stride,
                 maximum + r, sum + r, o + r * dp, scratch);
  }
}

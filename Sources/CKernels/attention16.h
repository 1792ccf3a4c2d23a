// Softmax attention in bf16, part of vector.h where there are dot products of bf16 pairs: queries, keys, values and
// weights are rounded to bf16; sums, maxima and exponents stay f32. The steps are those of attention.h.
//
// A weight is rounded before it is summed, so the weights of a query add up to exactly what its values are
// divided by.

// 2^x for x ≤ 0 to 1e-4 relative, a quarter of what rounding to bf16 costs: x = n + f, a cubic in f, n added to the
// exponent's bits. Below −126 it stays at 2^−126.
CK_INLINE VF v_exp2_rough(VF x) {
  x = v_max(v_set(-126), x);
  VF shifted = x + v_set(12582912);  // its low bits are n
  VF f = x - (shifted - v_set(12582912));
  VF p = v_fma(v_set(0x1.c3f760p-5f), f, v_set(0x1.f0de1cp-3f));
  p = v_fma(p, f, v_set(0x1.62f31ap-1f));
  p = v_fma(p, f, v_set(0x1.fff692p-1f));
  return v_add_to_exponent(p, _mm512_castps_si512(shifted));
}

// Pairs of two positive vectors, the first one low, rounded to the nearest (halves upwards).
CK_INLINE VB b_pairs(VF low, VF high) {
  const __m512i half = _mm512_set1_epi32(0x8000);
  __m512i a = _mm512_srli_epi32(_mm512_add_epi32(_mm512_castps_si512(low), half), 16);
  __m512i b = _mm512_add_epi32(_mm512_castps_si512(high), half);
  return (VB)_mm512_mask_blend_epi16(0xaaaaaaaa, a, b);
}

#include "attention16_few.h"

static void attend_bf16(size_t rows, size_t d, const uint16_t *q, const uint32_t *limits,
                        const uint16_t *keys, const uint16_t *values, size_t tile_stride,
                        float *maximum, float *sum, float *o, float *scores) {
  size_t dp = (d + CK_PANEL - 1) / CK_PANEL * CK_PANEL, pairs = (d + 1) / 2;
  if (rows <= FEW_QUERIES) {
    attend_few_bf16(rows, d, q, limits, keys, values, tile_stride, maximum, sum, o, scores);
    return;
  }
  const VF nothing = v_set(-INFINITY), least = v_set(-1e38f);
  const VB ones = (VB)_mm512_set1_epi32(0x3f803f80);
  for (size_t r = 0; r < rows; r += SIDE, q += SIDE * 2 * pairs, o += SIDE * dp) {
    float limit[SIDE];
    size_t most = block_limits(rows - r < SIDE ? rows - r : SIDE, limits + r, limit);
    VF seen[2] = {v_load(limit), v_load(limit + LANES)};
    VF top[2] = {v_load(maximum + r), v_load(maximum + r + LANES)};
    VF total[2] = {v_load(sum + r), v_load(sum + r + LANES)};
    for (size_t from = 0; from < most; from += STEP_KEYS) {
      size_t width = most - from < STEP_KEYS ? most - from : STEP_KEYS, place = from % CK_KEYS;
      const uint16_t *tile_keys = keys + from / CK_KEYS * tile_stride;
      const uint16_t *tile_values = values + from / CK_KEYS * tile_stride + place * CK_PANEL;
      int partly = limit[0] < (float)(from + (width + KEYS_AT_ONCE - 1) / KEYS_AT_ONCE * KEYS_AT_ONCE);
      VF peak[2] = {top[0], top[1]};
      for (size_t j = 0; j < width; j += KEYS_AT_ONCE) {
        const uint16_t *k = tile_keys + (place + j) / CK_PANEL * pairs * 2 * CK_PANEL
                            + (place + j) % CK_PANEL * 2;
        VF s[KEYS_AT_ONCE][2];
        CK_UNROLL for (int t = 0; t < KEYS_AT_ONCE; t++) s[t][0] = s[t][1] = v_set(0);
        for (size_t c = 0; c < pairs; c++) {
          VB a = b_load(q + c * 2 * SIDE), b = b_load(q + c * 2 * SIDE + 2 * LANES);
          CK_UNROLL for (int t = 0; t < KEYS_AT_ONCE; t++) {
            VB key = b_pair(k + c * 2 * CK_PANEL + 2 * t);
            s[t][0] = _mm512_dpbf16_ps(s[t][0], key, a);
            s[t][1] = _mm512_dpbf16_ps(s[t][1], key, b);
          }
        }
        CK_UNROLL for (int t = 0; t < KEYS_AT_ONCE; t++) CK_UNROLL for (int h = 0; h < 2; h++) {
          VF score = s[t][h];
          if (partly) score = v_where_greater(seen[h], v_set((float)(from + j + t)), score, nothing);
          peak[h] = v_max(peak[h], score);
          v_store(scores + (j + t) * SIDE + h * LANES, score);
        }
      }
      if (v_any_greater(peak[0], top[0]) || v_any_greater(peak[1], top[1]))
        CK_UNROLL for (int h = 0; h < 2; h++) {
          VF shrink = v_exp2_negative(v_max(least, top[h]) - v_max(least, peak[h]));
          top[h] = peak[h];
          total[h] = total[h] * shrink;
          for (size_t c = 0; c < d; c++) {
            float *to = o + c * SIDE + h * LANES;
            v_store(to, v_load(to) * shrink);
          }
        }
      VF base[2] = {v_max(least, top[0]), v_max(least, top[1])};
      // Scores beyond `width`, up to the next whole pair, are −∞ or not seen: both count 0.
      for (size_t j = 0; j < width; j += 2) CK_UNROLL for (int h = 0; h < 2; h++) {
        const float *place = scores + j * SIDE + h * LANES;
        VF p = v_exp2_rough(v_load(place) - base[h]);
        VF p1 = v_exp2_rough(v_load(place + SIDE) - base[h]);
        if (partly) {
          p = v_where_greater(seen[h], v_set((float)(from + j)), p, v_set(0));
          p1 = v_where_greater(seen[h], v_set((float)(from + j + 1)), p1, v_set(0));
        }
        VB both = b_pairs(p, p1);
        total[h] = _mm512_dpbf16_ps(total[h], both, ones);
        // Weights take the place of the scores they are made of.
        _mm512_storeu_si512((uint16_t *)scores + j * SIDE + h * 2 * LANES, (__m512i)both);
      }
      const uint16_t *weights = (const uint16_t *)scores;
      for (size_t c = 0; c < d; c += KEYS_AT_ONCE) {
        const uint16_t *v = tile_values + c / CK_PANEL * CK_KEYS * CK_PANEL + c % CK_PANEL * 2;
        VF y[KEYS_AT_ONCE][2];
        CK_UNROLL for (int t = 0; t < KEYS_AT_ONCE; t++) CK_UNROLL for (int h = 0; h < 2; h++) y[t][h] =
            v_load(o + (c + t) * SIDE + h * LANES);
        for (size_t j = 0; j < width; j += 2) {
          VB a = b_load(weights + j * SIDE), b = b_load(weights + j * SIDE + 2 * LANES);
          CK_UNROLL for (int t = 0; t < KEYS_AT_ONCE; t++) {
            VB value = b_pair(v + j * CK_PANEL + 2 * t);
            y[t][0] = _mm512_dpbf16_ps(y[t][0], value, a);
            y[t][1] = _mm512_dpbf16_ps(y[t][1], value, b);
          }
        }
        CK_UNROLL for (int t = 0; t < KEYS_AT_ONCE; t++) CK_UNROLL for (int h = 0; h < 2; h++)
          v_store(o + (c + t) * SIDE + h * LANES, y[t][h]);
      }
    }
    CK_UNROLL for (int h = 0; h < 2; h++) {
      v_store(maximum + r + h * LANES, top[h]);
      v_store(sum + r + h * LANES, total[h]);
    }
  }
}

// AVX-512: 16 lanes, 32 registers, so tiles of 12 rows by two panels (24 sums). The including file says for
// which processors: TARGET, TABLE, NAME, LEVEL, and DOT where there are dot products of 16-bit pairs.
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>
#pragma clang attribute push(__attribute__((target(TARGET))), apply_to = function)

#define PAIRS DOT
#define LANES 16
#define MR 12
#define ROW_GROUP 96
#define KEYS_AT_ONCE 8
#define STEP_KEYS 64
#define PANEL_PARTS(PART) PART(0, 8) PART(8, 8)
#define STEPS
#define FEW_AHEAD 0
typedef __m512 VF;
typedef __m512i VI;

#define PRIMITIVE static inline __attribute__((always_inline))
PRIMITIVE VF v_load(const float *x) { return _mm512_loadu_ps(x); }
PRIMITIVE void v_store(float *y, VF x) { _mm512_storeu_ps(y, x); }
PRIMITIVE VF v_set(float x) { return _mm512_set1_ps(x); }
PRIMITIVE VF v_fma(VF a, VF b, VF c) { return _mm512_fmadd_ps(a, b, c); }
PRIMITIVE VF v_max(VF a, VF b) { return _mm512_max_ps(a, b); }
PRIMITIVE VF v_min(VF a, VF b) { return _mm512_min_ps(a, b); }
PRIMITIVE VF v_round_to_int(VF x, VI *whole) {
  *whole = _mm512_cvtps_epi32(x);
  return _mm512_cvtepi32_ps(*whole);
}
PRIMITIVE VF v_power_of_two(VI n) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(n, _mm512_set1_epi32(127)), 23));
}
PRIMITIVE VF v_add_to_exponent(VF x, VI n) {
  return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(x), _mm512_slli_epi32(n, 23)));
}
PRIMITIVE VF v_zero_below(VF x, VF low, VF y) {
  return _mm512_maskz_mov_ps(_knot_mask16(_mm512_cmp_ps_mask(x, low, _CMP_LT_OQ)), y);
}
PRIMITIVE VF v_where_greater(VF a, VF b, VF x, VF y) {
  return _mm512_mask_mov_ps(y, _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ), x);
}
PRIMITIVE int v_any_greater(VF a, VF b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ) != 0; }
PRIMITIVE VF v_even(const uint16_t *pairs) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_loadu_si512(pairs), 16));
}
PRIMITIVE VF v_odd(const uint16_t *pairs) {
  return _mm512_castsi512_ps(
      _mm512_and_si512(_mm512_loadu_si512(pairs), _mm512_set1_epi32((int)0xffff0000)));
}

PRIMITIVE VF v_abs(VF x) { return _mm512_abs_ps(x); }
PRIMITIVE VF v_float(VI x) { return _mm512_cvtepi32_ps(x); }
PRIMITIVE VF v_load_bf16(const uint16_t *x) {
  __m512i wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)x));
  return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
}
PRIMITIVE float v_reduce_max(VF x) { return _mm512_reduce_max_ps(x); }
PRIMITIVE float v_reduce_add(VF x) { return _mm512_reduce_add_ps(x); }
PRIMITIVE VI vi_set(int32_t x) { return _mm512_set1_epi32(x); }
PRIMITIVE void vi_store_bytes(int8_t *y, VI x) {
  _mm_storeu_si128((__m128i *)y, _mm512_cvtepi32_epi8(x));
}
PRIMITIVE VI vi_load(const uint8_t *x) { return _mm512_loadu_si512(x); }
PRIMITIVE VI vi_quad(const int8_t *x) {
  int32_t quad;
  __builtin_memcpy(&quad, x, 4);
  return _mm512_set1_epi32(quad);
}
PRIMITIVE VI vi_low4(VI x) { return _mm512_and_si512(x, _mm512_set1_epi8(15)); }
PRIMITIVE VI vi_high4(VI x) {
  return _mm512_and_si512(_mm512_srli_epi16(x, 4), _mm512_set1_epi8(15));
}
#define BIAS4 8
#if DOT
#define BIAS8 128
PRIMITIVE VI vi_weights8(VI x) { return x; }
PRIMITIVE VI vi_dot8(VI sum, VI w, VI a) { return _mm512_dpbusd_epi32(sum, w, a); }
PRIMITIVE VI vi_dot4(VI sum, VI w, VI a) { return _mm512_dpbusd_epi32(sum, w, a); }
#else
// Sums of two products must fit 16 bits: 15·127·2 do, 255·127·2 do not, so 8-bit weights give their sign away.
#define BIAS8 0
PRIMITIVE VI vi_weights8(VI x) { return _mm512_xor_si512(x, _mm512_set1_epi8(-128)); }
#define SUMS16 1
PRIMITIVE VI vi_widen16(VI sum, VI part) {
  return _mm512_add_epi32(sum, _mm512_madd_epi16(part, _mm512_set1_epi16(1)));
}
PRIMITIVE VI vi_dot4_part(VI part, VI w, VI a) {
  return _mm512_add_epi16(part, _mm512_maddubs_epi16(w, a));
}
PRIMITIVE VI vi_dot4(VI sum, VI w, VI a) { return vi_widen16(sum, _mm512_maddubs_epi16(w, a)); }
PRIMITIVE VI vi_dot8(VI sum, VI w, VI a) {
  VI turned = _mm512_mask_sub_epi8(a, _mm512_movepi8_mask(w), _mm512_setzero_si512(), a);
  return vi_dot4(sum, _mm512_abs_epi8(w), turned);
}
#endif

#define QUAD_ROWS 12
#define QUAD_TILES                                                                                 \
  QUAD_TILE(1) QUAD_TILE(2) QUAD_TILE(3) QUAD_TILE(4) QUAD_TILE(5) QUAD_TILE(6) QUAD_TILE(7)       \
      QUAD_TILE(8) QUAD_TILE(9) QUAD_TILE(10) QUAD_TILE(11) QUAD_TILE(12)
#define QUAD_TABLE(T)                                                                              \
  T##_1, T##_2, T##_3, T##_4, T##_5, T##_6, T##_7, T##_8, T##_9, T##_10, T##_11, T##_12

#define TILES_OF(R) TILE(R, 1) TILE(R, 2)
#define TILES                                                                                      \
  TILES_OF(1) TILES_OF(2) TILES_OF(3) TILES_OF(4) TILES_OF(5) TILES_OF(6) TILES_OF(7) TILES_OF(8)  \
      TILES_OF(9) TILES_OF(10) TILES_OF(11) TILES_OF(12) TILE(1, 4) TILE(2, 4) TILE(3, 4)          \
          TILE(4, 4) TILE(5, 4) TILE(6, 4)
#define FOUR(T, R) [R] = {4, {0, T##_##R##x1, T##_##R##x2, 0, T##_##R##x4}}
#define TWO(T, R) [R] = {2, {0, T##_##R##x1, T##_##R##x2}}
#define TILE_TABLE(T)                                                                              \
  FOUR(T, 1), FOUR(T, 2), FOUR(T, 3), FOUR(T, 4), FOUR(T, 5), FOUR(T, 6), TWO(T, 7), TWO(T, 8),    \
      TWO(T, 9), TWO(T, 10), TWO(T, 11), TWO(T, 12)

#include "vector.h"

#pragma clang attribute pop

const ck_kernels TABLE = {
    .name = NAME,
    .level = LEVEL,
    .queries = SIDE,
    .gemm_f32 = gemm_f32,
    .gemm_bf16 = gemm_bf16_widening,
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
    .spin_f32 = spin_f32,
    .spin_bytes = spin_bytes,
    .read_through = read_through,
#if DOT
    .round_rows = round_rows,
    .gemm_pairs = gemm_pairs,
    .attend_bf16 = attend_bf16,
    .spin_pairs = spin_pairs,
#endif
};
#endif

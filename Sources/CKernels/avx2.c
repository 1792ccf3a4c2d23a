// AVX2 and FMA: 8 lanes, 16 registers, so tiles of 6 rows by one panel (12 sums).
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define LANES 8
#define MR 6
#define ROW_GROUP 96
#define STEP_KEYS 128
#define PANEL_PARTS(PART) PART(0, 6) PART(6, 6) PART(12, 4)
#define STEPS CK_BY_FOUR
#define FEW_AHEAD 4096
typedef __m256 VF;
typedef __m256i VI;

#define PRIMITIVE static inline __attribute__((always_inline))
PRIMITIVE VF v_load(const float *x) { return _mm256_loadu_ps(x); }
PRIMITIVE void v_store(float *y, VF x) { _mm256_storeu_ps(y, x); }
PRIMITIVE VF v_set(float x) { return _mm256_set1_ps(x); }
PRIMITIVE VF v_fma(VF a, VF b, VF c) { return _mm256_fmadd_ps(a, b, c); }
// The second operand is returned when either is NaN.
PRIMITIVE VF v_max(VF a, VF b) { return _mm256_max_ps(a, b); }
PRIMITIVE VF v_min(VF a, VF b) { return _mm256_min_ps(a, b); }
PRIMITIVE VF v_round_to_int(VF x, VI *whole) {
  *whole = _mm256_cvtps_epi32(x);
  return _mm256_cvtepi32_ps(*whole);
}
PRIMITIVE VF v_power_of_two(VI n) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
}
PRIMITIVE VF v_add_to_exponent(VF x, VI n) {
  return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(x), _mm256_slli_epi32(n, 23)));
}
// 0 where x < low, else y.
PRIMITIVE VF v_zero_below(VF x, VF low, VF y) {
  return _mm256_andnot_ps(_mm256_cmp_ps(x, low, _CMP_LT_OQ), y);
}
PRIMITIVE VF v_where_greater(VF a, VF b, VF x, VF y) {
  return _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, b, _CMP_GT_OQ));
}
PRIMITIVE int v_any_greater(VF a, VF b) {
  return _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ)) != 0;
}
PRIMITIVE VF v_even(const uint16_t *pairs) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_loadu_si256((const __m256i *)pairs), 16));
}
PRIMITIVE VF v_odd(const uint16_t *pairs) {
  return _mm256_and_ps(_mm256_loadu_ps((const float *)pairs),
                       _mm256_castsi256_ps(_mm256_set1_epi32((int)0xffff0000)));
}

PRIMITIVE VF v_abs(VF x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x); }
PRIMITIVE VF v_float(VI x) { return _mm256_cvtepi32_ps(x); }
PRIMITIVE VF v_load_bf16(const uint16_t *x) {
  __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)x));
  return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
}
PRIMITIVE float v_reduce_max(VF x) {
  __m128 y = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  y = _mm_max_ps(y, _mm_movehl_ps(y, y));
  return _mm_cvtss_f32(_mm_max_ss(y, _mm_movehdup_ps(y)));
}
PRIMITIVE float v_reduce_add(VF x) {
  __m128 y = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  y = _mm_add_ps(y, _mm_movehl_ps(y, y));
  return _mm_cvtss_f32(_mm_add_ss(y, _mm_movehdup_ps(y)));
}
PRIMITIVE VI vi_set(int32_t x) { return _mm256_set1_epi32(x); }
PRIMITIVE void vi_store_bytes(int8_t *y, VI x) {
  __m128i halves = _mm_packs_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
  _mm_storel_epi64((__m128i *)y, _mm_packs_epi16(halves, halves));
}
PRIMITIVE VI vi_load(const uint8_t *x) { return _mm256_loadu_si256((const __m256i *)x); }
PRIMITIVE VI vi_quad(const int8_t *x) {
  int32_t quad;
  __builtin_memcpy(&quad, x, 4);
  return _mm256_set1_epi32(quad);
}
PRIMITIVE VI vi_low4(VI x) { return _mm256_and_si256(x, _mm256_set1_epi8(15)); }
PRIMITIVE VI vi_high4(VI x) {
  return _mm256_and_si256(_mm256_srli_epi16(x, 4), _mm256_set1_epi8(15));
}
// Sums of two products must fit 16 bits: 15·127·2 do, 255·127·2 do not, so 8-bit weights give their sign away.
#define BIAS4 8
#define BIAS8 0
PRIMITIVE VI vi_weights8(VI x) { return _mm256_xor_si256(x, _mm256_set1_epi8(-128)); }
#define SUMS16 1
PRIMITIVE VI vi_widen16(VI sum, VI part) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(part, _mm256_set1_epi16(1)));
}
PRIMITIVE VI vi_dot4_part(VI part, VI w, VI a) {
  return _mm256_add_epi16(part, _mm256_maddubs_epi16(w, a));
}
PRIMITIVE VI vi_dot4(VI sum, VI w, VI a) { return vi_widen16(sum, _mm256_maddubs_epi16(w, a)); }
PRIMITIVE VI vi_dot8(VI sum, VI w, VI a) {
  return vi_dot4(sum, _mm256_abs_epi8(w), _mm256_sign_epi8(a, w));
}

#define QUAD_ROWS 4
#define QUAD_TILES QUAD_TILE(1) QUAD_TILE(2) QUAD_TILE(3) QUAD_TILE(4)
#define QUAD_TABLE(T) T##_1, T##_2, T##_3, T##_4

#define TILES                                                                                      \
  TILE(1, 1) TILE(1, 2) TILE(1, 4) TILE(2, 1) TILE(2, 2) TILE(3, 1) TILE(3, 2) TILE(4, 1) TILE(5, 1) \
      TILE(6, 1)
#define TILE_TABLE(T)                                                                              \
  [1] = {4, {0, T##_1x1, T##_1x2, 0, T##_1x4}}, [2] = {2, {0, T##_2x1, T##_2x2}},                  \
  [3] = {2, {0, T##_3x1, T##_3x2}}, [4] = {1, {0, T##_4x1}}, [5] = {1, {0, T##_5x1}},              \
  [6] = {1, {0, T##_6x1}}

#include "vector.h"

#pragma clang attribute pop

const ck_kernels ck_avx2_kernels = {
    .name = "AVX2",
    .level = CK_AVX2,
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
};
#endif

// NEON of 64-bit ARM: 4 lanes, 32 registers, so tiles of 6 rows by one panel (24 sums). The including file says for
// which processors: TABLE, NAME, LEVEL, and DOT where there are dot products of bytes, with their TARGET.
#if defined(__aarch64__)
#include <arm_neon.h>
#include <stdint.h>
#if DOT
#pragma clang attribute push(__attribute__((target(TARGET))), apply_to = function)
#endif

#define LANES 4
#define MR 6
#define ROW_GROUP 96
#define STEP_KEYS 64
#define PANEL_PARTS(PART) PART(0, 8) PART(8, 8)
#define STEPS
#define FEW_AHEAD 0
typedef float32x4_t VF;
typedef int32x4_t VI;

#define PRIMITIVE static inline __attribute__((always_inline))
PRIMITIVE VF v_load(const float *x) { return vld1q_f32(x); }
PRIMITIVE void v_store(float *y, VF x) { vst1q_f32(y, x); }
PRIMITIVE VF v_set(float x) { return vdupq_n_f32(x); }
PRIMITIVE VF v_fma(VF a, VF b, VF c) { return vfmaq_f32(c, a, b); }
PRIMITIVE VF v_max(VF a, VF b) { return vmaxq_f32(a, b); }
PRIMITIVE VF v_min(VF a, VF b) { return vminq_f32(a, b); }
PRIMITIVE VF v_round_to_int(VF x, VI *whole) {
  *whole = vcvtnq_s32_f32(x);
  return vcvtq_f32_s32(*whole);
}
PRIMITIVE VF v_power_of_two(VI n) {
  return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(n, vdupq_n_s32(127)), 23));
}
PRIMITIVE VF v_add_to_exponent(VF x, VI n) {
  return vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(x), vshlq_n_s32(n, 23)));
}
PRIMITIVE VF v_zero_below(VF x, VF low, VF y) {
  return vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(y), vcltq_f32(x, low)));
}
PRIMITIVE VF v_where_greater(VF a, VF b, VF x, VF y) { return vbslq_f32(vcgtq_f32(a, b), x, y); }
PRIMITIVE int v_any_greater(VF a, VF b) { return vmaxvq_u32(vcgtq_f32(a, b)) != 0; }
PRIMITIVE VF v_even(const uint16_t *pairs) {
  return vreinterpretq_f32_u32(vshlq_n_u32(vld1q_u32((const uint32_t *)pairs), 16));
}
PRIMITIVE VF v_odd(const uint16_t *pairs) {
  return vreinterpretq_f32_u32(
      vandq_u32(vld1q_u32((const uint32_t *)pairs), vdupq_n_u32(0xffff0000)));
}

PRIMITIVE VF v_abs(VF x) { return vabsq_f32(x); }
PRIMITIVE VF v_float(VI x) { return vcvtq_f32_s32(x); }
PRIMITIVE VF v_load_bf16(const uint16_t *x) {
  return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(x), 16));
}
PRIMITIVE float v_reduce_max(VF x) { return vmaxvq_f32(x); }
PRIMITIVE float v_reduce_add(VF x) { return vaddvq_f32(x); }
PRIMITIVE VI vi_set(int32_t x) { return vdupq_n_s32(x); }
PRIMITIVE void vi_store_bytes(int8_t *y, VI x) {
  int16x4_t halves = vmovn_s32(x);
  int8x8_t bytes = vmovn_s16(vcombine_s16(halves, halves));
  vst1_lane_s32((int32_t *)y, vreinterpret_s32_s8(bytes), 0);
}
PRIMITIVE VI vi_load(const uint8_t *x) { return vreinterpretq_s32_u8(vld1q_u8(x)); }
PRIMITIVE VI vi_quad(const int8_t *x) {
  int32_t quad;
  __builtin_memcpy(&quad, x, 4);
  return vdupq_n_s32(quad);
}
#define BIAS4 0
#define BIAS8 0
PRIMITIVE VI vi_weights8(VI x) {
  return vreinterpretq_s32_u8(veorq_u8(vreinterpretq_u8_s32(x), vdupq_n_u8(128)));
}
PRIMITIVE VI vi_low4(VI x) {
  uint8x16_t low = vandq_u8(vreinterpretq_u8_s32(x), vdupq_n_u8(15));
  return vreinterpretq_s32_u8(vsubq_u8(low, vdupq_n_u8(8)));
}
PRIMITIVE VI vi_high4(VI x) {
  return vreinterpretq_s32_u8(vsubq_u8(vshrq_n_u8(vreinterpretq_u8_s32(x), 4), vdupq_n_u8(8)));
}
PRIMITIVE VI vi_dot8(VI sum, VI w, VI a) {
  int8x16_t p = vreinterpretq_s8_s32(w), q = vreinterpretq_s8_s32(a);
#if DOT
  return vdotq_s32(sum, p, q);
#else
  int16x8_t low = vmull_s8(vget_low_s8(p), vget_low_s8(q)), high = vmull_high_s8(p, q);
  return vaddq_s32(sum, vpaddq_s32(vpaddlq_s16(low), vpaddlq_s16(high)));
#endif
}
PRIMITIVE VI vi_dot4(VI sum, VI w, VI a) { return vi_dot8(sum, w, a); }

#define QUAD_ROWS 3
#define QUAD_TILES QUAD_TILE(1) QUAD_TILE(2) QUAD_TILE(3)
#define QUAD_TABLE(T) T##_1, T##_2, T##_3

#define TILES TILE(1, 1) TILE(1, 2) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(6, 1)
#define TILE_TABLE(T)                                                                              \
  [1] = {2, {0, T##_1x1, T##_1x2}}, [2] = {1, {0, T##_2x1}}, [3] = {1, {0, T##_3x1}},              \
  [4] = {1, {0, T##_4x1}}, [5] = {1, {0, T##_5x1}}, [6] = {1, {0, T##_6x1}}

#include "vector.h"

#if DOT
#pragma clang attribute pop
#endif

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
};
#endif

// NEON of 64-bit ARM: 4 lanes, 32 registers, so tiles of 6 rows by one panel (24 sums).
#if defined(__aarch64__)
#include <arm_neon.h>
#include <stdint.h>

#define LANES 4
#define MR 6
#define ROW_GROUP 96
#define KEYS_AT_ONCE 8
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
PRIMITIVE void v_store_rounded(int32_t *y, VF x) { vst1q_s32(y, vcvtnq_s32_f32(x)); }
PRIMITIVE VF v_float(VI x) { return vcvtq_f32_s32(x); }
PRIMITIVE VF v_load_bf16(const uint16_t *x) {
  return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(x), 16));
}
PRIMITIVE VI vi_load(const int16_t *x) { return vreinterpretq_s32_s16(vld1q_s16(x)); }
PRIMITIVE void vi_store(int16_t *y, VI x) { vst1q_s16(y, vreinterpretq_s16_s32(x)); }
PRIMITIVE VI vi_zero(void) { return vdupq_n_s32(0); }
PRIMITIVE VI vi_set(int32_t x) { return vdupq_n_s32(x); }
PRIMITIVE VI vi_pair(const int16_t *x) {
  int32_t pair;
  __builtin_memcpy(&pair, x, 4);
  return vdupq_n_s32(pair);
}
PRIMITIVE VI vi_bytes(const int8_t *x) { return vreinterpretq_s32_s16(vmovl_s8(vld1_s8(x))); }
PRIMITIVE VI vi_nibble(VI x, int t) {
  uint16x8_t shifted = vshlq_u16(vreinterpretq_u16_s32(x), vdupq_n_s16((int16_t)(-4 * t)));
  return vreinterpretq_s32_u16(vandq_u16(shifted, vdupq_n_u16(15)));
}
PRIMITIVE VI vi_less8(VI x) {
  return vreinterpretq_s32_s16(vsubq_s16(vreinterpretq_s16_s32(x), vdupq_n_s16(8)));
}
PRIMITIVE VI vi_dot(VI sum, VI a, VI b) {
  int16x8_t p = vreinterpretq_s16_s32(a), q = vreinterpretq_s16_s32(b);
  int32x4_t low = vmull_s16(vget_low_s16(p), vget_low_s16(q)), high = vmull_high_s16(p, q);
  return vaddq_s32(sum, vpaddq_s32(low, high));
}

#define TILES16 TILE16(1) TILE16(2) TILE16(3) TILE16(4) TILE16(5) TILE16(6)
#define TILE16_TABLE i16_1, i16_2, i16_3, i16_4, i16_5, i16_6
#define TILES TILE(1, 1) TILE(1, 2) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(6, 1)
#define TILE_TABLE(T)                                                                              \
  [1] = {2, {0, T##_1x1, T##_1x2}}, [2] = {1, {0, T##_2x1}}, [3] = {1, {0, T##_3x1}},              \
  [4] = {1, {0, T##_4x1}}, [5] = {1, {0, T##_5x1}}, [6] = {1, {0, T##_6x1}}

#include "vector.h"

const ck_kernels ck_neon_kernels = {
    .name = "NEON",
    .level = CK_NEON,
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
    .read_through = read_through,
};
#endif

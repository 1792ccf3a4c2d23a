// NEON of 64-bit ARM: 4 lanes, 32 registers, so tiles of 6 rows by one panel (24 sums).
#if defined(__aarch64__)
#include <arm_neon.h>
#include <stdint.h>

#define LANES 4
#define MR 6
#define ROW_GROUP 96
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
PRIMITIVE VF v_zero_below(VF x, VF low, VF y) {
  return vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(y), vcltq_f32(x, low)));
}
PRIMITIVE VF v_even(const uint16_t *pairs) {
  return vreinterpretq_f32_u32(vshlq_n_u32(vld1q_u32((const uint32_t *)pairs), 16));
}
PRIMITIVE VF v_odd(const uint16_t *pairs) {
  return vreinterpretq_f32_u32(
      vandq_u32(vld1q_u32((const uint32_t *)pairs), vdupq_n_u32(0xffff0000)));
}

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
    .rms_norm = rms_norm,
    .gated_norm = gated_norm,
    .silu = silu,
    .silu_times = silu_times,
    .mix = mix,
    .add_scaled = add_scaled,
    .widen_bf16 = widen_bf16,
    .lightning = lightning,
    .attend = attend,
};
#endif

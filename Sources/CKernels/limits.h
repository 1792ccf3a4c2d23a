// The processor's own limits, part of vector.h. A factor is read anew each step: a compiler that knows all
// operands works some of the sums out beforehand.

enum { SPIN_SUMS = LANES == 16 ? 20 : 12 };

static size_t spin_f32(size_t steps) {
  VF sum[SPIN_SUMS], b = v_set(1e-3f);
  volatile float factor = 0.999f;
  CK_UNROLL for (int i = 0; i < SPIN_SUMS; i++) sum[i] = v_set((float)i);
  for (size_t s = 0; s < steps; s++) {
    VF a = v_set(factor);
    CK_UNROLL for (int i = 0; i < SPIN_SUMS; i++) sum[i] = v_fma(sum[i], a, b);
  }
  float all = 0;
  for (int i = 0; i < SPIN_SUMS; i++) all += v_sum(sum[i]);
  // The sums are looked at, so that they are made.
  return all == 12345 ? 0 : steps * SPIN_SUMS * LANES * 2;
}

// Each sum is its own factor: of products that are alike a compiler makes one.
#define SPIN_BYTES(BITS, DOT_PRODUCT)                                                              \
  static size_t spin_bytes##BITS(size_t steps) {                                                   \
    VI sum[SPIN_SUMS];                                                                             \
    volatile int32_t one = 0x01010101;                                                             \
    CK_UNROLL for (int i = 0; i < SPIN_SUMS; i++) sum[i] = vi_set(i);                              \
    for (size_t s = 0; s < steps; s++) {                                                           \
      VI w = vi_set(one);                                                                          \
      CK_UNROLL for (int i = 0; i < SPIN_SUMS; i++) sum[i] = DOT_PRODUCT(sum[i], w, sum[i]);       \
    }                                                                                              \
    float all = 0;                                                                                 \
    for (int i = 0; i < SPIN_SUMS; i++) all += v_sum(v_float(sum[i]));                             \
    return all == 12345 ? 0 : steps * SPIN_SUMS * LANES * 8;                                       \
  }
// Without dot products of bytes, sums of two products of 8 bits have to widen at once, those of 4 bits do not.
SPIN_BYTES(8, vi_dot4)
SPIN_BYTES(4, vi_dot4_part)

static size_t spin_bytes(int bits, size_t steps) {
  return bits == 8 ? spin_bytes8(steps) : spin_bytes4(steps);
}

// Four stretches side by side, as products read their panels.
static float read_through(size_t n, const float *x) {
  size_t quarter = n / 16;
  VF sum[4] = {v_set(0), v_set(0), v_set(0), v_set(0)};
  for (size_t i = 0; i < quarter; i += LANES) {
    CK_UNROLL for (int s = 0; s < 4; s++) {
      const float *at = x + (size_t)s * quarter + i;
      if (i % 16 == 0) __builtin_prefetch((const char *)at + 2048, 0, 2);
      sum[s] = sum[s] + v_load(at);
    }
  }
  return v_sum(sum[0] + sum[1] + sum[2] + sum[3]);
}

#if PAIRS
static size_t spin_pairs(size_t steps) {
  VF sum[SPIN_SUMS];
  __m512i a = _mm512_set1_epi32(0x3f803f80);
  CK_UNROLL for (int i = 0; i < SPIN_SUMS; i++) sum[i] = v_set((float)i);
  for (size_t s = 0; s < steps; s++) {
    __asm__ volatile("" : "+v"(a));  // not a constant: else there is nothing to do
    CK_UNROLL for (int i = 0; i < SPIN_SUMS; i++) sum[i] = _mm512_dpbf16_ps(sum[i], (VB)a, (VB)a);
  }
  float all = 0;
  for (int i = 0; i < SPIN_SUMS; i++) all += v_sum(sum[i]);
  return all == 12345 ? 0 : steps * SPIN_SUMS * LANES * 4;
}
#endif

// Which kernels this machine can run, asked once of the processor.
#include "internal.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
// From the kernel's interface: HWCAP_ASIMDDP.
static int has_dot_products(void) { return getauxval(AT_HWCAP) >> 20 & 1; }
#elif defined(__aarch64__)
static int has_dot_products(void) { return 0; }
#endif

const ck_kernels *ck_kernels_at(ck_level level) {
  if (level == CK_SCALAR) return &ck_scalar_kernels;
#if defined(__x86_64__)
  __builtin_cpu_init();
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
               && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  int dot = avx512 && __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bf16");
  if (level == CK_AVX2 && avx2) return &ck_avx2_kernels;
  if (level == CK_AVX512 && avx512) return &ck_avx512_kernels;
  if (level == CK_AVX512_DOT && dot) return &ck_avx512_dot_kernels;
#elif defined(__aarch64__)
  if (level == CK_NEON) return &ck_neon_kernels;
  if (level == CK_NEON_DOT && has_dot_products()) return &ck_neon_dot_kernels;
#endif
  return NULL;
}

const ck_kernels *ck_kernels_best(void) {
  for (int level = CK_NEON_DOT; level > CK_SCALAR; level--) {
    const ck_kernels *kernels = ck_kernels_at((ck_level)level);
    if (kernels) return kernels;
  }
  return &ck_scalar_kernels;
}

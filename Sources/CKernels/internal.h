// Shared by the kernel sources; not part of the module's interface.
#pragma once
#include "CKernels.h"

extern const ck_kernels ck_scalar_kernels;
#if defined(__x86_64__)
extern const ck_kernels ck_avx2_kernels, ck_avx512_kernels, ck_avx512_dot_kernels;
#elif defined(__aarch64__)
extern const ck_kernels ck_neon_kernels, ck_neon_dot_kernels;
#endif

#define CK_INLINE static inline __attribute__((always_inline))
#define CK_UNROLL _Pragma("clang loop unroll(full)")
#define CK_BY_FOUR _Pragma("clang loop unroll_count(4)")
#define CK_ROLLED _Pragma("clang loop unroll(disable)")

// AVX-512 with VNNI and BF16: Cooper Lake, Sapphire Rapids, Zen 4 and later.
#define TARGET "avx512f,avx512bw,avx512vl,avx512dq,fma,avx512vnni,avx512bf16"
#define TABLE ck_avx512_dot_kernels
#define NAME "AVX-512 VNNI"
#define LEVEL CK_AVX512_DOT
#define DOT 1
#include "avx512.h"

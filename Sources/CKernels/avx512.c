// AVX-512 F, BW, VL, DQ: Skylake servers and later.
#define TARGET "avx512f,avx512bw,avx512vl,avx512dq,fma"
#define TABLE ck_avx512_kernels
#define NAME "AVX-512"
#define LEVEL CK_AVX512
#define DOT 0
#include "avx512.h"

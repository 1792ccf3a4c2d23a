// NEON with dot products of bytes: ARMv8.2 with DotProd, Neoverse N1, Apple A13 and later.
#define TARGET "arch=armv8.2-a+dotprod"
#define TABLE ck_neon_dot_kernels
#define NAME "NEON DotProd"
#define LEVEL CK_NEON_DOT
#define DOT 1
#include "neon.h"

// NEON as every 64-bit ARM processor has it.
#define TABLE ck_neon_kernels
#define NAME "NEON"
#define LEVEL CK_NEON
#define DOT 0
#include "neon.h"

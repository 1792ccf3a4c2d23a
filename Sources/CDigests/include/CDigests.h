#ifndef DOCKET_CDIGESTS_H
#define DOCKET_CDIGESTS_H
#include <stddef.h>
#include <stdint.h>

/// Folds `count` blocks of 64 bytes into the eight words of a SHA-256 state (FIPS 180-4 §6.2.2),
/// with the processor's SHA instructions where it has them.
void docket_sha256_blocks(uint32_t state[8], const uint8_t *bytes, size_t count);

/// The same without special instructions: the truth the other is tested against.
void docket_sha256_blocks_portable(uint32_t state[8], const uint8_t *bytes, size_t count);
#endif

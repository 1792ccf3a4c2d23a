// Arithmetic kernels of the engine, in plain C, one source file per instruction set.
//
// `scalar.c` is the truth: plain loops that read like the equations. `avx2.c`, `avx512.c` and `neon.c`
// compute the same with vectors, and are tested against it. `ck_kernels_at` hands out the table of one
// instruction set, and refuses what this machine cannot run.
//
// Conventions
//   * A matrix is row-major; `ld…` is the distance between two rows, in elements.
//   * Weights of a product y = x · Wᵀ (W is [n, k]) are packed in panels of 16 columns of y:
//       f32:  [ceil(n/16)][k][16]
//       bf16: [ceil(n/16)][ceil(k/2)][16][2]          the pair is k = 2i, 2i+1; a missing k is zero
//     Missing columns are zero. So one vector load feeds 8 or 16 columns, and no product needs a sum
//     across lanes.
//   * Quantised weights are whole numbers with one bf16 scale for each output and group of inputs, kept unsigned:
//       8 bit: groups of 64, −127…127, + 128: [ceil(n/16)][kp/4][16][4] bytes, the four are k = 4i … 4i+3
//       4 bit: groups of 32, −8…7, + 8: [ceil(n/16)][kp/8][16][4] bytes, whose low halves are k = 8i … 8i+3 and
//              high halves k = 8i+4 … 8i+7                                   kp: k in whole groups
//       scales [ceil(n/16)][kp/group][16]
//     They meet activations rounded to 8 bits with one f32 scale for each row and group. A group's sum is
//     exact in 32 bits, so all instruction sets give the same bits; then one multiply-add by both scales.
//   * Every element of a product is one chain of multiply-adds in the order of k, whatever the number
//     of rows at hand. So a row's result does not depend on the rows computed beside it: reading a
//     text in pieces of any size gives the same bits, and so does any number of threads.
//   * No kernel allocates. Scratch is handed in, with its size stated.
//   * Pointers may be unaligned; packed weights run faster on 64-byte borders.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { CK_PANEL = 16 };
// Rows of a block of lightning attention. Blocks stand at multiples of it from the start of the text.
enum { CK_BLOCK = 64 };
// Keys of a tile of softmax attention; the cache is laid out in such tiles.
enum { CK_KEYS = 128 };
// Most queries of a block of softmax attention, side by side in vectors, and most keys of a step whose scores exist at
// once.
enum { CK_QUERIES = 32, CK_STEP = 128 };
// Inputs that share a scale.
enum { CK_GROUP8 = 64, CK_GROUP4 = 32 };

typedef enum ck_level {
  CK_SCALAR = 0,
  CK_AVX2 = 1,         // AVX2 and FMA
  CK_AVX512 = 2,       // AVX-512 F, BW, VL, DQ
  CK_AVX512_DOT = 3,   // and VNNI and BF16
  CK_NEON = 4,
  CK_NEON_DOT = 5,     // and DotProd
} ck_level;

typedef struct ck_kernels {
  const char *name;
  ck_level level;
  // Queries of a block of softmax attention: two vectors of them, CK_QUERIES at most.
  size_t queries;

  // y[rows, n] = x[rows, k] · W, or += with `accumulate`. Panels of W stand `panel_stride` elements
  // apart (16·k for packed weights).
  void (*gemm_f32)(size_t rows, size_t n, size_t k, const float *x, size_t ldx, const float *w,
                   size_t panel_stride, float *y, size_t ldy, int accumulate);
  // The same with bf16 weights, products and sums in f32.
  void (*gemm_bf16)(size_t rows, size_t n, size_t k, const float *x, size_t ldx, const uint16_t *w,
                    size_t panel_stride, float *y, size_t ldy, int accumulate);

  // y[rows, n] = or += x · W with both in bf16: x [rows, ceil(k/2)·2] made by round_rows (nearest, ties to even;
  // the missing k is 0). Sums are f32. Both NULL where the processor multiplies no pairs of bf16.
  void (*round_rows)(size_t rows, size_t k, const float *x, size_t ldx, uint16_t *rounded);
  void (*gemm_pairs)(size_t rows, size_t n, size_t k, const uint16_t *x, size_t ldx,
                     const uint16_t *w, size_t panel_stride, float *y, size_t ldy, int accumulate);

  // Activations for quantised products: q [rows·parts, kp] in −127…127, scale [rows·parts, kp/group], and where
  // the groups' sums start, starts [rows·parts, kp/group]: what this table's products need to count weights that
  // are kept unsigned as signed. Columns k..<kp of q are 0. With two parts, each row is followed by what its
  // rounding left: the products of both add up to one with activations of some 15 bits.
  void (*quantize_rows)(size_t rows, size_t k, size_t group, int parts, const float *x, size_t ldx,
                        int8_t *q, float *scale, int32_t *starts);
  // y[rows, n] = or += the quantised product; `kp` inputs in whole groups. `bits` is 8 or 4, the group
  // follows from it. Panels of w stand kp·16·bits/8 bytes apart, those of scales kp/group·16 elements.
  void (*gemm_quantized)(size_t rows, size_t n, size_t kp, int bits, const int8_t *q,
                         const float *scale, const int32_t *starts, const void *w,
                         const uint16_t *scales, float *y, size_t ldy, int accumulate);

  // y[r] = w ⊙ x[r] / sqrt(mean(x[r]²) + epsilon), over rows of n.
  void (*rms_norm)(size_t rows, size_t n, const float *x, size_t ldx, const float *w, float epsilon,
                   float *y, size_t ldy);
  // y[r] = sigmoid(gate[r]) ⊙ w ⊙ x[r] / sqrt(mean(x[r]²) + epsilon). y may be x.
  void (*gated_norm)(size_t rows, size_t n, const float *x, size_t ldx, const float *gate,
                     size_t ldg, const float *w, float epsilon, float *y, size_t ldy);
  // x = x · sigmoid(x), n elements.
  void (*silu)(size_t n, float *x);
  // x = silu(x) ⊙ y.
  void (*silu_times)(size_t n, float *x, const float *y);
  // y = alpha · x + beta · y.
  void (*mix)(size_t n, float alpha, const float *x, float beta, float *y);
  // y += a · x.
  void (*add_scaled)(size_t n, float a, const float *x, float *y);
  // y = f32 of bf16 x.
  void (*widen_bf16)(size_t n, const uint16_t *x, float *y);

  // Lightning attention of one head over `rows` consecutive tokens.
  //   O = ((Q Kᵀ) ⊙ Λ) V + (Q ⊙ λq) S inside a block; S ← exp(−s·B) S + (K ⊙ λk)ᵀ V at its end.
  // `first` is the place of row 0 in its block, 0 ..< CK_BLOCK. dp = d rounded up to 16.
  //   q, k, v [rows, d] with row distance ld; o [rows, d] with row distance ldo
  //   keys    [CK_BLOCK/16][d][16]   the block's keys so far, transposed in panels
  //   values  [dp/16][CK_BLOCK][16]  the block's values so far
  //   state   [dp/16][d][16]         S at the start of the block
  //   decay   [CK_BLOCK + 1]         exp(−s·i)
  //   scratch CK_BLOCK·(CK_BLOCK + 2·d) floats
  void (*lightning)(size_t rows, size_t first, size_t d, const float *q, const float *k,
                    const float *v, size_t ld, float *keys, float *values, float *state,
                    const float *decay, float *o, size_t ldo, float *scratch);

  // Softmax attention of `rows` queries that share one key/value head, over one run of key tiles:
  // the running maximum, sum and weighted values go on from what is in `maximum`, `sum`, `o`.
  // Queries stand in blocks of `queries`; the arrays hold whole blocks.
  //   q       [blocks][d][queries], already scaled by log₂e/√d, so that a weight is 2^(q·k); query r
  //           sees keys 0 ..< limits[r] of this run
  //   limits  [rows], not decreasing
  //   keys    [tiles][CK_KEYS/16][d][16]; values [tiles][dp/16][CK_KEYS][16]; tiles `tile_stride` apart
  //   maximum, sum [blocks·queries]  start with −∞ and 0;   o [blocks][dp][queries] starts with 0
  //   scratch CK_STEP·CK_QUERIES + 8·dp floats
  // At the end the caller divides o by sum.
  void (*attend)(size_t rows, size_t d, const float *q, const uint32_t *limits, const float *keys,
                 const float *values, size_t tile_stride, float *maximum, float *sum, float *o,
                 float *scratch);
  // The same with queries, keys, values and weights in bf16, all in pairs for dot products; NULL where the
  // processor has none.
  //   q       [blocks][ceil(d/2)][queries][2]
  //   keys    [tiles][CK_KEYS/16][ceil(d/2)][16][2]; values [tiles][dp/16][CK_KEYS/2][16][2]: pairs of keys
  void (*attend_bf16)(size_t rows, size_t d, const uint16_t *q, const uint32_t *limits,
                      const uint16_t *keys, const uint16_t *values, size_t tile_stride,
                      float *maximum, float *sum, float *o, float *scratch);

  // The processor's own limits, for benchmarks: multiply-adds on registers alone, and reading `n` bytes (a multiple
  // of 2048) once. The first three return how many operations they did, a multiply-add counting as two;
  // spin_pairs is NULL where gemm_pairs is; the bits of spin_bytes are those of the weights, 8 or 4.
  size_t (*spin_f32)(size_t steps);
  size_t (*spin_pairs)(size_t steps);
  size_t (*spin_bytes)(int bits, size_t steps);
  float (*read_through)(size_t n, const float *x);
} ck_kernels;

// The table of `level`, or NULL when this build or this machine does not have it.
const ck_kernels *ck_kernels_at(ck_level level);
// The widest table this machine can run.
const ck_kernels *ck_kernels_best(void);

// Zeroed memory of whole huge pages of 2 MiB (`size` a multiple of them), aligned to one; NULL when there is none.
// Pages that are not touched take no memory.
void *ck_map_memory(size_t size);
void ck_unmap_memory(void *start, size_t size);

// Packing, scalar: done once at load.
//   w [n, k] row-major in f32, bf16 or f16 → panels as above, of `panels` panels from row `16·first`.
void ck_pack_f32_from_f32(size_t n, size_t k, const float *w, float *packed);
void ck_pack_f32_from_bf16(size_t n, size_t k, const uint16_t *w, float *packed);
void ck_pack_bf16_from_bf16(size_t n, size_t k, const uint16_t *w, uint16_t *packed);
void ck_pack_bf16_from_f32(size_t n, size_t k, const float *w, uint16_t *packed);
// Quantises w [n, k] as above; returns Σ(w − ŵ)² over Σw². `packed` and `scales` hold whole panels.
double ck_pack_quantized(size_t n, size_t k, int bits, const float *w, void *packed,
                         uint16_t *scales);
// f32 of IEEE half-precision numbers.
void ck_widen_f16(size_t n, const uint16_t *x, float *y);
// Rounds to nearest even; NaN stays NaN.
uint16_t ck_bf16(float x);
// How many of n numbers are NaN or infinite.
size_t ck_count_not_finite_f32(size_t n, const float *x);
size_t ck_count_not_finite_bf16(size_t n, const uint16_t *x);

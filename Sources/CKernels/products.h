// Products of f32 activations with f32 and bf16 weights, part of vector.h.

typedef void tile_f32(size_t k, const float *x, size_t ldx, const float *w, size_t panel_stride,
                      size_t ahead, float *y, size_t ldy, int accumulate);
typedef void tile_bf16(size_t k, const float *x, size_t ldx, const uint16_t *w, size_t panel_stride,
                       size_t ahead, float *y, size_t ldy, int accumulate);

#define START_TILE(ROWS, PANELS)                                                                   \
  VF sum[ROWS][PANELS * VECTORS];                                                                  \
  if (accumulate)                                                                                  \
    CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++)  \
      sum[r][c] = v_load(y + r * ldy + c * LANES);                                                 \
  else                                                                                             \
    CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++)  \
      sum[r][c] = v_set(0);

#define END_TILE(ROWS, PANELS)                                                                     \
  CK_UNROLL for (int r = 0; r < ROWS; r++) CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++)    \
    v_store(y + r * ldy + c * LANES, sum[r][c]);

#define STEP(ROWS, PANELS, AT)                                                                     \
  CK_UNROLL for (int r = 0; r < ROWS; r++) {                                                       \
    VF a = v_set(x[r * ldx + (AT)]);                                                               \
    CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++) sum[r][c] = v_fma(a, b[c], sum[r][c]);    \
  }

// Asks for the weights of PANELS panels that come `ahead` bytes after `w`.
#define ASK(PANELS, w)                                                                             \
  CK_UNROLL for (int c = 0; c < PANELS; c++)                                                       \
    __builtin_prefetch((const char *)((w) + c * panel_stride) + ahead);
#define KEEP(PANELS, w)

#define F32_STEPS(ROWS, PANELS, NEXT)                                                              \
  STEPS for (size_t i = 0; i < k; i++) {                                                           \
    NEXT(PANELS, w + i * CK_PANEL)                                                                 \
    VF b[PANELS * VECTORS];                                                                        \
    CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++) b[c] =                                    \
        v_load(w + c / VECTORS * panel_stride + i * CK_PANEL + c % VECTORS * LANES);               \
    STEP(ROWS, PANELS, i)                                                                          \
  }
#define BF16_STEPS(ROWS, PANELS, NEXT)                                                             \
  for (size_t i = 0; i < k; i += 2) {                                                              \
    const uint16_t *pairs = w + i * CK_PANEL;                                                      \
    NEXT(PANELS, pairs)                                                                            \
    VF b[PANELS * VECTORS];                                                                        \
    CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++) b[c] =                                    \
        v_even(pairs + c / VECTORS * panel_stride + c % VECTORS * LANES * 2);                      \
    STEP(ROWS, PANELS, i)                                                                          \
    if (i + 1 == k) break;                                                                         \
    CK_UNROLL for (int c = 0; c < PANELS * VECTORS; c++) b[c] =                                    \
        v_odd(pairs + c / VECTORS * panel_stride + c % VECTORS * LANES * 2);                       \
    STEP(ROWS, PANELS, i + 1)                                                                      \
  }

#define TILE_OF(TYPE, NUMBER, ELEMENT, STEPS_OF, ROWS, PANELS)                                     \
  static void TYPE##_##ROWS##x##PANELS(size_t k, const NUMBER *x, size_t ldx, const ELEMENT *w,    \
                                       size_t panel_stride, size_t ahead, float *y, size_t ldy,    \
                                       int accumulate) {                                           \
    START_TILE(ROWS, PANELS)                                                                       \
    if (FEW_AHEAD && ahead) STEPS_OF(ROWS, PANELS, ASK)                                            \
    else STEPS_OF(ROWS, PANELS, KEEP)                                                              \
    END_TILE(ROWS, PANELS)                                                                         \
  }
#define TILE(ROWS, PANELS)                                                                         \
  TILE_OF(f32, float, float, F32_STEPS, ROWS, PANELS)                                              \
  TILE_OF(bf16, float, uint16_t, BF16_STEPS, ROWS, PANELS)

// Rows come in groups, a group's rows in tiles of about the same height, and the tiles over whole panels.
//
// With many rows, the second-level cache keeps a stretch of DEPTH inputs of the group and what it has so far of BESIDE
// panels' outputs, while those panels' weights pass by; the first-level cache keeps one panel's stretch while the tiles
// pass by, and the next panel's is asked for meanwhile. With few rows memory is the limit: weights pass by once in the
// order they stand in. The chain of each sum stays the same: it only rests in memory between two stretches.
enum { DEPTH = 256, BESIDE = 32 };  // DEPTH is even: a stretch ends with a pair
// Rows up to which weights are wanted faster than memory gives them.
enum { FEW_ROWS = FEW_AHEAD ? 2 * MR : MR };
#define GEMM(TYPE, NUMBER, ELEMENT)                                                                \
  static void TYPE##_rest(size_t rows, size_t columns, size_t k, const NUMBER *x, size_t ldx,      \
                          const ELEMENT *w, float *y, size_t ldy, int accumulate) {                \
    float part[MR * CK_PANEL];                                                                     \
    if (accumulate) {                                                                              \
      memset(part, 0, sizeof part);                                                                \
      for (size_t j = 0; j < rows; j++) memcpy(part + j * CK_PANEL, y + j * ldy, columns * 4);     \
    }                                                                                              \
    TYPE##_tiles[rows].tile[1](k, x, ldx, w, 0, 0, part, CK_PANEL, accumulate);                    \
    for (size_t j = 0; j < rows; j++) memcpy(y + j * ldy, part + j * CK_PANEL, columns * 4);       \
  }                                                                                                \
  /* The tiles of `count` rows over `wide` panels, or over the last one of fewer than 16 columns;  \
     meanwhile `coming` bytes from `next` on are asked for. */                                     \
  static void TYPE##_panels(size_t count, size_t tiles, size_t columns, size_t wide, size_t k,     \
                            const NUMBER *x, size_t ldx, const ELEMENT *w, size_t panel_stride,    \
                            const void *next, size_t coming, float *y, size_t ldy,                 \
                            int accumulate) {                                                      \
    size_t share = coming / tiles, low = count / tiles, high = count % tiles, mr;                  \
    for (size_t t = 0, i = 0; t < tiles; t++, i += mr) {                                           \
      mr = low + (t < high);                                                                       \
      for (size_t at = 0; at < share; at += 64)                                                    \
        __builtin_prefetch((const char *)next + share * t + at);                                   \
      if (columns < CK_PANEL)                                                                      \
        TYPE##_rest(mr, columns, k, x + i * ldx, ldx, w, y + i * ldy, ldy, accumulate);            \
      else                                                                                         \
        TYPE##_tiles[mr].tile[wide](k, x + i * ldx, ldx, w, panel_stride,                          \
                                    count > 1 && count <= FEW_ROWS && t == 0 ? FEW_AHEAD : 0,      \
                                    y + i * ldy, ldy, accumulate);                                 \
    }                                                                                              \
  }                                                                                                \
  static void gemm_##TYPE(size_t rows, size_t n, size_t k, const NUMBER *x, size_t ldx,            \
                          const ELEMENT *w, size_t panel_stride, float *y, size_t ldy,             \
                          int accumulate) {                                                        \
    for (size_t r = 0; r < rows; r += ROW_GROUP, x += ROW_GROUP * ldx, y += ROW_GROUP * ldy) {     \
      size_t count = rows - r < ROW_GROUP ? rows - r : ROW_GROUP, tiles = (count + MR - 1) / MR;   \
      size_t most = TYPE##_tiles[(count + tiles - 1) / tiles].wide * CK_PANEL;                     \
      size_t depth = tiles > 1 ? DEPTH : k;                                                        \
      size_t beside = tiles == 1 ? n : count <= FEW_ROWS ? most : BESIDE * CK_PANEL;               \
      for (size_t side = 0; side < n; side += beside) {                                            \
        size_t end = n - side < beside ? n : side + beside, from = 0;                              \
        do {                                                                                       \
          size_t part = k - from < depth ? k - from : depth, width = most;                         \
          for (size_t c = side; c < end; c += width) {                                             \
            while (width > CK_PANEL && width > end - c) width /= 2;                                \
            const ELEMENT *panel = w + c / CK_PANEL * panel_stride + from * CK_PANEL;              \
            size_t coming = count > FEW_ROWS ? width * part * sizeof(ELEMENT) : 0;                 \
            TYPE##_panels(count, tiles, end - c, width / CK_PANEL, part, x + from, ldx, panel,     \
                          panel_stride, panel + width / CK_PANEL * panel_stride, coming, y + c,    \
                          ldy, accumulate || from > 0);                                            \
          }                                                                                        \
          from += part;                                                                            \
        } while (from < k);                                                                        \
      }                                                                                            \
    }                                                                                              \
  }

TILES

typedef struct { size_t wide; tile_f32 *tile[5]; } f32_choice;
typedef struct { size_t wide; tile_bf16 *tile[5]; } bf16_choice;
static const f32_choice f32_tiles[MR + 1] = {TILE_TABLE(f32)};
static const bf16_choice bf16_tiles[MR + 1] = {TILE_TABLE(bf16)};

GEMM(f32, float, float)
GEMM(bf16, float, uint16_t)

// With many rows, a stretch of a bf16 panel is widened once, into the first-level cache, and then used
// as f32 by all of them. The chain of each sum stays the same: only its stops in memory are more.
static void gemm_bf16_widening(size_t rows, size_t n, size_t k, const float *x, size_t ldx,
                               const uint16_t *w, size_t panel_stride, float *y, size_t ldy,
                               int accumulate) {
  float wide[DEPTH * CK_PANEL] __attribute__((aligned(64)));
  for (size_t r = 0; r < rows; r += ROW_GROUP, x += ROW_GROUP * ldx, y += ROW_GROUP * ldy) {
    size_t count = rows - r < ROW_GROUP ? rows - r : ROW_GROUP, tiles = (count + MR - 1) / MR;
    if (count < 2 * MR) {
      gemm_bf16(count, n, k, x, ldx, w, panel_stride, y, ldy, accumulate);
      continue;
    }
    for (size_t side = 0; side < n; side += BESIDE * CK_PANEL)
      for (size_t from = 0; from < k; from += DEPTH)
        for (size_t c = side; c < n && c < side + BESIDE * CK_PANEL; c += CK_PANEL) {
          const uint16_t *panel = w + c / CK_PANEL * panel_stride + from * CK_PANEL;
          size_t part = k - from < DEPTH ? k - from : DEPTH;
          for (size_t i = 0; i < part; i += 2)
            CK_UNROLL for (int v = 0; v < VECTORS; v++) {
              v_store(wide + i * CK_PANEL + v * LANES, v_even(panel + i * CK_PANEL + v * LANES * 2));
              v_store(wide + (i + 1) * CK_PANEL + v * LANES, v_odd(panel + i * CK_PANEL + v * LANES * 2));
            }
          f32_panels(count, tiles, n - c, 1, part, x + from, ldx, wide, 0, panel + panel_stride,
                     part * CK_PANEL * 2, y + c, ldy, accumulate || from > 0);
        }
  }
}

#include "PagePicture.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static uint8_t *put32(uint8_t *at, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) *at++ = (uint8_t)(value >> shift);
  return at;
}

/// A chunk whose data stands at `at + 8` already; returns its end.
static uint8_t *close_chunk(uint8_t *at, const char *name, size_t size) {
  put32(at, (uint32_t)size);
  memcpy(at + 4, name, 4);
  uint32_t sum = (uint32_t)crc32(0, at + 4, (uInt)size + 4);
  return put32(at + 8 + size, sum);
}

/// One of eight levels, spread over the sixteen that four bits have.
static uint8_t level(uint8_t gray) { return (uint8_t)(((gray * 7 + 127) / 255 * 15 + 3) / 7); }

uint8_t *gray_png(const uint8_t *gray, int32_t width, int32_t height, size_t *size) {
  if (width < 1 || height < 1) return NULL;
  // A filter byte a row, then two pixels a byte; text compresses best without a filter.
  size_t stride = 1 + ((size_t)width + 1) / 2;
  uLong room = compressBound((uLong)(stride * (size_t)height));
  uint8_t *rows = calloc((size_t)height, stride);
  uint8_t *png = malloc(8 + 25 + 12 + room + 12);
  if (!rows || !png) {
    free(rows);
    free(png);
    return NULL;
  }
  for (int32_t y = 0; y < height; y++) {
    uint8_t *out = rows + (size_t)y * stride + 1;
    const uint8_t *in = gray + (size_t)y * (size_t)width;
    for (int32_t x = 0; x < width; x++) {
      out[x / 2] = (uint8_t)(out[x / 2] | level(in[x]) << (x % 2 ? 0 : 4));
    }
  }
  static const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  memcpy(png, signature, sizeof signature);
  uint8_t *at = png + sizeof signature;
  uint8_t *header = put32(put32(at + 8, (uint32_t)width), (uint32_t)height);
  // Four bits a pixel, grey, the one compression and filter method there is, no interlacing.
  memcpy(header, "\4\0\0\0\0", 5);
  at = close_chunk(at, "IHDR", 13);
  uLongf packed = room;
  int code = compress2(at + 8, &packed, rows, (uLong)(stride * (size_t)height), 9);
  free(rows);
  if (code != Z_OK) {
    free(png);
    return NULL;
  }
  at = close_chunk(at, "IDAT", packed);
  at = close_chunk(at, "IEND", 0);
  *size = (size_t)(at - png);
  return png;
}

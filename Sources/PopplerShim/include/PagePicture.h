// Grey pictures as small PNG files.
#ifndef PAGE_PICTURE_H
#define PAGE_PICTURE_H

#include <stddef.h>
#include <stdint.h>

/// `height` rows of `width` grey bytes, as a PNG of eight levels of grey: enough for the smooth edges
/// of letters, at a third of the size of all 256. Returns NULL where there is no memory; free with
/// `pdf_free`.
uint8_t *gray_png(const uint8_t *gray, int32_t width, int32_t height, size_t *size);

#endif

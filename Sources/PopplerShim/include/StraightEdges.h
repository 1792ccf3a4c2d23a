// Long straight steps of brightness in a grey picture: strokes and the borders of shaded areas.
#ifndef STRAIGHT_EDGES_H
#define STRAIGHT_EDGES_H

#include <stddef.h>
#include <stdint.h>

/// An edge between two rows (or columns) of pixels: it lies before row (column) `position` and runs
/// over columns (rows) `start..<end`.
typedef struct {
  int32_t is_vertical, position, start, end;
} straight_edge;

/// Finds edges of at least `shortest` pixels where neighbours differ by more than `step`, all along
/// in the same sense. `gray` is `[height, width]`. Returns how many were found; at most `room` are
/// written to `edges`.
size_t straight_edges(const uint8_t *gray, int32_t width, int32_t height, int32_t step,
                      int32_t shortest, straight_edge *edges, size_t room);

#endif

#include "StraightEdges.h"

#include <stdlib.h>
#include <string.h>

static inline uint64_t eight(const uint8_t *at) {
  uint64_t value;
  memcpy(&value, at, 8);
  return value;
}

size_t straight_edges(const uint8_t *gray, int32_t width, int32_t height, int32_t step,
                      int32_t shortest, straight_edge *edges, size_t room) {
  if (width < 16 || height < 2) return 0;
  size_t count = 0;
  // Runs down each column that are under way: their sense, and their first row.
  int8_t *sense = calloc((size_t)width + 8, 1);
  int32_t *since = calloc((size_t)width, sizeof *since);
  if (!sense || !since) {
    free(sense);
    free(since);
    return 0;
  }
  for (int32_t y = 0; y + 1 < height; y++) {
    const uint8_t *row = gray + (size_t)y * (size_t)width;
    const uint8_t *below = row + width;
    int8_t run = 0;
    int32_t start = 0;
    for (int32_t x = 0; x + 1 < width; x++) {
      // Most of a page is one colour: eight equal pixels with no run under way say nothing.
      while (run == 0 && x + 9 < width) {
        uint64_t here = eight(row + x), runs;
        memcpy(&runs, sense + x, 8);
        if (runs != 0 || here != eight(row + x + 1) || here != eight(below + x)) break;
        x += 8;
      }
      int here = row[x];
      int down = below[x] - here;
      int8_t down_sense = down > step ? 1 : down < -step ? -1 : 0;
      if (down_sense != run) {
        if (run != 0 && x - start >= shortest) {
          if (count < room) edges[count] = (straight_edge){0, y + 1, start, x};
          count++;
        }
        run = down_sense;
        start = x;
      }
      int across = row[x + 1] - here;
      int8_t across_sense = across > step ? 1 : across < -step ? -1 : 0;
      if (across_sense != sense[x]) {
        if (sense[x] != 0 && y - since[x] >= shortest) {
          if (count < room) edges[count] = (straight_edge){1, x + 1, since[x], y};
          count++;
        }
        sense[x] = across_sense;
        since[x] = y;
      }
    }
    if (run != 0 && width - 1 - start >= shortest) {
      if (count < room) edges[count] = (straight_edge){0, y + 1, start, width - 1};
      count++;
    }
  }
  free(sense);
  free(since);
  return count;
}

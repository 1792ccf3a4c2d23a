// Memory for weights: in pages of 2 MiB where the system has them, since a product that reads its weights once
// spends a third of its time on the translation of small ones.
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>

#include "internal.h"

enum { HUGE_PAGE = 2 << 20 };

void *ck_map_memory(size_t size) {
  char *start = mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return NULL;
  size_t before = (HUGE_PAGE - (uintptr_t)start % HUGE_PAGE) % HUGE_PAGE;
  if (before) munmap(start, before);
  if (before < HUGE_PAGE) munmap(start + before + size, HUGE_PAGE - before);
#ifdef MADV_HUGEPAGE
  madvise(start + before, size, MADV_HUGEPAGE);
#endif
  return start + before;
}

void ck_unmap_memory(void *start, size_t size) { munmap(start, size); }

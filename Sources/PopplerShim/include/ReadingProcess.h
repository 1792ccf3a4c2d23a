// Starting and bounding the process that reads a PDF: what Swift cannot call itself.
#ifndef READING_PROCESS_H
#define READING_PROCESS_H

#include <stddef.h>
#include <stdint.h>

/// Starts `program argument` with `request` on its standard input, its standard output in
/// `*output`, standard error nowhere, and no other descriptor open. `request` must fit a pipe
/// (64 KiB). Returns 0, or the error number.
int reading_process_start(const char *program, const char *argument, const void *request,
                          size_t count, int32_t *process, int32_t *output);

/// Bounds the calling process: bytes of address space, seconds of CPU; no core file, no writing to
/// files; and it dies with its parent.
void reading_process_limit(size_t memory, size_t seconds);

#endif

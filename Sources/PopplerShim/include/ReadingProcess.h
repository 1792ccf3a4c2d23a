// Starting, addressing and bounding the process that reads PDFs: what Swift cannot call itself.
#ifndef READING_PROCESS_H
#define READING_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Starts `program argument` in a process group of its own, with one end of a socket as its
/// standard input, the other end in `*channel`, standard output and error nowhere, and no other
/// descriptor open. Returns 0, or the error number.
int reading_process_start(const char *program, const char *argument, int32_t *process,
                          int32_t *channel);

enum { READING_PROCESS_IS_COPY = -1 };

/// Like `reading_process_start`, with a copy of the calling process, which must have one thread and must
/// have begun nothing that a copy could disturb. Returns twice: 0 or the error number in the caller,
/// READING_PROCESS_IS_COPY in the copy.
int reading_process_copy(int32_t *process, int32_t *channel);

/// Sends bytes (at least one, at most 60 000), and the open file `file` with them. Returns 0, or
/// the error number: EPIPE where the other end is gone.
int reading_process_send(int32_t channel, const void *bytes, size_t count, int32_t file);

/// Waits for bytes. A file that came with them is in `*file`, -1 where none did. Returns the
/// number of bytes; 0 at the end, -1 on an error.
ssize_t reading_process_receive(int32_t channel, void *bytes, size_t room, int32_t *file);

/// Called once by the process that reads: memory kept for the next document, no core files, no
/// writing to files, and an end to it and its whole group as soon as nobody holds the other end of
/// the channel.
void reading_process_begin(int32_t channel);

/// Bounds the calling process from here on: bytes of address space, further seconds of CPU.
void reading_process_limit(size_t memory, size_t seconds);

/// Gives memory of the last document back where it was much. Returns the bytes of main memory still
/// in use.
size_t reading_process_tidy(void);

#endif

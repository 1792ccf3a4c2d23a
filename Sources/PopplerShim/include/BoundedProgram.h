// Running another program for its answer, with limits on its time and on the answer's size.
#ifndef BOUNDED_PROGRAM_H
#define BOUNDED_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

enum program_ending {
  PROGRAM_ANSWERED = 0,   // it exited with 0
  PROGRAM_FAILED = 1,     // it exited otherwise, or died of a signal
  PROGRAM_TOO_SLOW = 2,   // it was killed
  PROGRAM_TOO_MUCH = 3,   // its answer went over the limit, and it was killed
  PROGRAM_NOT_STARTED = 4
};

/// Runs `arguments[0]` (a path) with `head` and then `body` on its standard input, and collects its
/// standard output, which belongs to the caller (`pdf_free`), also where it failed. Standard error
/// goes nowhere. It runs with one thread of its own (OMP_THREAD_LIMIT), in the caller's group.
int bounded_program_run(const char *const *arguments, const void *head, size_t head_count,
                        const void *body, size_t body_count, double seconds, size_t most,
                        uint8_t **answer, size_t *answer_count);

#endif

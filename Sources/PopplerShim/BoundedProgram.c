#define _GNU_SOURCE
#include "BoundedProgram.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int start(const char *const *arguments, int input, int output, pid_t *child) {
  size_t count = 0;
  while (environ[count]) count++;
  char **environment = calloc(count + 2, sizeof *environment);
  if (!environment) return ENOMEM;
  // On two cores shared with others its threads only wait for each other.
  static char one_thread[] = "OMP_THREAD_LIMIT=1";
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (strncmp(environ[i], "OMP_THREAD_LIMIT=", 17) != 0) environment[kept++] = environ[i];
  environment[kept] = one_thread;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  int code = posix_spawn(child, arguments[0], &actions, NULL, (char *const *)arguments,
                         environment);
  posix_spawn_file_actions_destroy(&actions);
  free(environment);
  return code;
}

int bounded_program_run(const char *const *arguments, const void *head, size_t head_count,
                        const void *body, size_t body_count, double seconds, size_t most,
                        uint8_t **answer, size_t *answer_count) {
  *answer = NULL;
  *answer_count = 0;
  // A socket, not a pipe: writing to it after the program has gone raises no signal.
  int in[2], out[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0) return PROGRAM_NOT_STARTED;
  if (pipe2(out, O_CLOEXEC) != 0) {
    close(in[0]);
    close(in[1]);
    return PROGRAM_NOT_STARTED;
  }
  pid_t child = 0;
  int code = start(arguments, in[1], out[1], &child);
  close(in[1]);
  close(out[1]);
  if (code != 0) {
    close(in[0]);
    close(out[0]);
    return PROGRAM_NOT_STARTED;
  }
  fcntl(in[0], F_SETFL, O_NONBLOCK);
  double until = now() + seconds;
  size_t sent = 0, room = 0, all = head_count + body_count;
  int ending = PROGRAM_ANSWERED, input = in[0];
  while (1) {
    if (input >= 0 && sent == all) {
      close(input);
      input = -1;
    }
    struct pollfd ends[2] = {{.fd = out[0], .events = POLLIN}, {.fd = input, .events = POLLOUT}};
    double left = until - now();
    if (left <= 0) {
      ending = PROGRAM_TOO_SLOW;
      break;
    }
    int ready = poll(ends, 2, left > 1 ? 1000 : (int)(left * 1000) + 1);
    if (ready < 0 && errno != EINTR) break;
    if (ready <= 0) continue;
    if (input >= 0 && ends[1].revents != 0) {
      const char *from = sent < head_count ? (const char *)head + sent
                                           : (const char *)body + (sent - head_count);
      size_t piece = sent < head_count ? head_count - sent : all - sent;
      ssize_t count = send(input, from, piece, MSG_NOSIGNAL);
      if (count > 0) {
        sent += (size_t)count;
      } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
        // It wants no more; whether that is a failure, its exit says.
        close(input);
        input = -1;
        sent = all;
      }
    }
    if (ends[0].revents != 0) {
      if (room - *answer_count < 65536) {
        room = room ? room * 2 : 1 << 17;
        uint8_t *more = realloc(*answer, room);
        if (!more) {
          ending = PROGRAM_TOO_MUCH;
          break;
        }
        *answer = more;
      }
      ssize_t count = read(out[0], *answer + *answer_count, room - *answer_count);
      if (count == 0) break;
      if (count < 0 && errno != EINTR) break;
      if (count > 0) *answer_count += (size_t)count;
      if (*answer_count > most) {
        ending = PROGRAM_TOO_MUCH;
        break;
      }
    }
  }
  if (input >= 0) close(input);
  close(out[0]);
  // After its last word it has what is left of the time to end.
  int status = 0;
  while (1) {
    if (ending != PROGRAM_ANSWERED) kill(child, SIGKILL);
    pid_t ended = waitpid(child, &status, ending == PROGRAM_ANSWERED ? WNOHANG : 0);
    if (ended == child || (ended < 0 && errno != EINTR)) break;
    if (ended == 0) {
      if (now() > until) ending = PROGRAM_TOO_SLOW;
      usleep(2000);
    }
  }
  if (ending == PROGRAM_ANSWERED && status != 0) ending = PROGRAM_FAILED;
  return ending;
}

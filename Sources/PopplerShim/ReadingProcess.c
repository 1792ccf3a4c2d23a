#define _GNU_SOURCE
#include "ReadingProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;

/// The environment without Swift's crash reporter, which would go on living in a dead child.
static char **quiet_environment(void) {
  static char quiet[] = "SWIFT_BACKTRACE=enable=no";
  size_t count = 0;
  while (environ[count]) count++;
  char **copy = calloc(count + 2, sizeof *copy);
  if (!copy) return NULL;
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (strncmp(environ[i], "SWIFT_BACKTRACE=", 16) != 0) copy[kept++] = environ[i];
  copy[kept] = quiet;
  return copy;
}

int reading_process_start(const char *program, const char *argument, const void *request,
                          size_t count, int32_t *process, int32_t *output) {
  int in[2], out[2];
  if (count > 60000) return E2BIG;
  if (pipe2(in, O_CLOEXEC) != 0) return errno;
  if (pipe2(out, O_CLOEXEC) != 0) {
    int code = errno;
    close(in[0]);
    close(in[1]);
    return code;
  }
  // Before anyone reads: it fits the pipe, and no SIGPIPE can come of it.
  ssize_t written = write(in[1], request, count);
  close(in[1]);
  int code = written == (ssize_t)count ? 0 : EIO;

  char **environment = quiet_environment();
  if (!environment) code = ENOMEM;
  if (code == 0) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    // poppler's complaints may quote the document.
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    // A child must not inherit what its parent blocks or ignores.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    char *arguments[] = {(char *)program, (char *)argument, NULL};
    pid_t child = 0;
    code = posix_spawn(&child, program, &actions, &attributes, arguments, environment);
    *process = child;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
  }
  free(environment);
  close(in[0]);
  close(out[1]);
  if (code != 0) {
    close(out[0]);
    return code;
  }
  *output = out[0];
  return 0;
}

static void bound(int resource, size_t value) {
  struct rlimit limit = {.rlim_cur = value, .rlim_max = value};
  setrlimit(resource, &limit);
}

void reading_process_limit(size_t memory, size_t seconds) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  bound(RLIMIT_AS, memory);
  bound(RLIMIT_CPU, seconds);
  bound(RLIMIT_CORE, 0);
  bound(RLIMIT_FSIZE, 0);
}

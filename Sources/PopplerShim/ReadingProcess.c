#define _GNU_SOURCE
#include "ReadingProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/// The environment without what a reader has no use for: Swift's crash reporter, which would go on
/// living in a dead child, and OpenBLAS's threads, which spin for a while when they are made.
static char **reader_environment(void) {
  static char *const own[] = {"SWIFT_BACKTRACE=enable=no", "OPENBLAS_NUM_THREADS=1"};
  enum { own_count = sizeof own / sizeof *own };
  size_t count = 0;
  while (environ[count]) count++;
  char **copy = calloc(count + own_count + 1, sizeof *copy);
  if (!copy) return NULL;
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    int is_replaced = 0;
    for (size_t k = 0; k < own_count; k++) {
      size_t name = strcspn(own[k], "=") + 1;
      if (strncmp(environ[i], own[k], name) == 0) is_replaced = 1;
    }
    if (!is_replaced) copy[kept++] = environ[i];
  }
  for (size_t k = 0; k < own_count; k++) copy[kept++] = own[k];
  return copy;
}

int reading_process_start(const char *program, const char *argument, int32_t *process,
                          int32_t *channel) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno;
  char **environment = reader_environment();
  int code = environment ? 0 : ENOMEM;
  if (code == 0) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 0);
    // poppler's complaints may quote the document.
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    // A child must not inherit what its parent blocks or ignores. Its own group, so that it can be
    // killed together with the programs it starts.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    char *arguments[] = {(char *)program, (char *)argument, NULL};
    pid_t child = 0;
    code = posix_spawn(&child, program, &actions, &attributes, arguments, environment);
    *process = child;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
  }
  free(environment);
  close(ends[1]);
  if (code != 0) {
    close(ends[0]);
    return code;
  }
  *channel = ends[0];
  return 0;
}

/// In a copy of this process: what `reading_process_start` asks of a started one.
static void settle(int channel) {
  setpgid(0, 0);
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t signals;
  sigemptyset(&signals);
  sigprocmask(SIG_SETMASK, &signals, NULL);
  // Clear of the three that are about to be replaced.
  int input = fcntl(channel, F_DUPFD, 3);
  int nowhere = fcntl(open("/dev/null", O_WRONLY), F_DUPFD, 3);
  if (input < 0 || nowhere < 0 || dup2(input, 0) < 0 || dup2(nowhere, 1) < 0 ||
      dup2(nowhere, 2) < 0)
    _exit(1);
  closefrom(3);
}

int reading_process_copy(int32_t *process, int32_t *channel) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno;
  pid_t child = fork();
  if (child == 0) {
    settle(ends[1]);
    return READING_PROCESS_IS_COPY;
  }
  int code = child < 0 ? errno : 0;
  close(ends[1]);
  if (code != 0) {
    close(ends[0]);
    return code;
  }
  // Both do it: neither knows which of them runs first.
  setpgid(child, child);
  *process = child;
  *channel = ends[0];
  return 0;
}

int reading_process_send(int32_t channel, const void *bytes, size_t count, int32_t file) {
  if (count == 0 || count > 60000) return E2BIG;
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct iovec piece = {(void *)bytes, count};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
  if (file >= 0) {
    message.msg_control = control.room;
    message.msg_controllen = sizeof control.room;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &file, sizeof(int));
  }
  size_t sent = 0;
  while (sent < count) {
    piece.iov_base = (char *)bytes + sent;
    piece.iov_len = count - sent;
    ssize_t now = sendmsg(channel, &message, MSG_NOSIGNAL);
    if (now < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    sent += (size_t)now;
    message.msg_control = NULL;
    message.msg_controllen = 0;
  }
  return 0;
}

ssize_t reading_process_receive(int32_t channel, void *bytes, size_t room, int32_t *file) {
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec piece = {bytes, room};
  struct msghdr message = {.msg_iov = &piece,
                           .msg_iovlen = 1,
                           .msg_control = control.room,
                           .msg_controllen = sizeof control.room};
  *file = -1;
  ssize_t count;
  do count = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
  while (count < 0 && errno == EINTR);
  if (count <= 0) return count;
  for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at))
    if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_RIGHTS &&
        at->cmsg_len == CMSG_LEN(sizeof(int)))
      memcpy(file, CMSG_DATA(at), sizeof(int));
  return count;
}

static int32_t watched = -1;

/// Whoever asked is gone: what is being read is wanted by nobody, however long it would take.
static void *watch(void *unused) {
  struct pollfd end = {.fd = watched, .events = POLLRDHUP};
  while (poll(&end, 1, -1) < 0 && errno == EINTR) {
  }
  kill(0, SIGKILL);
  return unused;
}

/// Bytes of main memory in use above which a finished document's are given back.
enum { worth_tidying = 64 << 20 };

void reading_process_begin(int32_t channel) {
  // Poppler takes and gives back memory all the time, and each page that the system lends anew has to
  // be cleared: what was had once is kept, until `reading_process_tidy` finds it to be too much.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 32 << 20);
  mallopt(M_TOP_PAD, 4 << 20);
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  setrlimit(RLIMIT_FSIZE, &none);
  watched = channel;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 << 10);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, watch, NULL) == 0) pthread_detach(thread);
  pthread_attr_destroy(&attributes);
}

void reading_process_limit(size_t memory, size_t seconds) {
  // The soft limits alone: the next document may have others.
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) == 0) {
    limit.rlim_cur = memory < limit.rlim_max ? memory : limit.rlim_max;
    setrlimit(RLIMIT_AS, &limit);
  }
  struct rusage used;
  if (getrusage(RUSAGE_SELF, &used) == 0 && getrlimit(RLIMIT_CPU, &limit) == 0) {
    rlim_t until = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1 + seconds;
    limit.rlim_cur = until < limit.rlim_max ? until : limit.rlim_max;
    setrlimit(RLIMIT_CPU, &limit);
  }
}

static size_t resident_bytes(void) {
  FILE *file = fopen("/proc/self/statm", "re");
  unsigned long all = 0, resident = 0;
  if (file) {
    if (fscanf(file, "%lu %lu", &all, &resident) != 2) resident = 0;
    fclose(file);
  }
  return (size_t)resident * (size_t)sysconf(_SC_PAGESIZE);
}

size_t reading_process_tidy(void) {
  size_t bytes = resident_bytes();
  if (bytes <= worth_tidying) return bytes;
  malloc_trim(1 << 20);
  return resident_bytes();
}

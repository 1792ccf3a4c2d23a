/* A machine that loses power, for one process: preloaded (LD_PRELOAD), it keeps on the disk only what was synced.
 *
 * Each write to a regular file, and each change of a folder (create, rename, unlink), is remembered with what was
 * there before. fsync and fdatasync make a file's writes permanent; fsync of a folder makes its changes permanent.
 * When the process is about to die by its own SIGKILL (kill(getpid(), SIGKILL), the fault points' way), all that was
 * not made permanent is undone, newest first, and then it dies. So the files are as a disk could have them after
 * a power loss: the harshest case, in which nothing got there by itself.
 *
 * What the kernel keeps more than this (writes reach the disk in part, or in another order) is not modelled. Files
 * mapped for writing are left alone: of a queue that is the shared memory, which SQLite makes anew after a crash.
 * One process at a time: what others wrote to the same bytes since would be undone with them. When the process
 * ends in any other way, everything stays, as it would without a power loss.
 *
 * It can also make a disk fail: POWER_LOSS_FAIL=CALL:N:ERRNO lets the N-th call of CALL (write, sync) on a file whose path
 * contains POWER_LOSS_MATCH fail with that error number, and with POWER_LOSS_STICKY set all calls after it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

typedef struct file {
  struct file *next;
  dev_t device;
  ino_t inode;
  int fd; /* never closed: closing would drop the locks the process itself holds on the file */
} file;

typedef struct change {
  struct change *older;
  enum { WROTE, SIZED, CREATED, RENAMED, REMOVED } kind;
  dev_t device; /* of the file (WROTE, SIZED) or of the folder (the others) */
  ino_t inode;
  int fd;      /* of the file; names change, and undoing goes by the file */
  char *path;  /* of a changed folder's entry; of a rename its new name */
  char *from;  /* of a rename: its old name */
  off_t offset;
  size_t count;
  char *before; /* bytes that were there; of a rename or removal the whole file that was replaced, or NULL */
  off_t size;   /* of the file before */
} change;

static change *newest;
static file *files;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local int inside; /* our own system calls are not remembered */

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* -------------------------------------------------------------------------------------------- a failing disk */

static int fails(const char *call, int fd) {
  static atomic_int calls;
  const char *plan = getenv("POWER_LOSS_FAIL"), *match = getenv("POWER_LOSS_MATCH");
  if (!plan) return 0;
  size_t length = strlen(call);
  if (strncmp(plan, call, length) || plan[length] != ':') return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t got = readlink(link, path, sizeof path - 1);
  if (got < 0) return 0;
  path[got] = 0;
  if (match && !strstr(path, match)) return 0;
  int n = 0, number = EIO;
  sscanf(plan + length, ":%d:%d", &n, &number);
  int now = ++calls;
  if (now == n || (now > n && getenv("POWER_LOSS_STICKY"))) {
    errno = number;
    return 1;
  }
  return 0;
}

/* ---------------------------------------------------------------------------------------------------- records */

static int isActive(void) { return !inside && getenv("POWER_LOSS"); }

static change *record(int kind) {
  change *c = calloc(1, sizeof *c);
  c->kind = kind;
  c->older = newest;
  newest = c;
  return c;
}

static char *pathOf(int fd) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t got = readlink(link, path, sizeof path - 1);
  if (got < 0) return NULL;
  path[got] = 0;
  return strdup(path);
}

static int folderOf(const char *path, struct stat *facts) {
  char copy[PATH_MAX];
  snprintf(copy, sizeof copy, "%s", path);
  char *slash = strrchr(copy, '/');
  if (!slash) return stat(".", facts);
  if (slash == copy) slash[1] = 0;
  else *slash = 0;
  return stat(copy, facts);
}

/* A descriptor of our own for the file behind `fd`, one for each file. */
static int ownDescriptor(int fd, const struct stat *facts) {
  for (file *f = files; f; f = f->next)
    if (f->device == facts->st_dev && f->inode == facts->st_ino) return f->fd;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  file *f = calloc(1, sizeof *f);
  f->device = facts->st_dev;
  f->inode = facts->st_ino;
  f->fd = open(link, O_RDWR | O_CLOEXEC);
  f->next = files;
  files = f;
  return f->fd;
}

static int isSharedMemory(int fd) {
  char *path = pathOf(fd);
  size_t length = path ? strlen(path) : 0;
  int is = length > 4 && !strcmp(path + length - 4, "-shm");
  free(path);
  return is;
}

/* Before `count` bytes at `offset` are overwritten, or the file gets another size. */
static void willWrite(int fd, off_t offset, size_t count, int kind) {
  struct stat facts;
  if (fstat(fd, &facts) || !S_ISREG(facts.st_mode) || isSharedMemory(fd)) return;
  change *c = record(kind);
  c->device = facts.st_dev;
  c->inode = facts.st_ino;
  c->fd = ownDescriptor(fd, &facts);
  c->offset = offset;
  c->size = facts.st_size;
  if (offset < facts.st_size) {
    size_t there = (size_t)(facts.st_size - offset);
    if (kind == WROTE && there > count) there = count;
    c->before = malloc(there ? there : 1);
    ssize_t got = pread(c->fd, c->before, there, offset);
    c->count = got > 0 ? (size_t)got : 0;
  }
}

static void keepWhole(change *c, const char *path) {
  struct stat facts;
  if (stat(path, &facts) || !S_ISREG(facts.st_mode)) return;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  c->before = malloc(facts.st_size ? (size_t)facts.st_size : 1);
  ssize_t got = pread(fd, c->before, (size_t)facts.st_size, 0);
  c->count = got > 0 ? (size_t)got : 0;
  /* Left open, as in `file`. */
}

static void changedFolder(int kind, const char *path, const char *from) {
  struct stat facts;
  if (folderOf(path, &facts)) return;
  change *c = record(kind);
  c->device = facts.st_dev;
  c->inode = facts.st_ino;
  c->path = strdup(path);
  if (from) c->from = strdup(from);
  if (kind != CREATED) keepWhole(c, path);
}

/* What was done to this file or in this folder can no longer be undone. */
static void makePermanent(int fd) {
  struct stat facts;
  if (fstat(fd, &facts)) return;
  for (change **link = &newest; *link;) {
    change *c = *link;
    if (c->device == facts.st_dev && c->inode == facts.st_ino) {
      *link = c->older;
      free(c->path);
      free(c->from);
      free(c->before);
      free(c);
    } else {
      link = &c->older;
    }
  }
}

static void putBack(const char *path, const change *c) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return;
  if (c->before && pwrite(fd, c->before, c->count, 0) < 0) _exit(99);
}

static void losePower(void) {
  for (change *c = newest; c; c = c->older) {
    switch (c->kind) {
      case WROTE:
      case SIZED:
        if (c->fd < 0) break;
        if (c->count && pwrite(c->fd, c->before, c->count, c->offset) < 0) _exit(99);
        if (ftruncate(c->fd, c->size)) _exit(99);
        break;
      case CREATED: unlink(c->path); break;
      case RENAMED:
        rename(c->path, c->from);
        if (c->before) putBack(c->path, c);
        break;
      case REMOVED: putBack(c->path, c); break;
    }
  }
}

/* ------------------------------------------------------------------------------------------------- the calls */

/* Remembering and doing are one step: once the power is gone no thread may still write. */
#define BEGIN(action)             \
  int active = isActive();        \
  if (active) {                   \
    pthread_mutex_lock(&lock);    \
    inside = 1;                   \
    action;                       \
  }
#define END()                     \
  if (active) {                   \
    int number = errno;           \
    inside = 0;                   \
    pthread_mutex_unlock(&lock);  \
    errno = number;               \
  }

ssize_t write(int fd, const void *bytes, size_t count) {
  /* Swift's crash report stops all other threads, one of them perhaps with the lock, and then writes here. */
  if (fd == 2) return REAL(write)(fd, bytes, count);
  if (!inside && fails("write", fd)) return -1;
  BEGIN(willWrite(fd, lseek(fd, 0, SEEK_CUR), count, WROTE));
  ssize_t result = REAL(write)(fd, bytes, count);
  END();
  return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  if (!inside && fails("write", fd)) return -1;
  BEGIN(willWrite(fd, offset, count, WROTE));
  ssize_t result = REAL(pwrite)(fd, bytes, count, offset);
  END();
  return result;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) { return pwrite(fd, bytes, count, offset); }

int ftruncate(int fd, off_t size) {
  BEGIN(willWrite(fd, size, 0, SIZED));
  int result = REAL(ftruncate)(fd, size);
  END();
  return result;
}

int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

/* Not under the lock while it waits for the disk: changes made meanwhile by others are not what it promises to
   keep, but are taken as kept; a disk that is ahead of its promises is not what this looks for. */
static int synced(int fd, int (*real)(int)) {
  if (!inside && fails("sync", fd)) return -1;
  int result = real(fd);
  if (result == 0) {
    BEGIN(makePermanent(fd));
    END();
  }
  return result;
}

int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

static int opened(const char *path, int flags, mode_t mode, int (*real)(const char *, int, ...)) {
  int isNew = (flags & O_CREAT) && !inside && getenv("POWER_LOSS") && access(path, F_OK) != 0;
  /* What truncation takes away is not kept: nothing here truncates a file it does not own. */
  BEGIN((void)0);
  int fd = real(path, flags, mode);
  if (active && fd >= 0 && isNew) changedFolder(CREATED, path, NULL);
  END();
  return fd;
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return opened(path, flags, mode, REAL(open));
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return opened(path, flags, mode, REAL(open64));
}

int rename(const char *from, const char *to) {
  BEGIN(changedFolder(RENAMED, to, from));
  change *made = active ? newest : NULL;
  int result = REAL(rename)(from, to);
  if (result != 0 && made) { /* nothing to undo */
    made->kind = WROTE;
    made->fd = -1;
  }
  END();
  return result;
}

int unlink(const char *path) {
  BEGIN(if (access(path, F_OK) == 0) changedFolder(REMOVED, path, NULL));
  int result = REAL(unlink)(path);
  END();
  return result;
}

int kill(pid_t pid, int signal) {
  if (pid == getpid() && signal == SIGKILL && isActive()) {
    pthread_mutex_lock(&lock); /* never given back: no thread may write any more */
    inside = 1;
    losePower();
  }
  return REAL(kill)(pid, signal);
}

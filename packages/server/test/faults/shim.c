/*
 * Faults on demand: loaded before libc (LD_PRELOAD), it stands between a process and its disk and clock, and does what a
 * control file says. The file is mapped, so that a test changes it while the process runs, and reads from it what was
 * really done, also after the process was killed. `shim.ts` writes it; the layouts here and there are the same.
 *
 * Without FAULTS_FILE, the path of the control file, everything passes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { RULES = 8, PATH_BYTES = 4096 };

/* What a rule looks at: bits of `calls`. */
enum { SYNC = 1, WRITE = 2, TRUNCATE = 4, UNLINK = 8 };

enum {
  NOTHING,
  FAIL,        /* the call fails with errno `argument` */
  DELAY,       /* it takes `argument` milliseconds longer */
  KILL_BEFORE, /* the process dies before it */
  KILL_AFTER,  /* or right after it */
  TEAR,        /* a write writes half of its bytes, and the process dies */
  SHORTEN,     /* a write writes `argument` bytes at most */
  LIE,         /* a sync does nothing, and says that all is well */
  KEEP,        /* what the call takes from the file is copied to <control>.kept.<n> */
  UNDO,        /* the disk has no memory but what was synced: see `remember` */
};

struct rule {
  int64_t calls;
  int64_t action;
  int64_t argument;
  int64_t first; /* the first matching call it is about, from 1 */
  int64_t times; /* and how many from there on; 0 for all */
  int64_t seen;  /* written here: matching calls */
  int64_t done;  /* written here: faults injected */
  char path[72]; /* part of the file's path */
};

struct control {
  int64_t clock_milliseconds; /* added to the time of day */
  int64_t kept;               /* written here: copies made by KEEP */
  struct rule rules[RULES];
};

static struct control *control;
static char control_path[PATH_BYTES];

static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_unlink)(const char *);
static int (*real_clock_gettime)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  const char *path = getenv("FAULTS_FILE");
  if (path == NULL || strlen(path) >= sizeof control_path - 32) return;
  strcpy(control_path, path);
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped != MAP_FAILED) control = mapped;
}

/* Path of an open file; whether it has one. */
static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_BYTES - 1);
  path[length < 0 ? 0 : length] = 0;
  return path[0] == '/';
}

/* Whether rule i is about this call, of which it takes note. */
static int applies(int i, int call, const char *path) {
  struct rule *rule = &control->rules[i];
  if ((rule->calls & call) == 0 || strstr(path, rule->path) == NULL) return 0;
  int64_t nth = __atomic_add_fetch(&rule->seen, 1, __ATOMIC_SEQ_CST);
  if (nth < rule->first || (rule->times > 0 && nth >= rule->first + rule->times)) return 0;
  __atomic_add_fetch(&rule->done, 1, __ATOMIC_SEQ_CST);
  return 1;
}

static int is_about(int call) {
  if (control == NULL) return 0;
  for (int i = 0; i < RULES; i++) {
    if (control->rules[i].calls & call) return 1;
  }
  return 0;
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static void wait_milliseconds(int64_t milliseconds) {
  struct timespec wait = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  while (nanosleep(&wait, &wait) != 0 && errno == EINTR) continue;
}

static void copy_bytes(int from, off_t offset, off_t length, int to) {
  char block[65536];
  while (length > 0) {
    ssize_t got = pread(from, block, length < (off_t)sizeof block ? (size_t)length : sizeof block, offset);
    if (got <= 0) return;
    for (ssize_t at = 0; at < got;) {
      ssize_t put = real_write(to, block + at, got - at);
      if (put <= 0) return;
      at += put;
    }
    offset += got;
    length -= got;
  }
}

/* The file's bytes from `offset` on, if there are any. */
static void keep(const char *path, off_t offset) {
  char copy[PATH_BYTES + 64];
  struct stat about;
  int from = open(path, O_RDONLY | O_CLOEXEC);
  if (from < 0) return;
  if (fstat(from, &about) != 0 || about.st_size <= offset) {
    close(from);
    return;
  }
  int64_t n = __atomic_add_fetch(&control->kept, 1, __ATOMIC_SEQ_CST);
  snprintf(copy, sizeof copy, "%s.kept.%lld", control_path, (long long)n);
  int to = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (to >= 0) {
    copy_bytes(from, offset, INT64_MAX, to);
    close(to);
  }
  close(from);
}

/*
 * What a power cut would undo: before bytes of a file change, they are written to <control>.undo.<inode>, each record
 * being offset, length, the file's size (8 bytes each), and the bytes that were there. A sync that succeeded forgets them.
 * `powerCut` in shim.ts plays the records backwards. One thread at a time writes a file, as SQLite's do.
 */
static int undo_file(const struct stat *about) {
  char path[PATH_BYTES + 64];
  snprintf(path, sizeof path, "%s.undo.%llu", control_path, (unsigned long long)about->st_ino);
  return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void remember(int fd, off_t offset, off_t length) {
  struct stat about;
  int to = fstat(fd, &about) == 0 ? undo_file(&about) : -1;
  if (to < 0) return;
  off_t there = about.st_size > offset ? about.st_size - offset : 0;
  int64_t head[3] = {offset, there < length ? there : length, about.st_size};
  if (real_write(to, head, sizeof head) == sizeof head) copy_bytes(fd, head[0], head[1], to);
  close(to);
}

static void forget(const struct stat *about) {
  int to = undo_file(about);
  if (to < 0) return;
  real_ftruncate(to, 0);
  close(to);
}

struct plan {
  int error;    /* to fail with, or 0 */
  int lies;     /* a sync is left out */
  int tears;    /* a write writes half, and the process dies */
  int dies;     /* after the call */
  int forgets;  /* what is synced is no longer undone */
  size_t limit; /* a write's bytes */
};

/* Carries out what comes before a call, and says what is to come of it. `fd` is -1 where there is only a path. */
static struct plan before(int call, int fd, const char *path, off_t offset, off_t length) {
  struct plan plan = {.limit = SIZE_MAX};
  for (int i = 0; i < RULES; i++) {
    if (!applies(i, call, path)) continue;
    int64_t argument = control->rules[i].argument;
    switch (control->rules[i].action) {
      case FAIL: plan.error = (int)argument; break;
      case DELAY: wait_milliseconds(argument); break;
      case KILL_BEFORE: die(); break;
      case KILL_AFTER: plan.dies = 1; break;
      case TEAR: plan.tears = 1; break;
      case SHORTEN: plan.limit = (size_t)argument; break;
      case LIE: plan.lies = 1; break;
      case KEEP: keep(path, offset); break;
      case UNDO:
        if (call & (WRITE | TRUNCATE)) remember(fd, offset, length);
        else plan.forgets = 1;
        break;
    }
  }
  return plan;
}

static int sync_with(int (*real)(int), int fd) {
  char path[PATH_BYTES];
  if (!is_about(SYNC) || !path_of(fd, path)) return real(fd);
  struct plan plan = before(SYNC, fd, path, 0, 0);
  int result = plan.lies || plan.error ? 0 : real(fd);
  struct stat about;
  if (plan.forgets && !plan.lies && !plan.error && result == 0 && fstat(fd, &about) == 0) forget(&about);
  if (plan.dies) die();
  if (plan.error == 0) return result;
  errno = plan.error;
  return -1;
}

int fsync(int fd) { return sync_with(real_fsync, fd); }
int fdatasync(int fd) { return sync_with(real_fdatasync, fd); }

/* `offset` is -1 for a write at the file's own position. */
static ssize_t write_with(int fd, const void *bytes, size_t length, off_t offset) {
  char path[PATH_BYTES];
  if (!is_about(WRITE) || !path_of(fd, path)) {
    return offset < 0 ? real_write(fd, bytes, length) : real_pwrite(fd, bytes, length, offset);
  }
  struct plan plan = before(WRITE, fd, path, offset < 0 ? lseek(fd, 0, SEEK_CUR) : offset, (off_t)length);
  size_t some = plan.tears ? length / 2 : length;
  if (some > plan.limit) some = plan.limit;
  ssize_t result = plan.error ? -1 : offset < 0 ? real_write(fd, bytes, some) : real_pwrite(fd, bytes, some, offset);
  if (plan.dies || plan.tears) die();
  if (plan.error) errno = plan.error;
  return result;
}

ssize_t write(int fd, const void *bytes, size_t length) { return write_with(fd, bytes, length, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return write_with(fd, bytes, length, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) {
  return write_with(fd, bytes, length, offset);
}

static int truncate_with(int fd, off_t length) {
  char path[PATH_BYTES];
  if (!is_about(TRUNCATE) || !path_of(fd, path)) return real_ftruncate(fd, length);
  struct plan plan = before(TRUNCATE, fd, path, length, INT64_MAX);
  int result = plan.error ? -1 : real_ftruncate(fd, length);
  if (plan.dies) die();
  if (plan.error) errno = plan.error;
  return result;
}

int ftruncate(int fd, off_t length) { return truncate_with(fd, length); }
int ftruncate64(int fd, off_t length) { return truncate_with(fd, length); }

int unlink(const char *path) {
  if (!is_about(UNLINK)) return real_unlink(path);
  struct plan plan = before(UNLINK, -1, path, 0, 0);
  struct stat about;
  /* Its number is given to another file. */
  if (plan.forgets && stat(path, &about) == 0) forget(&about);
  int result = plan.error ? -1 : real_unlink(path);
  if (plan.dies) die();
  if (plan.error) errno = plan.error;
  return result;
}

/* The time of day, moved. Other clocks run on, as on a machine whose clock was set. */
int clock_gettime(clockid_t id, struct timespec *time) {
  int result = real_clock_gettime(id, time);
  if (control == NULL || id != CLOCK_REALTIME || result != 0) return result;
  int64_t moved = control->clock_milliseconds;
  time->tv_sec += moved / 1000;
  time->tv_nsec += moved % 1000 * 1000000;
  if (time->tv_nsec < 0) {
    time->tv_sec--;
    time->tv_nsec += 1000000000;
  } else if (time->tv_nsec >= 1000000000) {
    time->tv_sec++;
    time->tv_nsec -= 1000000000;
  }
  return 0;
}

int gettimeofday(struct timeval *time, void *zone) {
  struct timespec now;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != NULL) *result = now.tv_sec;
  return now.tv_sec;
}

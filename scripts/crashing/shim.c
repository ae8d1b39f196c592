/* Loaded before the C library (LD_PRELOAD): the n-th call that changes something under a folder fails, is torn,
   interrupts the process or is its last one. Nothing happens before crashing_arm, and only in the process that
   called it: a child that is forked later inherits the count, one that is started anew does not. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OFF, FAIL_ONCE, FAIL_ON, END_BEFORE, END_TORN, END_AFTER, INTERRUPT, LIST };
enum { ENDED = 77 };

static char folder[512], place[1200], listed[1 << 20];
static size_t listed_to;
static long count, nth;
static int how, code, quiet;

#define THE_REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void crashing_arm(long number, int mode, int error, const char *under) {
    snprintf(folder, sizeof folder, "%s", under);
    count = 0;
    nth = number;
    code = error;
    place[0] = listed[0] = '\0';
    listed_to = 0;
    how = mode;
}

void crashing_off(void) { how = OFF; }

/* How many calls there were since crashing_arm. */
long crashing_count(void) { return count; }

/* Which call was the n-th, and on what. */
const char *crashing_place(void) { return place; }

/* In LIST, a line for each call; as many as there is room for. */
const char *crashing_listed(void) { return listed; }

static int under_folder(const char *path) {
    size_t length = strlen(folder);
    return path && strncmp(path, folder, length) == 0;
}

static int file_under_folder(int file, char *path, size_t room) {
    char link[64];
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, room - 1);
    errno = before;
    if (length <= 0) return 0;
    path[length] = '\0';
    return under_folder(path);
}

/* What is to happen with this call: OFF for nothing, else one of the modes. */
static int fate(const char *call, const char *path) {
    long number = __sync_add_and_fetch(&count, 1);
    if (how == LIST) {
        size_t room = sizeof listed - listed_to;
        size_t length = (size_t)snprintf(listed + listed_to, room, "%s %s\n", call, path);
        if (length < room) listed_to += length;
        return OFF;
    }
    if (number != nth && !(how == FAIL_ON && number > nth)) return OFF;
    if (number == nth) snprintf(place, sizeof place, "%s %s", call, path);
    if (how == END_BEFORE) _exit(ENDED);
    if (how == INTERRUPT) {
        kill(getpid(), SIGINT);
        return OFF;
    }
    return how;
}

static int fate_of_path(const char *call, const char *path) {
    return how != OFF && under_folder(path) ? fate(call, path) : OFF;
}

static int fate_of_file(const char *call, int file) {
    char path[600];
    return how != OFF && !quiet && file_under_folder(file, path, sizeof path) ? fate(call, path) : OFF;
}

static int fails(int what) {
    if (what != FAIL_ONCE && what != FAIL_ON) return 0;
    errno = code;
    return 1;
}

/* A call that has nothing to be torn: it fails, or is done and then the process ends. */
#define WHOLE(decided, real_call)              \
    do {                                       \
        int what = (decided);                  \
        if (fails(what)) return -1;            \
        __typeof__(real_call) done = real_call; \
        if (what != OFF) _exit(ENDED);         \
        return done;                           \
    } while (0)

/* A write, of which the first half is done before the process ends in END_TORN. */
#define TORN(decided, half, real_call)         \
    do {                                       \
        int what = (decided);                  \
        if (fails(what)) return -1;            \
        if (what == END_TORN) {                \
            if ((half) < 0) _exit(ENDED);      \
            _exit(ENDED);                      \
        }                                      \
        ssize_t done = (real_call);            \
        if (what != OFF) _exit(ENDED);         \
        return done;                           \
    } while (0)

ssize_t write(int file, const void *bytes, size_t size) {
    __typeof__(&write) real = THE_REAL(write);
    TORN(fate_of_file("write", file), real(file, bytes, size / 2), real(file, bytes, size));
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) {
    __typeof__(&pwrite) real = THE_REAL(pwrite);
    TORN(fate_of_file("pwrite", file), real(file, bytes, size / 2, at), real(file, bytes, size, at));
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at) {
    __typeof__(&pwrite64) real = THE_REAL(pwrite64);
    TORN(fate_of_file("pwrite", file), real(file, bytes, size / 2, at), real(file, bytes, size, at));
}

ssize_t writev(int file, const struct iovec *parts, int number) {
    __typeof__(&writev) real = THE_REAL(writev);
    TORN(fate_of_file("writev", file), real(file, parts, number / 2), real(file, parts, number));
}

/* numpy writes arrays by the C library's own buffers, whose writes cannot be caught. */
size_t fwrite(const void *bytes, size_t size, size_t number, FILE *stream) {
    __typeof__(&fwrite) real = THE_REAL(fwrite);
    int what = fate_of_file("fwrite", fileno(stream));
    if (fails(what)) return 0;
    if (what == OFF) return real(bytes, size, number, stream);
    real(bytes, size, what == END_TORN ? number / 2 : number, stream);
    quiet = 1;
    fflush(stream);
    _exit(ENDED);
}

int fsync(int file) { WHOLE(fate_of_file("fsync", file), THE_REAL(fsync)(file)); }

int fdatasync(int file) { WHOLE(fate_of_file("fdatasync", file), THE_REAL(fdatasync)(file)); }

int ftruncate(int file, off_t size) { WHOLE(fate_of_file("truncate", file), THE_REAL(ftruncate)(file, size)); }

int ftruncate64(int file, off64_t size) {
    WHOLE(fate_of_file("truncate", file), THE_REAL(ftruncate64)(file, size));
}

int rename(const char *from, const char *to) { WHOLE(fate_of_path("rename", to), THE_REAL(rename)(from, to)); }

int link(const char *from, const char *to) { WHOLE(fate_of_path("link", to), THE_REAL(link)(from, to)); }

int unlink(const char *path) { WHOLE(fate_of_path("unlink", path), THE_REAL(unlink)(path)); }

int unlinkat(int base, const char *path, int flags) {
    char in[600];
    int ours = under_folder(path) || (path[0] != '/' && base >= 0 && file_under_folder(base, in, sizeof in));
    WHOLE(how != OFF && ours ? fate("unlink", path) : OFF, THE_REAL(unlinkat)(base, path, flags));
}

int mkdir(const char *path, mode_t mode) { WHOLE(fate_of_path("mkdir", path), THE_REAL(mkdir)(path, mode)); }

int rmdir(const char *path) { WHOLE(fate_of_path("rmdir", path), THE_REAL(rmdir)(path)); }

static mode_t mode_of(int flags, va_list rest) { return flags & O_CREAT ? va_arg(rest, mode_t) : 0; }

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    WHOLE(flags & O_CREAT ? fate_of_path("create", path) : OFF, THE_REAL(open)(path, flags, mode));
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    WHOLE(flags & O_CREAT ? fate_of_path("create", path) : OFF, THE_REAL(open64)(path, flags, mode));
}

#define _GNU_SOURCE
#include "CPlatform.h"

#ifdef __linux__
#include <sys/inotify.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(__linux__)
#include <sys/random.h>
#endif

ssize_t platform_read(int descriptor, void *bytes, size_t count) {
    ssize_t got;
    do got = read(descriptor, bytes, count);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

#ifdef __linux__
int platform_directory_watch(const char *path) {
    int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch < 0) return -errno;
    if (inotify_add_watch(watch, path, IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_CLOSE_WRITE) < 0) {
        int code = errno;
        close(watch);
        return -code;
    }
    return watch;
}
#else
int platform_directory_watch(const char *path) {
    (void)path;
    return -EOPNOTSUPP;
}
#endif

ssize_t platform_write(int descriptor, const void *bytes, size_t count) {
    ssize_t put;
    do put = write(descriptor, bytes, count);
    while (put < 0 && errno == EINTR);
    return put < 0 ? -errno : put;
}

int platform_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) return -errno;
    if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0) return -errno;
    return 0;
}

void platform_close(int descriptor) {
    close(descriptor);
}

bool platform_is_open(int descriptor) {
    return fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF;
}

void platform_hold_standard_descriptors(void) {
    // Each is opened for what nobody will do with it, so that what somebody does fails.
    static const int modes[] = {O_WRONLY, O_RDONLY, O_WRONLY};
    for (int standard = 0; standard < 3; standard++) {
        if (platform_is_open(standard)) continue;
        int made = open("/dev/null", modes[standard]);
        if (made >= 0 && made != standard) {
            (void)dup2(made, standard);
            close(made);
        }
    }
}

int platform_close_check(int descriptor) {
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) return errno == EBADF ? 0 : -errno;
    return close(copy) < 0 && errno != EINTR ? -errno : 0;
}

uint64_t platform_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t platform_uptime_nanoseconds(void) {
    struct timespec now;
#if defined(__linux__)
    clock_gettime(CLOCK_BOOTTIME, &now);
#else
    clock_gettime(CLOCK_MONOTONIC, &now);
#endif
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t platform_wall_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void platform_random(void *bytes, size_t count) {
#if defined(__linux__)
    uint8_t *next = bytes;
    while (count > 0) {
        ssize_t got = getrandom(next, count, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            abort();
        }
        next += got;
        count -= (size_t)got;
    }
#else
    arc4random_buf(bytes, count);
#endif
}

size_t platform_user_home(char *path, size_t capacity) {
    struct passwd entry, *found = NULL;
    char memory[16384];
    int code;
    do code = getpwuid_r(geteuid(), &entry, memory, sizeof memory, &found);
    while (code == EINTR);
    if (code != 0 || !found || !found->pw_dir || found->pw_dir[0] != '/') return 0;
    size_t length = strlen(found->pw_dir);
    if (length > capacity) return 0;
    memcpy(path, found->pw_dir, length);
    return length;
}

int platform_error_text(int code, char *text, size_t length) {
#if defined(__linux__)
    const char *message = strerror_r(code, text, length);
    if (message != text) snprintf(text, length, "%s", message);
    return 0;
#else
    return strerror_r(code, text, length);
#endif
}

void platform_tune_allocator(void) {
#if defined(__GLIBC__)
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
#endif
}

#if defined(__linux__)
#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MAXIMUM_EVENTS = 256 };

static int result(int value) {
    return value < 0 ? -errno : value;
}

int platform_poller_create(void) {
    return result(epoll_create1(EPOLL_CLOEXEC));
}

int platform_poller_add(int poller, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.u64 = token};
    return result(epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event));
}

int platform_poller_add_hangup(int poller, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLET, .data.u64 = token};
    return result(epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event));
}

int platform_poller_remove(int poller, int descriptor) {
    struct epoll_event ignored = {0};
    return result(epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, &ignored));
}

static uint32_t readiness(uint32_t events) {
    uint32_t ready = 0;
    if (events & EPOLLIN) ready |= PLATFORM_READABLE;
    if (events & EPOLLOUT) ready |= PLATFORM_WRITABLE;
    if (events & (EPOLLRDHUP | EPOLLHUP)) ready |= PLATFORM_READABLE | PLATFORM_READ_CLOSED;
    if (events & (EPOLLERR | EPOLLHUP)) ready |= PLATFORM_READABLE | PLATFORM_WRITABLE;
    if (events & EPOLLERR) ready |= PLATFORM_ERROR;
    return ready;
}

int platform_poller_wait(int poller, struct platform_event *events, int capacity, int64_t timeout) {
    struct epoll_event raw[MAXIMUM_EVENTS];
    if (capacity > MAXIMUM_EVENTS) capacity = MAXIMUM_EVENTS;
    int count;
    if (timeout <= 0) {
        count = epoll_wait(poller, raw, capacity, timeout < 0 ? -1 : 0);
    } else {
        struct timespec limit = {.tv_sec = timeout / 1000000000, .tv_nsec = timeout % 1000000000};
        count = epoll_pwait2(poller, raw, capacity, &limit, NULL);
    }
    // An interrupted wait is an early return: the caller looks at its timers again.
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        events[i].token = raw[i].data.u64;
        events[i].readiness = readiness(raw[i].events);
    }
    return count;
}

int platform_waker_create(void) {
    return result(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
}

void platform_waker_wake(int waker) {
    uint64_t one = 1;
    ssize_t ignored = write(waker, &one, sizeof one);
    (void)ignored;
}

void platform_waker_clear(int waker) {
    uint64_t value;
    ssize_t ignored = read(waker, &value, sizeof value);
    (void)ignored;
}

int platform_child_watch(pid_t child) {
    return result((int)syscall(SYS_pidfd_open, child, 0));
}
#endif

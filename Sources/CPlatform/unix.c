#define _GNU_SOURCE
#include "CPlatform.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(int descriptor) {
    int code = errno;
    close(descriptor);
    return -code;
}

static int unix_socket(int type) {
#if defined(__linux__)
    int descriptor = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return descriptor < 0 ? -errno : descriptor;
#else
    int descriptor = socket(AF_UNIX, type, 0);
    if (descriptor < 0) return -errno;
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    platform_set_nonblocking(descriptor);
    int one = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &one, sizeof one);
    return descriptor;
#endif
}

/// Fills in the address of `directory`/`name`. One that is too long is reached through the directory's descriptor,
/// which the caller closes after use; -1 if there is none.
static int to_native(const char *directory, const char *name, struct sockaddr_un *native, int *opened) {
    *opened = -1;
    memset(native, 0, sizeof *native);
    native->sun_family = AF_UNIX;
    int length = snprintf(native->sun_path, sizeof native->sun_path, "%s/%s", directory, name);
    if (length >= 0 && (size_t)length < sizeof native->sun_path) return 0;
#if defined(__linux__)
    *opened = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*opened < 0) return -errno;
    length = snprintf(native->sun_path, sizeof native->sun_path, "/proc/self/fd/%d/%s", *opened, name);
    if (length >= 0 && (size_t)length < sizeof native->sun_path) return 0;
    close(*opened);
    *opened = -1;
#endif
    return -ENAMETOOLONG;
}

int platform_unix_listen(const char *directory, const char *name, int backlog) {
    struct sockaddr_un native;
    int opened;
    int code = to_native(directory, name, &native, &opened);
    if (code < 0) return code;
    int descriptor = unix_socket(SOCK_STREAM);
    if (descriptor < 0) {
        if (opened >= 0) close(opened);
        return descriptor;
    }
#if defined(__linux__)
    // The file takes its mode from the socket, so nobody else can connect in between.
    fchmod(descriptor, 0600);
    int bound = bind(descriptor, (struct sockaddr *)&native, sizeof native);
#else
    mode_t mask = umask(0177);
    int bound = bind(descriptor, (struct sockaddr *)&native, sizeof native);
    umask(mask);
#endif
    code = errno;
    if (opened >= 0) close(opened);
    errno = code;
    if (bound < 0 || listen(descriptor, backlog) < 0) return fail(descriptor);
    return descriptor;
}

int platform_unix_connect(const char *directory, const char *name) {
    struct sockaddr_un native;
    int opened;
    int code = to_native(directory, name, &native, &opened);
    if (code < 0) return code;
    int descriptor = unix_socket(SOCK_STREAM);
    int connected = -1;
    if (descriptor >= 0) {
        do {
            connected = connect(descriptor, (struct sockaddr *)&native, sizeof native);
        } while (connected < 0 && errno == EINTR);
    }
    code = errno;
    if (opened >= 0) close(opened);
    errno = code;
    if (descriptor < 0) return descriptor;
    return connected < 0 ? fail(descriptor) : descriptor;
}

int platform_unix_adopt(int descriptor) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int value = 0;
    socklen_t size = sizeof value;
    if (getsockname(descriptor, (struct sockaddr *)&address, &length) < 0) return -errno;
    if (address.ss_family != AF_UNIX) return -EAFNOSUPPORT;
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &value, &size) < 0) return -errno;
    if (value != SOCK_STREAM) return -EPROTOTYPE;
#if defined(SO_ACCEPTCONN)
    size = sizeof value;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) < 0) return -errno;
    if (!value) return -EINVAL;
#endif
    if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0) return -errno;
    return platform_set_nonblocking(descriptor);
}

int platform_unix_accept(int listener) {
    int descriptor;
    do {
#if defined(__linux__)
        descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
        descriptor = accept(listener, NULL, NULL);
#endif
    } while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0) return -errno;
#if !defined(__linux__)
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    platform_set_nonblocking(descriptor);
    int one = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &one, sizeof one);
#endif
    return descriptor;
}

int platform_unix_peer(int descriptor, uint32_t *user, int32_t *process) {
#if defined(__linux__)
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0) return -errno;
    *user = credentials.uid;
    *process = credentials.pid;
#else
    uid_t uid;
    gid_t gid;
    if (getpeereid(descriptor, &uid, &gid) < 0) return -errno;
    *user = uid;
    *process = 0;
#endif
    return 0;
}

int platform_duplicate(int descriptor) {
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    return copy < 0 ? -errno : copy;
}

int platform_unix_notify(const char *path, const void *bytes, size_t count) {
    struct sockaddr_un native;
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof native.sun_path) return -ENAMETOOLONG;
    memset(&native, 0, sizeof native);
    native.sun_family = AF_UNIX;
    memcpy(native.sun_path, path, length);
    if (path[0] == '@') native.sun_path[0] = 0;
    int descriptor = unix_socket(SOCK_DGRAM);
    if (descriptor < 0) return descriptor;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    ssize_t sent = sendto(descriptor, bytes, count, 0, (struct sockaddr *)&native, size);
    if (sent < 0) return fail(descriptor);
    close(descriptor);
    return 0;
}

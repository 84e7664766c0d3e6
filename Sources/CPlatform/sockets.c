#define _GNU_SOURCE
#include "CPlatform.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

static socklen_t to_native(const struct platform_address *address, struct sockaddr_storage *native) {
    memset(native, 0, sizeof *native);
    if (address->family == 4) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)native;
        v4->sin_family = AF_INET;
        v4->sin_port = htons(address->port);
        memcpy(&v4->sin_addr, address->bytes, 4);
        return sizeof *v4;
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)native;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(address->port);
    v6->sin6_scope_id = address->scope;
    memcpy(&v6->sin6_addr, address->bytes, 16);
    return sizeof *v6;
}

static bool from_native(const struct sockaddr *native, struct platform_address *address) {
    memset(address, 0, sizeof *address);
    if (native->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)native;
        address->family = 4;
        address->port = ntohs(v4->sin_port);
        memcpy(address->bytes, &v4->sin_addr, 4);
        return true;
    }
    if (native->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)native;
        address->family = 6;
        address->port = ntohs(v6->sin6_port);
        address->scope = v6->sin6_scope_id;
        memcpy(address->bytes, &v6->sin6_addr, 16);
        return true;
    }
    return false;
}

static int tcp_socket(const struct platform_address *address) {
    int domain = address->family == 4 ? AF_INET : AF_INET6;
#if defined(__linux__)
    int descriptor = socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
#else
    int descriptor = socket(domain, SOCK_STREAM, 0);
    if (descriptor < 0) return -errno;
    platform_set_nonblocking(descriptor);
#endif
#if defined(SO_NOSIGPIPE)
    int one = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &one, sizeof one);
#endif
    return descriptor;
}

static int fail(int descriptor) {
    int code = errno;
    close(descriptor);
    return -code;
}

static void enable(int descriptor, int level, int option) {
    int one = 1;
    setsockopt(descriptor, level, option, &one, sizeof one);
}

int platform_tcp_listen(const struct platform_address *address, int backlog) {
    int descriptor = tcp_socket(address);
    if (descriptor < 0) return descriptor;
    enable(descriptor, SOL_SOCKET, SO_REUSEADDR);
    if (address->family == 6) enable(descriptor, IPPROTO_IPV6, IPV6_V6ONLY);
    struct sockaddr_storage native;
    socklen_t length = to_native(address, &native);
    if (bind(descriptor, (struct sockaddr *)&native, length) < 0) return fail(descriptor);
    // After the bind: a second listener on the port is refused, while our own dials may still leave from it.
    enable(descriptor, SOL_SOCKET, SO_REUSEPORT);
    if (listen(descriptor, backlog) < 0) return fail(descriptor);
    return descriptor;
}

int platform_tcp_connect(
    const struct platform_address *address, const struct platform_address *source, int *outcome) {
    int descriptor = tcp_socket(address);
    if (descriptor < 0) return descriptor;
    enable(descriptor, IPPROTO_TCP, TCP_NODELAY);
    struct sockaddr_storage native;
    if (source) {
        enable(descriptor, SOL_SOCKET, SO_REUSEADDR);
        enable(descriptor, SOL_SOCKET, SO_REUSEPORT);
        socklen_t length = to_native(source, &native);
        if (bind(descriptor, (struct sockaddr *)&native, length) < 0) return fail(descriptor);
    }
    socklen_t length = to_native(address, &native);
    *outcome = connect(descriptor, (struct sockaddr *)&native, length) < 0 ? errno : 0;
    if (*outcome == EINTR) *outcome = EINPROGRESS;
    return descriptor;
}

int platform_accept(int listener, struct platform_address *peer) {
    struct sockaddr_storage native;
    int descriptor;
    do {
        socklen_t length = sizeof native;
#if defined(__linux__)
        descriptor = accept4(listener, (struct sockaddr *)&native, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
        descriptor = accept(listener, (struct sockaddr *)&native, &length);
        if (descriptor >= 0) platform_set_nonblocking(descriptor);
#endif
    } while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0) return -errno;
    if (!from_native((struct sockaddr *)&native, peer)) memset(peer, 0, sizeof *peer);
    enable(descriptor, IPPROTO_TCP, TCP_NODELAY);
#if defined(SO_NOSIGPIPE)
    enable(descriptor, SOL_SOCKET, SO_NOSIGPIPE);
#endif
    return descriptor;
}

int platform_local_address(int descriptor, struct platform_address *address) {
    struct sockaddr_storage native;
    socklen_t length = sizeof native;
    if (getsockname(descriptor, (struct sockaddr *)&native, &length) < 0) return -errno;
    return from_native((struct sockaddr *)&native, address) ? 0 : -EAFNOSUPPORT;
}

int platform_remote_address(int descriptor, struct platform_address *address) {
    struct sockaddr_storage native;
    socklen_t length = sizeof native;
    if (getpeername(descriptor, (struct sockaddr *)&native, &length) < 0) return -errno;
    return from_native((struct sockaddr *)&native, address) ? 0 : -EAFNOSUPPORT;
}

int platform_socket_error(int descriptor) {
    int code = 0;
    socklen_t length = sizeof code;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) < 0) return errno;
    return code;
}

int platform_linger_zero(int descriptor) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    return setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) < 0 ? -errno : 0;
}

int platform_shutdown_write(int descriptor) {
    return shutdown(descriptor, SHUT_WR) < 0 ? -errno : 0;
}

ssize_t platform_send(int descriptor, const void *bytes, size_t count) {
    ssize_t sent;
    do sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t platform_send_vectors(int descriptor, const struct iovec *vectors, int count) {
    struct msghdr message = {.msg_iov = (struct iovec *)vectors, .msg_iovlen = count};
    ssize_t sent;
    do sent = sendmsg(descriptor, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t platform_receive(int descriptor, void *bytes, size_t count) {
    ssize_t received;
    do received = recv(descriptor, bytes, count, 0);
    while (received < 0 && errno == EINTR);
    return received < 0 ? -errno : received;
}

int platform_resolve(const char *host, int family, struct platform_address *found, int capacity) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    hints.ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
    struct addrinfo *list = NULL;
    int code = getaddrinfo(host, NULL, &hints, &list);
    if (code != 0) return code < 0 ? code : -code;
    int count = 0;
    for (struct addrinfo *item = list; item && count < capacity; item = item->ai_next)
        if (item->ai_addr && from_native(item->ai_addr, &found[count])) count++;
    freeaddrinfo(list);
    return count;
}

const char *platform_resolve_message(int code) {
#if defined(__linux__)
    return gai_strerror(code);
#else
    return gai_strerror(-code);
#endif
}

int platform_address_text(const struct platform_address *address, char *text, size_t length) {
    int domain = address->family == 4 ? AF_INET : AF_INET6;
    if (!inet_ntop(domain, address->bytes, text, (socklen_t)length)) return -errno;
    if (address->family == 6 && address->scope != 0) {
        size_t used = strlen(text);
        snprintf(text + used, length - used, "%%%u", address->scope);
    }
    return 0;
}

bool platform_address_parse(const char *text, struct platform_address *address) {
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, address->bytes) == 1) {
        address->family = 4;
        return true;
    }
    char head[64];
    size_t length = strcspn(text, "%");
    if (length >= sizeof head) return false;
    memcpy(head, text, length);
    head[length] = 0;
    if (inet_pton(AF_INET6, head, address->bytes) != 1) return false;
    if (text[length] == '%') {
        const char *zone = text + length + 1;
        unsigned scope = if_nametoindex(zone);
        int used = 0;
        if (scope == 0 && (sscanf(zone, "%9u%n", &scope, &used) != 1 || zone[used] != 0)) return false;
        address->scope = scope;
    }
    address->family = 6;
    return true;
}

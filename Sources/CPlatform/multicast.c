#define _GNU_SOURCE
#if defined(__APPLE__)
#define __APPLE_USE_RFC_3542
#endif
#include "CPlatform.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#if !defined(IP_RECVPKTINFO)
#define IP_RECVPKTINFO IP_PKTINFO
#endif

static int set(int descriptor, int level, int option, int value) {
    return setsockopt(descriptor, level, option, &value, sizeof value) < 0 ? -errno : 0;
}

static socklen_t group_address(const struct platform_address *group, uint32_t interface, struct sockaddr_storage *out) {
    memset(out, 0, sizeof *out);
    if (group->family == 4) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)out;
        v4->sin_family = AF_INET;
        v4->sin_port = htons(group->port);
        memcpy(&v4->sin_addr, group->bytes, 4);
        return sizeof *v4;
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(group->port);
    v6->sin6_scope_id = interface;
    memcpy(&v6->sin6_addr, group->bytes, 16);
    return sizeof *v6;
}

/// The options that the group's traffic needs, whatever the family. A group is shared with every other program of this
/// host that is in it.
static int prepare(int descriptor, bool is_v4, int receive_buffer) {
    int code = set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    if (code == 0) code = set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
    if (code == 0) code = set(descriptor, SOL_SOCKET, SO_RCVBUF, receive_buffer);
    if (code < 0) return code;
    if (is_v4) {
        code = set(descriptor, IPPROTO_IP, IP_RECVPKTINFO, 1);
        if (code == 0) code = set(descriptor, IPPROTO_IP, IP_MULTICAST_TTL, 1);
        if (code == 0) code = set(descriptor, IPPROTO_IP, IP_MULTICAST_LOOP, 1);
#if defined(IP_MULTICAST_ALL)
        // Only from interfaces that this socket has joined, not from those that any socket of the host has.
        if (code == 0) code = set(descriptor, IPPROTO_IP, IP_MULTICAST_ALL, 0);
#endif
        return code;
    }
    code = set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    if (code == 0) code = set(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    if (code == 0) code = set(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1);
    if (code == 0) code = set(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1);
#if defined(IPV6_MULTICAST_ALL)
    if (code == 0) code = set(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
#endif
    return code;
}

int platform_multicast_open(const struct platform_address *group, int receive_buffer) {
    bool is_v4 = group->family == 4;
#if defined(__linux__)
    int descriptor = socket(is_v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
#else
    int descriptor = socket(is_v4 ? AF_INET : AF_INET6, SOCK_DGRAM, 0);
    if (descriptor < 0) return -errno;
    platform_set_nonblocking(descriptor);
#endif
    int code = prepare(descriptor, is_v4, receive_buffer);
    if (code == 0) {
        // Bound to the group, an IPv4 socket takes nothing that was sent to the host itself, which may be meant for
        // another program. A link-local IPv6 group cannot be bound without an interface.
        struct platform_address local = *group;
        if (!is_v4) memset(local.bytes, 0, sizeof local.bytes);
        struct sockaddr_storage native;
        socklen_t length = group_address(&local, 0, &native);
        if (bind(descriptor, (struct sockaddr *)&native, length) < 0) code = -errno;
    }
    if (code == 0) return descriptor;
    close(descriptor);
    return code;
}

int platform_multicast_join(int descriptor, const struct platform_address *group, uint32_t interface, bool joins) {
    struct group_req request;
    memset(&request, 0, sizeof request);
    request.gr_interface = interface;
    group_address(group, interface, &request.gr_group);
    int level = group->family == 4 ? IPPROTO_IP : IPPROTO_IPV6;
    int option = joins ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP;
    return setsockopt(descriptor, level, option, &request, sizeof request) < 0 ? -errno : 0;
}

int platform_multicast_send(
    int descriptor, const struct platform_address *group, uint32_t interface, const struct platform_address *source,
    const void *bytes, size_t count) {
    if (group->family == 4) {
        struct ip_mreqn out = {.imr_ifindex = (int)interface};
        if (source) memcpy(&out.imr_address, source->bytes, 4);
        if (setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_IF, &out, sizeof out) < 0) return -errno;
    } else if (setsockopt(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_IF, &interface, sizeof interface) < 0) {
        return -errno;
    }
    struct sockaddr_storage native;
    socklen_t length = group_address(group, interface, &native);
    ssize_t sent;
    do sent = sendto(descriptor, bytes, count, 0, (struct sockaddr *)&native, length);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

static void take_destination(const struct cmsghdr *header, struct platform_datagram *datagram) {
    if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
        struct in_pktinfo info;
        memcpy(&info, CMSG_DATA(header), sizeof info);
        datagram->interface = (uint32_t)info.ipi_ifindex;
        datagram->destination.family = 4;
        memcpy(datagram->destination.bytes, &info.ipi_addr, 4);
    } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
        struct in6_pktinfo info;
        memcpy(&info, CMSG_DATA(header), sizeof info);
        datagram->interface = (uint32_t)info.ipi6_ifindex;
        datagram->destination.family = 6;
        memcpy(datagram->destination.bytes, &info.ipi6_addr, 16);
    }
}

ssize_t platform_multicast_receive(int descriptor, void *bytes, size_t capacity, struct platform_datagram *datagram) {
    memset(datagram, 0, sizeof *datagram);
    struct sockaddr_storage source;
    _Alignas(struct cmsghdr) char control[256];
    struct iovec vector = {.iov_base = bytes, .iov_len = capacity};
    struct msghdr message = {.msg_name = &source, .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control};
    ssize_t received;
    do {
        message.msg_namelen = sizeof source;
        message.msg_controllen = sizeof control;
        received = recvmsg(descriptor, &message, 0);
    } while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    datagram->truncated = message.msg_flags & MSG_TRUNC;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header))
        take_destination(header, datagram);
    if (message.msg_namelen >= sizeof(struct sockaddr_in) && source.ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)&source;
        datagram->source.family = 4;
        datagram->source.port = ntohs(v4->sin_port);
        memcpy(datagram->source.bytes, &v4->sin_addr, 4);
    } else if (message.msg_namelen >= sizeof(struct sockaddr_in6) && source.ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&source;
        datagram->source.family = 6;
        datagram->source.port = ntohs(v6->sin6_port);
        datagram->source.scope = v6->sin6_scope_id;
        memcpy(datagram->source.bytes, &v6->sin6_addr, 16);
    }
    return received;
}

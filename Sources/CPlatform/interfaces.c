#define _GNU_SOURCE
#include "CPlatform.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#endif

static uint8_t prefix_length(const uint8_t *mask, size_t count) {
    uint8_t length = 0;
    for (size_t i = 0; i < count; i++)
        for (int bit = 7; bit >= 0; bit--) {
            if (!(mask[i] >> bit & 1)) return length;
            length++;
        }
    return length;
}

/// Takes the address and its mask over; false for a family that is none of ours.
static bool take_address(const struct ifaddrs *item, struct platform_interface *found) {
    if (item->ifa_addr->sa_family == AF_INET) {
        const struct sockaddr_in *address = (const struct sockaddr_in *)item->ifa_addr;
        const struct sockaddr_in *mask = (const struct sockaddr_in *)item->ifa_netmask;
        found->address.family = 4;
        memcpy(found->address.bytes, &address->sin_addr, 4);
        found->prefix = mask ? prefix_length((const uint8_t *)&mask->sin_addr, 4) : 32;
        return true;
    }
    if (item->ifa_addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *address = (const struct sockaddr_in6 *)item->ifa_addr;
        const struct sockaddr_in6 *mask = (const struct sockaddr_in6 *)item->ifa_netmask;
        found->address.family = 6;
        found->address.scope = address->sin6_scope_id;
        memcpy(found->address.bytes, &address->sin6_addr, 16);
        found->prefix = mask ? prefix_length((const uint8_t *)&mask->sin6_addr, 16) : 128;
        return true;
    }
    return false;
}

int platform_interfaces(struct platform_interface *found, int capacity) {
    struct ifaddrs *list = NULL;
    if (getifaddrs(&list) < 0) return -errno;
    int count = 0;
    for (struct ifaddrs *item = list; item && count < capacity; item = item->ifa_next) {
        if (!item->ifa_addr || !(item->ifa_flags & IFF_UP)) continue;
        struct platform_interface *next = &found[count];
        memset(next, 0, sizeof *next);
        if (!take_address(item, next)) continue;
        next->index = if_nametoindex(item->ifa_name);
        if (next->index == 0) continue;
        strncpy(next->name, item->ifa_name, sizeof next->name - 1);
        next->loopback = item->ifa_flags & IFF_LOOPBACK;
        next->multicast = item->ifa_flags & IFF_MULTICAST;
        count++;
    }
    freeifaddrs(list);
    return count;
}

#if defined(__linux__)
int platform_interfaces_watch(void) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (descriptor < 0) return -errno;
    struct sockaddr_nl groups = {.nl_family = AF_NETLINK};
    groups.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
    if (bind(descriptor, (struct sockaddr *)&groups, sizeof groups) < 0) {
        int code = errno;
        close(descriptor);
        return -code;
    }
    return descriptor;
}
#else
int platform_interfaces_watch(void) {
    return -EOPNOTSUPP;
}
#endif

void platform_interfaces_watch_clear(int watch) {
    // What changed is learned by listing the interfaces anew, also after an overflow (ENOBUFS).
    char ignored[4096];
    for (int i = 0; i < 1024; i++)
        if (recv(watch, ignored, sizeof ignored, 0) < 0 && errno != EINTR && errno != ENOBUFS) return;
}

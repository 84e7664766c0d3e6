#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
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

#if defined(__linux__)
/// Asks for a property of an interface; false if there is none such, or it is not up.
static bool take_interface(int descriptor, const char *name, struct platform_interface *found) {
    struct ifreq request = {0};
    strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
    strncpy(found->name, name, sizeof found->name - 1);
    if (ioctl(descriptor, SIOCGIFFLAGS, &request) < 0 || !(request.ifr_flags & IFF_UP)) return false;
    found->loopback = request.ifr_flags & IFF_LOOPBACK;
    found->multicast = request.ifr_flags & IFF_MULTICAST;
    if (ioctl(descriptor, SIOCGIFINDEX, &request) < 0) return false;
    found->index = (uint32_t)request.ifr_ifindex;
    return true;
}

static int list_ipv4(int descriptor, struct platform_interface *found, int capacity) {
    struct ifreq requests[256];
    struct ifconf list = {.ifc_len = sizeof requests, .ifc_req = requests};
    if (ioctl(descriptor, SIOCGIFCONF, &list) < 0) return -errno;
    int count = 0;
    for (int i = 0; i < list.ifc_len / (int)sizeof requests[0] && count < capacity; i++) {
        struct platform_interface *next = &found[count];
        memset(next, 0, sizeof *next);
        if (requests[i].ifr_addr.sa_family != AF_INET) continue;
        if (!take_interface(descriptor, requests[i].ifr_name, next)) continue;
        const struct sockaddr_in *address = (const struct sockaddr_in *)&requests[i].ifr_addr;
        next->address.family = 4;
        memcpy(next->address.bytes, &address->sin_addr, 4);
        next->prefix = 32;
        struct ifreq mask = requests[i];
        if (ioctl(descriptor, SIOCGIFNETMASK, &mask) == 0) {
            const struct sockaddr_in *bits = (const struct sockaddr_in *)&mask.ifr_netmask;
            next->prefix = prefix_length((const uint8_t *)&bits->sin_addr, 4);
        }
        count++;
    }
    return count;
}

static int list_ipv6(int descriptor, struct platform_interface *found, int capacity) {
    FILE *table = fopen("/proc/net/if_inet6", "re");
    if (!table) return 0;
    char line[128], digits[33], name[IFNAMSIZ];
    unsigned index, prefix, scope, flags;
    int count = 0;
    while (count < capacity && fgets(line, sizeof line, table)) {
        struct platform_interface *next = &found[count];
        memset(next, 0, sizeof *next);
        if (sscanf(line, "%32[0-9a-f] %x %x %x %x %15s", digits, &index, &prefix, &scope, &flags, name) != 6) continue;
        if (strlen(digits) != 32 || !take_interface(descriptor, name, next)) continue;
        next->address.family = 6;
        for (int i = 0; i < 16; i++) {
            unsigned byte = 0;
            sscanf(&digits[2 * i], "%2x", &byte);
            next->address.bytes[i] = (uint8_t)byte;
        }
        // Of a link: it means nothing without the interface.
        if (next->address.bytes[0] == 0xfe && (next->address.bytes[1] & 0xc0) == 0x80) next->address.scope = index;
        next->prefix = (uint8_t)prefix;
        count++;
    }
    fclose(table);
    return count;
}

/// What getifaddrs tells, asked for in ways that are older than netlink: a sandbox may refuse that alone.
static int list_without_netlink(struct platform_interface *found, int capacity) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    int count = list_ipv4(descriptor, found, capacity);
    if (count >= 0) count += list_ipv6(descriptor, found + count, capacity - count);
    close(descriptor);
    return count;
}
#endif

int platform_interfaces(struct platform_interface *found, int capacity) {
    struct ifaddrs *list = NULL;
    if (getifaddrs(&list) < 0) {
        int code = -errno;
#if defined(__linux__)
        int listed = list_without_netlink(found, capacity);
        if (listed >= 0) return listed;
#endif
        return code;
    }
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

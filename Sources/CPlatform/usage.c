#define _GNU_SOURCE
#include "CPlatform.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <mach/mach.h>
#endif

static uint64_t resident_bytes(void) {
#if defined(__linux__)
    unsigned long long total, resident;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) return 0;
    int found = fscanf(file, "%llu %llu", &total, &resident);
    fclose(file);
    return found == 2 ? resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
#elif defined(__APPLE__)
    struct mach_task_basic_info info;
    mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
    kern_return_t result = task_info(mach_task_self(), MACH_TASK_BASIC_INFO, (task_info_t)&info, &count);
    return result == KERN_SUCCESS ? info.resident_size : 0;
#else
    return 0;
#endif
}

static int open_descriptors(void) {
    DIR *folder = opendir("/dev/fd");
    if (!folder) return 0;
    int count = 0;
    struct dirent *entry;
    while ((entry = readdir(folder)))
        if (entry->d_name[0] != '.') count++;
    closedir(folder);
    return count > 0 ? count - 1 : 0;
}

static uint64_t nanoseconds(struct timeval time) {
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

void platform_usage(struct platform_usage *usage) {
    struct rusage taken = {0};
    getrusage(RUSAGE_SELF, &taken);
    usage->cpu_nanoseconds = nanoseconds(taken.ru_utime) + nanoseconds(taken.ru_stime);
#if defined(__APPLE__)
    usage->peak_resident = (uint64_t)taken.ru_maxrss;
#else
    usage->peak_resident = (uint64_t)taken.ru_maxrss * 1024;
#endif
    usage->resident = resident_bytes();
    usage->descriptors = open_descriptors();
}

#define _GNU_SOURCE
#include "CPlatform.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct platform_monitor {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
};

struct start {
    char name[16];
    void (*body)(void *);
    void *argument;
};

static void *enter(void *raw) {
    struct start start = *(struct start *)raw;
    free(raw);
#if defined(__linux__)
    pthread_setname_np(pthread_self(), start.name);
#else
    pthread_setname_np(start.name);
#endif
    start.body(start.argument);
    return NULL;
}

int platform_thread_start(const char *name, void (*body)(void *), void *argument) {
    struct start *start = calloc(1, sizeof *start);
    if (!start) abort();
    strncpy(start->name, name, sizeof start->name - 1);
    start->body = body;
    start->argument = argument;
    pthread_t thread;
    int code = pthread_create(&thread, NULL, enter, start);
    if (code != 0) {
        free(start);
        return -code;
    }
    pthread_detach(thread);
    return 0;
}

static _Thread_local bool is_loop_thread;

void platform_thread_set_loop(bool is_loop) {
    is_loop_thread = is_loop;
}

bool platform_thread_is_loop(void) {
    return is_loop_thread;
}

int platform_processor_count(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : (int)count;
}

platform_monitor *platform_monitor_create(void) {
    platform_monitor *monitor = malloc(sizeof *monitor);
    if (!monitor) abort();
    pthread_mutex_init(&monitor->mutex, NULL);
    pthread_cond_init(&monitor->condition, NULL);
    return monitor;
}

void platform_monitor_destroy(platform_monitor *monitor) {
    pthread_cond_destroy(&monitor->condition);
    pthread_mutex_destroy(&monitor->mutex);
    free(monitor);
}

void platform_monitor_lock(platform_monitor *monitor) {
    pthread_mutex_lock(&monitor->mutex);
}

void platform_monitor_unlock(platform_monitor *monitor) {
    pthread_mutex_unlock(&monitor->mutex);
}

void platform_monitor_wait(platform_monitor *monitor) {
    pthread_cond_wait(&monitor->condition, &monitor->mutex);
}

void platform_monitor_signal(platform_monitor *monitor) {
    pthread_cond_signal(&monitor->condition);
}

void platform_monitor_broadcast(platform_monitor *monitor) {
    pthread_cond_broadcast(&monitor->condition);
}

#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int make_pipe(int ends[2]) {
#if defined(__linux__)
    return pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;
#else
    if (pipe(ends) < 0) return -errno;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
#endif
}

static void close_all(int ours[3], int theirs[3]) {
    for (int i = 0; i < 3; i++) {
        if (ours[i] >= 0) close(ours[i]);
        if (theirs[i] >= 0) close(theirs[i]);
        ours[i] = theirs[i] = -1;
    }
}

pid_t platform_spawn(const struct platform_spawn *request, int pipes[3]) {
    int theirs[3] = {-1, -1, -1};
    pipes[0] = pipes[1] = pipes[2] = -1;
    for (int i = 0; i < 3; i++) {
        if (!request->piped[i]) continue;
        int ends[2];
        int code = make_pipe(ends);
        if (code < 0) {
            close_all(pipes, theirs);
            return code;
        }
        theirs[i] = ends[i == 0 ? 0 : 1];
        pipes[i] = ends[i == 0 ? 1 : 0];
        platform_set_nonblocking(pipes[i]);
    }

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int code = 0;
    for (int i = 0; i < 3 && code == 0; i++)
        if (theirs[i] >= 0) code = posix_spawn_file_actions_adddup2(&actions, theirs[i], i);
    if (code == 0 && request->directory)
        code = posix_spawn_file_actions_addchdir_np(&actions, request->directory);

    // The child starts with no signal blocked, and with those that we ignore or catch back at their default.
    sigset_t none, defaults;
    sigemptyset(&none);
    sigfillset(&defaults);
    sigdelset(&defaults, SIGKILL);
    sigdelset(&defaults, SIGSTOP);
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (request->own_group) flags |= POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, flags);

    pid_t child = 0;
    char *const *environment = request->environment ? request->environment : environ;
    if (code == 0)
        code = (request->search ? posix_spawnp : posix_spawn)(
            &child, request->path, &actions, &attributes, request->arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    for (int i = 0; i < 3; i++)
        if (theirs[i] >= 0) {
            close(theirs[i]);
            theirs[i] = -1;
        }
    if (code != 0) {
        close_all(pipes, theirs);
        return -code;
    }
    return child;
}

pid_t platform_reap(pid_t child, bool *exited, int *code) {
    int status = 0;
    pid_t reaped;
    do reaped = waitpid(child, &status, WNOHANG);
    while (reaped < 0 && errno == EINTR);
    if (reaped < 0) return -errno;
    if (reaped == 0) return 0;
    *exited = WIFEXITED(status);
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    return reaped;
}

pid_t platform_ended_child(void) {
    siginfo_t info = {0};
    int code;
    do code = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
    while (code < 0 && errno == EINTR);
    return code < 0 ? -errno : info.si_pid;
}

void platform_expect_children(void) {
    struct sigaction action;
    if (sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
        (void)platform_signal_catch(SIGCHLD, false);
}

int platform_kill(pid_t process, int signal) {
    return kill(process, signal) < 0 ? -errno : 0;
}

int platform_getpid(void) {
    return getpid();
}

void platform_ignore_write_signals(void) {
    platform_signal_ignore(SIGPIPE);
    platform_signal_ignore(SIGXFSZ);
}

static int signal_pipe[2] = {-1, -1};

int platform_signal_pipe(void) {
    if (signal_pipe[0] >= 0) return signal_pipe[0];
    int code = make_pipe(signal_pipe);
    if (code < 0) return code;
    platform_set_nonblocking(signal_pipe[0]);
    platform_set_nonblocking(signal_pipe[1]);
    return signal_pipe[0];
}

static void on_signal(int signal) {
    int saved = errno;
    uint8_t number = (uint8_t)signal;
    ssize_t ignored = write(signal_pipe[1], &number, 1);
    (void)ignored;
    errno = saved;
}

int platform_signal_catch(int signal, bool catch) {
    struct sigaction action = {.sa_flags = SA_RESTART};
    action.sa_handler = catch ? on_signal : SIG_DFL;
    sigfillset(&action.sa_mask);
    return sigaction(signal, &action, NULL) < 0 ? -errno : 0;
}

int platform_signal_ignore(int signal) {
    struct sigaction action = {.sa_handler = SIG_IGN};
    return sigaction(signal, &action, NULL) < 0 ? -errno : 0;
}

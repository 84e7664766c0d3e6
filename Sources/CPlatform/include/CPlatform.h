/// The few platform calls that Swift cannot import, or that differ between systems. Every function that can fail
/// returns a negative errno; none of them is interrupted by a signal; every descriptor is close-on-exec.
#ifndef LINNET_CPLATFORM_H
#define LINNET_CPLATFORM_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

// MARK: Poller (epoll.c; a kqueue.c would stand beside it)

enum {
    PLATFORM_READABLE = 1,
    PLATFORM_WRITABLE = 2,
    /// The peer will send no more.
    PLATFORM_READ_CLOSED = 4,
    PLATFORM_ERROR = 8,
};

struct platform_event {
    uint64_t token;
    uint32_t readiness;
};

int platform_poller_create(void);
/// Edge-triggered, both directions.
int platform_poller_add(int poller, int descriptor, uint64_t token);
/// Edge-triggered, for errors and hangups alone. EPERM for what has no other end, such as a file.
int platform_poller_add_hangup(int poller, int descriptor, uint64_t token);
int platform_poller_remove(int poller, int descriptor);
/// At most `capacity` (<= 256) events. `timeout` in nanoseconds, negative waits for ever.
int platform_poller_wait(int poller, struct platform_event *events, int capacity, int64_t timeout);
/// A descriptor that becomes readable by `platform_waker_wake`.
int platform_waker_create(void);
void platform_waker_wake(int waker);
void platform_waker_clear(int waker);
/// A descriptor that becomes readable when the child exits.
int platform_child_watch(pid_t child);

// MARK: Sockets

struct platform_address {
    /// 4, 6, or 0 for none.
    uint8_t family;
    /// Network order; the first four for IPv4.
    uint8_t bytes[16];
    uint16_t port;
    uint32_t scope;
};

/// A non-blocking listening socket.
int platform_tcp_listen(const struct platform_address *address, int backlog);
/// Starts a connection from `source` (null: any). Stores what `connect` said (0 or errno) in `outcome`.
int platform_tcp_connect(
    const struct platform_address *address, const struct platform_address *source, int *outcome);
int platform_accept(int listener, struct platform_address *peer);
int platform_local_address(int descriptor, struct platform_address *address);
int platform_remote_address(int descriptor, struct platform_address *address);
/// The pending error of the socket, 0 for none.
int platform_socket_error(int descriptor);
/// Makes the close that follows send a reset.
int platform_linger_zero(int descriptor);
int platform_shutdown_write(int descriptor);
/// `send` without SIGPIPE.
ssize_t platform_send(int descriptor, const void *bytes, size_t count);
ssize_t platform_send_vectors(int descriptor, const struct iovec *vectors, int count);
ssize_t platform_receive(int descriptor, void *bytes, size_t count);

/// Returns how many were stored, or a negative `EAI_` code. `family` 0 asks for both.
int platform_resolve(const char *host, int family, struct platform_address *found, int capacity);
const char *platform_resolve_message(int code);
/// Writes the text of an address; `length` >= 64.
int platform_address_text(const struct platform_address *address, char *text, size_t length);
/// Parses a numeric address; false if it is none.
bool platform_address_parse(const char *text, struct platform_address *address);

// MARK: Interfaces (interfaces.c)

/// An address of an interface that is up.
struct platform_interface {
    char name[16];
    uint32_t index;
    bool loopback;
    /// Whether the system says that it carries multicast. Loopback does so anyway, at least for IPv4 on Linux.
    bool multicast;
    struct platform_address address;
    /// How many leading bits of the address are those of the link.
    uint8_t prefix;
};

/// Returns how many were stored, in the system's order.
int platform_interfaces(struct platform_interface *found, int capacity);
/// A descriptor that becomes readable when an interface or an address comes or goes. EOPNOTSUPP where there is none.
int platform_interfaces_watch(void);
/// Takes what was reported so far off the descriptor.
void platform_interfaces_watch_clear(int watch);

// MARK: Multicast (multicast.c)

struct platform_datagram {
    struct platform_address source;
    /// Without a port; family 0 where the system did not tell.
    struct platform_address destination;
    uint32_t interface;
    /// Longer than the buffer; the rest is lost.
    bool truncated;
};

/// A non-blocking UDP socket for a group and its port, shared with other programs. What it sends stays on the link
/// (TTL 1) and comes back to members on this host.
int platform_multicast_open(const struct platform_address *group, int receive_buffer);
/// Enters (true) or leaves the group on an interface.
int platform_multicast_join(int descriptor, const struct platform_address *group, uint32_t interface, bool joins);
/// Sends one datagram to the group on an interface, from an IPv4 address of it (null: the system chooses).
int platform_multicast_send(
    int descriptor, const struct platform_address *group, uint32_t interface, const struct platform_address *source,
    const void *bytes, size_t count);
/// Takes one datagram; its length.
ssize_t platform_multicast_receive(int descriptor, void *bytes, size_t capacity, struct platform_datagram *datagram);

// MARK: Unix sockets (unix.c)

/// A non-blocking listening socket at `directory`/`name`, of its owner alone (0600) from its first moment. The path may
/// be longer than a socket's address where the system has a way around that.
int platform_unix_listen(const char *directory, const char *name, int backlog);
/// A non-blocking connection to `directory`/`name`. A queue that is full is EAGAIN.
int platform_unix_connect(const char *directory, const char *name);
/// 0 if the descriptor is a listening Unix stream socket; it is made non-blocking and close-on-exec.
int platform_unix_adopt(int descriptor);
int platform_unix_accept(int listener);
/// Who is at the other end, as the kernel says; `process` is 0 where it does not.
int platform_unix_peer(int descriptor, uint32_t *user, int32_t *process);
int platform_duplicate(int descriptor);
/// Sends one datagram to a Unix socket; a name that begins with '@' is abstract.
int platform_unix_notify(const char *path, const void *bytes, size_t count);

// MARK: Descriptors

ssize_t platform_read(int descriptor, void *bytes, size_t count);
/// A descriptor that becomes readable when a file of the directory is made, removed, or closed by who wrote to it; it
/// does not block. EOPNOTSUPP where there is none.
int platform_directory_watch(const char *path);
ssize_t platform_write(int descriptor, const void *bytes, size_t count);
int platform_set_nonblocking(int descriptor);
void platform_close(int descriptor);
/// Puts something on each of descriptors 0, 1 and 2 that is closed, so that no file that is opened later gets its
/// number: reading the first fails with EBADF as before, and so does writing the second; the third takes everything.
void platform_hold_standard_descriptors(void);
/// Whether the descriptor is open.
bool platform_is_open(int descriptor);
/// Asks the file system whether it could keep all that was written, as `close` does; the descriptor stays open.
int platform_close_check(int descriptor);

// MARK: Threads

typedef struct platform_monitor platform_monitor;
/// Starts a detached thread. `name` is cut to 15 bytes.
int platform_thread_start(const char *name, void (*body)(void *), void *argument);
/// Marks the calling thread as the one that runs the event loop.
void platform_thread_set_loop(bool is_loop);
bool platform_thread_is_loop(void);
int platform_processor_count(void);
platform_monitor *platform_monitor_create(void);
void platform_monitor_destroy(platform_monitor *monitor);
void platform_monitor_lock(platform_monitor *monitor);
void platform_monitor_unlock(platform_monitor *monitor);
void platform_monitor_wait(platform_monitor *monitor);
void platform_monitor_signal(platform_monitor *monitor);
void platform_monitor_broadcast(platform_monitor *monitor);

// MARK: Time and randomness

uint64_t platform_monotonic_nanoseconds(void);
/// The same, and going on while the machine sleeps.
uint64_t platform_uptime_nanoseconds(void);
int64_t platform_wall_milliseconds(void);
/// From the kernel's generator; aborts if there is none.
void platform_random(void *bytes, size_t count);

// MARK: Processes and signals

struct platform_spawn {
    const char *path;
    char *const *arguments;
    /// Null inherits the environment.
    char *const *environment;
    /// Null inherits the working directory.
    const char *directory;
    /// Look the path up in PATH.
    bool search;
    bool own_group;
    /// Pipe the stream (true) or inherit it (false): standard input, output, error.
    bool piped[3];
};

/// Starts a child; `pipes` receives our non-blocking ends, -1 where inherited. Returns the pid.
pid_t platform_spawn(const struct platform_spawn *request, int pipes[3]);
/// 0 while the child runs; its pid once it was reaped, with `exited` true and its status in `code`, or false and
/// the signal.
pid_t platform_reap(pid_t child, bool *exited, int *code);
/// The pid of a child that has ended and was not reaped, whoever's it is; 0 if there is none. It stays to be reaped.
pid_t platform_ended_child(void);
/// Lets the ends of children be told, where whoever started this process had them ignored.
void platform_expect_children(void);
int platform_kill(pid_t process, int signal);
int platform_getpid(void);

struct platform_usage {
    /// Bytes of memory that are resident now, and the most that ever were.
    uint64_t resident;
    uint64_t peak_resident;
    /// Of all threads, in user and system mode together.
    uint64_t cpu_nanoseconds;
    /// Open descriptors, without the one it takes to count them.
    int descriptors;
};

/// What this process takes of the machine. What cannot be learned is 0.
void platform_usage(struct platform_usage *usage);
/// Writes to a pipe without a reader fail with EPIPE, those beyond the largest file with EFBIG, instead of ending the
/// process.
void platform_ignore_write_signals(void);
/// Keeps freed memory of bulk traffic, up to 32 MiB, instead of giving every chunk back to the system and faulting its
/// pages in again: measured as a third of the throughput of one stream. Does nothing where malloc is not glibc's.
void platform_tune_allocator(void);
/// The read end of the pipe that receives a byte for each caught signal.
int platform_signal_pipe(void);
/// Catches a signal (true) or returns it to its default (false).
int platform_signal_catch(int signal, bool catch);
/// Ignores a signal.
int platform_signal_ignore(int signal);

/// The home directory of the process's user in the password database, without a zero byte at its end. Its length; 0 if
/// there is none, or it is longer than `capacity`.
size_t platform_user_home(char *path, size_t capacity);

/// The text of an errno.
int platform_error_text(int code, char *text, size_t length);

// MARK: Error numbers, as values

static const int PLATFORM_EAGAIN = EAGAIN;
static const int PLATFORM_EINPROGRESS = EINPROGRESS;
static const int PLATFORM_ECONNREFUSED = ECONNREFUSED;
static const int PLATFORM_ECONNRESET = ECONNRESET;
static const int PLATFORM_ECONNABORTED = ECONNABORTED;
static const int PLATFORM_ETIMEDOUT = ETIMEDOUT;
static const int PLATFORM_EHOSTUNREACH = EHOSTUNREACH;
static const int PLATFORM_ENETUNREACH = ENETUNREACH;
static const int PLATFORM_ENETDOWN = ENETDOWN;
static const int PLATFORM_EHOSTDOWN = EHOSTDOWN;
static const int PLATFORM_EPIPE = EPIPE;
static const int PLATFORM_EADDRINUSE = EADDRINUSE;
static const int PLATFORM_EADDRNOTAVAIL = EADDRNOTAVAIL;
static const int PLATFORM_EAFNOSUPPORT = EAFNOSUPPORT;
static const int PLATFORM_EMFILE = EMFILE;
static const int PLATFORM_ENFILE = ENFILE;
static const int PLATFORM_EACCES = EACCES;
static const int PLATFORM_EOPNOTSUPP = EOPNOTSUPP;
static const int PLATFORM_EPERM = EPERM;

// MARK: Signal numbers, as values

static const int PLATFORM_SIGHUP = SIGHUP;
static const int PLATFORM_SIGINT = SIGINT;
static const int PLATFORM_SIGTERM = SIGTERM;
static const int PLATFORM_SIGKILL = SIGKILL;
static const int PLATFORM_SIGCHLD = SIGCHLD;
static const int PLATFORM_SIGUSR1 = SIGUSR1;
static const int PLATFORM_SIGUSR2 = SIGUSR2;

// MARK: Memory (memory.c)

/// No core of this process is written from now on, no other process of its user may look into its memory, and a crash
/// tells nobody what was in it; unless SWIFT_BACKTRACE is set, by somebody who looks for the reason.
void platform_forbid_dumps(void);

#endif

#include "CPlatform.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#if defined(__linux__)
#include <sys/prctl.h>
#endif

void platform_forbid_dumps(void) {
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#if defined(__linux__)
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    // The runtime's report of a crash shows registers, and the memory that they point to.
    static const int signals[] = {SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
    for (size_t index = 0; !getenv("SWIFT_BACKTRACE") && index < sizeof signals / sizeof *signals; index++) {
        struct sigaction action;
        // What was ignored at the start stays so.
        if (sigaction(signals[index], NULL, &action) || action.sa_handler == SIG_IGN) continue;
        action = (struct sigaction){.sa_handler = SIG_DFL};
        (void)sigaction(signals[index], &action, NULL);
    }
}

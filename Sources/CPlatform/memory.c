#include "CPlatform.h"

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
}

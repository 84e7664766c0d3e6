#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

exit(runTool(Environment.arguments))

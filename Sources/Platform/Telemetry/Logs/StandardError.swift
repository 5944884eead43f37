#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Writes each line to the process's standard error before it goes on: for commands that end soon.
package struct StandardError: LogOutput {
    package init() {}

    package func take(_ line: LogLine, isUrgent: Bool) {
        _ = FileDescriptor.write(line.bytes, to: STDERR_FILENO)
    }
}

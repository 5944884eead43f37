#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The process's standard error, written a whole line at a time.
package enum StandardError {
    /// Writes all of `text`; what the system does not take is dropped, since a log has nowhere to
    /// complain to.
    package static let write: @Sendable (String) -> Void = { text in
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let start = rest.baseAddress, !rest.isEmpty {
                #if canImport(Glibc)
                    let count = Glibc.write(STDERR_FILENO, start, rest.count)
                #elseif canImport(Musl)
                    let count = Musl.write(STDERR_FILENO, start, rest.count)
                #else
                    let count = Darwin.write(STDERR_FILENO, start, rest.count)
                #endif
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }
}

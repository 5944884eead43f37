#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Writing to descriptors that the process was started with.
enum FileDescriptor {
    /// Writes all of `bytes`, and waits for a reader that is slow.
    /// - Returns: how many bytes were written: fewer than all where the descriptor is of no use any
    ///   more, such as a pipe that nobody reads.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        bytes.withUnsafeBytes { bytes in
            var count = 0
            while count < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
                #if canImport(Glibc)
                    let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                #else
                    let written = Musl.write(descriptor, rest.baseAddress, rest.count)
                #endif
                if written > 0 {
                    count += written
                } else if written < 0 && errno == EAGAIN {
                    // Whoever shares the descriptor, such as a terminal, made it non-blocking.
                    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&wanted, 1, -1)
                } else if written == 0 || errno != EINTR {
                    break
                }
            }
            return count
        }
    }
}

import CMalloc

/// How the C library's allocator of this process keeps what is freed.
///
/// Messages come and go by the hundred kilobytes, made by one thread and freed by another. glibc
/// would give each heap's end back to the system above 256 KiB and fetch it again, zeroed page by
/// page, for the next message.
package enum HeapMemory {
    /// Freed memory at a heap's end is kept up to here; a process has at most eight heaps a core.
    private static let keptByteCountMax: CInt = 4 << 20
    /// From here on a block is the system's at once; below, it comes from a heap.
    private static let blockByteCountMax: CInt = 1 << 20

    /// Keeps some freed memory for the next message; called once, before the first.
    ///
    /// Without glibc it does nothing. Source: `mallopt(3)`.
    package static func keepForMessages() {
        #if canImport(Glibc)
            _ = mallopt(M_TRIM_THRESHOLD, keptByteCountMax)
            _ = mallopt(M_MMAP_THRESHOLD, blockByteCountMax)
        #endif
    }

    /// Gives what is free back to the system.
    package static func release() {
        #if canImport(Glibc)
            _ = malloc_trim(0)
        #endif
    }
}

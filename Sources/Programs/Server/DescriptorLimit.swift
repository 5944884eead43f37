import Logging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many files and sockets this process may have open at once.
enum DescriptorLimit {
    // The listener, the event loops, standard streams, files that are read meanwhile.
    private static let ownCount = 64

    /// Raises the process's limit as far as it may go.
    /// - Returns: The limit now; nil where the system does not say.
    static func raise() -> Int? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return nil }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(resource, &raised) == 0 {
                limit = raised
            }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many may be open at once under the settings.
    static func needed(connectionsMax: Int, databaseConnections: Int) -> Int {
        // As many again may be told that they are over the cap, and close.
        2 * connectionsMax + databaseConnections + ownCount
    }

    /// Raises the limit, and warns where what the settings allow would not fit below it.
    static func prepare(connectionsMax: Int, databaseConnections: Int, logger: Logger) {
        guard let limit = raise() else { return }
        let needed = needed(
            connectionsMax: connectionsMax, databaseConnections: databaseConnections)
        guard needed > limit else { return }
        logger.warning(
            "Fewer files may be open at once than connections need.",
            metadata: [
                "open_files_max": "\(limit)", "needed": "\(needed)",
                "remedy": "Raise LimitNOFILE of the service, or lower TALLY_CONNECTIONS_MAX.",
            ])
    }

    #if canImport(Glibc)
        private static var resource: __rlimit_resource_t {
            __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        }
    #else
        private static var resource: Int32 { RLIMIT_NOFILE }
    #endif
}

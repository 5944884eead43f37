#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the system says of this process, under the names that all Prometheus clients use.
package enum ProcessMetrics {
    /// Shows them; each is found out when somebody looks, and left out where the system does not say.
    package static func register(in registry: PrometheusRegistry) {
        registry.describe([
            "process_cpu_seconds_total": "User and system CPU time spent in seconds.",
            "process_resident_memory_bytes": "Resident memory in bytes.",
            "process_virtual_memory_bytes": "Virtual memory in bytes.",
            "process_open_fds": "Open file descriptors.",
            "process_max_fds": "Most file descriptors that may be open.",
            "process_threads": "Threads.",
            "process_start_time_seconds": "Start of the process in seconds since 1970.",
        ])
        let startTime = startTimeSeconds()
        registry.observe("process_cpu_seconds_total", .counter, cpuSeconds)
        registry.observe("process_resident_memory_bytes", .gauge) { memoryByteCount(field: 1) }
        registry.observe("process_virtual_memory_bytes", .gauge) { memoryByteCount(field: 0) }
        registry.observe("process_open_fds", .gauge, openDescriptorCount)
        registry.observe("process_max_fds", .gauge, descriptorCountMax)
        registry.observe("process_threads", .gauge) { statistics().flatMap { Double($0[17]) } }
        registry.observe("process_start_time_seconds", .gauge) { startTime }
    }

    private static func cpuSeconds() -> Double? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// proc(5): `/proc/self/statm` counts pages; field 0 is the total size, 1 the resident set.
    private static func memoryByteCount(field: Int) -> Double? {
        guard let text = contents(of: "/proc/self/statm") else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > field, let pages = Double(fields[field]) else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func openDescriptorCount() -> Double? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // `.`, `..` and the descriptor of the folder itself.
        return Double(count - 3)
    }

    private static func descriptorCountMax() -> Double? {
        var limit = rlimit()
        #if canImport(Glibc)
            let status = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
            let status = getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        return status == 0 ? Double(limit.rlim_cur) : nil
    }

    /// proc(5): field 22 of `/proc/self/stat` is the start in ticks after boot, `btime` of
    /// `/proc/stat` the boot in seconds since 1970.
    private static func startTimeSeconds() -> Double? {
        guard let fields = statistics(), let ticks = Double(fields[19]),
            let system = contents(of: "/proc/stat"),
            let line = system.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let boot = Double(line.dropFirst(6))
        else { return nil }
        return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The fields of `/proc/self/stat` after the program's name, which may hold anything: the first
    /// is the state, field 3 of proc(5).
    private static func statistics() -> [Substring]? {
        guard let text = contents(of: "/proc/self/stat"),
            let nameEnd = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[nameEnd...].dropFirst().split(separator: " ")
        return fields.count > 19 ? fields : nil
    }

    private static func contents(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = read(descriptor, &part, part.count)
            guard count > 0 else { break }
            bytes.append(contentsOf: part[..<count])
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}

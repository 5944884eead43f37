import Core

/// Tokens written to a cache, by lifetime.
struct CacheWrites {
    /// Of every lifetime.
    let total: UsageCount?
    private let byClass: [(QuantityClass, UsageCount)]

    /// Reads counts such as `ephemeral_5m_input_tokens`, whatever the lifetime: a new one is a new class.
    /// - Parameter undivided: Where tokens go that `lifetimes` does not divide, because it is absent.
    /// - Throws: `USAGE_CONTRADICTORY` where they do not sum to the total.
    init(
        total: UsageCount?, lifetimes: UsageField?, undivided: QuantityClass
    ) throws(ServiceError) {
        var parts: [(lifetime: String, count: UsageCount)] = []
        for name in lifetimes?.names ?? [] {
            let prefix = "ephemeral_"
            let suffix = "_input_tokens"
            guard name.hasPrefix(prefix), name.hasSuffix(suffix),
                name.utf8.count > prefix.utf8.count + suffix.utf8.count,
                let count = try lifetimes?.count(name)
            else { continue }
            let lifetime = name.dropFirst(prefix.count).dropLast(suffix.count)
            parts.append((String(lifetime), count))
        }
        try self.init(
            total: total, parts: parts, path: lifetimes?.path ?? "", undivided: undivided)
    }

    /// - Parameter parts: Of each lifetime, such as `5m`; none where nobody divided them.
    init(
        total: UsageCount?, parts: [(lifetime: String, count: UsageCount)], path: String,
        undivided: QuantityClass
    ) throws(ServiceError) {
        guard !parts.isEmpty else {
            self.total = total
            byClass = total.map { [(undivided, $0)] } ?? []
            return
        }
        var byClass: [(QuantityClass, UsageCount)] = []
        var sum: Int64 = 0
        for part in parts {
            let quantityClass = QuantityClass(rawValue: "cache_write_\(part.lifetime)")
            guard !part.lifetime.isEmpty, quantityClass.isWellFormed else {
                throw ServiceError(
                    .invalidArgument, "USAGE_CACHE_LIFETIME_UNKNOWN", field: part.count.path,
                    "A lifetime is a number and a unit, such as 5m or 1h.")
            }
            sum += part.count.amount
            byClass.append((quantityClass, part.count))
        }
        guard sum == total?.amount ?? sum else {
            throw UsageCount.contradiction(
                path, "The cache writes by lifetime do not sum to all cache writes.")
        }
        self.total = total ?? UsageCount(amount: sum, path: path)
        self.byClass = byClass
    }

    func add(to object: inout UsageObject) {
        for (quantityClass, count) in byClass { object.add(quantityClass, count) }
    }
}

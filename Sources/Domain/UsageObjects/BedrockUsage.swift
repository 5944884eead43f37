import Core

/// The convention of Amazon Bedrock's Converse: input, cache reads and cache writes are beside one another,
/// and the total is all of them with output, which has reasoning in it and does not tell it apart.
enum BedrockUsage {
    static func read(
        _ usage: UsageField, isPartial: Bool
    ) throws(ServiceError) -> UsageObject {
        var object = UsageObject()
        let input = try usage.count("inputTokens", isOptional: isPartial)
        let output = try usage.count("outputTokens", isOptional: isPartial)
        let total = try usage.count("totalTokens", isOptional: isPartial)
        let read = try usage.count("cacheReadInputTokens")
        let writes = try cacheWrites(usage)
        object.add(.input, input)
        object.add(.cacheRead, read)
        writes.add(to: &object)
        object.add(.outputUnsplit, output)
        guard let total, let input, let output else { return object }
        let parts = [input, read, writes.total, output]
        guard total.amount == parts.reduce(0, { $0 + ($1?.amount ?? 0) }) else {
            throw UsageCount.contradiction(
                total.path,
                "The total is not the sum of input, cache reads, cache writes and output.")
        }
        return object
    }

    private static func cacheWrites(_ usage: UsageField) throws(ServiceError) -> CacheWrites {
        var parts: [(lifetime: String, count: UsageCount)] = []
        for detail in try usage.objects("cacheDetails") {
            guard let count = try detail.count("inputTokens", isOptional: false) else { continue }
            parts.append((try detail.text("ttl") ?? "", count))
        }
        // Without a lifetime asked for, it is five minutes.
        return try CacheWrites(
            total: try usage.count("cacheWriteInputTokens"), parts: parts,
            path: usage.path(of: "cacheDetails"), undivided: .cacheWrite5m)
    }
}

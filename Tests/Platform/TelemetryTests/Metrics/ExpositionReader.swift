import Testing

/// Reads Prometheus' text format 0.0.4 as its page describes it, and refuses whatever is not that.
struct ExpositionReader {
    struct Sample: Equatable {
        let name: String
        let labels: [String: String]
        let value: String
    }

    struct Family {
        var type = ""
        var help: String?
        var samples: [Sample] = []
    }

    struct Malformed: Error {
        let line: String
        let why: String
    }

    private(set) var families: [String: Family] = [:]
    private var current: String?
    private var seen: Set<String> = []

    init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else {
            throw Malformed(line: "", why: "the last line has no line feed")
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("# HELP ") {
                try help(line)
            } else if line.hasPrefix("# TYPE ") {
                try type(line)
            } else {
                try sample(line)
            }
        }
        for (name, family) in families where family.type == "histogram" {
            try checkHistogram(name, family)
        }
    }

    func sample(_ name: String, _ labels: [String: String] = [:]) -> String? {
        families.values.lazy.flatMap(\.samples)
            .first { $0.name == name && $0.labels == labels }?.value
    }

    private mutating func help(_ line: Substring) throws {
        let parts = line.dropFirst(7).split(separator: " ", maxSplits: 1)
        guard parts.count == 2, families[String(parts[0])] == nil else {
            throw Malformed(line: String(line), why: "HELP twice, late or empty")
        }
        families[String(parts[0])] = Family(help: try Self.unescaped(parts[1], "\\n"))
    }

    private mutating func type(_ line: Substring) throws {
        let parts = line.dropFirst(7).split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, ["counter", "gauge", "histogram"].contains(parts[1]),
            families[String(parts[0])]?.type ?? "" == ""
        else { throw Malformed(line: String(line), why: "TYPE") }
        families[String(parts[0]), default: Family()].type = String(parts[1])
        current = String(parts[0])
    }

    private mutating func sample(_ line: Substring) throws {
        let pattern = /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/
        guard let match = line.wholeMatch(of: pattern), let current,
            Double(match.3.replacing("Inf", with: "infinity")) != nil
        else { throw Malformed(line: String(line), why: "not a sample of a family") }
        let name = String(match.1)
        let endings = families[current]?.type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard endings.contains(where: { current + $0 == name }) else {
            throw Malformed(line: String(line), why: "sample of another family")
        }
        let labels = try Self.labels(match.2 ?? "")
        guard seen.insert("\(name)\(labels.sorted { $0.key < $1.key })").inserted else {
            throw Malformed(line: String(line), why: "the same sample twice")
        }
        families[current]?.samples
            .append(Sample(name: name, labels: labels, value: String(match.3)))
    }

    private static func labels(_ text: Substring) throws -> [String: String] {
        var labels: [String: String] = [:]
        var rest = text
        while !rest.isEmpty {
            guard
                let match = rest.prefixMatch(
                    of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\.)*)"(,(?=.)|$)/),
                labels.updateValue(try unescaped(match.2, "\\n\""), forKey: String(match.1)) == nil
            else { throw Malformed(line: String(text), why: "labels") }
            rest = rest[match.range.upperBound...]
        }
        return labels
    }

    private static func unescaped(_ text: Substring, _ allowed: String) throws -> String {
        var result = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                guard allowed.contains(character) else {
                    throw Malformed(line: String(text), why: "escape")
                }
                result.append(character == "n" ? "\n" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        guard !isEscaped else { throw Malformed(line: String(text), why: "escape") }
        return result
    }

    /// Ranges rise in bound and count, end with +Inf, and that equals the count.
    private func checkHistogram(_ name: String, _ family: Family) throws {
        let series = Dictionary(grouping: family.samples) { sample in
            sample.labels.filter { $0.key != "le" }
        }
        for (labels, samples) in series {
            let buckets = samples.filter { $0.name == name + "_bucket" }
            let bounds = buckets.compactMap {
                Double(($0.labels["le"] ?? "").replacing("Inf", with: "infinity"))
            }
            let counts = buckets.compactMap { Int($0.value) }
            guard bounds.count == buckets.count, bounds == bounds.sorted(),
                Set(bounds).count == bounds.count, bounds.last == .infinity,
                counts == counts.sorted(),
                samples.first(where: { $0.name == name + "_count" })?.value
                    == buckets.last?.value,
                samples.contains(where: { $0.name == name + "_sum" })
            else { throw Malformed(line: "\(name) \(labels)", why: "histogram") }
        }
    }
}

import API

/// What became of a file's events.
struct IngestSummary: Equatable {
    /// Something to tell a person about one line.
    struct Notice: Equatable {
        let line: Int
        let text: String
    }

    static let noticeCountMax = 20

    private(set) var accepted = 0
    private(set) var duplicate = 0
    private(set) var conflict = 0
    private(set) var rejected = 0
    private(set) var unpriced = 0
    /// Lines that are no events.
    private(set) var invalid = 0
    /// The first few; the counts tell of all.
    private(set) var notices: [Notice] = []

    /// Whether every line is recorded, now or before.
    var isClean: Bool { conflict + rejected + invalid == 0 }

    var eventCount: Int { accepted + duplicate + conflict + rejected }

    mutating func count(_ problem: EventProblem, line: Int) {
        invalid += 1
        note(line, "\(problem)")
    }

    mutating func count(_ result: EventResult, line: Int) {
        if result.unpriced { unpriced += 1 }
        switch result.outcome {
        case .accepted: accepted += 1
        case .duplicate: duplicate += 1
        case .conflict:
            conflict += 1
            note(line, "conflict: \(Self.words(result))")
        default:
            rejected += 1
            note(line, "rejected: \(Self.words(result))")
        }
    }

    private mutating func note(_ line: Int, _ text: String) {
        guard notices.count < Self.noticeCountMax else { return }
        notices.append(Notice(line: line, text: Table.printable(text)))
    }

    private static func words(_ result: EventResult) -> String {
        [result.reason, result.field, result.description].filter { !$0.isEmpty }
            .joined(separator: ": ")
    }

    var text: String {
        var lines = notices.sorted { $0.line < $1.line }.map { "line \($0.line): \($0.text)" }
        let noticeCount = conflict + rejected + invalid
        if noticeCount > notices.count {
            lines.append("… and \(noticeCount - notices.count) more lines with a problem.")
        }
        let counts = [
            (accepted, "accepted"), (duplicate, "duplicate"), (conflict, "conflict"),
            (rejected, "rejected"), (invalid, "invalid"),
        ]
        let words = counts.filter { $0.0 > 0 || $0.1 == "accepted" }.map {
            "\(MoneyText.grouped(String($0.0))) \($0.1)"
        }
        lines.append(words.joined(separator: ", ") + ".")
        if unpriced > 0 {
            lines.append(
                "\(MoneyText.grouped(String(unpriced))) of them have no price yet; reports count "
                    + "them as unpriced, never as zero.")
        }
        return lines.joined(separator: "\n")
    }
}

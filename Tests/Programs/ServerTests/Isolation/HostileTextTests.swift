import API
import TallyClient
import Testing
import Wire

@testable import Server

/// What people and programs write by mistake, or on purpose, in every text field of every method.
@Suite struct HostileTextTests {
    static let texts: [(name: String, text: String)] = [
        ("a megabyte", String(repeating: "x", count: 1_000_000)),
        ("zero", "a\u{0}b"), ("bell", "a\u{7}b"), ("escape", "a\u{1B}[31mb"),
        ("line feed", "a\nb"), ("delete", "a\u{7F}b"), ("C1 control", "a\u{85}b"),
        ("right-to-left override", "a\u{202E}b"), ("isolate", "a\u{2066}b"),
        ("byte order mark", "a\u{FEFF}b"), ("zero width space", "a\u{200B}b"),
        ("noncharacter", "a\u{FFFF}b"),
    ]

    /// A clear error each, and nothing changed.
    @Test func hostileTextIsRefusedAndChangesNothing() async throws {
        try await IsolationBench.with(.both) { bench in
            var tried = 0
            for (index, method) in bench.writes.enumerated() where method.kind == .unary {
                let before = try await bench.rows(of: bench.ours)
                for (name, text) in Self.texts {
                    let variants = try bench.factory.disfigured(
                        method, things: bench.ours.things, texts: [text],
                        number: 10_000 * (index + 1))
                    for variant in variants {
                        // An enumeration, or a time, has no such text.
                        guard
                            (try? bench.schema.encode(variant.request, as: method.requestType))
                                != nil
                        else { continue }
                        tried += 1
                        let place = "\(name) in \(method.fullName) \(variant.path)"
                        let outcome = try await bench.call(
                            method, variant.request, by: bench.ours)
                        Self.expectRefusal(
                            outcome, place, method, field: Self.field(at: variant.path))
                    }
                }
                let after = try await bench.rows(of: bench.ours)
                #expect(after == before, "\(method.fullName)")
            }
            #expect(tried > 300)
        }
    }

    /// The name of the field that a path ends with.
    static func field(at path: String) -> String {
        path.split(separator: ".").last.map(String.init) ?? ""
    }

    /// What became of an item of a request whose items are answered one by one.
    struct ItemOutcome: Hashable {
        let outcome: Int32
        let isRejected: Bool
        /// Whether it counts for nothing, since another one told of the same call; and whether it has a price.
        var isSuppressed = false
        var isUnpriced = false
        let reason: String
        let field: String
    }

    /// Of each item; nil of methods that answer as a whole.
    static func itemOutcomes(
        _ method: MethodDescriptor, _ answers: [[UInt8]]
    ) throws -> [ItemOutcome]? {
        func outcomes(_ results: [EventChangeResult]) -> [ItemOutcome] {
            results.map {
                ItemOutcome(
                    outcome: $0.outcome.rawValue, isRejected: $0.outcome == .rejected,
                    reason: $0.reason, field: $0.field)
            }
        }
        func outcomes(_ results: [EventResult]) -> [ItemOutcome] {
            results.map {
                ItemOutcome(
                    outcome: $0.outcome.rawValue, isRejected: $0.outcome == .rejected,
                    isSuppressed: $0.suppressed, isUnpriced: $0.unpriced, reason: $0.reason,
                    field: $0.field)
            }
        }
        switch method.fullName {
        case IngestionServiceMethods.IngestEvents.name:
            return try answers.flatMap {
                outcomes(try IngestEventsResponse(serialized: $0).results)
            }
        case IngestionServiceMethods.StreamEvents.name:
            return try answers.flatMap {
                outcomes(try StreamEventsResponse(serialized: $0).results)
            }
        case IngestionServiceMethods.CorrectEvents.name:
            return try answers.flatMap {
                outcomes(try CorrectEventsResponse(serialized: $0).results)
            }
        case IngestionServiceMethods.ReverseEvents.name:
            return try answers.flatMap {
                outcomes(try ReverseEventsResponse(serialized: $0).results)
            }
        default: return nil
        }
    }

    /// Where items are answered one by one: the field of each that is refused, nothing of each that is not;
    /// nil of other methods.
    static func rejectedFields(
        _ method: MethodDescriptor, _ answers: [[UInt8]]
    ) throws -> [String]? {
        try itemOutcomes(method, answers)?.map { $0.isRejected ? $0.field : "" }
    }

    static func expectRefusal(
        _ outcome: IsolationBench.Outcome, _ place: String, _ method: MethodDescriptor,
        field expected: String
    ) {
        switch outcome {
        case .refusal: expectClear(outcome, place, field: expected)
        case .answers(let answers):
            guard let fields = try? rejectedFields(method, answers) else {
                Issue.record("\(place) is taken")
                return
            }
            #expect(
                !fields.isEmpty && fields.allSatisfy { $0.contains(expected) },
                "\(place): \(fields)")
        }
    }

    /// A refusal that tells its reader what to do, and nothing of what the server is made of; what it quotes of
    /// the text does nothing to a terminal.
    static func expectClear(
        _ outcome: IsolationBench.Outcome, _ place: String, field expected: String,
        also: TallyError.Code? = nil
    ) {
        guard case .refusal(let code, let reason, let field, let message) = outcome else {
            Issue.record("\(place) is taken")
            return
        }
        let isClear =
            [
                TallyError.Code.invalidArgument, .notFound, .failedPrecondition, .aborted,
                .resourceExhausted,
            ].map(\.rawValue).contains(code) || code == also?.rawValue
        #expect(isClear && !reason.isEmpty && !message.isEmpty, "\(place): \(outcome)")
        #expect(field.contains(expected), "\(place): \(outcome)")
        #expect(message.utf8.count < 2000, "\(place)")
        let acting = (reason + field + message).unicodeScalars.filter {
            // What joins an emoji acts on nothing else.
            [.control, .format, .unassigned].contains($0.properties.generalCategory)
                && $0 != "\u{200D}"
        }
        #expect(acting.isEmpty, "\(place): \(acting.map { String($0.value, radix: 16) })")
        for inner in internals { #expect(!message.contains(inner), "\(place): \(message)") }
    }

    private static let internals = [
        "SQLSTATE", "syntax error", "relation \"", "column \"", "libpq", "pg_", ".swift",
        "tally_service", "tally_operator", "unnest", "jsonb", "bytea",
    ]
}

import API
import ArgumentParser
import Domain

/// How entries are written.
enum EntryFormat: String, ExpressibleByArgument, CaseIterable {
    /// RFC 4180 with a header; no cell is taken for a formula.
    case csv
    /// One object a line; fields at their default are left out.
    case jsonl

    /// Comes first.
    var header: String {
        switch self {
        case .csv: CSVText.text([EntryText.header])
        case .jsonl: ""
        }
    }

    func text(_ entries: [ExportedEntry]) throws -> String {
        switch self {
        case .csv: CSVText.text(entries.map(EntryText.row))
        case .jsonl: try entries.map { try $0.json() + "\n" }.joined()
        }
    }
}

/// Entries as rows of CSV.
enum EntryText {
    private static let classes = QuantityClass.tokenClasses.map(\.rawValue)

    /// Names and order stay; new columns come behind the last.
    static let header =
        [
            "entry_id", "kind", "feed", "source", "event_id", "event_time", "recorded_at",
            "root_entry_id", "correction_number", "reason", "currency", "amount", "price_version",
            "usage_state", "status", "requests", "latency_ms", "attempt", "session", "run",
            "provider", "model", "requested_model", "operation", "region", "service_tier",
            "context_tier", "project", "api_key_id", "user", "feature", "customer", "team",
            "environment", "connection", "line_item", "charge_class",
        ] + classes + [
            "other_quantities", "tags", "provider_cost", "provider_cost_currency", "booked_at",
            "total_tokens", "derived",
        ]

    static func row(_ entry: ExportedEntry) -> [String] {
        let head = [
            "\(entry.entryID)", name(entry.kind.name, "KIND_"), feed(entry.feed), entry.source,
            entry.eventID, entry.eventTime.map(CompletenessText.time) ?? "",
            entry.recordedAt.map(CompletenessText.time) ?? "", number(entry.rootEntryID),
            number(Int64(entry.correctionNumber)), entry.reason, entry.currencyCode,
            MoneyText.exact(entry.amount), number(entry.priceVersion),
            name(entry.usageState.name, "USAGE_STATE_"), name(entry.status.name, "EVENT_STATUS_"),
            "\(entry.requests)", number(entry.latencyMs), number(Int64(entry.attempt)),
        ]
        let texts = [
            entry.session, entry.run, entry.provider, entry.model, entry.requestedModel,
            entry.operation, entry.region, entry.serviceTier, entry.contextTier, entry.project,
            entry.apiKeyID, entry.user, entry.feature, entry.customer, entry.team,
            entry.environment, entry.connection, entry.lineItem, entry.chargeClass,
        ]
        return head + texts + quantities(entry.quantities)
            + [
                object(entry.tags.map { ($0.key, .string($0.value)) }),
                MoneyText.exact(entry.providerCost), entry.providerCost?.currencyCode ?? "",
                entry.bookedAt.map(CompletenessText.time) ?? "", number(entry.totalTokens),
                object(entry.derived.map { ($0.dimension, derived($0)) }),
            ]
    }

    /// Which rule derived a dimension, and what was sent in its place, if anything was.
    private static func derived(_ derived: DerivedDimension) -> JSONValue {
        var members = [
            JSONValue.Member("rule", .string(derived.rule)),
            JSONValue.Member("rule_set_version", .number("\(derived.ruleSetVersion)")),
        ]
        if let sent = derived.sent, !sent.absent {
            members.append(JSONValue.Member("sent", .string(sent.value)))
        }
        return .object(members)
    }

    static func feed(_ feed: EntryFeed) -> String { name(feed.name, "ENTRY_FEED_") }

    /// A cell for each token class, empty where none was given, and one for the rest.
    private static func quantities(_ quantities: [API.Quantity]) -> [String] {
        let known = Dictionary(
            quantities.map { ($0.quantityClass, $0.amount) },
            uniquingKeysWith: { first, _ in first })
        let others = quantities.filter { !classes.contains($0.quantityClass) }
        return classes.map { known[$0].map { "\($0)" } ?? "" }
            + [object(others.map { ($0.quantityClass, .number("\($0.amount)")) })]
    }

    /// JSON; empty where there is nothing.
    private static func object(_ members: [(String, JSONValue)]) -> String {
        members.isEmpty
            ? "" : JSONValue.object(members.map { JSONValue.Member($0.0, $0.1) }).text()
    }

    /// `KIND_USAGE` as `usage`.
    private static func name(_ name: String?, _ prefix: String) -> String {
        name.map { $0.dropFirst(prefix.count).lowercased() } ?? ""
    }

    /// 0 stands for none.
    private static func number(_ number: Int64) -> String { number == 0 ? "" : "\(number)" }
}

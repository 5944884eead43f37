import API
import Core
import Domain
import Postgres
import ServiceRuntime

/// Says beside ids what providers called them in the time that a row is of, so that a report of the past stays the same
/// whatever is renamed, removed or disconnected later.
enum ProviderNames {
    private struct Object: Hashable {
        let kind: String
        let id: String
        /// The end of the row's time: what is in force then is its name.
        let end: Instant
    }

    /// The response with the names of its projects, API keys and users; where nobody knows one, or the
    /// organization's keys cannot be had, the id stands alone.
    /// - Parameter span: what the rows are of that have no day, week or month of their own.
    static func naming(
        _ response: UsageSummaryResponse, by breakdown: UsageBreakdown, _ span: DaySpan,
        _ zone: OrganizationZone, _ call: Call
    ) async throws -> UsageSummaryResponse {
        let kinds = breakdown.parts.map(\.providerObjectKind)
        guard kinds.contains(where: { $0 != nil }) else { return response }
        var ends = RowEnds(breakdown, span, zone)
        let objects = response.rows.map { row in
            let end = ends.end(of: row)
            return zip(kinds, row.values).map { kind, value in
                kind.flatMap { value.absent ? nil : Object(kind: $0, id: value.value, end: end) }
            }
        }
        let asked = Set(objects.joined().compactMap(\.self))
        guard !asked.isEmpty else { return response }
        let names = try await names(of: Array(asked), call)
        guard !names.isEmpty else { return response }
        var named = response
        for row in named.rows.indices {
            for (part, object) in objects[row].enumerated() {
                if let object, let name = names[object] {
                    named.rows[row].values[part].displayName = name
                }
            }
        }
        return named
    }

    private static func names(of asked: [Object], _ call: Call) async throws -> [Object: String] {
        // Figures are worth more than names: they go out while the keys' database is away.
        let keys = try await call.keysUnlessAway()
        guard !keys.areAway, !keys.areDestroyed else { return [:] }
        let select = SelectProviderNames(
            organization: try call.organizationID.postgresUUID, kinds: asked.map(\.kind),
            ids: asked.map(\.id),
            keys: try asked.map { $0.kind == "user" ? try keys.providerUserKey(of: $0.id) : "" },
            ends: asked.map(\.end))
        let rows = try await call.snapshot { try await $0.run(select) }
        var names: [Object: String] = [:]
        // Rows by the day mostly have the same name on each.
        var opened: [[UInt8]: String] = [:]
        for row in rows {
            if opened[row.sealedName] == nil {
                let known = try keys.providerObjectName(
                    row.sealedName, connection: row.connection.text,
                    kind: asked[row.index].kind, id: row.storedID)
                guard let known else { continue }
                opened[row.sealedName] = known.name.isEmpty ? known.email : known.name
            }
            if let name = opened[row.sealedName], !name.isEmpty { names[asked[row.index]] = name }
        }
        return names
    }
}

/// When the time ends that a row is of: the day, week or month that it names, and never after the span.
private struct RowEnds {
    private let parts: [UsageBreakdown.Part]
    private let span: DaySpan
    private let zone: OrganizationZone
    private var known: [CivilDate: Instant] = [:]

    init(_ breakdown: UsageBreakdown, _ span: DaySpan, _ zone: OrganizationZone) {
        parts = breakdown.parts
        self.span = span
        self.zone = zone
    }

    mutating func end(of row: UsageSummaryRow) -> Instant {
        var last = span.last
        for (part, value) in zip(parts, row.values) {
            if let day = Self.lastDay(part, value.value) { last = min(last, day) }
        }
        if let end = known[last] { return end }
        let end = zone.dayBounds(last).upperBound
        known[last] = end
        return end
    }

    /// Nil of a part that is no time.
    private static func lastDay(_ part: UsageBreakdown.Part, _ text: String) -> CivilDate? {
        switch part {
        case .dimension: return nil
        case .day: return try? CivilDate(text)
        case .week: return (try? CivilDate(text))?.advanced(byDays: 6)
        case .month:
            guard let first = try? CivilDate("\(text)-01") else { return nil }
            let length = CivilDate.days(year: first.year, month: first.month)
            return first.advanced(byDays: length - 1)
        }
    }
}

extension UsageBreakdown.Part {
    /// As names are stored of what it tells apart; nil where providers name none.
    fileprivate var providerObjectKind: String? {
        switch self {
        case .dimension(.named(.project)): "project"
        case .dimension(.named(.apiKeyID)): "api_key"
        case .dimension(.named(.user)): "user"
        default: nil
        }
    }
}

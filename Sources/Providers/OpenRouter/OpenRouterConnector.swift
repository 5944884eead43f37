package import Core
import Domain

/// OpenRouter's activity (`/activity`, with a management key): one UTC day an answer, usage and what it
/// cost in the same rows.
package struct OpenRouterConnector: ProviderConnector {
    package static let provider = ProviderName.openRouter
    package static let reports = [usage, costs]

    /// "Last 30 completed UTC days": neither today nor what is older is answered.
    static let usage = ProviderReport(
        "usage", kind: .usage, width: .day, rereadDays: 3, historyDays: 30, endedBucketsOnly: true)
    static let costs = ProviderReport(
        "costs", kind: .costs, width: .day, rereadDays: 7, historyDays: 30, endedBucketsOnly: true)

    /// Fields of a row that the reference documents and nobody reads, each with the reason.
    static let leftOut = [
        "model_permaslug": "the dated name of the same model, by which nobody has prices or rules",
        "byok_usage_inference":
            "what the caller's own key was charged elsewhere: the connection of "
            + "that account has it, and it would count twice",
    ]

    private let key: Secret<String>
    private let transport: any ProviderTransport

    package init(key: Secret<String>, transport: any ProviderTransport) {
        self.key = key
        self.transport = transport
    }

    /// A window is read a day an answer; the cursor is the day to ask for next.
    package func fetch(
        _ report: ProviderReport, _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<ReportedRow> {
        guard let day = Self.day(cursor, of: window) else { throw ProviderError(.badRequest) }
        let response = try await transport.send(
            ProviderRequest(
                path: "/v1/activity",
                query: [
                    (name: "date", value: Self.date(day.from)),
                    (name: "group_by", value: "workspace"),
                ],
                credential: (name: "authorization", value: Secret("Bearer \(key.reveal())"))))
        let next = day.through < window.through ? Self.date(day.through) : nil
        return ReportPage(
            buckets: [day], rows: try Self.decode(response, report, day), nextCursor: next)
    }

    /// The rows of a day as the report has them.
    static func decode(
        _ response: ProviderResponse, _ report: ProviderReport, _ day: ReportWindow
    ) throws(ProviderError) -> [ReportedRow] {
        let root = try ResponseCheck.report(response)
        do throws(ProviderError) {
            var rows: [ReportedRow] = []
            for element in try root.required("data").elements() {
                let date = try element.required("date")
                // An answer for another day would be stored under this one.
                guard try date.text().prefix(10) == Self.date(day.from) else {
                    throw date.wrongType()
                }
                // Both are decoded, so that either report is refused for what the other could not read.
                let usage = try Self.usage(element, day)
                let charge = try Self.charge(element, day)
                rows.append(report.kind == .usage ? .usage(usage) : .charge(charge))
            }
            return rows
        } catch {
            throw error.answering(response)
        }
    }

    private static func usage(
        _ row: JSONField, _ day: ReportWindow
    ) throws(ProviderError) -> NormalizedUsage {
        let prompt = try row.required("prompt_tokens").count()
        let completion = try row.required("completion_tokens").count()
        // Cached tokens are part of the prompt, reasoning is part of the completion.
        let cached = try row.optionalCount("cached_tokens") ?? 0
        let reasoning = try row.optionalCount("reasoning_tokens") ?? 0
        let dimensions = try dimensions(row)
        return NormalizedUsage(
            naturalKey: NaturalKey.text(
                stream: "activity", bucket: day, dimensions: dimensions.reported),
            bucket: day, dimensions: dimensions,
            quantities: UsageQuantities([
                Quantity(.input, max(0, prompt - cached)), Quantity(.cacheRead, cached),
                Quantity(.output, max(0, completion - reasoning)), Quantity(.reasoning, reasoning),
            ]),
            requests: try row.optionalCount("requests"), missingFields: [],
            contradictedField: cached > prompt
                ? "prompt_tokens" : reasoning > completion ? "completion_tokens" : nil)
    }

    private static func charge(
        _ row: JSONField, _ day: ReportWindow
    ) throws(ProviderError) -> NormalizedCharge {
        let field = try row.required("usage")
        var dimensions = try dimensions(row)
        dimensions.lineItem = dimensions.model
        dimensions.serviceTier = ""
        // All classes of the model together: the answer does not divide it.
        return NormalizedCharge(
            naturalKey: NaturalKey.text(
                stream: "activity", bucket: day, dimensions: dimensions.reported),
            bucket: day, dimensions: dimensions, amount: try field.money(in: .usd),
            reportedAmount: try field.decimalText(), quantity: nil, quantityUnit: nil,
            quantityClass: nil)
    }

    private static func dimensions(_ row: JSONField) throws(ProviderError) -> ReportDimensions {
        var dimensions = ReportDimensions()
        for name in ["workspace_id", "model", "provider_name", "endpoint_id"] {
            guard let value = try row.optionalText(name) else { continue }
            dimensions.reported.append(ReportedDimension(name, value))
            switch name {
            case "workspace_id": dimensions.project = value
            case "model": dimensions.model = value
            case "provider_name": dimensions.tags.append(ReportedDimension("upstream", value))
            default: dimensions.tags.append(ReportedDimension("endpoint", value))
            }
        }
        if dimensions.project.isEmpty { dimensions.project = "default" }
        dimensions.serviceTier = "standard"
        return dimensions
    }

    /// The day that a cursor asks for, or the window's first; nil for what is none of its days.
    private static func day(_ cursor: String?, of window: ReportWindow) -> ReportWindow? {
        var begin = window.from
        if let cursor {
            guard let day = try? Instant(rfc3339: "\(cursor)T00:00:00Z") else { return nil }
            begin = day
        }
        guard begin >= window.from, begin < window.through else { return nil }
        return .whole(.day, from: begin, through: begin.advanced(byMicroseconds: 1))
    }

    private static func date(_ day: Instant) -> String { String(day.rfc3339.prefix(10)) }
}

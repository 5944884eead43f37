import Core
import Domain
import Testing

@testable import Providers

/// Compares what a connector decoded with what the fixture says a correct reader derives.
enum FixtureChecks {
    static func usage(_ page: ReportPage<NormalizedUsage>, _ fixture: ProviderFixture) throws {
        try envelope(page, fixture)
        let rows = fixture.facts["rows"].elements
        try #require(page.rows.count == rows.count)
        for (row, fact) in zip(page.rows, rows) {
            #expect(start(fact["bucket_start"]) == row.bucket.from)
            #expect(
                Dictionary(
                    uniqueKeysWithValues: row.dimensions.reported.map { ($0.name, $0.value) })
                    == fact["dimensions"].fields.compactMapValues(\.plain))
            var quantities = UsageQuantities()
            for (name, value) in fact["quantities"].fields {
                quantities[QuantityClass(rawValue: name)] = Int64(value.literal ?? "")
            }
            #expect(row.quantities == quantities)
            #expect(row.requests == fact["requests"].literal.flatMap { Int64($0) })
            if fact.fields["missing_fields"] != nil {
                #expect(row.missingFields == fact["missing_fields"].elements.compactMap(\.text))
            }
            #expect(row.contradictedField == fact["contradicted_field"].text)
            #expect((row.contradictedField != nil) == (fact["contradicts_total"] == .bool(true)))
            if fact["default_workspace"] == .bool(true) {
                #expect(row.dimensions.project == "default")
            }
            if fact["playground"] == .bool(true) { #expect(row.dimensions.apiKeyID == "") }
        }
        #expect(Set(page.rows.map(\.naturalKey)).count == page.rows.count)
    }

    static func costs(_ page: ReportPage<NormalizedCharge>, _ fixture: ProviderFixture) throws {
        try envelope(page, fixture)
        let rows = fixture.facts["rows"].elements
        try #require(page.rows.count == rows.count)
        var total: Int128 = 0
        for (row, fact) in zip(page.rows, rows) {
            #expect(start(fact["bucket_start"]) == row.bucket.from)
            #expect(row.amount == (try money(fact["amount"], fact["currency"])))
            total += row.amount.picos
            for name in [
                "line_item", "project_id", "api_key_id", "workspace_id", "description",
                "cost_type", "token_type", "context_window", "service_tier", "inference_geo",
            ] {
                let reported = row.dimensions.reported.first { $0.name == name }?.value
                #expect(reported == fact[name].text, "\(name)")
            }
            if let quantity = fact["quantity"].text {
                #expect(try exact(row.quantity ?? "") == exact(quantity))
            } else {
                #expect(row.quantity == nil)
            }
            #expect(row.quantityUnit == fact["quantity_unit"].text)
            if let model = fact.fields["model"] {
                #expect(row.dimensions.model == model.text ?? "")
            }
            if let expected = fact.fields["quantity_class"] {
                // The cell of cache writes has no lifetime of its own; the fixture chose one.
                let found = row.quantityClass == .cacheWrite ? .cacheWrite30m : row.quantityClass
                #expect(found?.rawValue == expected.text)
            }
            if fact["default_workspace"] == .bool(true) {
                #expect(row.dimensions.project == "default")
            }
        }
        // The page's total has all digits; each row was rounded to the pico by half of one at most.
        let difference = total - (try money(fixture.facts["total"], .string("USD"))).picos
        #expect(difference.magnitude <= rows.count)
        #expect(Set(page.rows.map(\.naturalKey)).count == page.rows.count)
    }

    /// The page is refused for the reason the fixture names.
    static func refusal(_ error: ProviderError, _ fixture: ProviderFixture) {
        switch fixture.facts["reason"].text {
        case "truncated": #expect(error.kind == .malformed(.truncated))
        case "wrong_type":
            #expect(
                error.kind == .malformed(.wrongType(field: fixture.facts["field"].text ?? "?")))
        default: Issue.record("unknown reason in \(fixture.file)")
        }
    }

    private static func envelope<Row>(
        _ page: ReportPage<Row>, _ fixture: ProviderFixture
    ) throws {
        #expect(page.nextCursor == fixture.facts["next_page"].text)
        #expect(String(page.buckets.count) == fixture.facts["buckets"].literal)
    }

    private static func start(_ fact: ExactJSON) -> Instant? {
        if let seconds = fact.literal.flatMap({ Int64($0) }) { return Instant(seconds: seconds) }
        return fact.text.flatMap { try? Instant(rfc3339: $0) }
    }

    private static func money(_ amount: ExactJSON, _ currency: ExactJSON) throws -> Money {
        try Money(
            try #require(amount.text), currency: Currency(try #require(currency.text)),
            rounding: .halfEven)
    }

    private static func exact(_ text: String) throws -> Int128? {
        try DecimalLiteral(text).exact(places: 18)
    }
}

/// A transport that answers from a list and remembers what it was asked.
actor RecordedTransport: ProviderTransport {
    private var answers: [ProviderResponse]
    private(set) var requests: [ProviderRequest] = []

    init(_ answers: [ProviderResponse]) {
        self.answers = answers
    }

    func send(_ request: ProviderRequest) async throws(ProviderError) -> ProviderResponse {
        requests.append(request)
        guard !answers.isEmpty else { throw ProviderError(.unreachable) }
        return answers.removeFirst()
    }
}

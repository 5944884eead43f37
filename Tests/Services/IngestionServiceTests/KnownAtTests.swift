import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime
import TestSupport
import Testing
import Wire

@testable import IngestionService

/// Reports as known at an instant: what was answered once is answered again, whatever was recorded since.
@Suite struct KnownAtTests {
    /// Row 9: random changes of every kind, and in between reports that are kept as they came; in the end each is
    /// asked for again with the instant that it said it was known at.
    @Test(arguments: 1...5 as ClosedRange<UInt64>, ["UTC", "Asia/Kathmandu"])
    func answersComeBackWhateverIsRecordedSince(seed: UInt64, zone: String) async throws {
        try await ServiceFixture.with { fixture in
            var company = try await KnownCompany(fixture, seed: seed, zone: zone)
            var asked: [KnownAnswer] = []
            for _ in 0..<60 {
                try await company.change()
                asked += try await company.ask()
            }
            var changed = 0
            for before in asked {
                let again = try await company.answer(before.question, knownAt: before.knownAt)
                #expect(again.knownAt == before.knownAt)
                #expect(
                    again.text == before.text,
                    "\(before.question) as known at \(before.knownAt.rfc3339)")
                let now = try await company.answer(before.question)
                if now.text != before.text { changed += 1 }
            }
            // Or nothing of this shows anything.
            #expect(changed * 2 > asked.count, "\(changed) of \(asked.count)")
        }
    }

    /// Row 9: a price changes and what was recorded is repriced. The old report comes back to the byte, and
    /// what the new one says more is what the corrections between come to.
    @Test func oldReportsComeBackAfterRepricing() async throws {
        try await ServiceFixture.with { fixture in
            let first = try await fixture.makeCall()
            let organization = try first.organizationID
            let events = (0..<20).map { number in
                LedgerEventWireTests.event {
                    $0.id = "\(number)"
                    $0.team = number % 3 == 0 ? "ads" : "search"
                }
            }
            _ = try await fixture.ingest.answer(IngestEventsRequest(events: events), first)
            let day = API.Date(year: 2026, month: 11, day: 21)
            var request = UsageSummaryRequest(from: day, through: day, breakdowns: ["team"])
            let old = try await fixture.summary.answer(request, first)
            let knownAt = try #require(try old.completeness?.knownAt?.instant())

            let later = fixture.call(
                of: organization, now: ServiceFixture.now.advanced(bySeconds: 3_600))
            _ = try await fixture.overrides.create(
                CreatePriceOverrideRequest(
                    priceOverride: API.PriceOverride(
                        provider: "openai", modelPattern: "gpt-6*", terms: .multiplier("0.85"),
                        effectiveTime: Timestamp(ServiceFixture.now.advanced(bySeconds: -86_400)),
                        note: "4711")), later)
            _ = try await RepriceEvents(ledger: fixture.ledger, catalogues: fixture.catalogues)
                .answer(RepriceEventsRequest(from: day, through: day, reason: "Contract"), later)
            let new = try await fixture.summary.answer(request, later)
            #expect(new.total?.cost != old.total?.cost)

            request.knownAt = Timestamp(knownAt)
            let again = try await fixture.summary.answer(request, later)
            #expect(again.serialized() == old.serialized())
            let corrections = try await fixture.rows(
                """
                SELECT sum(amount_picos) FROM usage_entries
                WHERE kind = 6 AND recorded_at > '\(knownAt.rfc3339)'
                """)
            let cost = { (response: UsageSummaryResponse) in
                try Domain.Money(wire: try #require(response.total?.cost)).picos
            }
            #expect(try ["\(cost(new) - cost(old))"] == corrections)
        }
    }

    /// Each with what its text says of the remedy left to the reader, and its field.
    @Test func whatIsNotKnownIsRefused() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let organization = try call.organizationID.text
            let event = LedgerEventWireTests.event()
            _ = try await fixture.ingest.answer(IngestEventsRequest(events: [event]), call)
            let now = ServiceFixture.now
            func refusal(_ knownAt: Timestamp) async -> String {
                do {
                    let day = API.Date(year: 2026, month: 11, day: 21)
                    _ = try await fixture.summary.answer(
                        UsageSummaryRequest(from: day, through: day, knownAt: knownAt), call)
                    return "answered"
                } catch {
                    let error = error as? ServiceError
                    return "\(error?.reason.rawValue ?? "?") \(error?.field ?? "")"
                }
            }
            #expect(await refusal(Timestamp(now)) == "answered")
            #expect(await refusal(Timestamp(now.advanced(bySeconds: -86_400 * 365))) == "answered")
            #expect(
                await refusal(Timestamp(now.advanced(byMicroseconds: 1)))
                    == "KNOWN_AT_IN_FUTURE known_at")
            #expect(
                await refusal(Timestamp(seconds: 0, nanos: -1))
                    == "TIMESTAMP_OUT_OF_RANGE known_at")

            // What it had read before anybody remembered is not known.
            let connection = try await fixture.makeConnection(provider: "openai", call)
            try await fixture.run(
                """
                UPDATE connections SET created_at = '2026-01-01Z' WHERE id = '\(connection)'
                """)
            #expect(await refusal(Timestamp(now)) == "KNOWN_AT_TOO_EARLY known_at")
            let remembered = RecordConnectionReading(
                organization: try call.organizationID, connection: try ConnectionID(connection),
                now: now)
            _ = try await call.transaction { try await $0.execute(remembered) }
            #expect(
                await refusal(Timestamp(now.advanced(byMicroseconds: -1)))
                    == "KNOWN_AT_TOO_EARLY known_at")
            // Nor did one made since count then.
            try await fixture.run(
                "UPDATE connections SET created_at = '\(now.rfc3339)' WHERE id = '\(connection)'")
            #expect(await refusal(Timestamp(now.advanced(byMicroseconds: -1))) == "answered")

            try await fixture.run(
                """
                INSERT INTO organization_states (org_id, usage_removed_before)
                VALUES ('\(organization)', '2026-11-21Z')
                ON CONFLICT (org_id) DO UPDATE SET usage_removed_before = excluded.usage_removed_before
                """)
            #expect(await refusal(Timestamp(now)) == "answered")
            try await fixture.run(
                "UPDATE organization_states SET usage_removed_before = '2026-11-21T00:00:01Z'")
            #expect(await refusal(Timestamp(now)) == "USAGE_REMOVED from")
        }
    }

    /// Entries that would be read one by one are counted first.
    @Test func readingTooMuchIsRefused() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let organization = try call.organizationID
            var reader = fixture.spendReader
            reader.lateEntriesMax = 2
            let summary = UsageSummary(
                reports: SpendReports(reader: reader, unitRowSource: NoUnitRows()))
            let event = { (id: String) in LedgerEventWireTests.event { $0.id = id } }
            _ = try await fixture.ingest.answer(
                IngestEventsRequest(events: ["1", "2", "3"].map(event)), call)
            let day = API.Date(year: 2026, month: 11, day: 21)
            let first = try await summary.answer(
                UsageSummaryRequest(from: day, through: day), call)
            let request = UsageSummaryRequest(
                from: day, through: day, knownAt: first.completeness?.knownAt)
            let later = fixture.call(
                of: organization, now: ServiceFixture.now.advanced(bySeconds: 60))
            #expect(try await summary.answer(request, later) == first)
            _ = try await fixture.ingest.answer(
                IngestEventsRequest(events: [event("4")]), later)
            try await fixture.merge(organization)
            let error = await #expect(throws: ServiceError.self) {
                try await summary.answer(request, later)
            }
            #expect(error?.reason == "KNOWN_AT_READS_TOO_MUCH")
        }
    }

    /// An event that is being recorded while a report is read is not of it, and not of it later.
    @Test func whatIsUnderWayIsNotOfAReport() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let organization = try call.organizationID
            let keys = try await fixture.keys.keys(of: organization)
            let priced = { (id: String) in
                let event = try LedgerEvent(
                    wire: LedgerEventWireTests.event { $0.id = id }, now: ServiceFixture.now)
                let calculator = try await call.snapshot {
                    try await fixture.catalogues.calculator(
                        of: organization, in: $0, now: ServiceFixture.now)
                }
                return try PricedEvent(event, calculator: calculator, keys: keys)
            }
            let writer = EntryWriter(organization: organization, cache: fixture.ledger, keys: keys)
            try await fixture.ledger.prepareMonths(of: [ServiceFixture.now]) { prepare in
                try await call.transaction(prepare)
            }
            let (one, two) = (try await priced("1"), try await priced("2"))
            _ = try await call.transaction {
                try await writer.record([one], in: $0, now: ServiceFixture.now)
            }
            let day = API.Date(year: 2026, month: 11, day: 21)
            var request = UsageSummaryRequest(from: day, through: day)
            let (writing, reading) = (
                ServiceFixture.now.advanced(byMicroseconds: 5_000),
                ServiceFixture.now.advanced(byMicroseconds: 10_000)
            )
            let first = try await call.transaction { transaction in
                _ = try await writer.record([two], in: transaction, now: writing)
                return try await fixture.summary.answer(
                    UsageSummaryRequest(from: day, through: day),
                    fixture.call(of: organization, now: reading))
            }
            #expect(first.total?.requests == 1)
            let later = fixture.call(
                of: organization, now: ServiceFixture.now.advanced(bySeconds: 60))
            #expect(try await fixture.summary.answer(request, later).total?.requests == 2)
            request.knownAt = first.completeness?.knownAt
            #expect(try await fixture.summary.answer(request, later) == first)
        }
    }
}

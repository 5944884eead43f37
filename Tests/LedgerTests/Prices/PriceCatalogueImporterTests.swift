import Core
import Domain
import Ledger
import Postgres
import TestSupport
import Testing

struct PriceCatalogueImporterTests {
    private static func importing(
        _ bytes: [UInt8], _ fixture: LedgerFixture, now: Instant
    ) async throws -> PriceCatalogueImporter.Outcome {
        try await fixture.pool.transaction(TransactionOptions(role: "tally_operator")) {
            try await PriceCatalogueImporter().importPrices(
                bytes, source: "test", in: $0, now: now)
        }
    }

    private static func load(
        _ store: PriceCatalogueStore, _ fixture: LedgerFixture, now: Instant
    ) async throws -> PriceCatalogue {
        try await fixture.pool.transaction(TransactionOptions(role: "tally_service")) {
            try await store.current(in: $0, now: now)
        }
    }

    /// Row 9: a new file ends old prices when it comes and begins its own; nothing before it
    /// changes. Processes see it within 30 seconds.
    @Test func newPricesHoldFromTheirImport() async throws {
        try await LedgerFixture.with { fixture in
            let now = LedgerFixture.now
            let bytes = try CatalogueFixture.bytes()
            let store = PriceCatalogueStore()
            #expect(try await Self.load(store, fixture, now: now).versions.isEmpty)
            let first = try await Self.importing(bytes, fixture, now: now)
            #expect(first.added == 95 && first.changed == 0 && first.catalogue != nil)
            let again = try await Self.importing(bytes, fixture, now: now)
            #expect(again.catalogue == nil && again.unchanged == 95)
            let text = String(decoding: bytes, as: UTF8.self)
            let changed = text.replacing(
                "openai,gpt-6-sol,chat,2,", with: "openai,gpt-6-sol,chat,3,")
            let later = now.advanced(bySeconds: 60)
            let second = try await Self.importing(Array(changed.utf8), fixture, now: later)
            #expect(second.changed == 1 && second.added == 0 && second.unchanged == 94)
            #expect(try await Self.load(store, fixture, now: now).versions.isEmpty)
            let catalogue = try await Self.load(
                store, fixture, now: now.advanced(bySeconds: 31))
            #expect(catalogue.versions.count == 96)
            let rate = { (time: Instant) in
                catalogue.price(provider: "openai", region: "", model: "gpt-6-sol", at: time)?
                    .price.base[.input]?.value.description
            }
            #expect(rate(later.advanced(byMicroseconds: -1)) == "2")
            #expect(rate(later) == "3")
            // What was stored is what was read.
            let file = try PriceFile(parsing: bytes)
            let open = catalogue.versions.filter { $0.validFrom == nil }.map(\.price)
            #expect(Set(open) == Set(file.rows.map(\.price)))
        }
    }

    /// Row 30: a refused file changes nothing.
    @Test func refusedFilesChangeNothing() async throws {
        try await LedgerFixture.with { fixture in
            let bytes = try CatalogueFixture.bytes()
            _ = try await Self.importing(bytes, fixture, now: LedgerFixture.now)
            await #expect(throws: PriceFileError.self) {
                _ = try await Self.importing(
                    Array(bytes.dropLast(100)), fixture, now: LedgerFixture.now)
            }
            #expect(try await fixture.rows("SELECT count(*) FROM price_catalogues") == ["1"])
            #expect(try await fixture.rows("SELECT count(*) FROM price_versions") == ["95"])
        }
    }
}

import Core
import Domain
import Ledger
import Postgres
import TestSupport
import Testing

struct PriceCatalogueImporterTests {
    private static func importing(
        _ bytes: [UInt8], _ fixture: LedgerFixture, now: Instant,
        reading: Int = PriceCatalogueImporter.currentReading
    ) async throws -> PriceCatalogueImporter.Outcome {
        try await fixture.pool.transaction(TransactionOptions(role: "tally_operator")) {
            try await PriceCatalogueImporter(reading: reading).importPrices(
                PriceImport(bytes: bytes, source: "test"), in: $0, now: now)
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
            #expect(first.added == 126 && first.changed == 0 && !first.isRepeated)
            let again = try await Self.importing(bytes, fixture, now: now)
            #expect(again.isRepeated && again.unchanged == 126)
            let text = String(decoding: bytes, as: UTF8.self)
            let changed = text.replacing(
                "openai,gpt-6-sol,chat,2,", with: "openai,gpt-6-sol,chat,4,")
            let later = now.advanced(bySeconds: 60)
            let second = try await Self.importing(Array(changed.utf8), fixture, now: later)
            #expect(second.changed == 1 && second.added == 0 && second.unchanged == 125)
            #expect(try await Self.load(store, fixture, now: now).versions.isEmpty)
            let catalogue = try await Self.load(
                store, fixture, now: now.advanced(bySeconds: 31))
            #expect(catalogue.versions.count == 127)
            let rate = { (time: Instant) in
                catalogue.price(provider: "openai", region: "", model: "gpt-6-sol", at: time)?
                    .price.base[.input]?.value.description
            }
            #expect(rate(later.advanced(byMicroseconds: -1)) == "2")
            #expect(rate(later) == "4")
            // What was stored is what was read.
            let file = try PriceFile(parsing: bytes)
            let open = catalogue.versions.filter { $0.validFrom == nil }.map(\.price)
            #expect(Set(open) == Set(file.rows.map(\.price)))
            #expect(catalogue.aliases == file.aliases.map(\.alias))
            #expect(first.addedAliases == file.aliases.count && file.aliases.count == 21)
        }
    }

    /// A file that an older release read by other rules can be imported again, once.
    @Test func otherRulesReadTheSameFileAgain() async throws {
        try await LedgerFixture.with { fixture in
            let bytes = try CatalogueFixture.bytes()
            let now = LedgerFixture.now
            _ = try await Self.importing(bytes, fixture, now: now, reading: 1)
            // As the older rules would have read it.
            try await fixture.run(
                """
                UPDATE price_versions SET rates = jsonb_set(rates, '{base,reasoning}', '"9"')
                WHERE model = 'gpt-6-sol'
                """)
            let later = now.advanced(bySeconds: 60)
            let again = try await Self.importing(bytes, fixture, now: later)
            #expect(!again.isRepeated && again.changed == 1 && again.unchanged == 125)
            let third = try await Self.importing(bytes, fixture, now: later)
            #expect(third.isRepeated)
        }
    }

    /// Row 30: a refused file changes nothing.
    @Test func refusedFilesChangeNothing() async throws {
        try await LedgerFixture.with { fixture in
            let bytes = try CatalogueFixture.bytes()
            _ = try await Self.importing(bytes, fixture, now: LedgerFixture.now)
            await #expect(throws: PriceImportRefusal.self) {
                _ = try await Self.importing(
                    Array(bytes.dropLast(100)), fixture, now: LedgerFixture.now)
            }
            #expect(try await fixture.rows("SELECT count(*) FROM price_catalogues") == ["1"])
            #expect(try await fixture.rows("SELECT count(*) FROM price_versions") == ["126"])
        }
    }

    private static func asked(
        _ lines: [String], day: String, rules: PriceImportRules = PriceImportRules(),
        from: Instant? = nil
    ) -> PriceImport {
        let header = """
            provider,model_key,mode,input,cache_read,cache_write_5m,cache_write_1h,output,\
            tier_threshold_tokens,input_above,cache_read_above,cache_write_above,output_above,\
            batch_input,batch_output,flex_input,flex_output,priority_input,priority_output,notes,\
            date,source
            """
        let rows = lines.map { line in
            let parts = line.split(separator: "=")
            return "p,\(parts[0]),chat,\(parts[1]),,,,,,,,,,,,,,,,,\(day),test"
        }
        return PriceImport(
            bytes: Array((([header] + rows).joined(separator: "\n") + "\n").utf8),
            source: "\(day).csv", rules: rules, effectiveFrom: from)
    }

    private static func outcome(
        of asked: PriceImport, _ fixture: LedgerFixture, now: Instant = LedgerFixture.now
    ) async throws -> PriceCatalogueImporter.Outcome {
        try await fixture.pool.transaction(TransactionOptions(role: "tally_operator")) {
            try await PriceCatalogueImporter().importPrices(asked, in: $0, now: now)
        }
    }

    private static func refusal(
        of asked: PriceImport, _ fixture: LedgerFixture, now: Instant = LedgerFixture.now
    ) async throws -> PriceImportRefusal? {
        do {
            _ = try await outcome(of: asked, fixture, now: now)
            return nil
        } catch let refusal as PriceImportRefusal {
            return refusal
        }
    }

    /// Row 30: what is stale or moves by more than the rules allow is refused, and the refusal names
    /// the catalogue that goes on to hold; within the rules it is taken.
    @Test func refusalsNameTheLastGoodCatalogue() async throws {
        try await LedgerFixture.with { fixture in
            let none = try await Self.refusal(of: Self.asked([], day: "2026-11-21"), fixture)
            #expect(none?.problem == PriceFileError(.empty))
            #expect(none?.message.hasSuffix("No prices are known yet.") == true)
            let first = Self.asked(["a=2", "b=2", "c=2", "d=2"], day: "2026-11-21")
            let record = try await Self.outcome(of: first, fixture).record
            let number = try #require(record?.id)
            let strict = PriceImportRules(factorMax: 2, vanishedPercentMax: 25)
            let cases: [(PriceImport, PriceFileError)] = [
                (
                    Self.asked(["a=2", "b=2", "c=2", "d=2"], day: "2026-11-20"),
                    PriceFileError(.stale)
                ),
                (
                    Self.asked(["a=2", "b=2", "c=2", "d=5"], day: "2026-11-21", rules: strict),
                    PriceFileError(.priceJumped, line: 5, column: "input")
                ),
                (
                    Self.asked(["a=2", "b=2"], day: "2026-11-22", rules: strict),
                    PriceFileError(.modelsVanished)
                ),
                (
                    PriceImport(bytes: Array(#"{"m": {}}"#.utf8), source: "map.json"),
                    PriceFileError(.empty)
                ),
            ]
            for (asked, problem) in cases {
                let refusal = try await Self.refusal(of: asked, fixture)
                #expect(refusal?.problem == problem)
                #expect(refusal?.lastGood == record)
                #expect(
                    refusal?.message.contains(
                        "Price catalogue \(number) goes on to hold: 2026-11-21.csv of 2026-11-21")
                        == true)
            }
            #expect(try await fixture.rows("SELECT count(*) FROM price_catalogues") == ["1"])
            let within = Self.asked(["a=2", "b=2", "d=4"], day: "2026-11-22", rules: strict)
            #expect(try await Self.outcome(of: within, fixture).changed == 1)
        }
    }

    /// A price map has no date: without one nobody could tell that it is stale.
    @Test func mapsNeedADay() async throws {
        try await LedgerFixture.with { fixture in
            let map = #"""
                {"m": {"litellm_provider": "p", "mode": "chat", "input_cost_per_token": 1e-6}}
                """#
            let asked = { (day: CivilDate?) in
                PriceImport(bytes: Array(map.utf8), source: "map.json", asOf: day)
            }
            #expect(
                try await Self.refusal(of: asked(nil), fixture)?.problem
                    == PriceFileError(.dateMissing))
            let record = try await Self.outcome(
                of: asked(try CivilDate("2026-11-21")), fixture
            ).record
            #expect(record?.format == .liteLLM)
            #expect(record?.asOf?.description == "2026-11-21")
        }
    }

    /// Row 9: a change may be told ahead of time; until then the old price holds, and no import can
    /// begin a version before one that is already told.
    @Test func changesHoldFromTheInstantTheyAreToldFor() async throws {
        try await LedgerFixture.with { fixture in
            let now = LedgerFixture.now
            let ahead = now.advanced(bySeconds: 86_400)
            _ = try await Self.outcome(of: Self.asked(["a=2"], day: "2026-11-21"), fixture)
            let told = Self.asked(["a=4"], day: "2026-11-22", from: ahead)
            #expect(try await Self.outcome(of: told, fixture).changed == 1)
            let catalogue = try await Self.load(PriceCatalogueStore(), fixture, now: now)
            let rate = { (time: Instant) in
                catalogue.price(provider: "p", region: "", model: "a", at: time)?
                    .price.base[.input]?.value.description
            }
            #expect(rate(now) == "2")
            #expect(rate(ahead.advanced(byMicroseconds: -1)) == "2")
            #expect(rate(ahead) == "4")
            let sooner = Self.asked(["a=3"], day: "2026-11-22")
            #expect(
                try await Self.refusal(of: sooner, fixture)?.problem
                    == PriceFileError(.changeScheduled, line: 2))
        }
    }

    /// A plan says what an import would do, and does nothing.
    @Test func plansChangeNothing() async throws {
        try await LedgerFixture.with { fixture in
            let now = LedgerFixture.now
            _ = try await Self.outcome(
                of: Self.asked(["a=2", "b=2", "c=2"], day: "2026-11-21"), fixture)
            let asked = Self.asked(["a=2", "b=3", "d=1"], day: "2026-11-20")
            let plan = try await fixture.pool.transaction(
                TransactionOptions(role: "tally_operator", isReadOnly: true)
            ) {
                try await PriceCatalogueImporter().plan(asked, in: $0, now: now)
            }
            #expect(plan.added.map(\.price.model) == ["d"])
            #expect(plan.changed.map(\.row.price.model) == ["b"])
            #expect(plan.unlisted.map(\.price.model) == ["c"])
            #expect(plan.unchangedCount == 1)
            #expect(plan.refusal == PriceFileError(.stale))
        }
    }
}

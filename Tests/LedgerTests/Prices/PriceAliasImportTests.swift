import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Aliases are imported with the prices that they name, and are versions as these are.
struct PriceAliasImportTests {
    private static let now = LedgerFixture.now

    /// A file of models (`a=2`: what a million of input costs) and aliases (`b:a`).
    private static func asked(
        _ lines: [String], day: String = "2026-11-21", from: Instant? = nil,
        rules: PriceImportRules = PriceImportRules(vanishedPercentMax: 100)
    ) -> PriceImport {
        let header = """
            provider,model_key,mode,input,cache_read,cache_write_5m,cache_write_1h,output,\
            tier_threshold_tokens,input_above,cache_read_above,cache_write_above,output_above,\
            batch_input,batch_output,flex_input,flex_output,priority_input,priority_output,notes,\
            date,source
            """
        let rows = lines.map { line in
            let alias = line.split(separator: ":")
            if alias.count == 2 {
                return "p,\(alias[0]),alias,,,,,,,,,,,,,,,,,alias_of=\(alias[1]),\(day),test"
            }
            let price = line.split(separator: "=")
            return "p,\(price[0]),chat,\(price[1]),,,,,,,,,,,,,,,,,\(day),test"
        }
        return PriceImport(
            bytes: Array((([header] + rows).joined(separator: "\n") + "\n").utf8),
            source: "\(lines).csv", rules: rules, effectiveFrom: from)
    }

    @discardableResult
    private static func importing(
        _ asked: PriceImport, _ fixture: LedgerFixture, now: Instant = now
    ) async throws -> PriceCatalogueImporter.Outcome {
        try await fixture.pool.transaction(TransactionOptions(role: "tally_operator")) {
            try await PriceCatalogueImporter().importPrices(asked, in: $0, now: now)
        }
    }

    private static func refusal(
        of asked: PriceImport, _ fixture: LedgerFixture, now: Instant = now
    ) async throws -> PriceImportRefusal? {
        do {
            try await importing(asked, fixture, now: now)
            return nil
        } catch let refusal as PriceImportRefusal {
            return refusal
        }
    }

    private static func catalogue(_ fixture: LedgerFixture) async throws -> PriceCatalogue {
        try await fixture.pool.transaction(TransactionOptions(role: "tally_service")) {
            try await PriceCatalogueStore().current(in: $0, now: now)
        }
    }

    /// What a name's input costs at an instant, and of which model that is.
    private static func price(
        _ name: String, _ catalogue: PriceCatalogue, at time: Instant = now
    ) -> String? {
        catalogue.found(provider: "p", region: "", model: name, at: time).map {
            "\($0.version.price.model) \($0.version.price.base[.input]?.value.description ?? "")"
        }
    }

    /// An alias holds since ever, and from a later file on may name another model; the past keeps the first.
    /// What a later file leaves out goes on to hold, and follows its model's price.
    @Test func aliasesAreVersions() async throws {
        try await LedgerFixture.with { fixture in
            let first = try await Self.importing(
                Self.asked(["a=2", "b=3", "l:a", "m:a"]), fixture)
            #expect(first.added == 2 && first.addedAliases == 2 && first.changedAliases == 0)
            let change = Self.now.advanced(bySeconds: 60)
            let second = try await Self.importing(
                Self.asked(["a=5", "b=3", "l:b"], day: "2026-11-22"), fixture, now: change)
            #expect(second.changed == 1 && second.addedAliases == 0 && second.changedAliases == 1)
            #expect(second.plan.unlistedAliases.map(\.name) == ["m"])
            let catalogue = try await Self.catalogue(fixture)
            let before = change.advanced(byMicroseconds: -1)
            #expect(Self.price("l", catalogue, at: before) == "a 2")
            #expect(Self.price("l", catalogue, at: change) == "b 3")
            #expect(Self.price("m", catalogue, at: before) == "a 2")
            #expect(Self.price("m", catalogue, at: change) == "a 5")
            #expect(Self.price("n", catalogue) == nil)
            #expect(catalogue.span(of: before) != catalogue.span(of: change))
            // The same again says nothing new; a change that is told ahead cannot be overtaken.
            let ahead = change.advanced(bySeconds: 3_600)
            let told = try await Self.importing(
                Self.asked(["a=5", "b=3", "l:a"], day: "2026-11-22", from: ahead), fixture,
                now: change)
            #expect(told.changedAliases == 1 && told.changed == 0)
            let sooner = Self.asked(["a=5", "b=3", "l:b"], day: "2026-11-22", from: change)
            let refusal = try await Self.refusal(of: sooner, fixture, now: change)
            #expect(refusal?.problem.problem == .changeScheduled)
            #expect(refusal?.problem.model == "l")
        }
    }

    /// A file with an alias of what nobody has a price of, or of an alias that is known, changes nothing, and the
    /// refusal names the catalogue that goes on to hold. Models may be the file's or the catalogue's.
    @Test func aliasesOfNoModelRefuseTheFile() async throws {
        try await LedgerFixture.with { fixture in
            let record = try await Self.importing(Self.asked(["a=2", "l:a"]), fixture).record
            for (lines, problem) in [
                (["c=2", "x:gone"], PriceFileError.Problem.aliasUnknown),
                (["c=2", "x:l"], .aliasChained),
            ] {
                let refusal = try await Self.refusal(of: Self.asked(lines), fixture)
                #expect(
                    refusal?.problem
                        == PriceFileError(problem, line: 3, column: "alias_of", model: "x"))
                #expect(refusal?.lastGood == record)
                #expect(refusal?.message.contains("goes on to hold") == true)
            }
            #expect(try await fixture.rows("SELECT count(*) FROM price_versions") == ["1"])
            #expect(try await fixture.rows("SELECT count(*) FROM price_aliases") == ["1"])
            try await Self.importing(Self.asked(["x:a"]), fixture)
            let catalogue = try await Self.catalogue(fixture)
            #expect(Self.price("x", catalogue) == "a 2")
        }
    }

    /// A name that has a price keeps it, whatever a file says that it is an alias of; a price that comes for an
    /// alias goes before it.
    @Test func ownPricesGoFirst() async throws {
        try await LedgerFixture.with { fixture in
            try await Self.importing(Self.asked(["a=2", "b=3"]), fixture)
            let renamed = try await Self.importing(Self.asked(["a=2", "b:a", "c:a"]), fixture)
            #expect(renamed.addedAliases == 1)
            #expect(renamed.plan.remarks.map(\.problem) == [.aliasHasPrice])
            #expect(renamed.plan.remarks.map(\.models) == [["b"]])
            try await Self.importing(Self.asked(["c=9"]), fixture)
            let catalogue = try await Self.catalogue(fixture)
            #expect(Self.price("b", catalogue) == "b 3")
            #expect(Self.price("c", catalogue) == "c 9")
        }
    }

    /// An alias that comes to name a model at a hundred times the price is taken for a mistake, as such a price is;
    /// so is a price of its own for a name that was an alias until then, where it is free.
    @Test func aliasesMovePricesWithinTheRules() async throws {
        try await LedgerFixture.with { fixture in
            try await Self.importing(Self.asked(["a=2", "b=500", "f=0", "l:a"]), fixture)
            for (lines, problem) in [
                (["a=2", "l:b"], PriceFileError.Problem.priceJumped),
                (["a=2", "l:f"], .priceBecameFree), (["a=2", "l=0"], .priceBecameFree),
            ] {
                let refusal = try await Self.refusal(of: Self.asked(lines), fixture)
                #expect(refusal?.problem.problem == problem, "\(lines)")
            }
            let rules = PriceImportRules(factorMax: 1_000, vanishedPercentMax: 100)
            let taken = try await Self.importing(Self.asked(["a=2", "l:b"], rules: rules), fixture)
            #expect(taken.changedAliases == 1)
        }
    }

    /// Row 30: a file of a day that is yet to come is refused, since each right one would then be stale; that of
    /// tomorrow in UTC, which somewhere is today, is taken. One that an older release took makes no right one
    /// stale.
    @Test func filesOfDaysToComeAreRefused() async throws {
        try await LedgerFixture.with { fixture in
            // 2026-11-21 in UTC.
            let record = try await Self.importing(Self.asked(["a=2"]), fixture).record
            let ahead = try await Self.refusal(
                of: Self.asked(["a=3"], day: "2026-11-23"), fixture)
            #expect(ahead?.problem == PriceFileError(.dateAhead))
            #expect(ahead?.lastGood == record)
            #expect(ahead?.serviceError.reason == "PRICE_FILE_DATE_AHEAD")
            #expect(ahead?.message.contains("goes on to hold") == true)
            let tomorrow = Self.asked(["a=3"], day: "2026-11-22")
            #expect(try await Self.importing(tomorrow, fixture).changed == 1)
            try await fixture.run("UPDATE price_catalogues SET as_of = '2062-11-21'")
            let later = Self.now.advanced(bySeconds: 86_400)
            let stale = try await Self.refusal(of: Self.asked(["a=4"]), fixture, now: later)
            #expect(stale?.problem == PriceFileError(.stale))
            let good = Self.asked(["a=4"], day: "2026-11-22")
            #expect(try await Self.importing(good, fixture, now: later).changed == 1)
        }
    }
}

import Core
import Domain
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Rows 5 to 8: some 1,600 cases of usage cost what independent arithmetic says, to the pico.
///
/// The cases are data, in `Corpus`, whose README says how they came to be. Each test takes those that
/// its row is about; `everyCaseCostsWhatTheArithmeticSays` takes them all.
struct PriceCorpusTests {
    private let corpus: PriceCorpus

    init() throws {
        corpus = try PriceCorpus()
    }

    @Test func everyCaseCostsWhatTheArithmeticSays() throws {
        #expect(corpus.cases.count >= 300)
        for example in corpus.cases { try corpus.check(example) }
    }

    /// What is not in the corpus is not proven by it.
    @Test func casesCoverEveryPriceTierAndClass() throws {
        let priced = corpus.cases.filter { $0.picos != nil }
        let keys = Set(priced.map(\.priceKey))
        for key in corpus.shippedKeys { #expect(keys.contains(key), "\(key)") }
        #expect(keys.count >= 126 + 2)
        #expect(Set(priced.map(\.serviceTier)) == ["standard", "batch", "flex", "priority"])
        #expect(Set(priced.map(\.region)).isSuperset(of: ["", "us", "eu", "us-central1"]))
        let classes = Set(priced.flatMap { $0.quantities.all.map(\.quantityClass) })
        for quantityClass in QuantityClass.tokenClasses + [.webSearchRequest] {
            #expect(classes.contains(quantityClass), "\(quantityClass)")
        }
    }

    /// Row 5: tokens that were read from a cache or written to one are priced once, at the rate of
    /// their class and lifetime.
    @Test func cachedTokensCostTheirOwnRateOnce() throws {
        let cached = corpus.cases.filter { example in
            example.quantities.all.contains { $0.quantityClass.rawValue.hasPrefix("cache_") }
        }
        #expect(cached.count >= 300)
        for example in cached { try corpus.check(example) }
    }

    /// Row 6: whether a provider tells reasoning apart, counts it within the output or does not tell,
    /// the call costs the same. Only where reasoning has another rate than output does it matter.
    @Test func reasoningCostsTheSameInEveryConvention() throws {
        var compared = 0
        for example in corpus.cases {
            guard let picos = example.picos, let reasoning = example.quantities[.reasoning],
                reasoning > 0, example.priceKey != "perplexity/sonar-deep-research"
            else { continue }
            let output = (example.quantities[.output] ?? 0) + reasoning
            for told in [QuantityClass.output, .outputUnsplit] {
                var quantities = example.quantities
                quantities[.reasoning] = nil
                quantities[.output] = nil
                quantities[told] = output
                let cost = try corpus.cost(of: example, quantities: quantities)
                #expect(cost.picos == picos, "\(example.name), all of it \(told)")
            }
            compared += 1
        }
        #expect(compared >= 300)
    }

    /// Row 7: a model, provider or class without a price is unpriced and never 0, although what
    /// looks like it has a price.
    @Test func unknownModelsAreUnpricedNeverZero() throws {
        let unpriced = corpus.cases.filter { !$0.unpricedReason.isEmpty }
        #expect(unpriced.count >= 30)
        for example in unpriced { try corpus.check(example) }
    }

    /// Row 8: region × service tier × context tier × cache, and one token below, at and above each
    /// threshold.
    @Test func regionTierAndThresholdHaveTheirOwnRates() throws {
        let others = corpus.cases.filter {
            !$0.region.isEmpty || $0.serviceTier != "standard" || $0.context == "long"
                || $0.name.contains("threshold")
        }
        #expect(others.count >= 300)
        for example in others { try corpus.check(example) }
    }

    /// Rows 5 and 6: one call as each of the five conventions says it comes, by the product's own reading of the
    /// answers, to the same amount.
    @Test func theSameMeaningCostsTheSameInAllConventions() throws {
        var groups: [String: [PriceCorpus.Case]] = [:]
        for example in corpus.cases where example.format != nil {
            let said = example.name.split(separator: ": ", maxSplits: 1).last ?? ""
            guard said.hasPrefix("same ") else { continue }
            groups[String(said), default: []].append(example)
        }
        #expect(groups.count >= 25)
        for (name, cases) in groups {
            #expect(Set(cases.compactMap(\.format)).count == 5, "\(name)")
            let costs = try cases.map { example in
                let format = try #require(example.format)
                let object = try #require(try UsageObject.read(example.usageObject, as: format))
                return try corpus.cost(of: example, quantities: object.quantities)
            }
            #expect(Set(costs.map(\.picos)).count == 1, "\(name): \(costs)")
            #expect(costs.first?.picos ?? 0 > 0, "\(name)")
        }
    }

    /// Each convention meets every tier that its providers have, each side of a threshold, caches, and reasoning
    /// told apart or not; and each case says which line of which file it rests on.
    @Test func casesCoverEveryConventionAndNameTheirSource() throws {
        for (convention, format) in PriceCorpus.Case.formats {
            let cases = corpus.cases.filter { $0.format == format }
            #expect(cases.count >= 40, "\(convention)")
            #expect(Set(cases.map(\.context)) == ["base", "long"], "\(convention)")
            #expect(Set(cases.map(\.serviceTier)).count >= 2, "\(convention)")
            #expect(cases.contains { ($0.quantities[.cacheRead] ?? 0) > 0 }, "\(convention)")
            let tells = format != .anthropicMessages && format != .bedrockConverse
            #expect(
                cases.contains { $0.quantities[.reasoning] != nil } == tells, "\(convention)")
        }
        for example in corpus.cases {
            let source = example.source.replacing("worked by hand; ", with: "")
            let isNamed = example.priceKey.isEmpty || source.contains(".csv \(example.priceKey) ")
            let isKnown =
                corpus.sources.contains(source)
                || source == "prices.csv has no line of this name"
                    && ["PROVIDER", "MODEL", "TIME"].contains(example.unpricedReason)
            #expect(isNamed && isKnown, "\(example.name): \(source)")
        }
    }

    /// A catalogue that went through the database prices as the file does.
    @Test func storedPricesCostTheSame() async throws {
        try await LedgerFixture.with { fixture in
            let now = LedgerFixture.now
            let bytes = try CatalogueFixture.bytes()
            _ = try await fixture.pool.transaction(TransactionOptions(role: "tally_operator")) {
                try await PriceCatalogueImporter().importPrices(
                    PriceImport(bytes: bytes, source: "test"), in: $0, now: now)
            }
            let stored = try await fixture.pool.transaction(
                TransactionOptions(role: "tally_service")
            ) {
                try await PriceCatalogueStore().current(in: $0, now: now)
            }
            let calculator = CostCalculator(catalogue: stored)
            for example in corpus.cases where example.catalogue == "shipped" {
                guard let picos = example.picos else { continue }
                let cost = try calculator.cost(of: example.usage(example.quantities))
                #expect(cost.picos == picos, "\(example.name)")
            }
        }
    }
}

/// The cases of `Corpus/cases.csv` and the catalogues that they are priced by.
struct PriceCorpus {
    /// One line of `cases.csv`.
    struct Case {
        let name: String
        let catalogue: String
        /// As whose answers the usage is said; nil where it is disjoint quantities.
        let format: UsageFormat?
        /// JSON; empty where there is no format.
        let usageObject: String
        let provider: String
        let model: String
        let region: String
        let serviceTier: String
        let time: Instant
        let quantities: UsageQuantities
        /// `model_key` of the row that prices it.
        let priceKey: String
        let context: String
        let isAssumed: Bool
        let picos: Int64?
        /// Why there is no amount; empty where there is one.
        let unpricedReason: String
        /// Of the price file, what it was computed from: key, day and page of the line.
        let source: String

        func usage(_ quantities: UsageQuantities) -> UsageToPrice {
            UsageToPrice(
                DimensionSet(
                    provider: provider, model: model, region: region, serviceTier: serviceTier),
                granularity: .request, time: time, quantities: quantities, state: .reported)
        }
    }

    let cases: [Case]
    /// `model_key` of every row of the catalogue that ships.
    let shippedKeys: [String]
    /// What cases say that they rest on: the lines of the files.
    let sources: Set<String>
    private let catalogues: [String: Keyed]
    private let calculators: [String: CostCalculator]

    /// A catalogue, and the `model_key` of each of its versions.
    private struct Keyed {
        var versions: [PriceVersion] = []
        var keys: [Int64: String] = [:]
        /// Of the price file that ships.
        var aliases: [PriceAlias] = []

        mutating func add(
            _ price: ModelPrice, key: String, from: Instant? = nil, to: Instant? = nil
        ) {
            let id = Int64(versions.count + 1)
            versions.append(PriceVersion(id: id, price: price, validFrom: from, validTo: to))
            keys[id] = key
        }
    }

    init() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Corpus")
        let bytes = try CatalogueFixture.bytes()
        let laterBytes = try [UInt8](
            Data(contentsOf: folder.appendingPathComponent("later.csv")))
        let later = try Self.priced(laterBytes)
        let table = Self.table(laterBytes)
        var shipped = Keyed()
        var changed = Keyed()
        for (price, key, _) in try Self.priced(bytes) {
            shipped.add(price, key: key)
            let next = try later.first { $0.key == key && $0.price.provider == price.provider }
                .map { try Instant(rfc3339: table[$0.record]["from"] ?? "") }
            changed.add(price, key: key, to: next)
        }
        shipped.aliases = try PriceFile(parsing: bytes).aliases.map(\.alias)
        changed.aliases = shipped.aliases
        for (price, key, record) in later {
            let end = table[record]["to"] ?? ""
            changed.add(
                price, key: key, from: try Instant(rfc3339: table[record]["from"] ?? ""),
                to: end.isEmpty ? nil : try Instant(rfc3339: end))
        }
        catalogues = ["shipped": shipped, "changed": changed]
        calculators = catalogues.mapValues {
            CostCalculator(
                catalogue: PriceCatalogue(
                    version: 1, versions: $0.versions, aliases: $0.aliases))
        }
        shippedKeys = Array(shipped.keys.values)
        sources = Set(
            Self.table(bytes).map { Self.source($0, of: "prices.csv") }
                + table.map { Self.source($0, of: "later.csv") })
        cases = try Self.table(
            [UInt8](Data(contentsOf: folder.appendingPathComponent("cases.csv")))
        ).map(Case.init)
    }

    /// The rows of a price file, the `model_key` of each and its number in the table.
    private static func priced(
        _ bytes: [UInt8]
    ) throws -> [(price: ModelPrice, key: String, record: Int)] {
        let table = table(bytes)
        return try PriceFile(parsing: bytes).rows.map {
            // Line 1 is the header.
            ($0.price, table[$0.line - 2]["model_key"] ?? "", $0.line - 2)
        }
    }

    /// Records by the names of their columns.
    private static func table(_ bytes: [UInt8]) -> [[String: String]] {
        let records = CommaSeparatedValues(bytes).records.map(\.fields)
        guard let header = records.first else { return [] }
        return records.dropFirst().map {
            Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first })
        }
    }

    private static func source(_ record: [String: String], of file: String) -> String {
        let page = record["source_page"] ?? ""
        let place = page.isEmpty ? record["source"] ?? "" : page
        return "\(file) \(record["model_key"] ?? "") \(record["date"] ?? "") \(place)"
    }

    func cost(of example: Case, quantities: UsageQuantities) throws -> Cost {
        try calculator(of: example).cost(of: example.usage(quantities))
    }

    private func calculator(of example: Case) throws -> CostCalculator {
        try #require(calculators[example.catalogue], "\(example.name)")
    }

    /// What the product makes of the usage as the provider answers it, where that is what the case has.
    private func quantities(of example: Case) throws -> UsageQuantities {
        guard let format = example.format else { return example.quantities }
        let comment: Comment = "\(example.name)"
        let object = try #require(try UsageObject.read(example.usageObject, as: format), comment)
        #expect(object.quantities == example.quantities, comment)
        #expect(object.serviceTier ?? example.serviceTier == example.serviceTier, comment)
        #expect(object.region ?? example.region == example.region, comment)
        return object.quantities
    }

    /// Compares price, context tier and amount with what the case expects.
    func check(_ example: Case) throws {
        let comment: Comment = "\(example.name)"
        let calculator = try calculator(of: example)
        let usage = example.usage(try quantities(of: example))
        guard example.unpricedReason != "AMOUNT_OUT_OF_RANGE" else {
            #expect(throws: ServiceError(.outOfRange, "AMOUNT_OUT_OF_RANGE", ""), comment) {
                try calculator.cost(of: usage)
            }
            return
        }
        let cost = try calculator.cost(of: usage)
        guard example.unpricedReason.isEmpty else {
            let isClass = example.unpricedReason.hasPrefix("CLASS ")
            #expect(cost == .unpriced(isClass ? .rateUnknown : .modelUnknown), comment)
            return
        }
        let version = try #require(calculator.price(of: usage), comment)
        #expect(cost.picos == example.picos, comment)
        #expect(cost.priceVersion == version.id, comment)
        #expect(catalogues[example.catalogue]?.keys[version.id] == example.priceKey, comment)
        #expect(version.isAssumed == example.isAssumed, comment)
        let isLong = ContextTier(event: usage, price: version.price).isLongEvent
        #expect(isLong == (example.context == "long"), comment)
    }
}

extension PriceCorpus.Case {
    static let formats: [String: UsageFormat] = [
        "openai-chat": .openAIChat, "openai-responses": .openAIResponses,
        "anthropic-messages": .anthropicMessages, "gemini": .gemini,
        "bedrock-converse": .bedrockConverse,
    ]

    init(_ record: [String: String]) throws {
        let text = { (column: String) throws in
            try #require(record[column], "column \(column)")
        }
        name = try text("case")
        catalogue = try text("catalogue")
        let convention = try text("convention")
        format = Self.formats[convention]
        #expect((format == nil) == (convention == "quantities"), "\(convention)")
        usageObject = try text("usage")
        source = try text("source")
        provider = try text("provider")
        model = try text("model")
        region = try text("region")
        serviceTier = try text("service_tier")
        time = try Instant(rfc3339: text("time"))
        quantities = UsageQuantities(
            try text("quantities").split(separator: " ").map { item in
                let parts = item.split(separator: "=")
                return Quantity(
                    QuantityClass(rawValue: String(parts[0])),
                    try #require(Int64(parts[1]), "\(item)"))
            })
        priceKey = try text("price")
        context = try text("context")
        isAssumed = try text("assumed") == "yes"
        unpricedReason = try text("unpriced")
        let amount = try text("picos")
        picos = Int64(amount)
        #expect(amount.isEmpty == (picos == nil), "\(name)")
    }
}

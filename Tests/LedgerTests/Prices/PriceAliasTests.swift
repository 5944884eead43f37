import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

/// Names that a model goes by besides its own: they cost what it does, and nothing else has a price by them.
struct PriceAliasTests {
    private typealias Fixture = CatalogueFixture

    // MARK: - Files

    private static let header = """
        provider,model_key,mode,input,cache_read,cache_write_5m,cache_write_1h,output,\
        tier_threshold_tokens,input_above,cache_read_above,cache_write_above,output_above,\
        batch_input,batch_output,flex_input,flex_output,priority_input,priority_output,notes,\
        date,source
        """

    private static func model(_ key: String, provider: String = "p") -> String {
        "\(provider),\(key),chat,2,,,,4,,,,,,,,,,,,,2026-11-21,test"
    }

    private static func alias(_ key: String, of model: String, provider: String = "p") -> String {
        "\(provider),\(key),alias,,,,,,,,,,,,,,,,,alias_of=\(model),2026-11-21,test"
    }

    private static func file(_ lines: [String]) throws -> PriceFile {
        try PriceFile(parsing: Array(([header] + lines).joined(separator: "\n").utf8) + [0x0A])
    }

    /// A line of mode alias is a name; what it names is said as other lines say it, with the route of the file.
    @Test func filesNameAliases() throws {
        let file = try Self.file([
            Self.alias("r/b", of: "r/a"), Self.model("r/a"), Self.alias("r/b", of: "r/a"),
        ])
        #expect(file.rows.map(\.price.model) == ["a"])
        #expect(
            file.aliases.map(\.alias)
                == [PriceAlias(provider: "p", name: "b", model: "a", source: "test")])
        #expect(file.aliases.map(\.line) == [2])
        // One that adds names to what is known has no prices.
        #expect(try Self.file([Self.alias("b", of: "a")]).rows.isEmpty)
    }

    /// A name means one model, which is no alias, and has no rates of its own: else the whole file is refused.
    @Test(arguments: [
        ([alias("b", of: "a"), alias("b", of: "c"), model("a"), model("c")], "AMBIGUOUS", "b"),
        ([alias("b", of: "a"), model("a"), model("b")], "AMBIGUOUS", "b"),
        ([alias("a", of: "a"), model("a")], "AMBIGUOUS", "a"),
        ([alias("c", of: "b"), alias("b", of: "a"), model("a")], "CHAINED", "c"),
        ([alias("b", of: "c"), alias("c", of: "b"), model("a")], "CHAINED", "b"),
        ([alias("b", of: "b"), model("a")], "CHAINED", "b"),
    ])
    func namesMeanOneModel(lines: [String], problem: String, name: String) throws {
        #expect {
            try Self.file(lines)
        } throws: { error in
            let error = error as? PriceFileError
            return error?.problem.rawValue == "PRICE_FILE_ALIAS_\(problem)" && error?.model == name
                && error?.column == "alias_of"
        }
    }

    @Test func aliasesHaveNoRatesAndNoRegion() throws {
        let free = Self.alias("b", of: "a").replacing("alias,,", with: "alias,0,")
        let cases = [
            (free, "input"), (Self.alias("azure/us/b", of: "a"), "model_key"),
            (Self.alias("b", of: "azure/us/a"), "notes"), (Self.alias("b", of: ""), "notes"),
            (Self.alias("b", of: "a").replacing("2026-11-21", with: "today"), "date"),
        ]
        for (line, column) in cases {
            #expect(throws: PriceFileError(.valueMalformed, line: 3, column: column), "\(line)") {
                try Self.file([Self.model("a"), line])
            }
        }
    }

    // MARK: - Names

    /// What stands before a name is taken off; what says which model it is, never.
    @Test(arguments: [
        ("openai", "openai/gpt-6-sol", ["gpt-6-sol"]), ("openai", "gpt-6-sol", []),
        ("openai", "openai/", []), ("openai", "azure/gpt-6-sol", []),
        ("openai", "gpt-6-sol-latest", []),
        ("anthropic", "anthropic/claude-opus-5", ["claude-opus-5"]),
        ("google-gemini-api", "models/gemini-2.5-pro", ["gemini-2.5-pro"]),
        ("google-gemini-api", "gemini/models/x", ["models/x", "x"]),
        ("google-vertex-ai", "projects/p/locations/us/publishers/google/models/g", ["g"]),
        ("google-vertex-ai", "projects/p/locations/us/publishers/meta/models/g", []),
        ("google-vertex-ai", "publishers/google/models/g", ["g"]),
        ("groq", "groq/openai/gpt-oss-120b", ["openai/gpt-oss-120b"]),
        ("aws-bedrock", "us.anthropic.claude-opus-5-5", []),
        (
            "aws-bedrock", "bedrock/converse/deepseek.v3.2",
            ["converse/deepseek.v3.2", "deepseek.v3.2"]
        ),
        (
            "aws-bedrock",
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0",
            ["us.amazon.nova-pro-v1:0"]
        ),
        (
            "aws-bedrock", "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/deepseek.v3.2",
            ["deepseek.v3.2"]
        ),
        (
            "aws-bedrock",
            "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2", []
        ),
        ("aws-bedrock", "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/a1b2", []),
        ("aws-bedrock", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/", []),
        ("openai", "arn:aws:bedrock:us-east-1::foundation-model/deepseek.v3.2", []),
    ])
    func onlyWhatStandsBeforeANameIsTakenOff(provider: String, model: String, inner: [String]) {
        #expect(ProviderModelName.forms(of: model, provider: provider) == [model] + inner)
    }

    /// Of the catalogue that ships: profiles of one geography have prices of their own, those of the whole
    /// world are aliases, and ARNs of both are found; what the catalogue does not name stays unpriced.
    @Test(arguments: [
        ("global.anthropic.claude-opus-5-5", "anthropic.claude-opus-5-5", "4"),
        ("us.anthropic.claude-opus-5-5", "us.anthropic.claude-opus-5-5", "4.4"),
        (
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-opus-5-5",
            "eu.anthropic.claude-opus-5-5", "4.4"
        ),
        (
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0",
            "amazon.nova-pro-v1:0", "0.8"
        ),
        ("eu.amazon.nova-pro-v1:0", "eu.amazon.nova-pro-v1:0", "1.05"),
        ("us.amazon.nova-pro-v1:0-20261101", "amazon.nova-pro-v1:0", "0.8"),
        ("us-gov.anthropic.claude-opus-5-5", nil, nil), ("us.amazon.nova-pro", nil, nil),
        ("latam.anthropic.claude-opus-5-5", nil, nil),
        ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2", nil, nil),
    ])
    func shippedNamesOfBedrock(asked: String, model: String?, input: String?) throws {
        let found = try Fixture.catalogue().found(
            provider: "aws-bedrock", region: "us-east-1", model: asked, at: Fixture.time)
        #expect(found?.version.price.model == model)
        #expect(found?.version.price.base[.input]?.value.description == input)
        let isAlias = found?.alias != nil
        #expect(
            isAlias == (model == "anthropic.claude-opus-5-5" || model == "amazon.nova-pro-v1:0"))
    }

    // MARK: - Prices

    /// Row 7: whatever aliases a catalogue has, names with a price of their own cost what they did, names that
    /// it has no alias of stay unpriced, and an alias costs what its model does: in any region and tier, at
    /// any time, behind a route, with a day, under contracts.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func aliasesCostWhatTheirModelsDo(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let plain = PriceCatalogue(
            version: 1, versions: try Fixture.catalogue().versions)
        let change = Fixture.time
        var aliases: [PriceAlias] = []
        for number in 0..<60 {
            guard let first = plain.versions.randomElement(using: &random)?.price,
                let second = plain.versions.filter({ $0.price.provider == first.provider })
                    .randomElement(using: &random)?.price
            else { continue }
            // One in four has the name of a model, and must not come to count.
            let name = number % 4 == 0 ? second.model : "alias-\(number)"
            guard number % 3 != 0 else {
                aliases.append(Self.known(first, as: name, from: nil, to: nil))
                continue
            }
            aliases.append(Self.known(first, as: name, from: nil, to: change))
            aliases.append(Self.known(second, as: name, from: change, to: nil))
        }
        let catalogue = PriceCatalogue(version: 1, versions: plain.versions, aliases: aliases)
        let half = PriceOverride(
            number: 1, provider: "aws-bedrock", pattern: ModelPattern("anthropic.*"),
            terms: .multiplier(try ExactDecimal("0.5")), validFrom: Instant(seconds: 0))
        let contracts = PriceOverrides([half])
        var (found, own) = (0, 0)
        for _ in 0..<2_000 {
            guard let alias = aliases.randomElement(using: &random) else { continue }
            let time = change.advanced(
                byMicroseconds: [-1, 0, 1].randomElement(using: &random) ?? 0)
            let region = ["", "us", "eu", "global"].randomElement(using: &random) ?? ""
            let tier = ["standard", "batch", "flex"].randomElement(using: &random) ?? ""
            let amount = Int64.random(in: 0...300_000, using: &random)
            func cost(_ model: String, _ catalogue: PriceCatalogue) throws -> Cost {
                try CostCalculator(catalogue: catalogue, overrides: contracts).cost(
                    of: UsageToPrice(
                        DimensionSet(
                            provider: alias.provider, model: model, region: region,
                            serviceTier: tier),
                        granularity: .request, time: time,
                        quantities: UsageQuantities([
                            Quantity(.input, amount), Quantity(.output, 7),
                        ]), state: .reported))
            }
            let spelt = [
                alias.name, alias.provider + "/" + alias.name, alias.name + "-2026-10-01",
            ].randomElement(using: &random)
            let name = spelt ?? alias.name
            let before = try cost(name, plain)
            guard before == .unpriced(.modelUnknown) else {
                // A model of that name: nothing comes before its own price.
                #expect(try cost(name, catalogue) == before, "seed \(seed), \(name)")
                own += 1
                continue
            }
            let meant = aliases.first {
                $0.name == alias.name && $0.provider == alias.provider && $0.holds(at: time)
            }
            let model = try #require(meant?.model)
            #expect(
                try cost(name, catalogue) == cost(model, plain),
                "seed \(seed), \(name) in \(region) at \(time)")
            #expect(try cost(alias.name + "x", catalogue) == .unpriced(.modelUnknown))
            found += 1
        }
        #expect(found > 800 && own > 100)
    }

    private static func known(
        _ price: ModelPrice, as name: String, from: Instant?, to: Instant?
    ) -> PriceAlias {
        PriceAlias(
            provider: price.provider, name: name, model: price.model, source: "test",
            validFrom: from, validTo: to)
    }

    /// A contract on a model is one on its aliases; one that names the alias tells more than one on all models.
    @Test func contractsHoldForAliases() throws {
        let catalogue = try Fixture.catalogue()
        let usage = Fixture.usage(
            "aws-bedrock", "global.anthropic.claude-opus-5-5", [.input: 1_000_000])
        func cost(_ patterns: [String]) throws -> Int64? {
            let overrides = try patterns.enumerated().map { number, pattern in
                PriceOverride(
                    number: Int64(number + 1), provider: "aws-bedrock",
                    pattern: ModelPattern(pattern),
                    terms: .multiplier(try ExactDecimal("0.\(number + 1)")),
                    validFrom: Instant(seconds: 0))
            }
            return try CostCalculator(catalogue: catalogue, overrides: PriceOverrides(overrides))
                .cost(of: usage).picos
        }
        #expect(try cost([]) == 4_000_000_000_000)
        #expect(try cost(["anthropic.claude-opus-5-5"]) == 400_000_000_000)
        #expect(try cost(["anthropic.claude*", "*"]) == 400_000_000_000)
        #expect(try cost(["*", "global.anthropic.claude-opus-5-5"]) == 800_000_000_000)
        #expect(try cost(["us.anthropic*"]) == 4_000_000_000_000)
    }

    /// A simulated file's aliases stand in place of those of the same names.
    @Test func simulatedFilesRename() throws {
        let known = PriceCatalogue(
            version: 1, versions: [],
            aliases: [
                PriceAlias(provider: "p", name: "b", model: "gone", source: "s"),
                PriceAlias(provider: "p", name: "k", model: "a", source: "s"),
            ])
        let file = try Self.file([Self.model("a"), Self.alias("b", of: "a")])
        let simulated = known.replacing(file)
        for name in ["a", "b", "k"] {
            #expect(
                simulated.price(provider: "p", region: "", model: name, at: Fixture.time)?
                    .price.model == "a")
        }
    }
}

import API
import ArgumentParser
import Wire

/// `tally prices override`.
struct PricesOverride: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "override", abstract: "What your contracts say in place of list prices.",
        subcommands: [OverrideAdd.self, OverrideEnd.self, OverrideList.self])
}

/// The options that say what an override is to be.
struct OverrideOptions: ParsableArguments {
    @Argument(help: "Provider as in the price catalogue.")
    var provider: String
    @Argument(help: "Model, or its beginning with * as the last character.")
    var pattern: String
    @Option(help: "Factor on all that a call costs at list prices, such as 0.85.")
    var multiplier: String?
    @Option(
        name: .customLong("rate"),
        help: "Fixed price of a class, such as input=1.5: USD per million tokens; may be repeated.")
    var rates: [String] = []
    @Option(help: "standard, batch, flex or priority. Default: all.")
    var tier = ""
    @Option(help: "First instant it holds, as 2026-12-01T00:00:00Z. Default: now.")
    var from: TimeArgument?
    @Option(help: "First instant it no longer holds. Default: none.")
    var until: TimeArgument?
    @Option(help: "For people, such as the contract's number.")
    var note = ""

    func validate() throws {
        guard (multiplier == nil) != rates.isEmpty else {
            throw ValidationError("Give --multiplier, or --rate once or more.")
        }
    }

    func message() throws -> PriceOverride {
        PriceOverride(
            provider: provider, modelPattern: pattern, serviceTier: tier,
            terms: try Self.terms(multiplier: multiplier, rates: rates),
            effectiveTime: from.map { Timestamp($0.instant) },
            endTime: until.map { Timestamp($0.instant) }, note: note)
    }

    static func terms(multiplier: String?, rates: [String]) throws -> PriceOverride.Terms {
        if let multiplier { return .multiplier(multiplier) }
        return .fixed(
            FixedPrices(
                prices: try rates.map { text in
                    guard let cut = text.firstIndex(of: "=") else {
                        throw ValidationError("--rate \(text) should be CLASS=DECIMAL.")
                    }
                    return FixedPrice(
                        quantityClass: String(text[..<cut]),
                        rate: String(text[text.index(after: cut)...]))
                }))
    }
}

struct OverrideAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Price models by a contract, from now or another instant on.",
        discussion: """
            Events that come from then on are priced so; what was recorded keeps its cost.

            Examples:
              tally prices override add openai 'gpt-6*' --multiplier 0.85 --note 4711
              tally prices override add anthropic claude-opus-5-5 --rate input=3 \\
                --rate output=15
            """)

    @OptionGroup var options: OverrideOptions

    func run() async throws {
        let message = try options.message()
        let made = try await Session.run {
            try await $0.write(
                IngestionServiceMethods.CreatePriceOverride.self,
                CreatePriceOverrideRequest(priceOverride: message))
        }
        StandardOutput.say("Override \(made.number) holds: \(OverrideText.line(made))")
    }
}

struct OverrideEnd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End an override, now or later; what it priced stays.")

    @Argument(help: "The override's number.")
    var number: Int64
    @Option(help: "First instant it no longer holds. Default: now.")
    var at: TimeArgument?

    func run() async throws {
        let ended = try await Session.run {
            try await $0.write(
                IngestionServiceMethods.EndPriceOverride.self,
                EndPriceOverrideRequest(number: number, endTime: at.map { Timestamp($0.instant) }))
        }
        StandardOutput.say("Override \(ended.number): \(OverrideText.line(ended))")
    }
}

struct OverrideList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The organization's overrides, ended ones included.")

    @OptionGroup var output: FormatOption

    func run() async throws {
        let overrides = try await Session.run { session in
            try await session.pages(
                IngestionServiceMethods.ListPriceOverrides.self,
                { ListPriceOverridesRequest(pageSize: 1000, pageToken: $0) },
                items: { ($0.priceOverrides, $0.nextPageToken) })
        }
        try output.print(
            ListPriceOverridesResponse(priceOverrides: overrides),
            table: {
                var table = Table([
                    .init("Number", .right), .init("Provider"), .init("Models"), .init("Tier"),
                    .init("Terms"), .init("From"), .init("Until"), .init("Note"),
                ])
                for row in overrides.map(OverrideText.cells) { table.add(row) }
                return table.text
            },
            csv: {
                [
                    [
                        "number", "provider", "model_pattern", "service_tier", "terms",
                        "effective_time", "end_time", "note",
                    ]
                ] + overrides.map(OverrideText.cells)
            })
    }
}

/// Overrides as they are printed.
enum OverrideText {
    static func line(_ override: PriceOverride) -> String {
        let until = override.endTime.map { " until \(CompletenessText.time($0))" } ?? ""
        let from = override.effectiveTime.map { " from \(CompletenessText.time($0))" } ?? ""
        let tier = override.serviceTier.isEmpty ? "" : " (\(override.serviceTier))"
        return Table.printable(
            "\(override.provider) \(override.modelPattern)\(tier): \(terms(override))\(from)\(until)."
        )
    }

    static func cells(_ override: PriceOverride) -> [String] {
        [
            "\(override.number)", override.provider, override.modelPattern, override.serviceTier,
            terms(override), override.effectiveTime.map(CompletenessText.time) ?? "",
            override.endTime.map(CompletenessText.time) ?? "", override.note,
        ]
    }

    static func terms(_ override: PriceOverride) -> String {
        switch override.terms {
        case .multiplier(let factor): "x \(factor)"
        case .fixed(let fixed):
            fixed.prices.map { "\($0.quantityClass)=\($0.rate)" }.joined(separator: " ")
        case nil: ""
        }
    }
}

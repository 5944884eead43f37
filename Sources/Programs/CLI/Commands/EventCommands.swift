import API
import ArgumentParser
import Core
import Domain

/// `tally event`.
struct EventCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event",
        abstract: "One metered event: what it costs and why, and its correction.",
        subcommands: [EventExplain.self, EventCorrect.self, EventReverse.self])
}

/// Source and id, by which an event is known.
struct EventName: ParsableArguments {
    @Argument(help: "Source that the event came from, such as gateway-eu.")
    var source: String
    @Argument(help: "Id of the event there.")
    var id: String
}

struct EventExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "What an event's amount is made of, line by line.",
        discussion: """
            Example:
              tally event explain gateway-eu req-4711
            """)

    @OptionGroup var event: EventName
    @OptionGroup var output: FormatOption

    func run() async throws {
        let response = try await Session.run { session in
            try await session.read(
                IngestionServiceMethods.ExplainEvent.self,
                ExplainEventRequest(source: event.source, id: event.id))
        }
        try output.print(
            response, table: { ExplanationText.table(response) },
            csv: { ExplanationText.rows(response) })
    }
}

struct EventCorrect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct", abstract: "Set what an event's quantities should have been.",
        discussion: """
            All of the event's quantities are replaced, and priced by today's catalogue at the event's
            time. What was recorded stays; entries are added. So usage that was pending is settled.

            Examples:
              tally event correct gateway-eu req-4711 --quantity input=1200 \\
                --quantity output=85 --reason "The stream was settled late"
              tally event correct gateway-eu req-4712 --usage-format openai_chat \\
                --usage-object '{"prompt_tokens":1200,"completion_tokens":85}' \\
                --reason "The stream was settled late"
              tally event correct gateway-eu req-4713 --usage-state missing \\
                --reason "The stream broke off without usage"
            """)

    @OptionGroup var event: EventName
    @Option(help: "CLASS=AMOUNT, once for each class; none: it used nothing.")
    var quantity: [String] = []
    @Option(help: "Instead: the usage as the provider answered it, as JSON.")
    var usageObject: String?
    @Option(
        help: "Whose shape it has: \(UsageWords.formats.map(\.name).joined(separator: ", ")).")
    var usageFormat: String?
    @Option(help: "reported, partial, missing or pending. Default: reported.")
    var usageState: String?
    @Option(help: "Why, for whoever asks later.")
    var reason: String

    func quantities() throws -> [API.Quantity] {
        try quantity.map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let amount = Int64(parts[1]) else {
                throw ValidationError("--quantity is CLASS=AMOUNT, such as input=1200: \(text)")
            }
            return API.Quantity(quantityClass: parts[0], amount: amount)
        }
    }

    func correction() throws -> EventCorrection {
        let quantities = try quantities()
        do throws(EventProblem) {
            return EventCorrection(
                source: event.source, id: event.id, quantities: quantities,
                usageState: try usageState.map(UsageWords.state) ?? .unspecified, reason: reason,
                usageObject: usageObject ?? "",
                usageFormat: try usageFormat.map(UsageWords.format) ?? .unspecified)
        } catch {
            throw ValidationError("\(error.field): \(error.remedy)")
        }
    }

    func validate() throws { _ = try correction() }

    func run() async throws {
        let correction = try correction()
        let response = try await Session.run { session in
            try await session.write(
                IngestionServiceMethods.CorrectEvents.self,
                CorrectEventsRequest(corrections: [correction]))
        }
        try ExplanationText.printChange(response.results, of: event)
    }
}

struct EventReverse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reverse", abstract: "Take an event back for good; its id stays taken.",
        discussion: """
            Example:
              tally event reverse gateway-eu req-4711 --reason "A test, sent by mistake"
            """)

    @OptionGroup var event: EventName
    @Option(help: "Why, for whoever asks later.")
    var reason: String

    func run() async throws {
        let reversal = EventReversal(source: event.source, id: event.id, reason: reason)
        let response = try await Session.run { session in
            try await session.write(
                IngestionServiceMethods.ReverseEvents.self,
                ReverseEventsRequest(reversals: [reversal]))
        }
        try ExplanationText.printChange(response.results, of: event)
    }
}

/// Explanations and changes of events as they are printed.
enum ExplanationText {
    static func table(_ response: ExplainEventResponse) -> String {
        let event = response.event ?? Event()
        var blocks = [
            "\(event.provider) \(event.model), \(event.time.map(time) ?? "")"
        ]
        if !response.derived.isEmpty {
            blocks.append(response.derived.map(text).joined(separator: "\n"))
        }
        for entry in response.entries { blocks.append(text(entry)) }
        blocks.append(
            response.amount.map {
                "The event comes to \(MoneyText.exact($0)) \($0.currencyCode)."
            } ?? "What the event costs is not known: it has no price, or its usage is not known.")
        if let said = event.providerCost {
            let difference =
                response.providerCostDifference.map {
                    "; ours minus that is \(MoneyText.exact($0))"
                }
                ?? ""
            blocks.append(
                "Its provider said \(MoneyText.exact(said)) \(said.currencyCode)\(difference).")
        }
        if response.reversed { blocks.append("It was reversed.") }
        return blocks.joined(separator: "\n\n")
    }

    private static func text(_ derived: DerivedDimension) -> String {
        let sent = derived.sent.map(UsageText.value) ?? ""
        return Table.printable(
            "\(derived.dimension) is \"\(derived.value)\" by the rule \"\(derived.rule)\" of "
                + "version \(derived.ruleSetVersion); sent was \(sent).")
    }

    private static func text(_ entry: ExplainedEntry) -> String {
        let kind =
            switch entry.kind {
            case .correction: "correction \(entry.correctionNumber)"
            case .reversal: "reversal"
            default: "event"
            }
        var head = "Entry \(entry.entryID), \(kind), recorded \(entry.recordedAt.map(time) ?? "")"
        if !entry.reason.isEmpty { head += ": \(entry.reason)" }
        if entry.usageState != .reported { head += " (usage \(UsageWords.name(entry.usageState)))" }
        let added = entry.amount.map { "adds \(MoneyText.exact($0)) \($0.currencyCode)" }
        let total = entry.total.map { "comes to \(MoneyText.exact($0))" }
        let sums = [added, total].compactMap { $0 }.joined(separator: ", ")
        guard !entry.lines.isEmpty else { return sums.isEmpty ? head : "\(head)\n\(sums)" }
        var table = Table([
            .init("Quantity"), .init("Amount", .right), .init("Rate", .right), .init("Per"),
            .init("Factor", .right), .init("Cost", .right),
        ])
        for line in entry.lines {
            table.add([
                line.quantityClass, CompletenessText.number(line.amount), line.rate,
                line.perMillion ? "million" : "one", line.multiplier, line.cost,
            ])
        }
        table.rule()
        table.add(["Exactly", "", "", "", "", entry.exactTotal])
        let price = entry.price.map { "\n" + Self.price($0) } ?? ""
        return "\(head)\n\(table.text)\n\(sums)\(price)"
    }

    private static func price(_ price: ExplainedPrice) -> String {
        let since = price.validFrom.map { "since \(time($0))" } ?? "from the beginning, as assumed"
        let alias = price.alias.isEmpty ? "" : ", which \(price.alias) is an alias of"
        return Table.printable(
            "by price \(price.version) of \(price.provider) \(price.model), \(since)\(alias)")
    }

    private static func time(_ timestamp: Timestamp) -> String {
        (try? timestamp.instant().rfc3339) ?? ""
    }

    static func rows(_ response: ExplainEventResponse) -> [[String]] {
        let header = [
            "entry_id", "kind", "correction_number", "reason", "quantity_class", "amount", "rate",
            "per_million", "multiplier", "cost", "entry_amount", "entry_total", "currency",
        ]
        return [header]
            + response.entries.flatMap { entry -> [[String]] in
                let lines = entry.lines.isEmpty ? [ExplainedLine()] : entry.lines
                return lines.map { line in
                    [
                        "\(entry.entryID)", "\(entry.kind)", "\(entry.correctionNumber)",
                        entry.reason, line.quantityClass, "\(line.amount)", line.rate,
                        "\(line.perMillion)", line.multiplier, line.cost,
                        MoneyText.exact(entry.amount), MoneyText.exact(entry.total),
                        entry.total?.currencyCode ?? "",
                    ]
                }
            }
    }

    /// - Throws: `Failure` with what the server found wrong.
    static func printChange(_ results: [EventChangeResult], of event: EventName) throws {
        guard let result = results.first else { return }
        guard result.outcome != .rejected else {
            throw Failure(
                "\(result.reason): \(result.description)",
                field: result.field.isEmpty ? nil : result.field)
        }
        let amount =
            result.amount.map { "\(MoneyText.exact($0)) \($0.currencyCode)" } ?? "an unknown amount"
        StandardOutput.say(
            result.outcome == .changed
                ? "\(event.source) \(event.id) now comes to \(amount)."
                : "\(event.source) \(event.id) came to \(amount) already; nothing was changed.")
    }
}

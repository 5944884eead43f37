import API
import ArgumentParser
import Core
import Domain
import Wire

/// `tally usage rules`.
struct UsageRules: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Rules that derive dimensions of events from others, as a team from a project.",
        discussion: """
            A file of rules is a JSON array, or an object with "rules". They are tried in
            order; the first whose conditions all hold decides its target, where its
            sender left that out. A rule with "replace": true decides it anyway.

              [{"name": "teams", "target": "team",
                "mapping": {"dimension": "project",
                            "lines": [{"from": "proj_1", "to": "search"}]}},
               {"name": "production", "target": "environment", "constant": "prod",
                "conditions": [{"dimension": "api_key_id", "prefixes": ["prod-"]}]},
               {"name": "stage", "target": "tag:stage",
                "part": {"dimension": "api_key_id", "before": "-"}},
               {"name": "rest", "target": "team", "copy_of": "customer",
                "conditions": [{"dimension": "customer", "values": ["acme", "zoo"]},
                               {"dimension": "feature", "or_absent": true}]}]

            A file of CSV is the table of one rule, its first line two dimensions:

              project,team
              proj_1,search

            Rules are for events that happen from then on, --from or now; what was recorded
            keeps what it has.
            """,
        subcommands: [
            UsageRulesShow.self, UsageRulesList.self, UsageRulesPreview.self, UsageRulesSet.self,
        ])
}

/// The options that say which rules.
struct AttributionRuleOptions: ParsableArguments {
    @Argument(
        help: "File of rules, or of one rule's table; - for standard input.", completion: .file())
    var file: String
    @Option(
        name: .customLong("rule"),
        help: "Rule whose table the CSV is. Default: by its first line, as \"project to team\".")
    var ruleName: String?
}

/// An instant, or the first of a day of the organization's zone.
struct StartArgument: ExpressibleByArgument, Equatable {
    private enum Start: Equatable {
        case instant(Instant)
        case day(CivilDate)
    }

    private let start: Start

    init?(argument: String) {
        if let day = DayArgument(argument: argument) {
            start = .day(day.date)
        } else if let time = TimeArgument(argument: argument) {
            start = .instant(time.instant)
        } else {
            return nil
        }
    }

    func instant(zone: () async throws -> OrganizationZone) async throws -> Instant {
        switch start {
        case .instant(let instant): instant
        case .day(let day): try await zone().dayBounds(day).lowerBound
        }
    }
}

struct UsageRulesSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Replace the rules by those of a file, or one rule's table; from an instant on.",
        discussion: """
            Rules that somebody else sets in the meantime are not overwritten; but for the
            very first ones, for which nobody can tell.

            Examples:
              tally usage rules set rules.json
              tally usage rules set teams.csv --from 2026-12-01
              tally usage rules set teams.csv --rule teams --note "Reorganization"
            """)

    @OptionGroup var rules: AttributionRuleOptions
    @Option(
        help: "First day, or instant as 2026-12-01T00:00:00Z, of the events they are for. Now.")
    var from: StartArgument?
    @Option(help: "For people.")
    var note = ""

    func run() async throws {
        let file = try AttributionRuleFile.load(rules.file)
        let (set, before) = try await Session.run { session in
            let newest = try await session.read(
                IngestionServiceMethods.GetAttributionRules.self, GetAttributionRulesRequest())
            let start = try await from?.instant { try await session.zone() }
            let set = try await session.write(
                IngestionServiceMethods.SetAttributionRules.self,
                SetAttributionRulesRequest(
                    rules: try file.rules(beside: newest.rules, ruleName: rules.ruleName),
                    effectiveTime: start.map { Timestamp($0) }, expectedVersion: newest.version,
                    note: note))
            return (set, newest.version)
        }
        let since = set.effectiveTime.map(CompletenessText.time) ?? ""
        StandardOutput.say(
            set.version == before
                ? "Nothing changed: version \(set.version) has the same rules."
                : "Version \(set.version), \(set.ruleCount) rules, holds for events from \(since) on."
        )
    }
}

struct UsageRulesShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "The newest rules, or a version; as json, what tally usage rules set reads.")

    @Option(help: "Number of a version. Default: the newest.")
    var version: Int64 = 0
    @OptionGroup var output: FormatOption

    func run() async throws {
        let set = try await Session.run {
            try await $0.read(
                IngestionServiceMethods.GetAttributionRules.self,
                GetAttributionRulesRequest(version: version))
        }
        try output.print(
            set, table: { AttributionRuleText.table(set) },
            csv: {
                [["name", "takes", "target", "becomes", "replace"]]
                    + set.rules.map(AttributionRuleText.cells)
            })
    }
}

struct UsageRulesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The versions of the rules, the newest first.")

    @OptionGroup var output: FormatOption

    func run() async throws {
        let sets = try await Session.run { session in
            try await session.pages(
                IngestionServiceMethods.ListAttributionRuleSets.self,
                { ListAttributionRuleSetsRequest(pageSize: 1000, pageToken: $0) },
                items: { ($0.ruleSets, $0.nextPageToken) })
        }
        let cells = sets.map { set in
            [
                "\(set.version)", "\(set.ruleCount)",
                set.effectiveTime.map(CompletenessText.time) ?? "",
                set.endTime.map(CompletenessText.time) ?? "",
                set.createTime.map(CompletenessText.time) ?? "", set.note,
            ]
        }
        try output.print(
            ListAttributionRuleSetsResponse(ruleSets: sets),
            table: {
                var table = Table([
                    .init("Version", .right), .init("Rules", .right), .init("From"),
                    .init("A later one from"), .init("Made"), .init("Note"),
                ])
                for row in cells { table.add(row) }
                return table.text
            },
            csv: {
                [
                    [
                        "version", "rule_count", "effective_time", "end_time", "create_time",
                        "note",
                    ]
                ] + cells
            })
    }
}

struct UsageRulesPreview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "What rules would have made of the spend; nothing changes.",
        discussion: """
            How much would count under which value in place of which, exactly, as if the
            rules had held all the time and no others.

            Examples:
              tally usage rules preview rules.json --month last
              tally usage rules preview teams.csv --days 90 --format csv
            """)

    @OptionGroup var rules: AttributionRuleOptions
    @OptionGroup var span: SpanOptions
    @Option(help: "How many moves of each dimension, 1 to 100.")
    var limit: Int32 = 20
    @OptionGroup var basis: BasisOption
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard (1...100).contains(limit) else { throw ValidationError("--limit is 1 to 100.") }
    }

    func run() async throws {
        let file = try AttributionRuleFile.load(rules.file)
        let (report, first, last) = try await Session.run { session in
            let (first, last) = try await span.span { try await session.today() }
            let newest = try await session.read(
                IngestionServiceMethods.GetAttributionRules.self, GetAttributionRulesRequest())
            let report = try await session.read(
                IngestionServiceMethods.PreviewAttributionRules.self,
                PreviewAttributionRulesRequest(
                    from: Date(first), through: Date(last), basis: basis.wire,
                    rules: try file.rules(beside: newest.rules, ruleName: rules.ruleName),
                    limit: limit))
            return (report, first, last)
        }
        try output.print(
            report,
            table: { AttributionPreviewText.table(report, span: "\(first) to \(last)") },
            csv: { AttributionPreviewText.rows(report) })
    }
}

import API
import ArgumentParser

/// `tally rules`.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Allocation rules: which unit answers for what.",
        subcommands: [RulesSet.self, RulesShow.self])
}

struct RulesSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Replace the rules by those of a file.",
        discussion: """
            The file is a JSON array of rules, or an object with "rules". The first rule
            whose conditions all hold decides. A value's trailing * matches any rest, ""
            what has no value.

              [{"id": "chat", "unit": "assistant",
                "conditions": [{"dimension": "project", "value": "proj_chat*"}]},
               {"id": "rest", "conditions": [],
                "split": {"method": "proportional", "units": ["assistant", "search"]}}]

            Rules that somebody else sets in the meantime are not overwritten.

            Examples:
              tally rules set rules.json
              tally rules show --format json > rules.json
            """)

    @Argument(help: "File of rules; - for standard input.")
    var file: String

    func run() async throws {
        let json = try JSONFile.load(file)
        let list = json["rules"] ?? json
        guard case .array(let elements) = list else {
            throw Failure("\(file) should hold an array of rules, not \(list.kind).")
        }
        let rules = try RuleDefinition.rules(
            elements.enumerated().map { ($1, "rules[\($0)]") })
        let set = try await Session.run { session in
            let current = try await session.read(
                AllocationServiceMethods.GetAllocationRules.self, GetAllocationRulesRequest())
            if current.version > 0, RuleDefinition.areEqual(current.rules, rules) {
                return current
            }
            return try await session.write(
                AllocationServiceMethods.SetAllocationRules.self,
                SetAllocationRulesRequest(rules: rules, expectedVersion: current.version))
        }
        StandardOutput.say("\(set.rules.count) rules are in force as version \(set.version).")
    }
}

struct RulesShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The rules in force; as json, what tally rules set reads.")

    @OptionGroup var output: FormatOption

    func run() async throws {
        let set = try await Session.run {
            try await $0.read(
                AllocationServiceMethods.GetAllocationRules.self, GetAllocationRulesRequest())
        }
        switch output.format {
        case .json:
            StandardOutput.write(RuleDefinition.json(set.rules).text(isIndented: true))
        case .table:
            var table = Table([.init("Rule"), .init("Takes"), .init("Gives to")])
            for rule in set.rules {
                let words = RuleDefinition.words(rule)
                table.add([rule.id, words.conditions, words.target])
            }
            StandardOutput.say("Version \(set.version)\n\n\(table.text)")
        case .csv:
            let rows = set.rules.map { rule in
                let words = RuleDefinition.words(rule)
                return [rule.id, words.conditions, words.target]
            }
            StandardOutput.write(
                CSVText.text([["id", "takes", "gives_to"]] + rows), terminator: "")
        }
    }
}

import API

/// Attribution rules as they are printed.
enum AttributionRuleText {
    static func table(_ set: AttributionRuleSet) -> String {
        guard set.version > 0 else { return "No rules were ever set." }
        var table = Table([
            .init("Rule"), .init("Takes"), .init("Derives"), .init("As"), .init("Replaces"),
        ])
        for rule in set.rules { table.add(cells(rule)) }
        let from = set.effectiveTime.map { " for events from \(CompletenessText.time($0)) on" }
        let end = set.endTime.map { "; a later one from \(CompletenessText.time($0)) on" }
        return "Version \(set.version)\(from ?? "")\(end ?? "")\n\n\(table.text)"
    }

    static func cells(_ rule: AttributionRule) -> [String] {
        [
            rule.name, conditions(rule.conditions), rule.target, value(rule.value),
            rule.replace ? "yes" : "",
        ]
    }

    private static func conditions(_ conditions: [AttributionCondition]) -> String {
        guard !conditions.isEmpty else { return "everything" }
        return conditions.map { condition in
            var demands = condition.values.map { "is \"\($0)\"" }
            demands += condition.prefixes.map { "begins with \"\($0)\"" }
            if condition.orAbsent { demands.append("is absent") }
            return "\(condition.dimension) \(demands.joined(separator: " or "))"
        }.joined(separator: " and ")
    }

    private static func value(_ value: AttributionRule.Value?) -> String {
        switch value {
        case .constant(let text): return "\"\(text)\""
        case .copyOf(let dimension): return dimension
        case .part(let part):
            let after = part.after.isEmpty ? "" : " after \"\(part.after)\""
            let before = part.before.isEmpty ? "" : " before \"\(part.before)\""
            return "\(part.dimension)\(after)\(before)"
        case .mapping(let mapping):
            return "\(mapping.dimension) by a table of \(mapping.lines.count)"
        case nil: return ""
        }
    }
}

/// A preview of rules as it is printed.
enum AttributionPreviewText {
    static func table(_ report: PreviewAttributionRulesResponse, span: String) -> String {
        var moves = Table([
            .init("Dimension"), .init("Counts under"), .init("Would count under"),
            .init("Cost", .decimal), .init("Requests", .right),
        ])
        for effect in report.dimensions {
            for move in effect.moves {
                moves.add(
                    [
                        effect.dimension, move.before.map(UsageText.value) ?? "",
                        move.after.map(UsageText.value) ?? "",
                    ] + figures(move.figures))
            }
            if effect.otherMoves > 0 {
                let count = CompletenessText.number(effect.otherMoves)
                moves.add([effect.dimension, "\(count) others", ""] + figures(effect.other))
            }
            moves.add([effect.dimension, "All that moves", ""] + figures(effect.moved))
            moves.add([effect.dimension, "All that stays", ""] + figures(effect.unchanged))
            moves.rule()
        }
        moves.add(["Total", "", ""] + figures(report.total))
        var rules = Table([.init("Rule"), .init("Gives a value to", .decimal)])
        for rule in report.rules {
            rules.add([rule.name, MoneyText.display(rule.figures?.cost)])
        }
        return """
            What the rules would change, \(report.total?.cost?.currencyCode ?? ""), \(span)

            \(moves.text)

            \(rules.text)

            Of providers' reports and bills, which rules leave as they are: \
            \(MoneyText.display(report.notOfEvents?.cost)).
            \(CompletenessText.text(report.completeness))
            """
    }

    private static func figures(_ figures: UsageFigures?) -> [String] {
        [
            MoneyText.display(figures?.cost), CompletenessText.number(figures?.requests ?? 0),
        ]
    }

    static func rows(_ report: PreviewAttributionRulesResponse) -> [[String]] {
        let header = [
            "row", "dimension", "before", "before absent", "after", "after absent",
        ]
        var rows: [[String]] = []
        for effect in report.dimensions {
            for move in effect.moves {
                let values = [move.before, move.after].flatMap {
                    [$0?.value ?? "", "\($0?.absent ?? true)"]
                }
                rows.append(["move", effect.dimension] + values + UsageText.figures(move.figures))
            }
            for (name, figures) in [
                ("other", effect.other), ("moved", effect.moved), ("unchanged", effect.unchanged),
            ] {
                rows.append(
                    [name, effect.dimension, "", "", "", ""] + UsageText.figures(figures))
            }
        }
        for rule in report.rules {
            rows.append(["rule", rule.name, "", "", "", ""] + UsageText.figures(rule.figures))
        }
        for (name, figures) in [("total", report.total), ("not_of_events", report.notOfEvents)] {
            rows.append([name, "", "", "", "", ""] + UsageText.figures(figures))
        }
        let completeness = CompletenessText.csv(report.completeness)
        return [header + UsageText.figuresHeader + CompletenessText.csvHeader]
            + rows.map { $0 + completeness }
    }
}

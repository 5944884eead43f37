import API

/// Prices, and what changes of them, as they are printed.
enum PriceText {
    // MARK: - One price

    static func text(_ price: Price) -> String {
        var table = Table([
            .init("Tier"), .init("Length"), .init("Class"), .init("Rate", .decimal), .init("Per"),
        ])
        for rate in price.rates {
            table.add([
                rate.serviceTier, length(rate.longContext), rate.quantityClass, rate.rate,
                rate.each ? "one" : "million tokens",
            ])
        }
        return (head(price) + ["", table.text]).joined(separator: "\n")
    }

    private static func head(_ price: Price) -> [String] {
        let region = price.region.isEmpty ? "" : " in \(price.region)"
        let from =
            price.effectiveTime.map { "from \(CompletenessText.time($0))" }
            ?? "since ever, which is assumed"
        let to = price.endTime.map { " to \(CompletenessText.time($0))" } ?? ""
        var lines = [
            Table.printable("\(price.provider) \(price.model)\(region), in \(price.currencyCode)"),
            "Price version \(price.priceVersion), \(from)\(to).",
            Table.printable("Source: \(price.source)"),
        ]
        if !price.alias.isEmpty {
            lines.append(
                Table.printable(
                    "\(price.alias) is an alias of \(price.model). Source: \(price.aliasSource)"))
        }
        if let catalogue = price.catalogue { lines.append(text(catalogue)) }
        if price.longContextTokens > 0 {
            let tokens = CompletenessText.number(price.longContextTokens)
            lines.append("Long: a prompt above \(tokens) tokens; at Google and xAI from there on.")
        }
        for multiplier in price.regionMultipliers {
            let region = multiplier.region == "*" ? "any region" : "region \(multiplier.region)"
            lines.append("In \(region), tokens cost \(multiplier.factor) times as much.")
        }
        return lines
    }

    static func text(_ record: PriceImportRecord) -> String {
        let day = record.asOf.map { " of \($0.text)" } ?? ""
        let time = record.importTime.map { ", imported at \(CompletenessText.time($0))" } ?? ""
        return Table.printable(
            "Price catalogue \(record.version): \(record.fileName)\(day)\(time).")
    }

    static func rows(_ price: Price) -> [[String]] {
        [
            [
                "provider", "model", "region", "currency", "price_version", "service_tier",
                "long_context", "quantity_class", "rate", "per", "alias",
            ]
        ]
            + price.rates.map {
                [
                    price.provider, price.model, price.region, price.currencyCode,
                    "\(price.priceVersion)", $0.serviceTier, "\($0.longContext)",
                    $0.quantityClass, $0.rate, $0.each ? "each" : "million",
                    price.alias,
                ]
            }
    }

    // MARK: - What an import changes

    static func text(_ response: DiffPricesResponse) -> String {
        var table = Table([
            .init("What"), .init("Provider"), .init("Model"), .init("Rate"), .init("Before"),
            .init("After"),
        ])
        for difference in response.differences {
            let region = difference.region.isEmpty ? "" : " (\(difference.region))"
            let head = [
                action(difference.action), difference.provider, difference.model + region,
            ]
            let rates =
                difference.aliasOf.isEmpty
                ? difference.rates.map { [name($0), $0.before, $0.after] }
                : [["alias of", difference.aliasOfBefore, difference.aliasOf]]
            table.add(head + (rates.first ?? ["", "", ""]))
            for rate in rates.dropFirst() { table.add(["", "", ""] + rate) }
        }
        var lines = response.differences.isEmpty ? [] : [table.text, ""]
        if let catalogue = response.catalogue { lines.append(text(catalogue)) }
        let counts = [PriceDifference.Action.added, .changed, .unlisted].map { action in
            response.differences.count { $0.action == action && $0.aliasOf.isEmpty }
        }
        lines.append(
            "Against it: \(counts[0]) models added, \(counts[1]) changed, "
                + "\(response.unchangedCount) unchanged, \(counts[2]) not in the file.")
        if response.differences.contains(where: { !$0.aliasOf.isEmpty }) {
            let aliases = [PriceDifference.Action.added, .changed, .unlisted].map { action in
                response.differences.count { $0.action == action && !$0.aliasOf.isEmpty }
            }
            lines.append(
                "Aliases: \(aliases[0]) added, \(aliases[1]) changed, "
                    + "\(aliases[2]) not in the file.")
        }
        lines += remarks(response.remarks)
        if !response.refusalReason.isEmpty {
            lines.append(
                "The file would be refused: \(response.refusalReason). \(response.refusal)")
        }
        return lines.joined(separator: "\n")
    }

    static func rows(_ response: DiffPricesResponse) -> [[String]] {
        var rows = [
            [
                "action", "provider", "model", "region", "service_tier", "long_context",
                "quantity_class", "before", "after",
            ]
        ]
        for difference in response.differences {
            let head = [
                action(difference.action), difference.provider, difference.model, difference.region,
            ]
            guard difference.aliasOf.isEmpty else {
                rows.append(
                    head + ["", "", "alias_of", difference.aliasOfBefore, difference.aliasOf])
                continue
            }
            if difference.rates.isEmpty { rows.append(head + ["", "", "", "", ""]) }
            for rate in difference.rates {
                rows.append(
                    head + [
                        rate.serviceTier, "\(rate.longContext)", rate.quantityClass, rate.before,
                        rate.after,
                    ])
            }
        }
        return rows
    }

    /// What of a file is not taken over, a line each.
    static func remarks(_ remarks: [PriceFileRemark]) -> [String] {
        remarks.map { remark in
            let field = remark.field.isEmpty ? "" : " \(remark.field)"
            let more = Int(remark.modelCount) > remark.models.count ? ", …" : ""
            return Table.printable(
                "Not taken: \(remark.problem)\(field), \(remark.modelCount) models: "
                    + remark.models.prefix(3).joined(separator: ", ")
                    + (remark.models.count > 3 ? ", …" : more))
        }
    }

    private static func name(_ rate: PriceRateDifference) -> String {
        [rate.quantityClass, rate.serviceTier, rate.longContext ? "long" : ""]
            .filter { !$0.isEmpty && $0 != "standard" }.joined(separator: ", ")
    }

    private static func length(_ isLong: Bool) -> String { isLong ? "long" : "" }

    private static func action(_ action: PriceDifference.Action) -> String {
        switch action {
        case .added: "added"
        case .changed: "changed"
        case .unlisted: "not in the file"
        default: action.name ?? "\(action.rawValue)"
        }
    }
}

import API
import Core
import Domain

/// How complete a figure is; every report ends with it.
enum CompletenessText {
    static func text(_ completeness: Completeness?) -> String {
        guard let completeness else { return "Completeness: the server did not say." }
        var lines = ["Basis: \(basis(completeness.basis)). \(finality(completeness))"]
        if completeness.unpricedEntries > 0 {
            lines.append(
                "Not in these figures: \(number(completeness.unpricedEntries)) entries without a "
                    + "price, \(number(completeness.unpricedTokens)) tokens.")
        } else if !completeness.ofSomeUnits {
            lines.append("Every entry has a price.")
        }
        if let prices = completeness.priceCatalogue { lines.append(text(prices)) }
        if let unallocated = completeness.unallocated {
            lines.append(
                "Given to no unit: \(MoneyText.display(unallocated)) \(unallocated.currencyCode).")
        }
        for source in completeness.sources {
            let name = Table.printable(source.source)
            let read = source.lastReadAt.map { "read \(time($0))" } ?? "never read"
            let final = source.finalThrough.map { "final before \(time($0))" } ?? "nothing final"
            lines.append("  \(name): \(read), \(final)")
        }
        if let knownAt = completeness.knownAt { lines.append("As known at \(time(knownAt)).") }
        return lines.joined(separator: "\n")
    }

    /// The columns that rows of CSV carry, so that no amount stands without them.
    static let csvHeader = [
        "basis", "provisional", "final_through", "unpriced_entries", "unpriced_tokens",
        "price_catalogue", "price_catalogue_time", "price_catalogue_as_of",
    ]

    static func csv(_ completeness: Completeness?) -> [String] {
        guard let completeness else { return csvHeader.map { _ in "" } }
        let unpriced = [completeness.unpricedEntries, completeness.unpricedTokens]
        let prices = completeness.priceCatalogue
        return [
            basis(completeness.basis), "\(completeness.provisional)",
            completeness.finalThrough.map(time) ?? "",
        ] + unpriced.map { completeness.ofSomeUnits ? "" : "\($0)" }
            + [
                prices.map { "\($0.version)" } ?? "", prices?.importTime.map(time) ?? "",
                prices?.asOf?.text ?? "",
            ]
    }

    private static func text(_ prices: PriceCatalogueVersion) -> String {
        let since =
            prices.asOf.map { " of \($0.text)" }
            ?? prices.importTime.map { ", imported at \(time($0))" } ?? ""
        return "Newest price catalogue: \(prices.version)\(since)."
    }

    static func time(_ timestamp: Timestamp) -> String {
        (try? timestamp.instant().rfc3339) ?? "\(timestamp.seconds) s since 1970"
    }

    static func number(_ number: Int64) -> String { MoneyText.grouped(String(number)) }

    private static func finality(_ completeness: Completeness) -> String {
        let final = completeness.finalThrough.map { "Final before \(time($0)). " } ?? ""
        return final
            + (completeness.provisional
                ? "Parts may still change." : "Nothing will change any more.")
    }

    private static func basis(_ basis: API.Basis) -> String {
        switch basis {
        case .metered: "metered"
        case .billed: "billed"
        case .effective, .unspecified: "effective"
        default: "\(basis.rawValue)"
        }
    }
}

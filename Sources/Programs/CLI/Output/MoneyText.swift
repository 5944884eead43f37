import API
import Core
import Domain

/// Amounts as they are printed.
enum MoneyText {
    /// For people: exact, zeros beyond the second decimal dropped, thousands apart.
    static func display(_ money: API.Money?) -> String {
        guard let money else { return "–" }
        guard let exact = try? Domain.Money(wire: money) else { return money.amount }
        return grouped(exact.displayText)
    }

    /// For people: an estimate to two decimals, which are more than it knows.
    static func estimate(_ money: API.Money?) -> String {
        guard let money, let exact = try? Domain.Money(wire: money) else { return "–" }
        let cents = Domain.Money.picosPerUnit / 100
        let (quotient, remainder) = exact.picos.quotientAndRemainder(dividingBy: cents)
        let isUp = remainder.magnitude * 2 >= cents.magnitude
        let rounded = quotient + (isUp ? exact.picos.signum() : 0)
        return grouped(
            Domain.Money(picos: rounded * cents, currency: exact.currency).displayText)
    }

    /// For programs: as the server gave it.
    static func exact(_ money: API.Money?) -> String { money?.amount ?? "" }

    /// `1234567.5` as `1,234,567.5`.
    static func grouped(_ digits: String) -> String {
        let sign = digits.hasPrefix("-") ? "-" : ""
        let parts = digits.dropFirst(sign.count).split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        var whole = ""
        for (index, digit) in (parts.first ?? "").reversed().enumerated() {
            if index > 0, index % 3 == 0 { whole = "," + whole }
            whole = String(digit) + whole
        }
        return sign + whole + (parts.count > 1 ? "." + parts[1] : "")
    }
}

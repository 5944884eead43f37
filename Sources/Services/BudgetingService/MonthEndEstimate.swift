import API
import Domain
import Forecasting

/// What a month in progress will come to. An estimate: computed in binary floating point from
/// daily amounts, and turned into money only to be shown.
struct MonthEndEstimate: Equatable, Sendable {
    let currency: Currency
    let mean: Int128
    let low80: Int128
    let high80: Int128
    let low95: Int128
    let high95: Int128
    /// Full days of history that it rests on.
    let historyDayCount: Int

    /// Days before the first one with spend are no history: nobody was there to spend.
    /// nil where there is no full day of history.
    /// - Parameters:
    ///   - spent: in the month so far, in picos, today included.
    ///   - days: picos of the days up to today, which is the last; oldest first.
    ///   - daysLeft: of the month, today included.
    init?(spent: Int128, days: [Int128], daysLeft: Int, currency: Currency) {
        guard let today = days.last else { return nil }
        let history = days.dropLast().drop { $0 == 0 }.map(Self.units)
        guard let forecast = DailyForecast(history: history, dayCount: daysLeft) else {
            return nil
        }
        let whole = forecast.total.shifted(by: Self.units(spent - today))
        // What today has spent already cannot come back: no bound lies below the month so far.
        let picos = { (units: Double) in max(Self.picos(units), spent) }
        self.currency = currency
        mean = picos(whole.mean)
        low80 = picos(whole.low80)
        high80 = picos(whole.high80)
        low95 = picos(whole.low95)
        high95 = picos(whole.high95)
        historyDayCount = forecast.historyDayCount
    }

    var wire: API.Estimate {
        let money = { (picos: Int128) in API.Money(Domain.Money(picos: picos, currency: currency)) }
        return API.Estimate(
            mean: money(mean), low80: money(low80), high80: money(high80), low95: money(low95),
            high95: money(high95))
    }

    private static let picosPerUnit = 1e12
    private static let picosPerCent: Int128 = 10_000_000_000

    private static func units(_ picos: Int128) -> Double {
        Double(picos) / picosPerUnit
    }

    /// Whole cents: digits beyond would claim what an estimate does not know.
    private static func picos(_ units: Double) -> Int128 {
        // Far beyond any amount and safely within 128 bits.
        let cents = (min(max(units, -1e20), 1e20) * 100).rounded()
        return Int128(cents) * picosPerCent
    }
}

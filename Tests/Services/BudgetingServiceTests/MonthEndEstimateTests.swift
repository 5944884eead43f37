import API
import Core
import Domain
import Testing

@testable import BudgetingService

@Suite struct MonthEndEstimateTests {
    private let unit = Domain.Money.picosPerUnit

    @Test func aSteadyMonthGoesOn() throws {
        // 60 full days of 10 each, today 4 so far; 20 full days of this month are over.
        let days = [Int128](repeating: 10 * unit, count: 60) + [4 * unit]
        let estimate = try #require(
            MonthEndEstimate(spent: 204 * unit, days: days, daysLeft: 10, currency: .usd))
        #expect(estimate.mean == 300 * unit)
        #expect(estimate.historyDayCount == 60)
        #expect(estimate.wire.mean?.amount == "300.000000000000")
        #expect(estimate.wire.mean?.currencyCode == "USD")
    }

    @Test func noBoundLiesBelowWhatIsSpent() throws {
        let days = [Int128](repeating: 10 * unit, count: 60) + [5_000 * unit]
        let spent = 5_100 * unit
        let estimate = try #require(
            MonthEndEstimate(spent: spent, days: days, daysLeft: 1, currency: .usd))
        for bound in [
            estimate.low95, estimate.low80, estimate.mean, estimate.high80, estimate.high95,
        ] {
            #expect(bound >= spent)
        }
    }

    @Test func daysBeforeTheFirstSpendAreNoHistory() throws {
        let days = [Int128](repeating: 0, count: 100) + [7 * unit, 7 * unit, 7 * unit, 0]
        let estimate = try #require(
            MonthEndEstimate(spent: 21 * unit, days: days, daysLeft: 2, currency: .eur))
        #expect(estimate.historyDayCount == 3)
        #expect(estimate.mean == 35 * unit)
    }

    @Test func withoutHistoryThereIsNoEstimate() {
        #expect(MonthEndEstimate(spent: 0, days: [], daysLeft: 5, currency: .usd) == nil)
        #expect(MonthEndEstimate(spent: 9, days: [9], daysLeft: 5, currency: .usd) == nil)
        #expect(
            MonthEndEstimate(spent: 9, days: [0, 0, 9], daysLeft: 5, currency: .usd) == nil)
    }

    @Test func creditsAndHugeAmountsAreNoTrap() throws {
        let days = [-5 * unit, Int128.max / 4, Int128.max / 4, -3]
        let estimate = try #require(
            MonthEndEstimate(spent: Int128.max / 2, days: days, daysLeft: 31, currency: .usd))
        #expect(estimate.mean >= Int128.max / 2)
    }

    @Test func theCalendarCountsDaysInTheZone() throws {
        // 31 October 2026, 23:30 in Berlin; in UTC it is the 31st as well, in Auckland November.
        let now = try Instant(rfc3339: "2026-10-31T22:30:00Z")
        let berlin = ForecastCalendar(zone: try OrganizationZone("Europe/Berlin"), now: now)
        #expect(berlin.today.description == "2026-10-31")
        #expect(berlin.daysLeft == 1)
        let auckland = ForecastCalendar(zone: try OrganizationZone("Pacific/Auckland"), now: now)
        #expect(auckland.month.description == "2026-11")
        #expect(auckland.daysLeft == 30)
        #expect(
            auckland.days.upperBound.dayNumber - auckland.days.lowerBound.dayNumber
                == ForecastCalendar.historyDayCountMax + 1)
    }
}

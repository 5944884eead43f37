package import Core

/// How long an organization wants its usage kept: so many months of UTC beside the present one.
package struct UsageRetention: Hashable, Sendable {
    /// Fewer would leave no year to compare with.
    package static let monthsRange = 13...1200
    /// A month begins so much earlier somewhere than it does by UTC.
    package static let headStartSeconds: Int64 = 14 * 3600

    package let months: Int

    /// - Parameter months: Brought into `monthsRange`.
    package init(months: Int) {
        self.months = min(max(months, Self.monthsRange.lowerBound), Self.monthsRange.upperBound)
    }

    /// From when on usage is kept at an instant: what is older is refused, and removed.
    ///
    /// The database says the same, by `tally.usage_kept_from`.
    package func keptFrom(at now: Instant) -> Instant {
        let daySeconds: Int64 = 86_400
        let day = (now.seconds - (now.seconds >= 0 ? 0 : daySeconds - 1)) / daySeconds
        let month = CivilDate(dayNumber: Int(day)).monthOfYear.advanced(byMonths: -months)
        return Instant(seconds: Int64(month.firstDay.dayNumber) * daySeconds)
            .advanced(bySeconds: -Self.headStartSeconds)
    }
}

package import Core

extension OrganizationZone {
    /// The day cut wherever the local clock shows a full hour, in order and without a gap.
    ///
    /// A day of 23 or 25 hours has as many parts. Where the clock is changed by less than an hour, or
    /// at another minute, the part after the change is shorter and ends at the new clock's full hour.
    package func hourBounds(_ day: CivilDate) -> [Range<Instant>] {
        let bounds = dayBounds(day)
        var hours: [Range<Instant>] = []
        var start = bounds.lowerBound
        while start < bounds.upperBound {
            let local = start.seconds + Int64(offsetSeconds(at: start))
            let sinceFullHour = (local % 3600 + 3600) % 3600
            let end = min(start.advanced(bySeconds: 3600 - sinceFullHour), bounds.upperBound)
            hours.append(start..<end)
            start = end
        }
        return hours
    }
}

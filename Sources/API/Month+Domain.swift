package import Core
package import Domain

extension CivilMonth {
    /// Reads a month; one that the calendar does not have is `MONTH_INVALID`.
    package init(wire: Month) throws(ServiceError) {
        try self.init(year: Int(wire.year), month: Int(wire.month))
    }
}

extension Month {
    package init(_ month: CivilMonth) {
        self.init(year: Int32(month.year), month: Int32(month.month))
    }
}

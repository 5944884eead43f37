package import Core
package import Domain

extension CivilDate {
    /// Reads a day; one that the calendar does not have is `DATE_INVALID`.
    package init(wire: Date) throws(ServiceError) {
        try self.init(year: Int(wire.year), month: Int(wire.month), day: Int(wire.day))
    }
}

extension Date {
    package init(_ date: CivilDate) {
        self.init(year: Int32(date.year), month: Int32(date.month), day: Int32(date.day))
    }
}

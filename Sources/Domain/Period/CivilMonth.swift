package import Core

/// A month of the Gregorian calendar, without a zone.
package struct CivilMonth: Hashable, Comparable, Sendable {
    package let year: Int
    /// 1 to 12.
    package let month: Int

    /// Years 1970 to 9999, months 1 to 12; else `MONTH_INVALID`.
    package init(year: Int, month: Int) throws(ServiceError) {
        guard (1970...9999).contains(year), (1...12).contains(month) else {
            throw ServiceError(
                .invalidArgument, "MONTH_INVALID",
                "A month is 1 to 12 of a year between 1970 and 9999.")
        }
        self.init(checkedYear: year, month: month)
    }

    init(checkedYear year: Int, month: Int) {
        self.year = year
        self.month = month
    }

    package var firstDay: CivilDate {
        CivilDate(dayNumber: firstDayNumber)
    }

    package var lastDay: CivilDate {
        CivilDate(dayNumber: next.firstDayNumber - 1)
    }

    package var dayCount: Int { CivilDate.days(year: year, month: month) }

    package var days: [CivilDate] {
        (firstDayNumber..<next.firstDayNumber).map { CivilDate(dayNumber: $0) }
    }

    package var next: CivilMonth { advanced(byMonths: 1) }
    package var previous: CivilMonth { advanced(byMonths: -1) }

    package func advanced(byMonths months: Int) -> CivilMonth {
        let count = year * 12 + (month - 1) + months
        return CivilMonth(checkedYear: count / 12, month: count % 12 + 1)
    }

    private var firstDayNumber: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    package static func < (left: CivilMonth, right: CivilMonth) -> Bool {
        (left.year, left.month) < (right.year, right.month)
    }
}

extension CivilMonth: CustomStringConvertible {
    /// `2026-11`.
    package var description: String { month < 10 ? "\(year)-0\(month)" : "\(year)-\(month)" }
}

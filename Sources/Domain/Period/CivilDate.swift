package import Core

/// A day of the Gregorian calendar, without a zone.
package struct CivilDate: Hashable, Comparable, Sendable {
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int

    /// Years 1970 to 9999; a day that the calendar does not have is `DATE_INVALID`.
    package init(year: Int, month: Int, day: Int) throws(ServiceError) {
        guard (1970...9999).contains(year), (1...12).contains(month),
            (1...Self.days(year: year, month: month)).contains(day)
        else {
            throw ServiceError(
                .invalidArgument, "DATE_INVALID",
                "A date is a day of the calendar between the years 1970 and 9999.")
        }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `2026-11-21`; all else is `DATE_INVALID`.
    package init(_ text: some StringProtocol) throws(ServiceError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isWritten = parts.map(\.utf8.count) == [4, 2, 2]
        let isDigits = parts.joined().utf8.allSatisfy { (48...57).contains($0) }
        let numbers = isWritten && isDigits ? parts.compactMap { Int($0) } : [0, 0, 0]
        try self.init(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// The day that many days after 1970-01-01.
    ///
    /// Howard Hinnant's `civil_from_days`: eras of 400 years that begin on 1 March.
    package init(dayNumber: Int) {
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01.
    package var dayNumber: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// How many days the month has.
    package static func days(year: Int, month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package func advanced(byDays days: Int) -> CivilDate {
        CivilDate(dayNumber: dayNumber + days)
    }

    package var monthOfYear: CivilMonth { CivilMonth(checkedYear: year, month: month) }

    package static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

extension CivilDate: CustomStringConvertible {
    /// `2026-11-21`.
    package var description: String {
        let twoDigits = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(twoDigits(month))-\(twoDigits(day))"
    }
}

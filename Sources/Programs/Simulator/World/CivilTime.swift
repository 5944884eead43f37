/// A UTC date and time of day, to and from seconds since 1970.
///
/// The simulator has its own arithmetic here, so that a mistake in the product's calendar cannot
/// hide behind the same mistake in what the product is checked with.
struct CivilTime: Equatable, Sendable {
    static let secondsPerDay: Int64 = 86400

    var year: Int64
    var month: Int64
    var day: Int64
    var secondOfDay: Int64

    /// Howard Hinnant's `civil_from_days`: eras of 400 years that begin on 1 March.
    init(seconds: Int64) {
        let days = Self.floor(seconds, by: Self.secondsPerDay)
        secondOfDay = seconds - days * Self.secondsPerDay
        let shifted = days + 719_468
        let era = Self.floor(shifted, by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970 of a date of the proleptic Gregorian calendar.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = floor(shiftedYear, by: 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// `YYYY-MM-DD` as seconds of its midnight, nil where there is no such day.
    static func midnight(ofDate text: some StringProtocol) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
            parts[2].utf8.count == 2, let year = number(parts[0]), let month = number(parts[1]),
            let day = number(parts[2]), (1...12).contains(month), day >= 1
        else { return nil }
        let seconds = days(year: year, month: month, day: day) * secondsPerDay
        // A day that the month does not have comes out as a day of the next one.
        let back = CivilTime(seconds: seconds)
        return back.month == month && back.day == day ? seconds : nil
    }

    /// RFC 3339 with `Z` or an offset, as seconds; digits of a fraction are cut off.
    static func seconds(ofRFC3339 text: String) -> Int64? {
        guard let separator = text.firstIndex(where: { "Tt ".contains($0) }),
            let midnight = midnight(ofDate: text[..<separator])
        else { return nil }
        let rest = text[text.index(after: separator)...]
        guard let zone = rest.firstIndex(where: { "Zz+-".contains($0) }),
            let offset = offset(rest[zone...])
        else { return nil }
        let pieces = rest[..<zone].split(separator: ".", omittingEmptySubsequences: false)
        let clock = pieces[0].split(separator: ":", omittingEmptySubsequences: false)
        guard pieces.count <= 2, pieces.count == 1 || number(pieces[1]) != nil, clock.count == 3,
            clock.allSatisfy({ $0.utf8.count == 2 }), let hour = number(clock[0]),
            let minute = number(clock[1]), let second = number(clock[2]),
            hour < 24, minute < 60, second < 60
        else { return nil }
        return midnight + hour * 3600 + minute * 60 + second - offset
    }

    /// Monday is 0.
    static func weekday(ofDay day: Int64) -> Int64 {
        let remainder = (day + 3) % 7
        return remainder < 0 ? remainder + 7 : remainder
    }

    /// The start of the span of `width` seconds that `seconds` lies in.
    static func snap(_ seconds: Int64, to width: Int64) -> Int64 {
        floor(seconds, by: width) * width
    }

    /// `2026-11-01`.
    var date: String {
        "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
    }

    /// `2026-11-01T00:00:00Z`.
    var rfc3339: String {
        let clock = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60]
        return date + "T" + clock.map { Self.padded($0, 2) }.joined(separator: ":") + "Z"
    }

    static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func floor(_ value: Int64, by divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    private static func number(_ text: some StringProtocol) -> Int64? {
        guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int64(text)
    }

    private static func offset(_ text: Substring) -> Int64? {
        if text == "Z" || text == "z" { return 0 }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
            let hours = number(parts[0]), let minutes = number(parts[1]), hours < 24, minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return text.hasPrefix("-") ? -seconds : seconds
    }
}

import Core

/// UTC time as log lines show it.
enum UTCTimestamp {
    /// Appends `2026-11-21T04:05:06.123456Z`. The civil date follows Howard Hinnant's
    /// `civil_from_days` (https://howardhinnant.github.io/date_algorithms.html).
    static func append(_ instant: Instant, to bytes: inout [UInt8]) {
        let seconds = instant.seconds
        let microseconds = instant.microseconds - seconds * 1_000_000
        let day = seconds >= 0 ? seconds / 86_400 : -((-seconds + 86_399) / 86_400)
        let secondOfDay = seconds - day * 86_400

        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)

        DecimalDigits.appendTwo(year / 100, to: &bytes)
        DecimalDigits.appendTwo(year % 100, to: &bytes)
        append("-", month, to: &bytes)
        append("-", dayOfMonth, to: &bytes)
        append("T", secondOfDay / 3600, to: &bytes)
        append(":", secondOfDay / 60 % 60, to: &bytes)
        append(":", secondOfDay % 60, to: &bytes)
        append(".", microseconds / 10_000, to: &bytes)
        DecimalDigits.appendTwo(microseconds / 100 % 100, to: &bytes)
        DecimalDigits.appendTwo(microseconds % 100, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    private static func append(
        _ separator: Unicode.Scalar, _ number: Int64, to bytes: inout [UInt8]
    ) {
        bytes.append(UInt8(ascii: separator))
        DecimalDigits.appendTwo(number, to: &bytes)
    }
}

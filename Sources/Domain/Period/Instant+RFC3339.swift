package import Core

extension Instant {
    /// Reads an RFC 3339 date-time such as `2026-11-21T04:00:00.25Z` or `…+05:45`.
    ///
    /// A date-time without `Z` or an offset names no instant and is `TIME_WITHOUT_ZONE`; anything
    /// else that is not the format is `TIME_MALFORMED`. Digits beyond microseconds are cut off.
    package init(rfc3339 text: some StringProtocol) throws(ServiceError) {
        var scanner = RFC3339Scanner(bytes: Array(text.utf8))
        switch scanner.scan() {
        case .instant(let instant): self = instant
        case .withoutZone:
            throw ServiceError(
                .invalidArgument, "TIME_WITHOUT_ZONE",
                "A time needs a zone: append Z, or an offset such as +01:00.")
        case .malformed:
            throw ServiceError(
                .invalidArgument, "TIME_MALFORMED",
                "A time is written as in RFC 3339, such as 2026-11-21T04:00:00Z.")
        }
    }

    /// The instant in UTC with as many digits as it needs: `2026-11-21T04:00:00Z`.
    package var rfc3339: String {
        let date = CivilDate(dayNumber: Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400))
        let second = Int(seconds) - date.dayNumber * 86_400
        let pad = { (number: Int, width: Int) in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        var fraction = pad(Int(microseconds - seconds * 1_000_000), 6)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let year = "\(pad(date.year, 4))-\(pad(date.month, 2))-\(pad(date.day, 2))"
        let clock = [second / 3600, second / 60 % 60, second % 60].map { pad($0, 2) }
        return "\(year)T\(clock.joined(separator: ":"))\(fraction.isEmpty ? "" : ".")\(fraction)Z"
    }
}

/// Reads the grammar of RFC 3339, section 5.6, from ASCII bytes.
private struct RFC3339Scanner {
    enum Outcome {
        case instant(Instant)
        case withoutZone
        case malformed
    }

    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func scan() -> Outcome {
        guard let year = number(4), take("-"), let month = number(2), take("-"),
            let day = number(2), let date = try? CivilDate(year: year, month: month, day: day),
            take("T") || take("t") || take(" "),
            let hour = number(2), take(":"), let minute = number(2), take(":"),
            let second = number(2), hour < 24, minute < 60, second <= 60
        else { return .malformed }
        var microseconds = 0
        if take(".") {
            guard let fraction = fraction() else { return .malformed }
            microseconds = fraction
        }
        if position == bytes.count { return .withoutZone }
        guard let offset = offset(), position == bytes.count else { return .malformed }
        let seconds = date.dayNumber * 86_400 + hour * 3600 + minute * 60 + second - offset
        return .instant(Instant(microseconds: Int64(seconds) * 1_000_000 + Int64(microseconds)))
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else {
            return false
        }
        position += 1
        return true
    }

    private mutating func digit() -> Int? {
        guard position < bytes.count,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position])
        else { return nil }
        defer { position += 1 }
        return Int(bytes[position] - UInt8(ascii: "0"))
    }

    private mutating func number(_ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Microseconds of a fraction of one digit or more.
    private mutating func fraction() -> Int? {
        var value = 0
        var places = 0
        while let digit = digit() {
            if places < 6 { value = value * 10 + digit }
            places += 1
        }
        guard places > 0 else { return nil }
        for _ in places..<max(6, places) { value *= 10 }
        return value
    }

    /// Seconds ahead of UTC.
    private mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let isBehind = take("-")
        guard isBehind || take("+"), let hours = number(2), take(":"), let minutes = number(2),
            hours < 24, minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return isBehind ? -seconds : seconds
    }
}

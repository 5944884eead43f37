package import Core
// The only file that asks Foundation: it carries the rules of the IANA zones.
import Foundation
import Synchronization

/// An organization's IANA time zone: cuts UTC time into its days and months.
///
/// A day begins at the first instant whose local clock shows that date or a later one, so days
/// tile time without gap or overlap in every zone: they have 23 or 25 hours where clocks change,
/// and none at all where a zone skips a date. Starts of days are cached per zone and process.
package struct OrganizationZone: Sendable {
    private let rules: TimeZoneRules

    /// The name as given, such as `Europe/Berlin`.
    package var identifier: String { rules.identifier }

    package static let utc = OrganizationZone(rules: TimeZoneRules.utc)

    /// `TIME_ZONE_UNKNOWN` for anything but an IANA name or `UTC`.
    package init(_ identifier: String) throws(ServiceError) {
        guard let rules = TimeZoneRules.named(identifier) else {
            throw ServiceError(
                .invalidArgument, "TIME_ZONE_UNKNOWN",
                "A time zone is an IANA name, such as Europe/Berlin or UTC.")
        }
        self.rules = rules
    }

    private init(rules: TimeZoneRules) {
        self.rules = rules
    }

    /// The day whose bounds hold the instant.
    package func day(containing instant: Instant) -> CivilDate {
        CivilDate(dayNumber: rules.dayNumber(containing: instant.seconds))
    }

    /// From the day's first instant to the next day's.
    package func dayBounds(_ day: CivilDate) -> Range<Instant> {
        let number = day.dayNumber
        return Instant(
            seconds: rules.start(ofDay: number))..<Instant(seconds: rules.start(ofDay: number + 1))
    }

    package func month(containing instant: Instant) -> CivilMonth {
        day(containing: instant).monthOfYear
    }

    /// From the month's first instant to the next month's.
    package func monthBounds(_ month: CivilMonth) -> Range<Instant> {
        let first = month.firstDay.dayNumber
        let next = month.next.firstDay.dayNumber
        return Instant(
            seconds: rules.start(ofDay: first))..<Instant(
                seconds: rules.start(ofDay: next))
    }

    package func monthBounds(year: Int, month: Int) throws(ServiceError) -> Range<Instant> {
        monthBounds(try CivilMonth(year: year, month: month))
    }

    /// Seconds the local clock is ahead of UTC.
    package func offsetSeconds(at instant: Instant) -> Int {
        Int(rules.offset(at: instant.seconds))
    }
}

extension OrganizationZone: Hashable {
    package static func == (left: OrganizationZone, right: OrganizationZone) -> Bool {
        left.identifier == right.identifier
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(identifier)
    }
}

/// One zone's offsets, shared by all who ask for it.
private final class TimeZoneRules: Sendable {
    let identifier: String
    private let zone: TimeZone
    /// Day number → first second of the day. Grows by the days asked for, a few thousand at most.
    private let starts = Mutex<[Int: Int64]>([:])

    static let utc = TimeZoneRules(identifier: "UTC", zone: .gmt)
    private static let known = Mutex<[String: TimeZoneRules]>([:])
    private static let dayStartsMax = 50_000

    private init(identifier: String, zone: TimeZone) {
        self.identifier = identifier
        self.zone = zone
    }

    static func named(_ identifier: String) -> TimeZoneRules? {
        if identifier == "UTC" || identifier == "Etc/UTC" { return .utc }
        // Abbreviations and offsets (CET, GMT+3) are not zones with rules.
        // Foundation reads a name up to its first zero byte, and may take dots for a path.
        guard identifier.contains("/"), identifier.utf8.count <= 64,
            identifier.utf8.allSatisfy(isNameByte)
        else { return nil }
        return known.withLock { zones in
            if let rules = zones[identifier] { return rules }
            guard let zone = TimeZone(identifier: identifier) else { return nil }
            let rules = TimeZoneRules(identifier: identifier, zone: zone)
            zones[identifier] = rules
            return rules
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"),
            UInt8(ascii: "-"), UInt8(ascii: "+"):
            true
        default: false
        }
    }

    func offset(at second: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(second))))
    }

    func dayNumber(containing second: Int64) -> Int {
        var number = Int((second >= 0 ? second : second - 86_399) / 86_400)
        while start(ofDay: number) > second { number -= 1 }
        while start(ofDay: number + 1) <= second { number += 1 }
        return number
    }

    func start(ofDay number: Int) -> Int64 {
        if let start = starts.withLock({ $0[number] }) { return start }
        let start = firstSecond(ofDay: number)
        starts.withLock { starts in
            if starts.count >= Self.dayStartsMax { starts.removeAll() }
            starts[number] = start
        }
        return start
    }

    /// The earliest second at which the local clock shows midnight of the day or later.
    private func firstSecond(ofDay number: Int) -> Int64 {
        let midnight = Int64(number) * 86_400
        // No zone is further than 16 hours from UTC; one transition at most lies in between.
        var low = midnight - 16 * 3600
        var high = midnight + 16 * 3600
        let candidates = [midnight - offset(at: low), midnight - offset(at: high)]
        let exact = candidates.filter { $0 + offset(at: $0) == midnight }
        if let first = exact.min() { return first }
        // The clocks jumped over midnight: the day begins with the jump.
        while low + 1 < high {
            let middle = low + (high - low) / 2
            if middle + offset(at: middle) >= midnight { high = middle } else { low = middle }
        }
        return high
    }
}

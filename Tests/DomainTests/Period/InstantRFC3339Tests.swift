import Core
import Domain
import Testing

struct InstantRFC3339Tests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-21T04:00:00Z", 1_795_233_600_000_000),
            ("2026-11-21T09:45:00+05:45", 1_795_233_600_000_000),
            ("2026-11-20T23:00:00.25-05:00", 1_795_233_600_250_000),
            ("2026-11-21t04:00:00.0000019z", 1_795_233_600_000_001),
            ("2024-02-29T23:59:60Z", 1_709_251_200_000_000),
        ] as [(String, Int64)])
    func readsInstants(text: String, expected: Int64) throws {
        #expect(try Instant(rfc3339: text).microseconds == expected)
    }

    @Test func refusesTimesWithoutZone() {
        for text in ["2026-11-21T04:00:00", "2026-11-21T04:00:00.5"] {
            #expect(throws: ServiceError(.invalidArgument, "TIME_WITHOUT_ZONE", "")) {
                try Instant(rfc3339: text)
            }
        }
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-21T24:00:00Z",
        "2026-11-21T04:00Z", "2026-11-21T04:00:00.Z", "2026-11-21T04:00:00+1:00",
        "2026-11-21T04:00:00Zx", "0000-01-01T00:00:00Z",
    ])
    func refusesMalformedTimes(text: String) {
        #expect(throws: ServiceError(.invalidArgument, "TIME_MALFORMED", "")) {
            try Instant(rfc3339: text)
        }
    }

    @Test(
        arguments: [
            0, 1, -1, 1_795_233_600_250_000, 951_782_400_000_000, -86_400_000_001,
            253_402_300_799_999_999,
        ] as [Int64])
    func printsWhatItReads(microseconds: Int64) throws {
        let instant = Instant(microseconds: microseconds)
        if microseconds >= 0 { #expect(try Instant(rfc3339: instant.rfc3339) == instant) }
        #expect(instant.rfc3339.hasSuffix("Z"))
    }

    @Test func printsNoIdleDigits() {
        #expect(Instant(seconds: 951_782_400).rfc3339 == "2000-02-29T00:00:00Z")
        #expect(Instant(microseconds: -1).rfc3339 == "1969-12-31T23:59:59.999999Z")
    }
}

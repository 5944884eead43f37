import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

@Suite struct EntryKeyTests {
    /// What is stored is compared with what is made: an event that comes again in years has the same key. The hashes are
    /// worked out apart from this program, of the texts as `identity` and `appendContent` say they are.
    @Test func keysStayWhatTheyAre() throws {
        var hasher = try EntryHasher()
        for (event, identity, content) in try Self.events {
            // Twice, since its memory is used again.
            for _ in 0..<2 {
                let key = try hasher.key(of: event, under: AwayKeys())
                #expect(Self.hexadecimal(key.identity) == identity, "\(event.id)")
                #expect(Self.hexadecimal(key.content) == content, "\(event.id)")
            }
        }
    }

    private static var events: [(LedgerEvent, identity: String, content: String)] {
        get throws {
            [
                (
                    LedgerEvent(
                        id: "req-7-123456", time: time(1_767_225_600_123_456),
                        dimensions: DimensionSet(
                            provider: "openai", model: "gpt-4.1", source: "gateway-eu"),
                        quantities: UsageQuantities([
                            Quantity(.reasoning, 34), Quantity(.input, 1000),
                            Quantity(.output, 200), Quantity(.cacheRead, 0),
                        ]), totalTokens: 1234, latencyMilliseconds: 250, attempt: 1,
                        session: "session-6172", run: "run-24691"),
                    "26744f503a0ecada913e452c4687df4c", "07a0310ce4eb822f16e517fc790cf6d3"
                ),
                (
                    LedgerEvent(
                        id: "Grüße ☃", time: time(-1),
                        dimensions: DimensionSet(
                            provider: "x", model: "y", team: "é☃", source: "g",
                            tags: [DimensionSet.Tag(key: "a", value: "b")]),
                        quantities: UsageQuantities([
                            Quantity(QuantityClass(rawValue: "seconds"), 10),
                            Quantity(.outputImage, .max),
                            Quantity(QuantityClass(rawValue: "page"), 7),
                        ]), state: .partial, status: .aborted, totalTokens: 9,
                        latencyMilliseconds: 10, attempt: 99,
                        providerCost: try ProviderCost(
                            Money(picos: Int128(Int64.max), currency: try Currency("EUR"))),
                        providerRequestID: "chatcmpl-0123456789abcdef"),
                    "116bda690b9bbca6f69a3842fb7161ea", "2cc8cded167b1115d37464001828d0d4"
                ),
                (
                    LedgerEvent(
                        id: "only", time: time(0),
                        dimensions: DimensionSet(
                            provider: "openai", model: "m", source: "gateway")),
                    "6e6a579b1d9fc33a05521d49ae8d9457", "f9c30925ae51cbbece0320b48750d15f"
                ),
            ]
        }
    }

    /// What keys had before, and what calls are known by, for what was stored with them: worked out apart, too.
    @Test func earlierKeysStayWhatTheyAre() throws {
        var hasher = try EntryHasher()
        let events = try Self.events.map(\.0)
        #expect(
            try events.map { try hasher.earlierContents(of: $0).map(Self.hexadecimal) } == [
                ["07a0310ce4eb822f16e517fc790cf6d3", "eeaaa6be1163b3618ebaa775704540d0"],
                ["2cc8cded167b1115d37464001828d0d4", "732b5bd4db16ff785524f0f11323c5ea"],
                ["f9c30925ae51cbbece0320b48750d15f", "97c1edc03c8a5ba17be03e009b6a0884"],
            ])
        let least = LedgerEvent(
            id: "least", time: Self.time(1_767_225_600_000_000),
            dimensions: DimensionSet(
                provider: "p", model: "m", user: "ann@acme.example", source: "s"),
            quantities: UsageQuantities([
                Quantity(.input, .min), Quantity(QuantityClass(rawValue: "thing"), .min),
            ]), state: .reported, status: .error, totalTokens: .min, latencyMilliseconds: .min,
            attempt: .min, session: "a", run: "b",
            providerCost: try ProviderCost(Money(picos: 0, currency: .usd)),
            providerRequestID: "id")
        #expect(
            try hasher.earlierContents(of: least).map(Self.hexadecimal)
                == ["286ce7b01afc745838d32c1473533fc7", "8e268d31095e55ea0ddfd863a4513434"])
        let calls = try (events + [least]).map { event in
            try hasher.call(of: event).map {
                [Self.hexadecimal($0.identity), Self.hexadecimal($0.content)]
            }
        }
        #expect(
            calls == [
                nil, ["ebfb6cfaf1bdd5adbd1da143fbf23e59", "3a749784e31bd35eea25edd4b6ea8aa9"], nil,
                ["cd4c9ce4cc2d65af345952164b80aba1", "daf59918c0d3a784685385e19caef4ac"],
            ])
    }

    /// The room that is reckoned for an event's fields is enough, whatever they are.
    @Test func fieldsOfAnyLengthHaveRoom() throws {
        var hasher = try EntryHasher()
        for count in [0, 1, 255, 5000] {
            let text = String(repeating: "☃", count: count)
            let others = (0..<min(count, 100)).map {
                Quantity(QuantityClass(rawValue: "thing_\($0)"), .min)
            }
            let event = LedgerEvent(
                id: text, time: Instant(seconds: -60_000_000_000),
                dimensions: DimensionSet(provider: "p", model: "m", source: text),
                quantities: UsageQuantities(
                    QuantityClass.tokenClasses.map { Quantity($0, .min) } + others),
                totalTokens: .min, latencyMilliseconds: .min, attempt: .min, session: text,
                run: text, providerRequestID: text)
            let key = try hasher.key(of: event, under: AwayKeys())
            var other = event
            other.run += "."
            let otherKey = try hasher.key(of: other, under: AwayKeys())
            #expect(key.identity == otherKey.identity && key.content != otherKey.content)
        }
    }

    private static func time(_ microseconds: Int64) -> Instant {
        Instant(seconds: 0).advanced(byMicroseconds: microseconds)
    }

    private static func hexadecimal(_ uuid: PostgresUUID) -> String {
        [uuid.high, uuid.low].map { number in
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

import Domain
import TestSupport
import Testing
import Wire

@testable import API

/// Events that are read where they lie are the events that were sent.
@Suite struct ScannedEventTests {
    private func scan(_ bytes: [UInt8]) -> (event: ScannedEvent?, dimensions: [UInt8]) {
        var dimensions: [UInt8] = []
        let event = bytes.withUnsafeBytes {
            ScannedEvent($0, appendingDimensionsTo: &dimensions)
        }
        return (event, dimensions)
    }

    /// An event with any of the fields that are scanned, and any dimensions.
    private func event(_ random: inout SeededRandom) -> API.Event {
        func any<Value>(_ values: Value...) -> Value {
            values[Int.random(in: values.indices, using: &random)]
        }
        func text() -> String { any("", "a", "gpt-5.4 ü 漢", String(repeating: "x", count: 130)) }
        func number() -> Int64 { any(0, 1, 300, -1, .max, .min) }
        return API.Event(
            id: text(), source: text(),
            time: Bool.random(using: &random)
                ? nil : Timestamp(seconds: number(), nanos: Int32(truncatingIfNeeded: number())),
            provider: text(), model: text(), requestedModel: text(), operation: text(),
            region: text(), serviceTier: text(),
            quantities: QuantityClass.tokenClasses.shuffled(using: &random)
                .prefix(.random(in: 0...15, using: &random)).map {
                    API.Quantity(
                        quantityClass: $0.rawValue,
                        amount: any(0, 7, UsageObject.countMax))
                },
            usageState: UsageState(rawValue: Int32(truncatingIfNeeded: number())),
            totalTokens: number(),
            status: EventStatus(rawValue: Int32(truncatingIfNeeded: number())),
            latencyMs: number(), attempt: Int32(truncatingIfNeeded: number()), project: text(),
            apiKeyID: text(), user: text(), session: text(), run: text(), feature: text(),
            customer: text(), team: text(), environment: text(),
            tags: (0..<Int.random(in: 0...2, using: &random)).map { _ in
                Tag(key: text(), value: text())
            }, connection: text(), providerRequestID: text())
    }

    /// What scanning says nothing of.
    private func dimensions(_ event: API.Event) -> API.Event {
        var event = event
        (event.id, event.session, event.run, event.providerRequestID) = ("", "", "", "")
        (event.time, event.quantities) = (nil, [])
        (event.totalTokens, event.latencyMs, event.attempt) = (0, 0, 0)
        (event.usageState, event.status) = (.unspecified, .unspecified)
        return event
    }

    @Test func scannedEventsAreTheEventsThatWereSent() throws {
        var random = SeededRandom(seed: .random(in: 0 ... .max))
        for _ in 0..<500 {
            let sent = event(&random)
            let other = event(&random)
            let (scanned, dimensions) = scan(sent.serialized())
            let read = try #require(scanned, "seed \(random.seed)")
            let event = API.Event(
                id: read.id, time: read.time, usageState: read.usageState,
                totalTokens: read.totalTokens, status: read.status, latencyMs: read.latencyMs,
                attempt: read.attempt, session: read.session, run: read.run,
                providerRequestID: read.providerRequestID)
            var expected = sent
            expected.quantities = []
            let own = self.dimensions(sent)
            #expect(
                dimensions == own.serialized(), "seed \(random.seed)")
            for field in [
                \API.Event.source, \.provider, \.model, \.requestedModel, \.operation,
                \.region, \.serviceTier, \.project, \.apiKeyID, \.user, \.feature, \.customer,
                \.team, \.environment, \.connection,
            ] { expected[keyPath: field] = "" }
            expected.tags = []
            #expect(event == expected, "seed \(random.seed)")
            #expect(
                scanned?.quantities
                    == UsageQuantities(
                        sent.quantities.map {
                            .init(QuantityClass(rawValue: $0.quantityClass), $0.amount)
                        }), "seed \(random.seed)")
            // The same bytes for the same dimensions, and for no others.
            var mixed = other
            for field in [\API.Event.id, \.session, \.run] { mixed[keyPath: field] = sent.id }
            #expect(
                (scan(mixed.serialized()).dimensions == dimensions)
                    == (self.dimensions(mixed) == own), "seed \(random.seed)")
        }
    }

    /// What is rare or wrong is for `Event` to read, and to tell of.
    @Test func whatIsRareOrWrongIsReadAsAMessage() {
        func isScanned(_ change: (inout API.Event) -> Void) -> Bool {
            var event = API.Event(
                id: "1", quantities: [API.Quantity(quantityClass: "input", amount: 1)])
            change(&event)
            return scan(event.serialized()).event != nil
        }
        #expect(isScanned { _ in })
        #expect(!isScanned { $0.usageObject = "null" })
        #expect(!isScanned { $0.usageFormat = .gemini })
        #expect(!isScanned { $0.providerCost = Money(amount: "1", currencyCode: "USD") })
        #expect(!isScanned { $0.quantities[0].quantityClass = "web_search_request" })
        #expect(!isScanned { $0.quantities[0].quantityClass = "" })
        #expect(!isScanned { $0.quantities[0].amount = -1 })
        #expect(!isScanned { $0.quantities[0].amount = UsageObject.countMax + 1 })
        #expect(!isScanned { $0.quantities.append($0.quantities[0]) })
        let event = API.Event(id: "1", time: Timestamp(seconds: 1)).serialized()
        #expect(scan(event).event != nil)
        // A second time, of which protobuf makes one with the first.
        #expect(scan(event + [0x1a, 0x02, 0x10, 0x01]).event == nil)
        // Not UTF-8, a zero byte, an unknown field, a number for a text, and what is cut off.
        #expect(scan(event + [0x0a, 0x02, 0xc3, 0x28]).event == nil)
        #expect(scan(event + [0x0a, 0x01, 0x00]).event == nil)
        #expect(scan(event + [0xfa, 0x01, 0x00]).event == nil)
        #expect(scan(event + [0x10, 0x01]).event == nil)
        #expect(scan(event.dropLast()).event == nil)
        // Keys and lengths of five bytes, and of six, which protobuf-c refuses.
        func padded(_ byte: UInt8, to count: Int) -> [UInt8] {
            [byte | 0x80] + [UInt8](repeating: 0x80, count: count - 2) + [0]
        }
        for count in 2...10 {
            for field in [
                padded(0x0a, to: count) + [0x01, 0x32], [0x0a] + padded(1, to: count) + [0x32],
            ] {
                let message = try? API.Event(serialized: event + field)
                #expect(scan(event + field).event?.id == message?.id)
                #expect((message == nil) == (count > 5))
            }
        }
        // The last id counts.
        #expect(scan(event + [0x0a, 0x01, 0x32]).event?.id == "2")
    }

    @Test func eventsOfARequestAreFoundInTheirOrder() throws {
        let events = (0..<3).map { API.Event(id: "\($0)", source: "s") } + [API.Event()]
        let request = IngestEventsRequest(events: events).serialized()
        func ranges(_ bytes: [UInt8], _ countMax: Int = 4) -> [Range<Int>]? {
            bytes.withUnsafeBytes { IngestEventsRequest.eventRanges(in: $0, countMax: countMax) }
        }
        let found = try #require(ranges(request))
        #expect(try found.map { try API.Event(serialized: Array(request[$0])) } == events)
        #expect(ranges([]) == [])
        #expect(ranges(request, 3) == nil)
        #expect(ranges(request + [0x10, 0x01]) == nil)
        #expect(ranges(Array(request.dropLast())) == nil)
    }
}

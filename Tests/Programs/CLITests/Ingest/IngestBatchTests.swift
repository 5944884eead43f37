import API
import TestSupport
import Testing
import Wire

@testable import CLI

@Suite struct IngestBatchTests {
    private func element(
        _ index: Int, _ event: Event = Event(id: "e")
    ) -> EventReader.Element {
        EventReader.Element(
            outcome: .success(event), line: index + 1,
            end: InputPosition(offset: (index + 1) * 100, line: index + 2))
    }

    private func batches(_ elements: [EventReader.Element], eventCountMax: Int) -> [IngestBatch] {
        var batcher = IngestBatcher(eventCountMax: eventCountMax, at: InputPosition())
        return elements.compactMap { batcher.add($0) } + [batcher.take()]
    }

    @Test func aBatchHoldsNoMoreEventsThanAllowed() {
        let batches = batches((0..<25).map { element($0) }, eventCountMax: 10)
        #expect(batches.map(\.events.count) == [10, 10, 5])
        #expect(batches.map(\.number) == [0, 1, 2])
        #expect(batches.map(\.end.offset) == [1000, 2000, 2500])
        #expect(batches[1].lines == Array(11...20))
    }

    @Test func noSettingExceedsWhatTheServerTakes() {
        let batches = batches((0..<10_001).map { element($0) }, eventCountMax: .max)
        #expect(batches.map(\.events.count) == [10_000, 1])
    }

    @Test func aBatchStaysBelowItsBytes() {
        let tags = (0..<64).map { Tag(key: "key-\($0)", value: String(repeating: "v", count: 256)) }
        let events = (0..<400).map { element($0, Event(id: "e-\($0)", tags: tags)) }
        let batches = batches(events, eventCountMax: 10_000)
        #expect(batches.count > 1)
        #expect(batches.reduce(0) { $0 + $1.events.count } == 400)
        for batch in batches {
            let byteCount = IngestEventsRequest(events: batch.events).serialized().count
            #expect(byteCount <= batch.byteCount)
            #expect(batch.byteCount <= IngestBatcher.byteCountMax)
        }
    }

    @Test func theBoundHoldsForTheLargestNumbers() {
        let text = String(repeating: "ü", count: 70_000)
        let event = Event(
            id: text, time: Timestamp(seconds: -1, nanos: 999_999_999),
            usageState: UsageState(rawValue: -1), totalTokens: -1,
            status: EventStatus(rawValue: -1), latencyMs: -1, attempt: -1, environment: text,
            usageObject: text, usageFormat: UsageFormat(rawValue: -1),
            providerCost: Money(amount: text, currencyCode: text))
        let byteCount = IngestEventsRequest(events: [event]).serialized().count
        #expect(byteCount <= event.serializedByteCountMax)
    }

    @Test func linesThatAreNoEventsBelongToTheBatchThatPassesThem() {
        let problem = EventReader.Element(
            outcome: .failure(EventProblem("LINE_NOT_JSON", "Write JSON.")), line: 3,
            end: InputPosition(offset: 300, line: 4))
        let batches = batches(
            [element(0), element(1), problem, element(3)], eventCountMax: 2)
        #expect(batches.map(\.tally.invalid) == [1, 0])
        #expect(batches.map(\.end.offset) == [300, 400])
    }

    @Test func onlyBatchesWithoutAGapAreAcknowledged() {
        var prefix = AcknowledgedPrefix(from: IngestProgress())
        let batches = batches((0..<3).map { element($0) }, eventCountMax: 1)
        let accepted = [EventResult(outcome: .accepted)]
        var isFurther = prefix.acknowledge(batches[2], accepted)
        #expect(!isFurther)
        #expect(prefix.progress == IngestProgress())
        #expect(prefix.total.accepted == 1)
        isFurther = prefix.acknowledge(batches[0], accepted)
        #expect(isFurther)
        #expect(prefix.progress.position.offset == 100)
        isFurther = prefix.acknowledge(batches[1], [EventResult(outcome: .duplicate)])
        #expect(isFurther)
        #expect(prefix.progress.position == InputPosition(offset: 300, line: 4))
        #expect(prefix.progress.tally.accepted == 2)
        #expect(prefix.progress.tally.duplicate == 1)
    }
}

import API
import Foundation
import Testing

@testable import CLI

@Suite struct IngestTests {
    private static func element(_ line: Int) -> EventSource.Element {
        EventSource.Element(
            item: .event(Event()), line: line, end: line * 10, nextLine: line + 1)
    }

    @Test func batchesStayBelowBothLimits() {
        var batcher = IngestBatcher(eventCountMax: 3)
        var sizes: [Int] = []
        for line in 1...7 {
            if let batch = batcher.add(Event(id: "e"), of: Self.element(line)) {
                sizes.append(batch.events.count)
            }
        }
        sizes.append(batcher.take().events.count)
        #expect(sizes == [3, 3, 1])

        var large = IngestBatcher(eventCountMax: 10_000)
        let event = Event(id: String(repeating: "x", count: 1 << 20))
        var batches: [IngestBatch] = []
        for line in 1...5 {
            if let batch = large.add(event, of: Self.element(line)) { batches.append(batch) }
        }
        batches.append(large.take())
        #expect(batches.map(\.events.count) == [2, 2, 1])
        for batch in batches {
            let bytes = IngestEventsRequest(events: batch.events).serialized().count
            #expect(bytes <= batch.byteCount && batch.byteCount <= IngestBatcher.byteCountMax)
        }
    }

    /// What lies behind a gap is not acknowledged: after an interruption it is sent again.
    @Test func onlyThePrefixWithoutGapIsAcknowledged() {
        var prefix = AcknowledgedPrefix(end: 5, line: 1)
        let batch = { (end: Int) in IngestBatch(end: end, nextLine: end / 10 + 1) }
        prefix.acknowledge(1, batch(20))
        prefix.acknowledge(2, batch(30))
        #expect(prefix.end == 5 && prefix.line == 1)
        prefix.acknowledge(0, batch(10))
        #expect(prefix.end == 30 && prefix.line == 4)
    }

    @Test func linesThatAreNoEventsBelongToTheBatchBeforeThem() {
        var batcher = IngestBatcher(eventCountMax: 2)
        _ = batcher.add(Event(id: "a"), of: Self.element(1))
        batcher.pass(Self.element(2))
        let batch = batcher.take()
        #expect(batch.end == 20 && batch.nextLine == 3 && batch.events.count == 1)
    }

    @Test func checkpointsSurviveTheirTextAndKnowTheirFile() throws {
        let file = Array("first line\nsecond line\n".utf8)
        let checkpoint = IngestCheckpoint(
            byteCount: 11, line: 2,
            fingerprint: IngestCheckpoint.fingerprint(of: file, byteCount: 11))
        #expect(IngestCheckpoint(text: checkpoint.text) == checkpoint)
        #expect(checkpoint.fits(start: file, fileByteCount: file.count))
        // The file has grown: still the same one.
        #expect(checkpoint.fits(start: file + [0x61], fileByteCount: file.count + 1))
        // Another file, and one that was cut.
        #expect(!checkpoint.fits(start: Array("other line\nx".utf8), fileByteCount: 12))
        #expect(!checkpoint.fits(start: file.prefix(5), fileByteCount: 5))
        for broken in ["", "{}", "{\"acknowledged_bytes\":-1}", "nonsense"] {
            #expect(IngestCheckpoint(text: broken) == nil)
        }
    }

    @Test func aRunGoesOnBehindWhatWasAcknowledged() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tally-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "events.csv")
        let head = "id,source,time,provider,model\n"
        let rows = ["a", "b"].map { "\($0),s,2026-01-01T00:00:00Z,p,m\n" }
        try Data((head + rows.joined()).utf8).write(to: file)

        let fresh = try IngestInput(path: file.path, format: .csv, checkpoint: nil)
        #expect(fresh.start.end == 0)
        let done = head.utf8.count + rows[0].utf8.count
        try IngestCheckpoint(
            byteCount: done, line: 3, fingerprint: fresh.fingerprint(byteCount: done)
        ).write(to: try #require(fresh.checkpointFile))

        let input = try IngestInput(path: file.path, format: .csv, checkpoint: nil)
        #expect(input.start.end == done && input.start.line == 3)
        var source = try input.source(isContinued: true)
        let element = try #require(try source.next())
        guard case .event(let event) = element.item else {
            Issue.record("the row is an event")
            return
        }
        #expect(event.id == "b" && element.line == 3)
        #expect(try source.next() == nil)
        input.removeCheckpoint()
        #expect(try IngestInput(path: file.path, format: .csv, checkpoint: nil).start.end == 0)
    }

    @Test func theSummaryCountsAllAndTellsTheFirstOfThem() {
        var summary = IngestSummary()
        summary.count(EventResult(outcome: .accepted, unpriced: true), line: 1)
        summary.count(EventResult(outcome: .duplicate), line: 2)
        #expect(summary.isClean)
        summary.count(
            EventResult(outcome: .rejected, reason: "TIME_IN_FUTURE", description: "Too late."),
            line: 4)
        summary.count(EventProblem(field: "time", problem: "is missing"), line: 3)
        #expect(!summary.isClean)
        #expect(
            summary.text == """
                line 3: time: is missing
                line 4: rejected: TIME_IN_FUTURE: Too late.
                1 accepted, 1 duplicate, 1 rejected, 1 invalid.
                1 of them have no price yet; reports count them as unpriced, never as zero.
                """)
        for line in 10...100 { summary.count(EventProblem(field: "", problem: "x"), line: line) }
        #expect(summary.notices.count == IngestSummary.noticeCountMax)
        #expect(summary.text.contains("… and 73 more lines"))
    }

    @Test func progressIsABarOnATerminalAndPlainElsewhere() {
        let text = { IngestProgress.text(end: 50, of: 100, eventCount: 1234, hasBar: $0) }
        #expect(
            text(true) == String(repeating: "█", count: 15)
                + String(repeating: "░", count: 15) + " 50 %  1,234 events")
        #expect(text(false) == "50 %, 1,234 events")
        #expect(
            IngestProgress.text(end: 5, of: nil, eventCount: 2, hasBar: true) == "2 events")
    }
}

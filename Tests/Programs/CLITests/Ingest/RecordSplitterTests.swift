import API
import TestSupport
import Testing

@testable import CLI

@Suite struct RecordSplitterTests {
    @Test func chunksOfAnySizeGiveTheSameEventsAndPositions() throws {
        var rows = [EventInput.header]
        for index in 0..<40 {
            let note = ["", "\"a\nb\"", "plain", "\"\"\"\"", "\"lost"][index % 5]
            rows.append(EventInput.row(id: "e-\(index)", note: note))
        }
        let bytes = Array(rows.joined(separator: "\r\n").utf8)
        let whole = try EventInput.elements(bytes, .csv, chunkByteCount: bytes.count)
        for chunkByteCount in [1, 2, 3, 64, 1000] {
            let elements = try EventInput.elements(bytes, .csv, chunkByteCount: chunkByteCount)
            #expect(elements.map(\.summary) == whole.map(\.summary))
            #expect(elements.map(\.end) == whole.map(\.end))
        }
    }

    @Test(arguments: [EventFormat.jsonl, .csv])
    func readingGoesOnAtEveryPlaceWhereItStopped(format: EventFormat) throws {
        let lines = (0..<9).map { index in
            switch (format, index % 3) {
            case (.jsonl, 1): "{broken"
            case (.jsonl, _): EventInput.line(id: "e-\(index)")
            case (.csv, 1): EventInput.row(id: "e-\(index)", note: "\"two\nlines\"")
            case (.csv, _): EventInput.row(id: "e-\(index)")
            }
        }
        let text = ([EventInput.header].filter { _ in format == .csv } + lines + [""])
            .joined(separator: "\n")
        let bytes = Array(text.utf8)
        let whole = try EventInput.elements(bytes, format)
        #expect(whole.count == 9)
        for (index, element) in whole.enumerated() {
            #expect(bytes[element.end.offset - 1] == .lineFeed)
            let reader = try EventReader(format: format, at: element.end, top: bytes)
            let rest = try EventInput.elements(
                reader, Array(bytes.dropFirst(element.end.offset)))
            #expect(rest.map(\.summary) == whole.dropFirst(index + 1).map(\.summary))
            #expect(rest.map(\.end) == whole.dropFirst(index + 1).map(\.end))
        }
    }

    @Test func aLineBeyondTheLimitIsOneProblemAndNotKept() throws {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: RecordSplitter.byteCountMax + 5)
        let bytes = long + Array(("\n" + EventInput.line(id: "good") + "\n").utf8)
        for chunkByteCount in [100_000, bytes.count] {
            let elements = try EventInput.elements(bytes, .jsonl, chunkByteCount: chunkByteCount)
            #expect(elements.map(\.summary) == ["1 LINE_TOO_LONG", "2 good"])
            #expect(elements.last?.end == InputPosition(offset: bytes.count, line: 3))
        }
    }

    @Test func aLostQuoteInALongFileSpoilsItsLineOnly() throws {
        let good = (0..<20_000).map { EventInput.row(id: "e-\($0)", note: "some text more") }
        let lost = EventInput.row(note: "\"lost")
        let text = ([EventInput.header, lost] + good + [""]).joined(separator: "\n")
        #expect(text.utf8.count > RecordSplitter.byteCountMax + 100_000)
        let elements = try EventInput.elements(Array(text.utf8), .csv, chunkByteCount: 65_536)
        #expect(elements.count == 20_001)
        #expect(elements.filter { $0.problem != nil }.map(\.summary) == ["2 ROW_QUOTES_MALFORMED"])
    }
}

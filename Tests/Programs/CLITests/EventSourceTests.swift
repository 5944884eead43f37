import API
import Foundation
import Testing

@testable import CLI

@Suite struct EventSourceTests {
    private static let head = "id,source,time,provider,model,quantity:input,tag:team\n"

    /// Hands out a text in pieces of a few bytes, as a slow pipe would.
    private static func reader(
        _ text: String, isCSV: Bool, offset: Int = 0, line: Int = 1
    ) -> RecordReader {
        var rest = Data(text.utf8)
        return RecordReader(isCSV: isCSV, offset: offset, line: line) { _ in
            defer { rest = Data(rest.dropFirst(7)) }
            return Data(rest.prefix(7))
        }
    }

    private static func elements(_ source: EventSource) throws -> [EventSource.Element] {
        var source = source
        var elements: [EventSource.Element] = []
        while let element = try source.next() { elements.append(element) }
        return elements
    }

    private static func problem(_ element: EventSource.Element) -> String? {
        if case .problem(let problem) = element.item { return problem.description }
        return nil
    }

    private static func table() throws -> EventTable {
        try EventTable(header: CSVRecord.cells(Array(head.utf8.dropLast())))
    }

    @Test func linesKeepTheirNumbersAndOffsets() throws {
        let good = "{\(EventLineTests.required)}"
        let text = "\(good)\n\nbroken\n\(good)\r\n"
        let elements = try Self.elements(
            EventSource(reader: Self.reader(text, isCSV: false), table: nil))
        #expect(elements.map(\.line) == [1, 3, 4])
        #expect(elements.map { Self.problem($0) != nil } == [false, true, false])
        #expect(elements.last?.end == text.utf8.count)
        #expect(elements.last?.nextLine == 5)
    }

    @Test func aLineThatIsCutOffIsToldAsSuchAndAWholeOneCounts() throws {
        let good = "{\(EventLineTests.required)}"
        let cut = try Self.elements(
            EventSource(reader: Self.reader(good.dropLast(3) + "", isCSV: false), table: nil))
        #expect(cut.compactMap(Self.problem).first?.contains("middle of a line") == true)
        let whole = try Self.elements(
            EventSource(reader: Self.reader(good, isCSV: false), table: nil))
        #expect(whole.compactMap(Self.problem).isEmpty && whole.count == 1)
    }

    /// Half of `1234` is a number too: a row without its line break may be cut off.
    @Test func aRowWithoutLineBreakIsNotTrusted() throws {
        let text = "a,s,2026-01-01T00:00:00Z,p,m,12"
        let elements = try Self.elements(
            EventSource(reader: Self.reader(text, isCSV: true), table: Self.table()))
        #expect(elements.compactMap(Self.problem).first?.contains("may be cut off") == true)
    }

    @Test func rowsMaySpanLinesAndLeaveCellsEmpty() throws {
        let text =
            "a,s,2026-01-01T00:00:00Z,p,\"m,\"\"x\"\"\ny\",,\nb,s,2026-01-01T00:00:00Z,p,m,5,t\n"
        let elements = try Self.elements(
            EventSource(reader: Self.reader(text, isCSV: true, line: 2), table: Self.table()))
        #expect(elements.map(\.line) == [2, 4])
        guard case .event(let first) = elements[0].item, case .event(let second) = elements[1].item
        else {
            Issue.record("both rows are events: \(elements)")
            return
        }
        #expect(first.model == "m,\"x\"\ny")
        #expect(first.quantities.isEmpty && first.tags.isEmpty)
        #expect(second.quantities == [Quantity(quantityClass: "input", amount: 5)])
        #expect(second.tags == [Tag(key: "team", value: "t")])
    }

    @Test(arguments: [
        ("a,s,2026-01-01T00:00:00Z,p,m\n", "has 5 cells where the header has 7"),
        ("a,s,2026-01-01T00:00:00Z,p,m,-5,\n", "is negative"),
        ("a,s,2026-01-01T00:00:00,p,m,5,\n", "needs a zone"),
        ("a,s,2026-01-01T00:00:00Z,p,m,5 ,\n", "whole number"),
        ("a,s,2026-01-01T00:00:00Z,p,m\"x,5,\n", "a quote within"),
        ("a,s,2026-01-01T00:00:00Z,p,\"m\"x,5,\n", "follows a closing quote"),
    ])
    func rowsThatAreNoEventsAreTold(row: String, words: String) throws {
        let elements = try Self.elements(
            EventSource(reader: Self.reader(row, isCSV: true), table: Self.table()))
        #expect(elements.count == 1)
        #expect(elements.compactMap(Self.problem).first?.contains(words) == true)
    }

    @Test func aStrayQuoteSpoilsItsOwnRowOnly() throws {
        let good = "b,s,2026-01-01T00:00:00Z,p,m,5,t\n"
        let text = "a,s,2026-01-01T00:00:00Z,p,5\" screen,5,\n" + good
        let elements = try Self.elements(
            EventSource(reader: Self.reader(text, isCSV: true), table: Self.table()))
        #expect(elements.map { Self.problem($0) != nil } == [true, false])
    }

    @Test(arguments: [["id", "id"], ["id", "modle"], [""]])
    func headersThatMeanNothingAreRefused(header: [String]) {
        #expect(throws: EventProblem.self) { try EventTable(header: header) }
    }

    @Test func endlessLinesAreToldAndPassedOver() throws {
        let long = String(repeating: "x", count: RecordReader.byteCountMax + 1)
        let text = long + "\n{\(EventLineTests.required)}\n"
        var rest = Data(text.utf8)
        let reader = RecordReader(isCSV: false) { count in
            defer { rest = Data(rest.dropFirst(count)) }
            return Data(rest.prefix(count))
        }
        let elements = try Self.elements(EventSource(reader: reader, table: nil))
        #expect(elements.map(\.line) == [1, 2])
        #expect(elements.map { Self.problem($0) != nil } == [true, false])
    }
}

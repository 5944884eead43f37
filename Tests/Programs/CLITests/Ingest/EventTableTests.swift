import API
import Testing

@testable import CLI

@Suite struct EventTableTests {
    private func summaries(_ rows: String...) throws -> [String] {
        let text = ([EventInput.header] + rows).joined(separator: "\n") + "\n"
        return try EventInput.elements(text, .csv).map(\.summary)
    }

    @Test func rowsBecomeEvents() throws {
        let text = """
            \u{feff}\(EventInput.header),latency_ms\r
            \(EventInput.row(input: "12", note: "\"a, \"\"b\"\"\r\nc\"")),\r
            \(EventInput.row(id: "e-2", input: "")),7\r

            """
        let elements = try EventInput.elements(text, .csv)
        #expect(elements.map(\.summary) == ["2 e-1", "4 e-2"])
        #expect(elements[0].event?.quantities == [Quantity(quantityClass: "input", amount: 12)])
        #expect(elements[0].event?.tags == [Tag(key: "team note", value: "a, \"b\"\r\nc")])
        #expect(elements[1].event?.quantities == [])
        #expect(elements[1].event?.tags == [])
        #expect(elements[1].event?.latencyMs == 7)
    }

    @Test(arguments: [
        (EventInput.row(input: "-1"), "2 NEGATIVE_QUANTITY quantities.input"),
        (EventInput.row(input: "1.0"), "2 NUMBER_NOT_WHOLE quantities.input"),
        (EventInput.row(input: "+1"), "2 FIELD_TYPE_MISMATCH quantities.input"),
        (EventInput.row(input: "many"), "2 FIELD_TYPE_MISMATCH quantities.input"),
        (EventInput.row(id: "a\u{7}"), "2 FIELD_HOLDS_CONTROL_CHARACTER id"),
        (EventInput.row() + ",", "2 ROW_CELLS_MISCOUNTED"),
        (EventInput.row(note: "5\" disk"), "2 ROW_QUOTES_MALFORMED"),
        (EventInput.row(note: "\"a\"b"), "2 ROW_QUOTES_MALFORMED"),
        ("e-1", "2 ROW_CELLS_MISCOUNTED"),
    ])
    func aBadRowIsNamed(row: String, summary: String) throws {
        #expect(try summaries(row, EventInput.row(id: "good")) == [summary, "3 good"])
    }

    @Test func aQuoteThatIsNeverClosedSpoilsItsLineOnly() throws {
        let lost = EventInput.row(note: "\"lost")
        let good = ["good-1", "good-2", "good-3"].map { EventInput.row(id: $0) }
        #expect(
            try summaries(good[0], lost, good[1], good[2])
                == [
                    "2 good-1", "3 ROW_QUOTES_MALFORMED", "4 good-2",
                    "5 good-3",
                ])
        // A later quote ends the cell, but not where a cell may end.
        #expect(
            try summaries(lost, good[0], EventInput.row(id: "quoted", note: "\"x\""))
                == ["2 ROW_QUOTES_MALFORMED", "3 good-1", "4 quoted"])
    }

    /// A row that was cut off may look whole: half a number is a number.
    @Test func aLastRowWithoutLineBreakIsTakenOnlyIfItsEndIsCertain() throws {
        let top = EventInput.header + "\n"
        let cut = try EventInput.elements(top + EventInput.row(note: "12"), .csv)
        #expect(cut.map(\.summary) == ["2 LINE_TRUNCATED"])
        let quoted = try EventInput.elements(top + EventInput.row(note: "\"12\""), .csv)
        #expect(quoted.map(\.summary) == ["2 e-1"])
    }

    @Test(arguments: [
        ("id,source,time,provider", "COLUMN_MISSING model"),
        (EventInput.header + ",tokens", "COLUMN_UNKNOWN tokens"),
        (EventInput.header + ",quantity:", "COLUMN_UNKNOWN quantity:"),
        (EventInput.header + ",id", "COLUMN_TWICE id"),
    ])
    func aWrongHeaderStopsEverything(header: String, problem: String) throws {
        do {
            _ = try EventInput.elements(header + "\n" + EventInput.row(), .csv)
            Issue.record("\(header) was taken")
        } catch let error as EventProblem {
            #expect("\(error.reason) \(error.field)" == problem)
        }
    }
}

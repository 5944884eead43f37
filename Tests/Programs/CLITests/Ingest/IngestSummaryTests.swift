import API
import Testing

@testable import CLI

@Suite struct IngestSummaryTests {
    private func tally(accepted: Int, invalid: Int = 0, rejected: Int = 0) -> IngestTally {
        var tally = IngestTally()
        (tally.accepted, tally.rejected) = (accepted, rejected)
        for line in 0..<invalid {
            tally.add(LineProblem(line: line, reason: "LINE_NOT_JSON", field: "", remedy: "Mend."))
        }
        return tally
    }

    @Test func theTableIsForPeople() {
        var tally = tally(accepted: 1_234_567, invalid: 2)
        tally.unpriced = 3
        let summary = IngestSummary(
            tally: tally, before: IngestProgress(), elapsed: .milliseconds(20_050))
        #expect(
            summary.text(.table) == """
                read       1,234,569
                accepted   1,234,567
                duplicate          0
                conflict           0
                rejected           0
                invalid            2
                unpriced           3
                seconds       20.050
                events/s      61,574
                Unpriced events are recorded; reports count them as unpriced, never as zero.
                """)
    }

    @Test func jsonIsOneObject() throws {
        var before = IngestProgress()
        before.tally.accepted = 40
        let summary = IngestSummary(
            tally: tally(accepted: 90, rejected: 10), before: before, elapsed: .milliseconds(500))
        #expect(
            summary.text(.json)
                == #"{"read":100,"accepted":90,"duplicate":0,"conflict":0,"rejected":10,"#
                + #""invalid":0,"unpriced":0,"seconds":0.500,"events_per_second":120}"#)
        #expect(throws: Never.self) { try JSONValue(parsing: summary.text(.json)) }
    }

    @Test func onlyACleanRunSucceeds() {
        let failure = { (tally: IngestTally, isInvalidTolerated: Bool) in
            IngestSummary(tally: tally, before: IngestProgress(), elapsed: .zero)
                .failure(isInvalidTolerated: isInvalidTolerated)
        }
        #expect(failure(tally(accepted: 5), false) == nil)
        #expect(failure(tally(accepted: 5, invalid: 1), false) != nil)
        #expect(failure(tally(accepted: 5, invalid: 1), true) == nil)
        #expect(failure(tally(accepted: 5, invalid: 1, rejected: 1), true) != nil)
        var conflict = tally(accepted: 5)
        conflict.conflict = 1
        #expect(failure(conflict, true) != nil)
    }

    @Test func twentyProblemsAreShownAndAllAreCounted() {
        let tally = tally(accepted: 0, invalid: 1025)
        #expect(tally.problems.map(\.line) == Array(0..<20))
        let summary = IngestSummary(tally: tally, before: IngestProgress(), elapsed: .zero)
        #expect(summary.furtherProblems == "… and 1,005 more lines with a problem.")
    }

    @Test func problemsOfABatchAreInTheOrderOfLines() {
        var tally = IngestTally()
        tally.add(LineProblem(line: 5, reason: "LINE_NOT_JSON", field: "", remedy: ""))
        tally.add(
            [EventResult(outcome: .rejected), EventResult(outcome: .conflict)], lines: [2, 9])
        #expect(tally.problems.map(\.line) == [2, 5, 9])
    }

    @Test func aProblemCannotDriveATerminal() {
        let problem = LineProblem(
            line: 7, reason: "FIELD_UNKNOWN", field: "a\u{1b}[2J", remedy: "Remove\nit.")
        #expect(problem.text == "line 7: a\u{fffd}[2J: FIELD_UNKNOWN: Remove\u{fffd}it.")
    }

    @Test func theBarShowsHowMuchIsAcknowledged() {
        let text = IngestDisplay.text(offset: 50, of: 100, eventCount: 1200, hasBar: true)
        #expect(
            text == String(repeating: "█", count: 15) + String(repeating: "░", count: 15)
                + " 50 %  1,200 events")
        #expect(
            IngestDisplay.text(offset: 200, of: 100, eventCount: 3, hasBar: false)
                == "100 %, 3 events")
        #expect(IngestDisplay.text(offset: 9, of: nil, eventCount: 3, hasBar: true) == "3 events")
    }

    @Test func plainLinesComeEveryFewSeconds() {
        let start = ContinuousClock.now
        let lines = Lines()
        var display = IngestDisplay(
            byteCount: 100, isTerminal: false, now: start, write: lines.write)
        for second in 1...12 {
            var progress = IngestProgress()
            progress.position.offset = second
            progress.tally.accepted = second
            display.advanced(
                IngestRun.Advance(
                    progress: progress, isFurther: true, total: progress.tally),
                now: start + .seconds(second))
        }
        display.clear()
        #expect(lines.text == "5 %, 5 events\n10 %, 10 events\n")
    }
}

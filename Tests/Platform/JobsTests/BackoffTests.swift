import Testing

@testable import Jobs

struct BackoffTests {
    @Test func delaysDoubleUpToTheLongestAndStayWithinHalfTheirCeiling() {
        var random = SystemRandomNumberGenerator()
        let backoff = Backoff()
        for failures in 1...40 {
            let ceiling = min(Duration.seconds(5) * (1 << min(failures - 1, 20)), .seconds(3600))
            for _ in 0..<50 {
                let delay = backoff.delay(
                    afterFailures: failures, retryAfter: nil, using: &random)
                #expect(delay >= ceiling / 2 && delay <= ceiling)
            }
        }
    }

    @Test func whatTheOtherSideAsksForIsNeverUndercut() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            let delay = Backoff().delay(
                afterFailures: 1, retryAfter: .seconds(23), using: &random)
            #expect(delay >= .seconds(23) && delay <= .seconds(24))
        }
    }
}

struct JobUpdateTests {
    private func update(_ outcome: JobOutcome, attempt: Int) -> JobUpdate {
        var random = SystemRandomNumberGenerator()
        return JobUpdate(
            after: outcome, attempt: attempt, lastError: "EARLIER", backoff: Backoff(),
            using: &random)
    }

    @Test func successForgetsFailures() {
        let update = update(.dueAgain(after: .seconds(60)), attempt: 7)
        #expect(update.change == .makeDue(after: .seconds(60)))
        #expect(update.failures == 0)
        #expect(update.lastError == nil)
        #expect(self.update(.completed, attempt: 3).change == .remove)
    }

    @Test func anInterruptionChangesNothing() {
        let update = update(.interrupted, attempt: 3)
        #expect(update.change == .makeDue(after: .zero))
        #expect(update.failures == 2)
        #expect(update.lastError == "EARLIER")
    }

    @Test func aFailureCountsAndNamesItsReason() {
        let update = update(.failed(reason: "PROVIDER_UNAVAILABLE"), attempt: 3)
        #expect(update.failures == 3)
        #expect(update.lastError == "PROVIDER_UNAVAILABLE")
        guard case .makeDue(let delay) = update.change else {
            Issue.record("a failed job stays")
            return
        }
        #expect(delay >= .seconds(10) && delay <= .seconds(20))
    }

    @Test func aBlockedJobIsLookedAtAgainWithoutGrowingPatience() {
        let update = update(.blocked(reason: "KEY_REFUSED", after: .seconds(900)), attempt: 9)
        #expect(update.change == .makeDue(after: .seconds(900)))
        #expect(update.failures == 0)
        #expect(update.lastError == "KEY_REFUSED")
        #expect(update.refusals == 0)
    }

    private func update(_ outcome: JobOutcome, refusals: Int) -> JobUpdate {
        var random = SystemRandomNumberGenerator()
        return JobUpdate(
            after: outcome, attempt: 1, lastError: nil, backoff: Backoff(), refusals: refusals,
            refusalsMax: 3, using: &random)
    }

    @Test func whatWaitingDoesNotMendIsSetAsideAtLast() {
        let blocked = JobOutcome.refused(reason: "KEY_REFUSED", after: .seconds(900))
        #expect(update(blocked, refusals: 1).change == .makeDue(after: .seconds(900)))
        let last = update(blocked, refusals: 2)
        #expect(last.change == .setAside)
        #expect(last.lastError == "KEY_REFUSED")
        #expect(update(.dueAgain(after: .zero), refusals: 2).refusals == 0)
        #expect(update(.interrupted, refusals: 2).refusals == 2)
    }

    @Test func outagesNeverSetAJobAside() {
        var refusals = 2
        for _ in 0..<1000 {
            for outcome in [
                JobOutcome.failed(reason: "PROVIDER_UNAVAILABLE"),
                .blocked(reason: "PROVIDER_BILLING", after: .seconds(900)),
            ] {
                let update = update(outcome, refusals: refusals)
                #expect(update.change != .setAside)
                refusals = update.refusals
            }
        }
        #expect(refusals == 2)
    }
}

import Testing

@testable import Jobs

struct JobRunStateMachineTests {
    private func claimed() -> JobRunStateMachine {
        JobRunStateMachine(leaseDuration: .seconds(30))
    }

    @Test func workThatEndsUnderItsLeaseIsRecorded() {
        var machine = claimed()
        #expect(machine.timePassed(.seconds(9)) == .none)
        #expect(machine.timePassed(.seconds(10)) == .renew)
        machine.leaseRenewed(at: .seconds(10))
        #expect(machine.timePassed(.seconds(39)) == .renew)
        #expect(machine.workFinished(.completed) == .record(.completed))
    }

    @Test func workIsCancelledWhereTheLeaseIsLost() {
        var machine = claimed()
        #expect(machine.leaseLost() == .cancelWork)
        #expect(machine.leaseLost() == .none)
        #expect(machine.timePassed(.seconds(10)) == .none)
        #expect(machine.nextTime == nil)
        #expect(machine.workFinished(.completed) == .drop)
    }

    @Test func workIsCancelledWhereTheLeaseCouldNotBeRenewedInTime() {
        var machine = claimed()
        #expect(machine.timePassed(.seconds(10)) == .renew)
        machine.renewalFailed(at: .seconds(11))
        #expect(machine.timePassed(.seconds(20)) == .renew)
        machine.renewalFailed(at: .seconds(21))
        #expect(machine.timePassed(.seconds(30)) == .cancelWork)
        #expect(machine.workFinished(.completed) == .drop)
    }

    /// While nothing answers, the lease's end comes all the same, and nobody asks twice at a time.
    @Test func aLeaseEndsWhileItIsBeingRenewed() {
        var machine = claimed()
        #expect(machine.timePassed(.seconds(10)) == .renew)
        #expect(machine.timePassed(.seconds(20)) == .none)
        #expect(machine.nextTime == .seconds(30))
        #expect(machine.timePassed(.seconds(30)) == .cancelWork)
        machine.leaseRenewed(at: .seconds(10))
        #expect(machine.leaseEnd == nil)
        #expect(machine.workFinished(.completed) == .drop)
    }

    @Test func aLeaseRunsFromWhenItsRenewalWasAsked() {
        var machine = claimed()
        machine.leaseRenewed(at: .seconds(20))
        #expect(machine.leaseEnd == .seconds(50))
        #expect(machine.timePassed(.seconds(49)) == .renew)
        #expect(machine.timePassed(.seconds(50)) == .cancelWork)
    }

    /// Three heartbeats a lease, counted from the claim, and four times as many after one that failed.
    @Test func aHeartbeatThatFailsIsFollowedByOneSoon() {
        var machine = claimed()
        #expect(machine.nextTime == .seconds(10))
        #expect(machine.timePassed(.seconds(12)) == .renew)
        machine.renewalFailed(at: .seconds(13))
        #expect(machine.nextTime == .milliseconds(15500))
        #expect(machine.timePassed(.seconds(16)) == .renew)
        machine.leaseRenewed(at: .seconds(16))
        #expect(machine.nextTime == .seconds(26))
    }

    @Test func nothingFollowsTheEnd() {
        var machine = claimed()
        _ = machine.workFinished(.completed)
        machine.leaseRenewed(at: .seconds(10))
        machine.renewalFailed(at: .seconds(11))
        #expect(machine.nextTime == nil)
        #expect(machine.timePassed(.seconds(100)) == .none)
        #expect(machine.leaseLost() == .none)
        #expect(machine.workFinished(.completed) == .drop)
    }
}

import Testing

@testable import Jobs

struct JobRunStateMachineTests {
    private func claimed() -> JobRunStateMachine {
        JobRunStateMachine(leaseDuration: .seconds(30))
    }

    @Test func workThatEndsUnderItsLeaseIsRecorded() {
        var machine = claimed()
        #expect(machine.heartbeatDue(at: .seconds(10)) == .renew)
        machine.leaseRenewed(at: .seconds(10))
        #expect(machine.heartbeatDue(at: .seconds(39)) == .renew)
        #expect(machine.workFinished(.completed) == .record(.completed))
    }

    @Test func workIsCancelledWhereTheLeaseIsLost() {
        var machine = claimed()
        #expect(machine.leaseLost() == .cancelWork)
        #expect(machine.leaseLost() == .none)
        #expect(machine.heartbeatDue(at: .seconds(1)) == .none)
        #expect(machine.workFinished(.completed) == .drop)
    }

    @Test func workIsCancelledWhereTheLeaseCouldNotBeRenewedInTime() {
        var machine = claimed()
        #expect(machine.heartbeatDue(at: .seconds(10)) == .renew)
        machine.renewalFailed()
        #expect(machine.heartbeatDue(at: .seconds(20)) == .renew)
        machine.renewalFailed()
        #expect(machine.heartbeatDue(at: .seconds(30)) == .cancelWork)
        #expect(machine.workFinished(.completed) == .drop)
    }

    @Test func aLeaseRunsFromWhenItsRenewalWasAsked() {
        var machine = claimed()
        machine.leaseRenewed(at: .seconds(20))
        #expect(machine.heartbeatDue(at: .seconds(49)) == .renew)
        #expect(machine.heartbeatDue(at: .seconds(50)) == .cancelWork)
    }

    /// Three heartbeats a lease, and four times as many after one that failed.
    @Test func aHeartbeatThatFailsIsFollowedByOneSoon() {
        var machine = claimed()
        #expect(machine.heartbeat.pause == .seconds(10))
        machine.renewalFailed()
        #expect(machine.heartbeat.pause == .milliseconds(2500))
        machine.leaseRenewed(at: .seconds(12))
        #expect(machine.heartbeat.pause == .seconds(10))
    }

    @Test func nothingFollowsTheEnd() {
        var machine = claimed()
        _ = machine.workFinished(.completed)
        machine.leaseRenewed(at: .seconds(10))
        #expect(machine.heartbeatDue(at: .seconds(100)) == .none)
        #expect(machine.leaseLost() == .none)
        #expect(machine.workFinished(.completed) == .drop)
    }
}

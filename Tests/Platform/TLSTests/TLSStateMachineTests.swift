import Testing

@testable import TLS

struct TLSStateMachineTests {
    @Test func writesWaitForTheHandshake() {
        var machine = TLSStateMachine()
        #expect(machine.writing == .hold)
        #expect(!machine.isReading)
        #expect(machine.handshakeCompleted() == false)
        #expect(machine.writing == .pass)
        #expect(machine.isReading)
    }

    @Test func closingTheOutputWaitsForWhatIsHeld() {
        var machine = TLSStateMachine()
        #expect(machine.outputCloseRequested() == .closeWhenOpen)
        #expect(machine.writing == .refuse)
        #expect(machine.isHandshaking)
        #expect(machine.handshakeCompleted() == true)
        #expect(machine.outputCloseRequested() == .sayAndClose)
    }

    @Test func closingBeforeTheHandshakeSaysNothing() {
        var all = TLSStateMachine()
        #expect(all.closeRequested() == .closeChannel)
        #expect(all.writing == .refuse)
    }

    @Test func closeNotifyIsSaidOnce() {
        var machine = TLSStateMachine()
        _ = machine.handshakeCompleted()
        #expect(machine.outputCloseRequested() == .sayAndClose)
        #expect(machine.writing == .refuse)
        #expect(machine.isReading)
        #expect(machine.outputCloseRequested() == .closeOnly)
        #expect(machine.closeRequested() == .closeOnly)
        #expect(!machine.isReading)
    }

    @Test func endDuringTheHandshakeIsAFailure() {
        var machine = TLSStateMachine()
        #expect(machine.connectionEnded() == true)
        #expect(machine.connectionEnded() == false)
        var open = TLSStateMachine()
        _ = open.handshakeCompleted()
        #expect(open.connectionEnded() == false)
        #expect(open.handshakeCompleted() == false)
        #expect(open.writing == .refuse)
    }
}

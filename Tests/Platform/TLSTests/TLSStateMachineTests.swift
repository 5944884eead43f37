import Testing

@testable import TLS

struct TLSStateMachineTests {
    @Test func writesWaitForTheHandshake() {
        var machine = TLSStateMachine()
        #expect(machine.writing == .hold)
        #expect(!machine.isReading)
        machine.handshakeCompleted()
        #expect(machine.writing == .pass)
        #expect(machine.isReading)
    }

    @Test func closingBeforeTheHandshakeSaysNothing() {
        var output = TLSStateMachine()
        #expect(output.outputCloseRequested() == .closeChannel)
        #expect(output.writing == .refuse)
        var all = TLSStateMachine()
        #expect(all.closeRequested() == .closeChannel)
        #expect(all.writing == .refuse)
    }

    @Test func closeNotifyIsSaidOnce() {
        var machine = TLSStateMachine()
        machine.handshakeCompleted()
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
        open.handshakeCompleted()
        #expect(open.connectionEnded() == false)
        open.handshakeCompleted()
        #expect(open.writing == .refuse)
    }
}

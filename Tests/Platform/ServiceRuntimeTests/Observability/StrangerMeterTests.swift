import Core
import RPC
import Synchronization
import Testing

@testable import ServiceRuntime

struct StrangerMeterTests {
    @Test func whatIsNotLoggedIsCounted() {
        let now = Atomic<Int64>(0)
        let meter = StrangerMeter(clock: MonotonicClock { now.load(ordering: .relaxed) })
        let mine = PeerNetwork("2001:db8::1")
        for _ in 1...100 { #expect(meter.admit(mine) == 0) }
        for _ in 1...5_000 { #expect(meter.admit(mine) == nil) }
        // Others are not held up.
        #expect(meter.admit(PeerNetwork("10.0.0.1")) == 0)
        now.store(100_000_000, ordering: .relaxed)
        #expect(meter.admit(PeerNetwork("2001:db8::2")) == 5_000)
        #expect(meter.admit(mine) == nil)
        now.store(200_000_000, ordering: .relaxed)
        #expect(meter.admit(mine) == 1)
    }
}

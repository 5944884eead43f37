import Synchronization

@testable import TallyClient

/// A clock that goes on by what is waited, at once, and on demand; and a share of one half, the least.
final class TestTime: Sendable {
    private struct State {
        var elapsed = Duration.zero
        var waits: [Duration] = []
        var isStanding = false
    }

    private let start = ContinuousClock.now
    private let state = Mutex(State())
    /// Opens with the first wait.
    let waitBegan = Gate()

    var time: ClientTime {
        ClientTime(
            now: { self.start + self.state.withLock { $0.elapsed } },
            sleep: { try await self.sleep($0) }, share: { 0.5 })
    }

    /// What was waited.
    var waits: [Duration] { state.withLock { $0.waits } }

    /// Whether waits end with their task only.
    var isStanding: Bool {
        get { state.withLock { $0.isStanding } }
        set { state.withLock { $0.isStanding = newValue } }
    }

    func advance(by duration: Duration) { state.withLock { $0.elapsed += duration } }

    private func sleep(_ duration: Duration) async throws {
        let isStanding = state.withLock { state in
            state.waits.append(duration)
            if !state.isStanding { state.elapsed += duration }
            return state.isStanding
        }
        waitBegan.open()
        if isStanding { await Gate().wait() }
        try Task.checkCancellation()
    }
}

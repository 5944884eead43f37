import Domain

/// Spaces the requests that this process sends for a connection, of all its reports together:
/// providers count the requests of an account.
actor RequestSlots {
    /// When the next request of a connection may be sent; what lies in the past is forgotten.
    private var free: [ConnectionID: ContinuousClock.Instant] = [:]

    /// Takes the connection's next free slot; the one after it is `pause` later.
    func take(
        _ connection: ConnectionID, pause: Duration, now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant {
        free = free.filter { $0.value > now }
        let slot = free[connection] ?? now
        free[connection] = slot.advanced(by: pause)
        return slot
    }

    /// Waits for the connection's next slot.
    func wait(_ connection: ConnectionID, pause: Duration) async throws {
        let slot = take(connection, pause: pause, now: .now)
        guard slot > .now else { return }
        try await Task.sleep(until: slot, clock: .continuous)
    }
}

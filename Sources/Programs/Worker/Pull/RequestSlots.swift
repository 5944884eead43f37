/// Spaces the requests that this process sends for an account, of all its connections and reports together:
/// providers count the requests of an account.
actor RequestSlots {
    /// When the next request for an account may be sent, by the key that its pulls share; what lies in the
    /// past is forgotten.
    private var free: [String: ContinuousClock.Instant] = [:]

    /// Takes the account's next free slot; the one after it is `pause` later.
    func take(
        _ account: String, pause: Duration, now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant {
        free = free.filter { $0.value > now }
        let slot = free[account] ?? now
        free[account] = slot.advanced(by: pause)
        return slot
    }

    /// Waits for the account's next slot.
    func wait(_ account: String, pause: Duration) async throws {
        let slot = take(account, pause: pause, now: .now)
        guard slot > .now else { return }
        try await Task.sleep(until: slot, clock: .continuous)
    }
}

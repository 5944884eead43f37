/// The time and the chance that a client's repetitions depend on; tests have their own.
struct ClientTime: Sendable {
    let now: @Sendable () -> ContinuousClock.Instant
    /// - Throws: Where the task is cancelled.
    let sleep: @Sendable (Duration) async throws -> Void
    /// The share of a delay that is waited, 0.5 to 1.
    let share: @Sendable () -> Double

    /// The machine's.
    static let real = ClientTime(
        now: { .now }, sleep: { try await Task.sleep(for: $0) }, share: { .random(in: 0.5...1) })
}

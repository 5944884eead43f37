/// Waits until something is so that other tasks, or a server, bring about; it leaves the processors to them and to
/// the other tests meanwhile.
/// - Throws: `CancellationError` where the test is cancelled, as at its time limit; `NeverSo` after two minutes.
package func until(
    isolation: isolated (any Actor)? = #isolation, _ isSo: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(120)
    while try await !isSo() {
        guard ContinuousClock.now < end else { throw NeverSo() }
        try await Task.sleep(for: .milliseconds(1))
    }
}

/// What a test waits for did not come to be.
package struct NeverSo: Error {}

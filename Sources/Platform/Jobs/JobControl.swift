import Synchronization

/// Tells running jobs that the process is about to stop.
package final class JobControl: Sendable {
    private let stopping = Atomic<Bool>(false)

    package init() {}

    /// Jobs should end soon, between two of their steps.
    package var isStopping: Bool { stopping.load(ordering: .acquiring) }

    package func stop() {
        stopping.store(true, ordering: .releasing)
    }
}

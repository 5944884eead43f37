import ServiceLifecycle
import Synchronization

/// Whether a program can do its work, for whoever sends it work.
package struct Readiness: Sendable, Hashable {
    package let isReady: Bool
    /// Why not, for people. No secret, no SQL text.
    package let detail: String

    package init(isReady: Bool, detail: String) {
        self.isReady = isReady
        self.detail = detail
    }
}

/// Knows from which moment the program has been told to stop.
///
/// It is the last service of its group: those are told first, so the program says that it is not
/// ready while the others still finish their work.
package final class StopNotice: Service {
    private let isTold = Atomic<Bool>(false)

    package init() {}

    package var isStopping: Bool { isTold.load(ordering: .relaxed) }

    package func run() async throws {
        // Throws where the task is cancelled, which ends the program just the same.
        try? await gracefulShutdown()
        isTold.store(true, ordering: .relaxed)
    }
}

import NIOCore
import Synchronization

/// Caps how many connections are open at once.
final class ConnectionPlaces: Sendable {
    private let max: Int
    private let taken = Atomic<Int>(0)

    init(max: Int) {
        self.max = max
    }

    /// Takes a place until `channel` closes; where there is none, closes it.
    func take(for channel: any Channel) -> Bool {
        let isFree = taken.wrappingAdd(1, ordering: .relaxed).oldValue < max
        channel.closeFuture.whenComplete { [self] _ in
            taken.wrappingSubtract(1, ordering: .relaxed)
        }
        if !isFree { channel.close(promise: nil) }
        return isFree
    }
}

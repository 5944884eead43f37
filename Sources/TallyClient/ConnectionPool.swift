import Core
import Logging
import RPC
import Synchronization

/// Keeps the few connections that all calls share.
///
/// Connections multiplex, so one serves nearly everybody; a further one is used where those before
/// it have as many calls as a server allows each.
final class ConnectionPool: Sendable {
    /// Calls on a connection before the next is used: what every server allows at least.
    private static let callCountPerConnection = Int(RPCDefaults.streamCountMax)

    /// How long a further connection that was refused is not asked for again.
    private static let restAfterRefusal = Duration.seconds(5)

    private struct Slot {
        var callCount = 0
        /// Until when the slot is left alone, because its connection was refused.
        var restsUntil: ContinuousClock.Instant?
    }

    private let dialers: [Dialer]
    private let slots: Mutex<[Slot]>
    private let time: ClientTime

    init(configuration: TallyClientConfiguration, logger: Logger, time: ClientTime) {
        self.time = time
        let target = ConnectionTarget(configuration: configuration)
        dialers = (0..<max(1, configuration.connectionCountMax)).map { _ in
            Dialer(configuration: configuration, target: target, logger: logger, time: time)
        }
        slots = Mutex([Slot](repeating: Slot(), count: dialers.count))
    }

    /// A connection for one call, and the place on it.
    /// - Throws: Where there is none by `deadline` or the task is cancelled; no call was sent.
    func connection(
        deadline: ContinuousClock.Instant
    ) async throws(ClientCallFailure) -> (ClientConnection, ConnectionLease) {
        let lease = takeLease()
        do {
            return (try await dialers[lease.index].connection(deadline: deadline), lease)
        } catch {
            guard lease.index > 0, error.error.code == .unavailable else { throw error }
        }
        // A server that refuses a further connection goes on serving the first.
        slots.withLock { $0[lease.index].restsUntil = time.now() + Self.restAfterRefusal }
        return (try await dialers[0].connection(deadline: deadline), lease)
    }

    /// Ends the connections for good.
    func close() async {
        for dialer in dialers {
            await dialer.close()
        }
    }

    private func takeLease() -> ConnectionLease {
        let index = slots.withLock { slots in
            let now = time.now()
            // A further connection follows one that stands: the first that is made must be the
            // first slot's, or a server that allows one would refuse the slot all fall back on.
            let awake = slots.indices.filter { index in
                index == 0
                    || dialers[index - 1].isConnected
                        && slots[index].restsUntil.map { $0 <= now } ?? true
            }
            // Where all are full, the emptiest is where the call waits least.
            let index =
                awake.first { slots[$0].callCount < Self.callCountPerConnection }
                ?? awake.min { slots[$0].callCount < slots[$1].callCount } ?? 0
            slots[index].callCount += 1
            return index
        }
        return ConnectionLease(index: index) { [weak self] in
            self?.slots.withLock { $0[index].callCount -= 1 }
        }
    }
}

/// One call's place on a connection.
final class ConnectionLease: Sendable {
    let index: Int
    private let whenEnded: @Sendable () -> Void
    private let hasEnded = Atomic<Bool>(false)

    init(index: Int, whenEnded: @escaping @Sendable () -> Void) {
        self.index = index
        self.whenEnded = whenEnded
    }

    deinit {
        end()
    }

    /// Gives the place back; doing so again changes nothing.
    func end() {
        guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
        whenEnded()
    }
}

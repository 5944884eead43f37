import API
import Synchronization
import TallyClient
import Wire

/// Sends events and gives an answer for each, in their order.
protocol EventSender: Sendable {
    /// - Throws: `SendFailure` where the events as a whole have no answer.
    func send(_ events: [Event]) async throws -> [EventResult]
}

/// Why a call has no answer.
struct SendFailure: Error {
    /// Whether the same call may succeed later.
    let isPassing: Bool
    /// What the server asks to wait.
    let retryAfter: Duration?
    let cause: any Error
}

extension SendFailure {
    private static let passing: Set<TallyError.Code> = [
        .unavailable, .deadlineExceeded, .resourceExhausted, .aborted,
    ]

    init(_ error: TallyError) {
        self.init(
            isPassing: Self.passing.contains(error.code), retryAfter: error.retryAfter,
            cause: error)
    }
}

/// Sends events to a server, a call each time.
struct ClientEventSender: EventSender {
    let client: Client

    func send(_ events: [Event]) async throws -> [EventResult] {
        do {
            // The server counts an id once, whatever became of the call before.
            return try await client.call(
                IngestionServiceMethods.IngestEvents.self, IngestEventsRequest(events: events),
                options: CallOptions(isIdempotent: true)
            ).results
        } catch let error as TallyError {
            throw SendFailure(error)
        }
    }
}

/// Repeats what fails in passing, until its patience ends.
struct PatientSender: EventSender {
    /// How time passes; tests let it jump.
    struct Pace: Sendable {
        let now: @Sendable () -> ContinuousClock.Instant
        let sleep: @Sendable (Duration) async throws -> Void

        static let real = Pace(
            now: { ContinuousClock.now }, sleep: { try await Task.sleep(for: $0) })
    }

    let base: any EventSender
    /// From the first failure of a call until it is given up.
    let patience: Duration
    let pace: Pace
    /// Called before every wait.
    let waiting: @Sendable (any Error) -> Void

    private static let delayMin = Duration.milliseconds(250)
    private static let delayMax = Duration.seconds(5)

    func send(_ events: [Event]) async throws -> [EventResult] {
        var giveUp: ContinuousClock.Instant?
        var delay = Self.delayMin
        while true {
            do {
                return try await base.send(events)
            } catch let failure as SendFailure {
                guard failure.isPassing else { throw failure.cause }
                let now = pace.now()
                let end = giveUp ?? now + patience
                giveUp = end
                let wait = max(failure.retryAfter ?? .zero, delay * Double.random(in: 0.5...1))
                guard now + wait <= end else { throw failure.cause }
                waiting(failure.cause)
                try await pace.sleep(wait)
                delay = min(delay * 2, Self.delayMax)
            }
        }
    }
}

/// Lets something through once in a while, whoever asks.
final class Rarely: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)
    private let interval: Duration

    init(every interval: Duration) {
        self.interval = interval
    }

    func isDue(_ now: ContinuousClock.Instant) -> Bool {
        last.withLock { last in
            if let last, now - last < interval { return false }
            last = now
            return true
        }
    }
}

import ConnectionService

/// Reports whose answers were too large, and how much of each is asked for at once since then, so that what does
/// not fit is not asked for again and again.
actor NarrowedSpans {
    /// Afterwards as much as ever is asked for: days are not all alike.
    static let keptFor = Duration.seconds(86_400)

    /// By report; what is over is forgotten.
    private var spans: [CheckpointKey: (seconds: Int64, until: ContinuousClock.Instant)] = [:]

    /// Nil where a whole window fits, as far as is known.
    func seconds(of report: CheckpointKey, now: ContinuousClock.Instant) -> Int64? {
        spans = spans.filter { $0.value.until > now }
        return spans[report]?.seconds
    }

    func narrow(_ report: CheckpointKey, to seconds: Int64, now: ContinuousClock.Instant) {
        spans[report] = (seconds, now.advanced(by: Self.keptFor))
    }
}

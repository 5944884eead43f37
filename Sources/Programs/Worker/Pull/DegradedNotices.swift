import Domain

/// Keeps the one trouble that several reports of a connection have at the same time from being told
/// once a report.
actor DegradedNotices {
    /// Nothing more is told of a connection for so long.
    static let quiet = Duration.seconds(600)

    /// When something was told last; what is longer ago is forgotten.
    private var told: [ConnectionID: ContinuousClock.Instant] = [:]

    /// Whether to tell of a connection now; then not again for a while.
    func isNews(_ connection: ConnectionID, now: ContinuousClock.Instant) -> Bool {
        told = told.filter { $0.value.duration(to: now) < Self.quiet }
        guard told[connection] == nil else { return false }
        told[connection] = now
        return true
    }
}

import Domain

/// Keys of connections that the provider was asked for the account of, so that it is not asked with every pull where it
/// does not tell, or tells what is known: some are asked for page after page of a list.
actor UntoldAccounts {
    /// How long nothing is asked after the provider has told, or said that it does not.
    static let untoldRest = Duration.seconds(86_400)

    /// Another key of the connection may be told.
    struct KeyVersion: Hashable, Sendable {
        let connection: ConnectionID
        let number: Int64
    }

    /// Until when.
    private var rests: [KeyVersion: ContinuousClock.Instant] = [:]
    /// How many there are when those that are over are forgotten: looking for them each time would cost more than all
    /// else here.
    private var countMax = 1000

    /// Whether it may be asked now. Whoever may asks alone: nobody else for a minute, unless `rest` says how long.
    func mayAsk(_ key: KeyVersion, now: ContinuousClock.Instant) -> Bool {
        if let end = rests[key], end > now { return false }
        if rests.count >= countMax {
            rests = rests.filter { $0.value > now }
            countMax = max(1000, 2 * rests.count)
        }
        rests[key] = now.advanced(by: .seconds(60))
        return true
    }

    func rest(_ key: KeyVersion, for time: Duration, now: ContinuousClock.Instant) {
        rests[key] = now.advanced(by: time)
    }
}

#if TALLY_MUTANTS
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif
#endif

/// A deliberate fault, switched on by the environment variable `TALLY_MUTANT` in test builds only,
/// to show that a test notices it. In a release build `isActive` is the constant false.
package enum Mutant: String, CaseIterable, Sendable {
    /// Statements forget to restrict rows to the caller's organization.
    case dropOrganizationFilter = "drop-organization-filter"
    /// The same event counts each time it arrives.
    case skipDedupe = "skip-dedupe"
    /// Events are acknowledged before they are committed.
    case acknowledgeBeforeCommit = "acknowledge-before-commit"
    /// Cache reads are priced as output.
    case swapPriceClass = "swap-price-class"
    /// A call under an idempotency key is carried out each time.
    case ignoreIdempotencyKey = "ignore-idempotency-key"
    /// Calls leave no row in the audit log.
    case skipAuditRow = "skip-audit-row"
    /// Tokens bring as many events as they like.
    case skipTokenQuota = "skip-token-quota"
    /// What connections say of people is stored as it was told.
    case keepPeopleInClear = "keep-people-in-clear"
    /// Nobody calls too often.
    case skipRateLimit = "skip-rate-limit"
    /// Tokens may be used from anywhere.
    case skipSourceAddress = "skip-source-address"

    /// Organizations that are suspended or being deleted are served.
    case serveSuspended = "serve-suspended"
    /// Reports of usage show who is limited to some units all of the organization.
    case showAllToUnits = "show-all-to-units"
    /// What rules derive of an event counts as what was sent.
    case takeDerivedAsSent = "take-derived-as-sent"
    /// SIGTERM ends a server at once, in the middle of its calls.
    case stopWithoutDraining = "stop-without-draining"
    /// A page's checkpoint is committed before its rows are.
    case saveCheckpointFirst = "save-checkpoint-first"
    /// Rows that a provider took back stay.
    case dropRetractions = "drop-retractions"
    /// What a commit added to roll-ups is merged and stays beside them.
    case keepMergedDeltas = "keep-merged-deltas"
    /// Corrections of events are entries that no roll-up knows of.
    case forgetCorrections = "forget-corrections"
    /// A provider's usage counts whole beside the events of it.
    case countUsageWhole = "count-usage-whole"
    /// Events under other words than the provider's count beside its usage.
    case takeWordsAsTheyAre = "take-words-as-they-are"
    /// A call counts for each source that tells of it.
    case countCallsTwice = "count-calls-twice"
    /// Reports read months that are not summed yet.
    case readMonthsTooEarly = "read-months-too-early"
    /// Of a call whose counted events are reversed, nobody's count.
    case forgetTellers = "forget-tellers"
    /// Of a call, who told first counts, however sources are ranked.
    case ignoreSourceRanks = "ignore-source-ranks"
    /// What counted of a call counts on beside what a higher-ranked source tells of it.
    case keepOutranked = "keep-outranked"
    /// Rows of providers' reports stay without the price that comes after them.
    case leaveReportsUnpriced = "leave-reports-unpriced"
    /// Events cost what they did before prices that were imported while they came.
    case keepOldPrices = "keep-old-prices"
    /// What connections had read is not remembered.
    case forgetReadings = "forget-readings"
    /// A report as known at an instant has what was recorded since.
    case forgetWhatWasKnown = "forget-what-was-known"
    /// A price may fall to nothing in any price file.
    case takeFreePrices = "take-free-prices"

    /// What a cancelled call brought stays until its handler has ended.
    case keepCancelledRequests = "keep-cancelled-requests"
    /// There is room for every frame.
    case giveFramesRoom = "give-frames-room"

    #if TALLY_MUTANTS
        private static let active: String? = getenv("TALLY_MUTANT").map { String(cString: $0) }

        /// Whether this process runs with the fault.
        package var isActive: Bool { Self.active == rawValue }
    #else
        @inlinable package var isActive: Bool { false }
    #endif
}

package import Core
package import Domain
package import Postgres

/// How many events of the day the senders of a commit may bring.
extension EntryWriter {
    /// Under the clock's lock.
    func quotas(
        of shares: [EventShare], tick: Tick, at now: Instant, eventsPerDayMax: Int64,
        in transaction: PostgresTransaction
    ) async throws -> EventQuotas {
        let tokens = Set(shares.compactMap(\.quota?.tokenID)).sorted()
        let rows =
            tokens.isEmpty
            ? []
            : try await transaction.run(
                SelectTokenEventCounts(organization: organizationUUID, tokenIDs: tokens))
        return EventQuotas(
            now: now, organization: tick.events,
            organizationMax: tick.eventsPerDayMax ?? eventsPerDayMax, tokens: rows)
    }

    /// Which calls would bring more than they may, by their place. What is known already is only asked for
    /// where it can matter.
    func refusals(
        of shares: [EventShare], _ quotas: EventQuotas, tick: Tick,
        in transaction: PostgresTransaction
    ) async throws -> [Int: ServiceError] {
        if quotas.haveRoom(for: shares) { return [:] }
        let identities = Set(shares.lazy.flatMap(\.events).map(\.key.identity))
        let known = try await transaction.run(
            SelectKnownKeys(
                organization: organizationUUID, identities: identities.sorted(),
                firstEntryID: tick.firstEntryID))
        return quotas.refusals(of: shares, known: Set(known.map(\.key.identity)))
    }

    func store(_ quotas: EventQuotas, in transaction: PostgresTransaction) async throws {
        let changes = quotas.changes
        if changes.isEmpty { return }
        try await transaction.execute(
            UpsertTokenEventCounts(
                organization: organizationUUID, tokenIDs: changes.map(\.tokenID),
                events: changes.map(\.events)))
    }
}

/// Tells, where a token's quota or the organization's plan may be used up, what a call would come to, without the
/// clock's lock and before its events are read.
package struct QuotaLook: Sendable {
    private let quotas: EventQuotas
    private let quota: TokenEventQuota?
    /// Places of the events that nobody has recorded yet, the first of each id.
    package let newEvents: [Int]

    /// - Parameters:
    ///   - names: source and id of each event, in order.
    ///   - quota: of the token that they came by, where it has one.
    ///   - eventsPerDayMax: new events of a day of UTC where the organization's plan says nothing.
    ///   - transaction: one snapshot, so that there is an instant at which a writer would have found the same.
    /// - Returns: Nil where there is no such organization or token any more.
    package init?(
        _ names: [(source: String, id: String)], of organization: OrganizationID,
        quota: TokenEventQuota?, eventsPerDayMax: Int64, in transaction: PostgresTransaction,
        now: Instant
    ) async throws {
        let organization = PostgresUUID(organization)
        guard
            let clock = try await transaction.first(
                SelectLedgerEventCount(organization: organization))
        else { return nil }
        var tokens: [SelectTokenEventCounts.Row] = []
        if let quota {
            tokens = try await transaction.run(
                SelectTokenEventCounts(organization: organization, tokenIDs: [quota.tokenID]))
            guard !tokens.isEmpty else { return nil }
        }
        let identities = try Self.identities(of: names)
        let known = try await transaction.run(
            SelectKnownKeys(
                organization: organization, identities: Set(identities).sorted(),
                firstEntryID: .max))
        var seen = Set(known.map(\.key.identity))
        newEvents = identities.indices.filter { seen.insert(identities[$0]).inserted }
        quotas = EventQuotas(
            now: now, organization: clock.events,
            organizationMax: clock.eventsPerDayMax ?? eventsPerDayMax, tokens: tokens)
        self.quota = quota
    }

    /// How many of the new events, if they are valid, suffice for the ledger to refuse all; nil where it has
    /// room for them.
    package var sufficientCount: Int? {
        quotas.sufficientCount(of: newEvents.count, by: quota)
    }

    /// - Throws: As the ledger would: `EVENTS_PER_DAY_EXCEEDED`, `TOKEN_EVENTS_PER_DAY_EXCEEDED`.
    package func counting(_ added: Int) throws(ServiceError) {
        var counted = quotas
        try counted.add(added, by: quota)
    }

    /// Whether the organization's plan has so many left, whatever its tokens have.
    package func organizationHasRoom(for count: Int) -> Bool {
        quotas.organizationLeft >= count
    }

    private static func identities(
        of names: [(source: String, id: String)]
    ) throws(ServiceError) -> [PostgresUUID] {
        var hasher = try EntryHasher()
        var identities: [PostgresUUID] = []
        identities.reserveCapacity(names.count)
        for name in names {
            identities.append(try hasher.identity(source: name.source, id: name.id))
        }
        return identities
    }
}

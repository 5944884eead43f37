import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

extension PageToken.List {
    static let repricing = Self(number: 12)
}

/// Metered events that were recorded come to cost what they cost now, by entries that name them; a part of
/// the span with each call.
struct RepriceEvents: Sendable {
    let ledger: LedgerCache
    let catalogues: PriceCatalogueStore

    @Sendable func answer(
        _ request: RepriceEventsRequest, _ call: Call
    ) async throws -> RepriceEventsResponse {
        let organization = try call.organizationID
        let span = try DaySpan(from: request.from, through: request.through)
        for (text, field) in [(request.provider, "provider"), (request.model, "model")] {
            try EventText.check(text, field)
        }
        try EventText.check(request.reason, "reason", isRequired: !request.dryRun)
        let afterBlock = try Self.afterBlock(request.pageToken)
        let now = call.clock.now
        let keptFrom = call.caller.standing.retention?.keptFrom(at: now)
        let writer = EntryWriter(
            organization: organization, cache: ledger, keys: try await call.keysUnlessAway())
        let work = { @Sendable (transaction: PostgresTransaction) in
            let settings = try await ReportingSettings.read(of: organization, in: transaction)
            // The newest: an older one would write prices back that were corrected.
            let calculator = try await catalogues.newestCalculator(
                of: organization, in: transaction, now: now)
            let repricing = Repricing(
                window: span.bounds(in: settings.zone), provider: request.provider.ifGiven,
                model: request.model.ifGiven, isOfUnpricedOnly: request.unpricedOnly,
                reason: request.reason, afterBlock: afterBlock)
            guard !request.dryRun else {
                let preview = try await writer.repricePreview(
                    repricing, calculator: calculator, in: transaction, keptFrom: keptFrom)
                return RepriceEventsResponse(preview, at: now)
            }
            let repriced = try await writer.reprice(
                repricing, calculator: calculator, in: transaction, now: now, keptFrom: keptFrom)
            let response = RepriceEventsResponse(repriced, at: now)
            if let total = response.total, total.events > 0 {
                try call.changed(
                    .repricing, "\(span.first)/\(span.last)",
                    to: "{\"request\":\(try request.json()),\"total\":\(try total.json())}")
            }
            return response
        }
        return request.dryRun ? try await call.snapshot(work) : try await call.transaction(work)
    }

    private static func afterBlock(_ token: String) throws(ServiceError) -> Int64 {
        guard !token.isEmpty else { return -1 }
        guard let block = Int64(try PageToken(token, of: .repricing).key), block >= 0 else {
            throw PageToken.invalid
        }
        return block
    }
}

extension String {
    fileprivate var ifGiven: String? { isEmpty ? nil : self }
}

extension RepriceEventsResponse {
    fileprivate init(_ repriced: RepricedEvents, at now: Instant) {
        let total = repriced.sums.total
        self.init(
            models: repriced.sums.byDifference.map { key, sum in
                RepricedCost(sum, provider: key.provider.text, model: key.model.text)
            },
            total: RepricedCost(total, provider: "", model: ""),
            nextPageToken: repriced.nextBlock.map { PageToken(.repricing, after: "\($0)").text }
                ?? "",
            completeness: Completeness(
                basis: .metered, unpricedEntries: total.simulatedUnpriced, knownAt: Timestamp(now)))
    }
}

extension RepricedCost {
    fileprivate init(_ sum: PriceSimulation.Sum, provider: String, model: String) {
        // Metered amounts are in the catalogue's currency.
        let money = { (picos: Int128) in API.Money(Domain.Money(picos: picos, currency: .usd)) }
        self.init(
            provider: provider, model: model, events: sum.events, before: money(sum.recordedPicos),
            after: money(sum.simulatedPicos),
            difference: money(sum.simulatedPicos - sum.recordedPicos),
            unpricedBefore: sum.recordedUnpriced, unpricedAfter: sum.simulatedUnpriced)
    }
}

import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

extension PageToken.List {
    static let repricing = Self(number: 12)
}

/// Metered events that were recorded, and then what providers report of the usage, come to cost what they
/// cost now, by entries that name them; a part of the span with each call.
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
        let place = try Place(request.pageToken)
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
                reason: request.reason, afterBlock: place.block ?? -1)
            var part = Part()
            if case .events = place {
                part.add(
                    try await request.dryRun
                        ? writer.repricePreview(
                            repricing, calculator: calculator, in: transaction, keptFrom: keptFrom)
                        : writer.reprice(
                            repricing, calculator: calculator, in: transaction, now: now,
                            keptFrom: keptFrom))
            }
            // What is reported is done when no event is left.
            if part.next == nil {
                part.add(
                    try await request.dryRun
                        ? writer.repriceReportsPreview(
                            repricing, after: place.row, calculator: calculator, in: transaction,
                            keptFrom: keptFrom)
                        : writer.repriceReports(
                            repricing, after: place.row, calculator: calculator, in: transaction,
                            now: now, keptFrom: keptFrom))
            }
            let response = RepriceEventsResponse(
                part, by: calculator.catalogue.prices, at: now)
            if !request.dryRun, let total = response.total, total.events > 0 {
                try call.changed(
                    .repricing, "\(span.first)/\(span.last)",
                    to: "{\"request\":\(try request.json()),\"total\":\(try total.json())}")
            }
            return response
        }
        return request.dryRun ? try await call.snapshot(work) : try await call.transaction(work)
    }

    /// Where a part begins.
    fileprivate enum Place {
        /// Behind this block of events; before the first -1.
        case events(Int64)
        /// Behind this row of a report.
        case reports(ReportedUsage.Place)

        private static let ofReports = "r"

        init(_ token: String) throws(ServiceError) {
            guard !token.isEmpty else {
                self = .events(-1)
                return
            }
            let parts = try PageToken(token, of: .repricing).key.split(separator: "/")
            if parts.count == 1, let block = Int64(parts[0]), block >= 0 {
                self = .events(block)
            } else if parts.count == 3, parts[0] == Self.ofReports, let time = Int64(parts[1]),
                let entry = Int64(parts[2]), entry >= 0
            {
                self = .reports(
                    ReportedUsage.Place(time: Instant(microseconds: time), entryID: entry))
            } else {
                throw PageToken.invalid
            }
        }

        var token: String {
            switch self {
            case .events(let block): PageToken(.repricing, after: "\(block)").text
            case .reports(let row):
                PageToken(
                    .repricing,
                    after: "\(Self.ofReports)/\(row.time.microseconds)/\(row.entryID)"
                ).text
            }
        }

        var block: Int64? {
            if case .events(let block) = self { return block }
            return nil
        }

        var row: ReportedUsage.Place? {
            if case .reports(let row) = self { return row }
            return nil
        }
    }

    /// What a call has done.
    fileprivate struct Part {
        private(set) var sums: [PriceSimulation.Model: PriceSimulation.Sum] = [:]
        private(set) var next: Place?

        mutating func add(_ events: RepricedEvents) {
            sums.merge(events.sums) { $0.adding($1) }
            next = events.nextBlock.map { .events($0) }
        }

        mutating func add(_ reports: RepricedReports) {
            sums.merge(reports.sums) { $0.adding($1) }
            next = reports.next.map { .reports($0) }
        }
    }
}

extension String {
    fileprivate var ifGiven: String? { isEmpty ? nil : self }
}

extension RepriceEventsResponse {
    fileprivate init(
        _ repriced: RepriceEvents.Part, by prices: SpendCompleteness.Prices?, at now: Instant
    ) {
        let total = repriced.sums.total
        self.init(
            models: repriced.sums.byDifference.map { key, sum in
                RepricedCost(sum, provider: key.provider.text, model: key.model.text)
            },
            total: RepricedCost(total, provider: "", model: ""),
            nextPageToken: repriced.next?.token ?? "",
            completeness: Completeness(
                basis: .metered, unpricedEntries: total.simulatedUnpriced, knownAt: Timestamp(now),
                priceCatalogue: prices.map { PriceCatalogueVersion($0) }))
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

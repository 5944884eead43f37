import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

/// What other prices would have made of a month's metered events and reported usage; nothing is stored.
struct SimulatePrices: Sendable {
    private static let overridesMax = 20

    let reports: SpendReports

    @Sendable func answer(
        _ request: SimulatePricesRequest, _ call: Call
    ) async throws -> SimulatePricesResponse {
        let now = call.clock.now
        let organization = try call.organizationID
        let file = try Self.file(request.priceFile)
        let drafts = try Self.drafts(request.priceOverrides, now: now)
        let asked = try request.month.map { wire throws(ServiceError) in
            do throws(ServiceError) {
                return try CivilMonth(wire: wire)
            } catch {
                throw error.within("month")
            }
        }
        let reader = reports.reader
        let keys = try await call.keysUnlessAway()
        return try await call.snapshot { transaction in
            let settings = try await ReportingSettings.read(of: organization, in: transaction)
            let month =
                asked ?? settings.zone.day(containing: now).monthOfYear.previous
            let window = settings.zone.monthBounds(month)
            let current = try await reader.catalogues.calculator(
                of: organization, in: transaction, now: now)
            let simulation = PriceSimulation(
                calculator: Self.calculator(current, file: file, drafts: drafts))
            let sums = try await simulation.run(
                of: organization, during: window, keys: keys, in: transaction)
            let usage = try await simulation.runReports(
                of: organization, during: window, keys: keys, in: transaction)
            let report = try await reader.spend(
                transaction, organization: organization, keys: keys, from: window.lowerBound,
                through: window.upperBound, by: [window], basis: .metered, now: now)
            return Self.response(sums, usage, month: month, completeness: report.completeness)
        }
    }

    private static func calculator(
        _ current: CostCalculator, file: PriceFile?, drafts: [PriceOverrideBook.Draft]
    ) -> CostCalculator {
        // After the stored ones, whose numbers are below: the newest of equals counts.
        let first = (current.overrides.all.map(\.number).max() ?? 0) + 1
        let simulated = drafts.enumerated().map { $1.override(number: first + Int64($0)) }
        return CostCalculator(
            catalogue: file.map { current.catalogue.replacing($0) } ?? current.catalogue,
            overrides: PriceOverrides(current.overrides.all + simulated))
    }

    private static func file(_ bytes: [UInt8]) throws(ServiceError) -> PriceFile? {
        guard !bytes.isEmpty else { return nil }
        do {
            return try PriceFile(parsing: bytes)
        } catch {
            let message = PriceImportRefusal(problem: error, lastGood: nil).problemText
            throw ServiceError(
                .invalidArgument, ServiceError.Reason(rawValue: error.problem.rawValue),
                field: "price_file", message)
        }
    }

    private static func drafts(
        _ wire: [API.PriceOverride], now: Instant
    ) throws(ServiceError) -> [PriceOverrideBook.Draft] {
        guard wire.count <= overridesMax else {
            throw ServiceError(
                .invalidArgument, "PRICE_OVERRIDES_TOO_MANY", field: "price_overrides",
                "Simulate at most \(overridesMax) overrides at once.")
        }
        var drafts: [PriceOverrideBook.Draft] = []
        for (index, override) in wire.enumerated() {
            var override = override
            // What is simulated holds ever, unless it says otherwise: the month is over.
            override.effectiveTime = override.effectiveTime ?? Timestamp(Instant(seconds: 0))
            do throws(ServiceError) {
                drafts.append(try PriceOverrideBook.Draft(wire: override, now: now))
            } catch {
                throw error.within("price_overrides[\(index)]")
            }
        }
        return drafts
    }

    private static func response(
        _ sums: [PriceSimulation.Model: PriceSimulation.Sum],
        _ usage: [PriceSimulation.Model: PriceSimulation.Sum], month: CivilMonth,
        completeness: SpendCompleteness
    ) -> SimulatePricesResponse {
        let costs = { (sums: [PriceSimulation.Model: PriceSimulation.Sum]) in
            sums.byDifference.map { key, sum in
                SimulatedCost(sum, provider: key.provider.text, model: key.model.text)
            }
        }
        return SimulatePricesResponse(
            month: Month(month), models: costs(sums),
            total: SimulatedCost(sums.total, provider: "", model: ""),
            completeness: API.Completeness(completeness), usageModels: costs(usage),
            usageTotal: SimulatedCost(usage.total, provider: "", model: ""))
    }
}

extension SimulatedCost {
    fileprivate init(_ sum: PriceSimulation.Sum, provider: String, model: String) {
        // Metered amounts are in the catalogue's currency.
        let money = { (picos: Int128) in API.Money(Domain.Money(picos: picos, currency: .usd)) }
        self.init(
            provider: provider, model: model, recorded: money(sum.recordedPicos),
            simulated: money(sum.simulatedPicos),
            difference: money(sum.simulatedPicos - sum.recordedPicos), events: sum.events,
            recordedUnpriced: sum.recordedUnpriced, simulatedUnpriced: sum.simulatedUnpriced)
    }
}

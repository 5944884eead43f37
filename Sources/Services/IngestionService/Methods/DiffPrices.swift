import API
import Core
import Domain
import Ledger
import ServiceRuntime

/// What an import would change, and whether it would be refused.
struct DiffPrices: Sendable {
    @Sendable func answer(
        _ request: DiffPricesRequest, _ call: Call
    ) async throws -> DiffPricesResponse {
        let now = call.clock.now
        let asked = try PriceImport(wire: request.upload, now: now)
        let plan = try await call.operatorSnapshot { transaction in
            do {
                return try await PriceCatalogueImporter().plan(asked, in: transaction, now: now)
            } catch let refusal as PriceImportRefusal {
                throw refusal.serviceError
            }
        }
        return Self.response(plan)
    }

    static func response(_ plan: PriceImportPlan) -> DiffPricesResponse {
        var differences = plan.added.map { PriceDifference(.added, $0.price) }
        differences += plan.changed.map { change in
            PriceDifference(
                .changed, change.row.price,
                rates: PriceRateDifference.all(from: change.before.price, to: change.row.price))
        }
        differences += plan.unlisted.map { PriceDifference(.unlisted, $0.price) }
        differences += plan.addedAliases.map { PriceDifference(.added, $0.alias) }
        differences += plan.changedAliases.map {
            PriceDifference(.changed, $0.row.alias, before: $0.before.model)
        }
        differences += plan.unlistedAliases.map { PriceDifference(.unlisted, $0) }
        differences.sort {
            ($0.provider, $0.model, $0.region) < ($1.provider, $1.model, $1.region)
        }
        let refusal = plan.refusal.map {
            PriceImportRefusal(problem: $0, lastGood: plan.current)
        }
        return DiffPricesResponse(
            catalogue: plan.current.map { PriceImportRecord($0) }, differences: differences,
            unchangedCount: Int32(clamping: plan.unchangedCount),
            remarks: plan.remarks.map { PriceFileRemark($0) },
            refusalReason: refusal?.problem.problem.rawValue ?? "",
            refusal: refusal?.message ?? "")
    }
}

extension PriceDifference {
    fileprivate init(
        _ action: Action, _ price: ModelPrice, rates: [PriceRateDifference] = []
    ) {
        self.init(
            action: action, provider: price.provider, model: price.model, region: price.region,
            rates: rates)
    }

    fileprivate init(_ action: Action, _ alias: PriceAlias, before: String = "") {
        self.init(
            action: action, provider: alias.provider, model: alias.name, aliasOf: alias.model,
            aliasOfBefore: before)
    }
}

extension PriceRateDifference {
    /// The rates and multipliers that two prices of one model do not share.
    static func all(from before: ModelPrice, to after: ModelPrice) -> [PriceRateDifference] {
        let old = Dictionary(
            before.lines.map { ($0.key, $0.rate) }, uniquingKeysWith: { first, _ in first })
        let new = Dictionary(
            after.lines.map { ($0.key, $0.rate) }, uniquingKeysWith: { first, _ in first })
        var differences: [PriceRateDifference] = []
        for key in Set(old.keys).union(new.keys).sorted() where old[key] != new[key] {
            differences.append(
                PriceRateDifference(
                    quantityClass: key.quantityClass.rawValue, serviceTier: key.serviceTier,
                    longContext: key.isLong, before: old[key]?.value.description ?? "",
                    after: new[key]?.value.description ?? ""))
        }
        let thresholds = [before, after].map {
            $0.longContext.map { "\($0.thresholdTokens)" } ?? ""
        }
        if thresholds[0] != thresholds[1] {
            differences.append(
                PriceRateDifference(
                    quantityClass: "long_context_tokens", before: thresholds[0],
                    after: thresholds[1]))
        }
        let regions = Set(before.regionMultipliers.keys).union(after.regionMultipliers.keys)
        for region in regions.sorted() {
            let factors = [before, after].map { $0.regionMultipliers[region]?.description ?? "" }
            guard factors[0] != factors[1] else { continue }
            differences.append(
                PriceRateDifference(
                    quantityClass: "multiplier", serviceTier: region, before: factors[0],
                    after: factors[1]))
        }
        return differences
    }
}

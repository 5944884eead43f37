import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

/// What holds for a model at a time, and where that is from.
struct GetPrice: Sendable {
    let catalogues: PriceCatalogueStore

    @Sendable func answer(_ request: GetPriceRequest, _ call: Call) async throws -> API.Price {
        try EventText.check(
            request.provider, "provider", bytesMax: EventLimits.providerBytesMax, isRequired: true)
        try EventText.check(
            request.model, "model", bytesMax: EventLimits.modelBytesMax, isRequired: true)
        try EventText.check(request.region, "region")
        let now = call.clock.now
        let time: Instant
        do {
            time = try request.time?.instant() ?? now
        } catch {
            throw error.within("time")
        }
        let read: @Sendable (PostgresTransaction) async throws -> API.Price = { transaction in
            let catalogue = try await catalogues.current(
                in: transaction, now: now, isNewest: true)
            let found = catalogue.found(
                provider: request.provider, region: request.region, model: request.model, at: time)
            guard let found,
                let origin = try await catalogues.origin(of: found.version.id, in: transaction)
            else {
                throw ServiceError(
                    .notFound, "PRICE_NOT_FOUND", field: "model",
                    "No price of the model is known at that time; import a price file that has it.")
            }
            return API.Price(found, origin: origin)
        }
        return call.caller.isOperator
            ? try await call.operatorSnapshot(read) : try await call.snapshot(read)
    }
}

extension API.Price {
    fileprivate init(_ found: FoundPrice, origin: PriceOrigin) {
        let version = found.version
        let price = version.price
        self.init(
            provider: price.provider, model: price.model, region: price.region,
            currencyCode: price.currency.code, priceVersion: version.id,
            effectiveTime: version.validFrom.map { Timestamp($0) },
            endTime: version.validTo.map { Timestamp($0) }, assumed: version.isAssumed,
            source: origin.facts, catalogue: PriceImportRecord(origin.catalogue),
            longContextTokens: price.longContext?.thresholdTokens ?? 0,
            rates: price.lines.map { line in
                PriceRate(
                    quantityClass: line.key.quantityClass.rawValue,
                    serviceTier: line.key.serviceTier, longContext: line.key.isLong,
                    rate: line.rate.value.description, each: line.rate.per == .each)
            },
            regionMultipliers: price.regionMultipliers.sorted { $0.key < $1.key }.map {
                RegionMultiplier(region: $0.key, factor: $0.value.description)
            }, alias: found.alias?.name ?? "", aliasSource: found.alias?.source ?? "")
    }
}

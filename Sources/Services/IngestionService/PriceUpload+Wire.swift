import API
import Core
import Domain
import Ledger

extension PriceImport {
    /// Checks in order: `PRICE_FILE_MISSING`, the name as `EventText.check`, `DATE_INVALID`,
    /// `FACTOR_MAX_OUT_OF_RANGE`, `VANISHED_PERCENT_MAX_OUT_OF_RANGE`,
    /// `EFFECTIVE_TIME_OUT_OF_RANGE`.
    init(wire: PriceUpload?, now: Instant) throws(ServiceError) {
        guard let wire, !wire.content.isEmpty else {
            throw ServiceError(
                .invalidArgument, "PRICE_FILE_MISSING", field: "upload.content",
                "Send a price file: CSV, or LiteLLM's price map.")
        }
        try EventText.check(wire.fileName, "upload.file_name", isRequired: true)
        var asOf: CivilDate?
        if let date = wire.asOf {
            do {
                asOf = try CivilDate(wire: date)
            } catch {
                throw error.within("upload.as_of")
            }
        }
        self.init(
            bytes: wire.content, source: wire.fileName, asOf: asOf, rules: try Self.rules(wire),
            effectiveFrom: try Self.effectiveFrom(wire.effectiveTime, now: now))
    }

    private static func rules(_ wire: PriceUpload) throws(ServiceError) -> PriceImportRules {
        guard wire.factorMax == 0 || (2...1_000_000).contains(wire.factorMax) else {
            throw ServiceError(
                .invalidArgument, "FACTOR_MAX_OUT_OF_RANGE", field: "upload.factor_max",
                "The factor is 2 to 1,000,000; 0 stands for "
                    + "\(PriceImportRules.factorMaxDefault).")
        }
        guard (0...100).contains(wire.vanishedPercentMax) else {
            throw ServiceError(
                .invalidArgument, "VANISHED_PERCENT_MAX_OUT_OF_RANGE",
                field: "upload.vanished_percent_max",
                "The share is 1 to 100 percent; 0 stands for "
                    + "\(PriceImportRules.vanishedPercentMaxDefault).")
        }
        return PriceImportRules(
            factorMax: wire.factorMax == 0
                ? PriceImportRules.factorMaxDefault : Int(wire.factorMax),
            mayBecomeFree: wire.mayBecomeFree,
            vanishedPercentMax: wire.vanishedPercentMax == 0
                ? PriceImportRules.vanishedPercentMaxDefault : Int(wire.vanishedPercentMax))
    }

    private static let secondsAheadMax: Int64 = 366 * 86_400

    private static func effectiveFrom(
        _ wire: Timestamp?, now: Instant
    ) throws(ServiceError) -> Instant? {
        guard let wire else { return nil }
        let outOfRange = ServiceError(
            .invalidArgument, "EFFECTIVE_TIME_OUT_OF_RANGE", field: "upload.effective_time",
            "Prices change from now on, or at most 366 days ahead: what was recorded keeps its price."
        )
        let instant: Instant
        do {
            instant = try wire.instant()
        } catch {
            throw outOfRange
        }
        guard (now...now.advanced(bySeconds: secondsAheadMax)).contains(instant) else {
            throw outOfRange
        }
        return instant
    }
}

extension PriceImportRecord {
    init(_ record: PriceCatalogueRecord) {
        self.init(
            version: record.id, fileName: record.source, format: record.format.rawValue,
            asOf: record.asOf.map { API.Date($0) }, importTime: Timestamp(record.importedAt))
    }
}

extension PriceFileRemark {
    private static let modelsMax = 20

    init(_ remark: PriceRemark) {
        self.init(
            problem: remark.problem.rawValue, field: remark.field,
            modelCount: Int32(clamping: remark.models.count),
            models: Array(remark.models.prefix(Self.modelsMax)))
    }
}

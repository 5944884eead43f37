import API
import Core
import Domain
import Ledger
import ServiceRuntime

/// How much of the money of a span carries which tag or other dimension.
struct TagCoverage: Sendable {
    private static let dimensionsMax = 100
    /// Of a share's last place.
    private static let shareScale: UInt128 = 1_000_000

    let reports: SpendReports

    @Sendable func answer(
        _ request: TagCoverageRequest, _ call: Call
    ) async throws -> TagCoverageResponse {
        let span = try DaySpan(from: request.from, through: request.through)
        let dimensions = try Self.dimensions(request.dimensions)
        let filter = try SpendFilter(wire: request.filters, ofCalls: true)
        let basis = try SpendReports.basis(request.basis, filter.attributes)
        let spend = try await reports.spend(
            span, basis: basis, opensUsers: dimensions.contains(.named(.user)), filter: filter,
            knownAt: try KnownAt.instant(wire: request.knownAt), call: call)
        return try Self.response(dimensions, spend)
    }

    /// `DIMENSIONS_TOO_MANY`, `DUPLICATE_DIMENSION`, and as `UsageDimension`.
    static func dimensions(_ wire: [String]) throws(ServiceError) -> [UsageDimension] {
        guard wire.count <= dimensionsMax else {
            throw ServiceError(
                .invalidArgument, "DIMENSIONS_TOO_MANY", field: "dimensions",
                "Ask for at most \(dimensionsMax) dimensions.")
        }
        var dimensions: [UsageDimension] = []
        for (index, text) in wire.enumerated() {
            let dimension: UsageDimension
            do throws(ServiceError) {
                dimension = try UsageDimension(text)
            } catch {
                throw error.within("dimensions[\(index)]")
            }
            guard !dimensions.contains(dimension) else {
                throw ServiceError(
                    .invalidArgument, "DUPLICATE_DIMENSION", field: "dimensions[\(index)]",
                    "Give each dimension once.")
            }
            dimensions.append(dimension)
        }
        return dimensions
    }

    /// - Parameter dimensions: none for the tags that most money carries.
    static func response(
        _ dimensions: [UsageDimension], _ spend: SpendReports.Spend
    ) throws(ServiceError) -> TagCoverageResponse {
        // Sets are far fewer than rows.
        var sets: [DimensionSet: SpendSum] = [:]
        var total = SpendSum()
        for row in spend.report.rows {
            try sets[row.dimensions, default: SpendSum()].add(row)
            try total.add(row)
        }
        var untagged = SpendSum()
        var tags: [ExactText: SpendSum] = [:]
        for (set, sum) in sets {
            if set.tags.isEmpty { try untagged.add(sum) }
            for tag in set.tags { try tags[ExactText(tag.key), default: SpendSum()].add(sum) }
        }
        let ranked = tags.sorted { left, right in
            left.value.picos != right.value.picos
                ? left.value.picos > right.value.picos : left.key < right.key
        }
        let isRanked = dimensions.isEmpty
        let shown =
            isRanked
            ? ranked.prefix(dimensionsMax).map { UsageDimension.tag(key: $0.key) } : dimensions
        var coverage: [DimensionCoverage] = []
        for dimension in shown {
            coverage.append(
                try Self.coverage(of: dimension, sets, total: total, currency: spend.currency))
        }
        return TagCoverageResponse(
            dimensions: coverage,
            otherTags: isRanked ? Int64(max(0, ranked.count - dimensionsMax)) : 0,
            untagged: untagged.figures(spend.currency), total: total.figures(spend.currency),
            completeness: spend.completeness)
    }

    private static func coverage(
        of dimension: UsageDimension, _ sets: [DimensionSet: SpendSum], total: SpendSum,
        currency: Currency
    ) throws(ServiceError) -> DimensionCoverage {
        var covered = SpendSum()
        var absent = SpendSum()
        for (set, sum) in sets {
            if dimension.value(of: set) == .absent {
                try absent.add(sum)
            } else {
                try covered.add(sum)
            }
        }
        return DimensionCoverage(
            dimension: dimension.text, covered: covered.figures(currency),
            absent: absent.figures(currency), share: share(of: covered.picos, in: total.picos))
    }

    /// A decimal number of six places, cut off; empty where the whole is 0.
    static func share(of part: Int128, in whole: Int128) -> String {
        guard whole != 0 else { return "" }
        let (units, rest) = part.magnitude.quotientAndRemainder(dividingBy: whole.magnitude)
        // The rest is less than the divisor, so that the quotient is less than the scale.
        let fraction = whole.magnitude.dividingFullWidth(
            rest.multipliedFullWidth(by: shareScale)
        ).quotient
        let digits = String(fraction + shareScale).dropFirst()
        let isNegative = (part < 0) != (whole < 0) && (units > 0 || fraction > 0)
        return "\(isNegative ? "-" : "")\(units).\(digits)"
    }
}

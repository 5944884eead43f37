import API
import Core
import Domain
import Ledger

/// Which rows of spend a report is of.
struct SpendFilter: Sendable {
    static let demandsMax = 32
    static let valuesMax = 1_000

    /// Lets everything pass.
    static let none = SpendFilter(demands: [])

    private struct Demand: Sendable {
        let dimension: UsageDimension
        let values: Set<UsageValue>
    }

    private let demands: [Demand]

    var isNone: Bool { demands.isEmpty }

    /// Attributes of calls that it asks for.
    var attributes: Set<CallAttribute> {
        Set(
            demands.compactMap { demand in
                if case .call(let attribute) = demand.dimension { attribute } else { nil }
            })
    }

    /// What passes of an attribute, an empty text where none does; nil: anything may.
    func values(of attribute: CallAttribute) -> [String]? {
        demands.first { $0.dimension == .call(attribute) }?.values.map { value in
            if case .value(let text) = value { text.text } else { "" }
        }
    }

    var asksForUsers: Bool { demands.contains { $0.dimension == .named(.user) } }

    /// - Parameter ofCalls: whether attributes of calls will do.
    /// - Throws: `FILTERS_TOO_MANY`, `FILTER_VALUES_TOO_MANY`, `FILTER_VALUES_MISSING`, and as
    ///   `UsageDimension`.
    init(wire: [API.UsageFilter], ofCalls: Bool = false) throws(ServiceError) {
        guard wire.count <= Self.demandsMax else {
            throw ServiceError(
                .invalidArgument, "FILTERS_TOO_MANY", field: "filters",
                "A report has at most \(Self.demandsMax) filters.")
        }
        var demands: [Demand] = []
        for (index, filter) in wire.enumerated() {
            do throws(ServiceError) {
                demands.append(try Self.demand(filter, ofCalls: ofCalls))
            } catch {
                throw error.within("filters[\(index)]")
            }
        }
        self.demands = demands
    }

    private init(demands: [Demand]) {
        self.demands = demands
    }

    private static func demand(
        _ wire: API.UsageFilter, ofCalls: Bool
    ) throws(ServiceError) -> Demand {
        let dimension: UsageDimension
        do throws(ServiceError) {
            dimension = try UsageDimension(wire.dimension, ofCalls: ofCalls)
        } catch {
            throw error.within("dimension")
        }
        guard wire.values.count <= valuesMax else {
            throw ServiceError(
                .invalidArgument, "FILTER_VALUES_TOO_MANY", field: "values",
                "A filter has at most \(valuesMax) values.")
        }
        guard wire.orAbsent || !wire.values.isEmpty else {
            throw ServiceError(
                .invalidArgument, "FILTER_VALUES_MISSING", field: "values",
                "Give at least one value that passes, or or_absent.")
        }
        let values = wire.values.map { UsageValue.value(ExactText($0)) }
        return Demand(
            dimension: dimension, values: Set(values + (wire.orAbsent ? [.absent] : [])))
    }

    func passes(_ row: SpendRow) -> Bool {
        demands.allSatisfy { $0.values.contains($0.dimension.value(of: row)) }
    }

    func passes(_ dimensions: DimensionSet) -> Bool {
        demands.allSatisfy { $0.values.contains($0.dimension.value(of: dimensions)) }
    }
}

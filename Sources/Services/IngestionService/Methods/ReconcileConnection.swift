import API
import Core
import Domain
import Ledger
import ServiceRuntime

/// What a connection's provider billed, beside its usage report and the events, and why they differ.
struct ReconcileConnection: Sendable {
    /// Days from the first to the last at most.
    static let daysMax = 92
    static let rowsMax = 20_000

    let reader: SpendReader

    @Sendable func answer(
        _ request: ReconcileConnectionRequest, _ call: Call
    ) async throws -> ReconcileConnectionResponse {
        let connection = try Self.connection(request.connectionID)
        let span = try DaySpan(from: request.from, through: request.through)
        guard span.last.dayNumber - span.first.dayNumber <= Self.daysMax else {
            throw ServiceError(
                .invalidArgument, "DAYS_TOO_MANY", field: "through",
                "The last day is at most \(Self.daysMax) days after the first.")
        }
        let organization = try call.organizationID
        let now = call.clock.now
        let days = span.bounds(in: try OrganizationZone("UTC"))
        let keys = try await call.keysUnlessAway()
        let found = try await call.snapshot { transaction in
            try await reader.reconciliation(
                transaction, organization: organization, keys: keys, connection: connection,
                days: days, now: now)
        }
        guard let found else {
            throw ServiceError(
                .notFound, "CONNECTION_NOT_FOUND", field: "connection_id",
                "the organization has no connection with this id; list its connections")
        }
        return try Self.response(found)
    }

    private static func connection(_ text: String) throws(ServiceError) -> ConnectionID {
        do throws(ServiceError) {
            return try ConnectionID(text)
        } catch {
            throw error.within("connection_id")
        }
    }

    static func response(
        _ found: SpendReader.ReconciledConnection
    ) throws(ServiceError) -> ReconcileConnectionResponse {
        let report = found.reconciliation
        guard report.rows.count <= rowsMax else {
            throw ServiceError(
                .failedPrecondition, "RECONCILIATION_TOO_LARGE", field: "through",
                "The answer has \(report.rows.count) rows, and \(rowsMax) is the limit. Ask for "
                    + "fewer days.")
        }
        let money = { (picos: Int128) in
            API.Money(Domain.Money(picos: picos, currency: report.currency))
        }
        let figures = { (figures: Reconciliation.Figures) in
            ReconciledFigures(
                billed: money(figures.billed), usage: money(figures.usage),
                events: report.hasEvents ? money(figures.events) : nil,
                differences: figures.causes.map { ($0.key.wire, $0.value) }
                    .sorted { $0.0.rawValue < $1.0.rawValue }
                    .map { ReconciliationDifference(cause: $0, amount: money($1)) })
        }
        return ReconcileConnectionResponse(
            rows: report.rows.map { row in
                ReconciliationRow(
                    day: API.Date(row.day), model: row.model,
                    lineItem: row.lineItem, final: row.isFinal, figures: figures(row.figures))
            },
            total: figures(report.total), hasEvents: report.hasEvents,
            unexplained: money(report.unexplained),
            unexplainedShare: TagCoverage.share(
                of: report.unexplained, in: Int128(report.total.billed.magnitude)),
            completeness: API.Completeness(found.completeness))
    }
}

extension Ledger.ReconciliationCause {
    var wire: API.ReconciliationCause {
        switch self {
        case .timing: .timing
        case .credit: .credit
        case .otherCharge: .otherCharge
        case .price: .price
        case .unpriced: .unpriced
        case .rounding: .rounding
        case .missingUsage: .missingUsage
        case .unbilledUsage: .unbilledUsage
        case .unexplained: .unexplained
        case .missingEvents: .missingEvents
        case .surplusEvents: .surplusEvents
        case .unmatchedEvents: .unmatchedEvents
        case .eventPrice: .eventPrice
        }
    }
}

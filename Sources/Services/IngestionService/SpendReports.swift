import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

/// Reads the spend of a span of days for one call.
struct SpendReports: Sendable {
    let reader: SpendReader
    let unitRowSource: any UnitRowSource
    var merges = RollupMerges()

    struct Spend: Sendable {
        let zone: OrganizationZone
        /// The one currency that all amounts are in.
        let currency: Currency
        let report: SpendReport
        /// Whether it is of the units that the caller is limited to.
        var isOfSomeUnits = false
        /// Whether it is of single calls, of which nobody says what is suppressed.
        var isOfCalls = false

        var completeness: API.Completeness {
            isOfSomeUnits
                ? API.Completeness(ofSomeUnits: report.completeness)
                : API.Completeness(report.completeness)
        }
    }

    /// Of all of the organization, or of what rules give whole to the units that the caller is limited to:
    /// nothing else is looked at before that, so that no answer, and no refusal, depends on it.
    /// - Parameters:
    ///   - unit: how far the caller tells times apart; nil: not at all.
    ///   - needsUsers: whether the report depends on users: then it waits for the organization's keys, and
    ///     without them is none.
    ///   - opensUsers: whether it looks at users beside.
    ///   - attributes: of calls, by which the caller tells rows apart.
    ///   - knownAt: the instant with what was known of which it is to be; nil: with what is known.
    ///   - filter: what the report is of. A bill is shared out before: what passes is the same as without
    ///     a filter.
    func spend(
        _ span: DaySpan, by unit: TrendSteps.Unit? = nil, basis: Domain.Basis,
        needsUsers: Bool = false, opensUsers: Bool = false, attributes: Set<CallAttribute> = [],
        filter: SpendFilter = .none, knownAt: Instant? = nil, call: Call
    ) async throws -> Spend {
        let attributes = attributes.union(filter.attributes)
        if !attributes.isEmpty { try Self.mustSeeAll(call) }
        if let knownAt {
            return try await spend(
                span, by: unit, basis: basis, needsUsers: needsUsers, opensUsers: opensUsers,
                attributes: attributes, filter: filter, knownAt: knownAt, call: call)
        }
        let organization = try call.organizationID
        let now = call.clock.now
        let keys = try await call.keysUnlessAway()
        if needsUsers || filter.asksForUsers { try keys.mustNotBeAway() }
        let (spend, unmerged) = try await call.snapshot { transaction in
            let settings = try await ReportingSettings.read(of: organization, in: transaction)
            let bounds = span.bounds(in: settings.zone)
            var units = try await unitRows(
                span, zone: settings.zone, keys, now: now, call, in: transaction)
            let steps =
                unit.map { TrendSteps(span, by: $0, zone: settings.zone).steps.map(\.bounds) }
                ?? [bounds]
            let opensUsers = needsUsers || opensUsers || filter.asksForUsers || units != nil
            var report = try await reader.spend(
                transaction, organization: organization, keys: keys, from: bounds.lowerBound,
                through: bounds.upperBound, by: units.map { steps.cut(at: $0.cuts) } ?? steps,
                basis: basis, needsUsers: opensUsers, isRepeatable: units == nil, now: now)
            if !attributes.isEmpty {
                report = try await reader.tellingCallsApart(
                    report, transaction, organization: organization, keys: keys, by: steps,
                    attributes: attributes, sessions: filter.values(of: .session),
                    runs: filter.values(of: .run), needsUsers: opensUsers)
            }
            if units != nil {
                report = report.filtered {
                    units?.shows($0) ?? false || Mutant.showAllToUnits.isActive
                }
            }
            if !filter.isNone { report = report.filtered { filter.passes($0) } }
            let spend = Spend(
                zone: settings.zone,
                currency: try Self.currency(of: report.rows, preferred: settings.currency),
                report: report, isOfSomeUnits: units != nil, isOfCalls: !attributes.isEmpty)
            return (spend, settings.unmergedRollups)
        }
        merges.reportWasRead(
            of: organization, unmerged: unmerged, now: now, in: try call.sharedTransactions)
        return spend
    }

    /// The basis of a report: of calls the metered one, which is their default.
    /// - Throws: `BASIS_NOT_OF_CALLS`, and as `Basis`.
    static func basis(
        _ wire: API.Basis, _ attributes: Set<CallAttribute>
    ) throws(ServiceError) -> Domain.Basis {
        guard !attributes.isEmpty, wire != .metered else { return try Domain.Basis(wire: wire) }
        guard wire == .unspecified else {
            let names = CallAttribute.allCases.map(\.rawValue).joined(separator: ", ")
            throw ServiceError(
                .invalidArgument, "BASIS_NOT_OF_CALLS", field: "basis",
                "Bills name no calls: by \(names) spend is told apart on the metered basis alone.")
        }
        return .metered
    }

    /// How many events there are, which a report of calls may be refused for, is of all units.
    private static func mustSeeAll(_ call: Call) throws(ServiceError) {
        guard call.unitScope.isWholeOrganization else {
            throw ServiceError(
                .permissionDenied, "UNIT_SCOPE_NOT_SERVED",
                "Callers who are limited to some units are not shown single sessions, runs or calls."
            )
        }
    }

    /// The same of what was known at an instant, for callers who see all of the organization.
    private func spend(
        _ span: DaySpan, by unit: TrendSteps.Unit?, basis: Domain.Basis, needsUsers: Bool,
        opensUsers: Bool, attributes: Set<CallAttribute>, filter: SpendFilter, knownAt: Instant,
        call: Call
    ) async throws -> Spend {
        guard call.unitScope.isWholeOrganization else { throw KnownAt.ofSomeUnits }
        let organization = try call.organizationID
        let now = call.clock.now
        let keys = try await call.keysUnlessAway()
        if needsUsers || filter.asksForUsers { try keys.mustNotBeAway() }
        return try await call.snapshot { transaction in
            let settings = try await ReportingSettings.read(of: organization, in: transaction)
            let bounds = span.bounds(in: settings.zone)
            let steps =
                unit.map { TrendSteps(span, by: $0, zone: settings.zone).steps.map(\.bounds) }
                ?? [bounds]
            let opensUsers = needsUsers || opensUsers || filter.asksForUsers
            var report = try await reader.spend(
                transaction, organization: organization, keys: keys, from: bounds.lowerBound,
                through: bounds.upperBound, by: steps, basis: basis, needsUsers: opensUsers,
                knownAt: knownAt, now: now)
            if !attributes.isEmpty {
                report = try await reader.tellingCallsApart(
                    report, transaction, organization: organization, keys: keys, by: steps,
                    attributes: attributes, sessions: filter.values(of: .session),
                    runs: filter.values(of: .run), needsUsers: opensUsers, knownAt: knownAt)
            }
            if !filter.isNone { report = report.filtered { filter.passes($0) } }
            return Spend(
                zone: settings.zone,
                currency: try Self.currency(of: report.rows, preferred: settings.currency),
                report: report, isOfCalls: !attributes.isEmpty)
        }
    }

    /// Nil where the caller sees all of the organization.
    private func unitRows(
        _ span: DaySpan, zone: OrganizationZone, _ keys: OrganizationKeys, now: Instant,
        _ call: Call, in transaction: PostgresTransaction
    ) async throws -> (any UnitRows)? {
        guard !call.unitScope.isWholeOrganization else { return nil }
        return try await unitRowSource.rows(
            of: UnitRowQuery(
                organization: try call.organizationID, keys: keys, scope: call.unitScope,
                zone: zone, days: span.first..<span.last.advanced(byDays: 1), now: now),
            in: transaction)
    }

    /// The currency of the rows: no total adds two of them.
    static func currency(
        of rows: [SpendRow], preferred: Currency
    ) throws(ServiceError) -> Currency {
        let found = Set(rows.filter { $0.amount.picos != 0 }.map(\.amount.currency))
        guard found.count < 2 else {
            throw ServiceError(
                .failedPrecondition, "CURRENCY_CONVERSION_MISSING",
                "The spend is in several currencies, and no rates to convert them are known yet.")
        }
        return found.first ?? preferred
    }
}

extension [Range<Instant>] {
    /// The same time in parts of which none reaches across a cut.
    /// - Parameter cuts: in order.
    func cut(at cuts: [Instant]) -> [Range<Instant>] {
        flatMap { step in
            var parts: [Range<Instant>] = []
            var begin = step.lowerBound
            for cut in cuts where begin < cut && cut < step.upperBound {
                parts.append(begin..<cut)
                begin = cut
            }
            return parts + [begin..<step.upperBound]
        }
    }
}

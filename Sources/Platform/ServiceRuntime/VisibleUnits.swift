package import Domain
package import Postgres

/// The business units that a caller who is limited to some may see.
package struct VisibleUnits: Sendable {
    /// Those that the caller is limited to and all below them.
    package let codes: Set<BusinessUnitCode>

    package init(_ codes: Set<BusinessUnitCode>) {
        self.codes = codes
    }

    package func contains(_ code: String) -> Bool {
        (try? BusinessUnitCode(code)).map(codes.contains) ?? false
    }

    /// - Parameter parents: All units of the organization, each with the one above it.
    init(of scope: UnitScope, parents: [BusinessUnitCode: BusinessUnitCode?]) {
        var children: [BusinessUnitCode: [BusinessUnitCode]] = [:]
        for case (let unit, let parent?) in parents { children[parent, default: []].append(unit) }
        var found: Set<BusinessUnitCode> = []
        var waiting = scope.units.filter { parents[$0] != nil }
        while let unit = waiting.popLast() {
            // Twice in a scope, or in a cycle: once is enough.
            guard found.insert(unit).inserted else { continue }
            waiting += children[unit] ?? []
        }
        codes = found
    }
}

extension Call {
    /// The part of the organization that the caller is limited to.
    package var unitScope: UnitScope { caller.units }

    /// What the caller may see of the organization's units as they stand on a day; nil: all of them.
    ///
    /// A day ahead opens nothing that today does not: a move that is planned may be taken back.
    /// - Parameter today: in the organization's time zone.
    package func visibleUnits(
        on day: CivilDate, today: CivilDate, in transaction: PostgresTransaction
    ) async throws -> VisibleUnits? {
        guard !unitScope.isWholeOrganization else { return nil }
        let rows = try await transaction.run(
            SelectUnitParents(organization: try organizationID, day: min(day, today)))
        let parents = Dictionary(
            rows.map { ($0.unit, $0.parent) }, uniquingKeysWith: { first, _ in first })
        return VisibleUnits(of: unitScope, parents: parents)
    }
}

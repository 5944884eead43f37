package import Domain

/// The part of an organization that a caller is limited to: some business units with all below them,
/// or all of it.
package struct UnitScope: Sendable, Hashable {
    /// The units, by code, none twice; empty: the whole organization.
    package let units: [BusinessUnitCode]

    /// Units that one caller may be limited to.
    package static let unitCountMax = 100

    /// - Parameter units: empty for the whole organization.
    package init(_ units: some Sequence<BusinessUnitCode>) {
        self.units = Set(units).sorted()
    }

    package static let wholeOrganization = UnitScope([])

    package var isWholeOrganization: Bool { units.isEmpty }

    /// Codes as a column holds them.
    package var codes: [String] { units.map(\.text) }

    /// Whether a unit is one of the scope's, by the unit itself and all above it.
    package func contains(lineage: some Sequence<BusinessUnitCode>) -> Bool {
        isWholeOrganization || lineage.contains(where: units.contains)
    }
}

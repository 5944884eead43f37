package import Core
package import Domain

/// News of a day of an organization whose roll-ups are not what its entries come to.
package struct RollupNotice: Hashable, Sendable {
    package let organizationID: OrganizationID
    /// Its beginning, in UTC.
    package let day: Instant
    /// How many roll-ups differ, up to a thousand.
    package let rollups: Int
    /// In which of their columns: names, never figures.
    package let fields: [String]
    package let at: Instant

    package init(
        organizationID: OrganizationID, day: Instant, rollups: Int, fields: [String], at: Instant
    ) {
        self.organizationID = organizationID
        self.day = day
        self.rollups = rollups
        self.fields = fields
        self.at = at
    }

    /// What happened and the remedy, in words.
    package var detail: String {
        "\(rollups) roll-ups of \(day.rfc3339.prefix(10)) are not what their entries come to, in "
            + "\(fields.joined(separator: ", ")). Reports of that day may be wrong; entries and "
            + "exports are not affected. Nothing was changed: report this as a defect, with the "
            + "worker's log of that time."
    }
}

package import Domain
package import Jobs

/// Removes usage of one organization that is older than it wants it kept.
package struct RemoveOrganizationUsage: JobArguments {
    package static let kind = JobKind(rawValue: "remove_organization_usage")
    package static let priority = JobPriority.housekeeping
    /// Whose job it is: the platform's, since the organization's own rest where it is suspended.
    package static let owner = OrganizationID(UUIDv7(high: 0, low: 0))

    /// UUID text.
    package let organization: String

    package init(_ organization: OrganizationID) {
        self.organization = organization.text
    }

    package var key: String { organization }
}

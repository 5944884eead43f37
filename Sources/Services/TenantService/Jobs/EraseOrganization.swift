package import Domain
package import Jobs

/// Erases one organization, whose grace period is over.
package struct EraseOrganization: JobArguments {
    package static let kind = JobKind(rawValue: "erase_organization")
    package static let priority = JobPriority.housekeeping
    /// Whose job it is: the platform's, since the organization's own rest.
    package static let owner = OrganizationID(UUIDv7(high: 0, low: 0))

    /// UUID text.
    package let organization: String

    package init(_ organization: OrganizationID) {
        self.organization = organization.text
    }

    package var key: String { organization }
}

package import Domain
package import Jobs

/// Looks whose unpriced events were not looked at with the newest catalogue, and makes a job for each
/// organization. One job, which a migration made and which never ends.
package struct FillInPrices: JobArguments {
    package static let kind = JobKind(rawValue: "fill_in_prices")
    package static let priority = JobPriority.housekeeping
    /// Whose job it is: the platform's.
    package static let owner = OrganizationID(UUIDv7(high: 0, low: 0))

    package init() {}

    package var key: String { "all" }
}

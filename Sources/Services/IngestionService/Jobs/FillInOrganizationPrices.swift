package import Jobs

/// Gives events of one organization the prices that came after them. It is the organization's own job, so
/// that it rests with it. Whoever changes what an organization's usage is priced by restarts it.
package struct FillInOrganizationPrices: JobArguments {
    package static let kind = JobKind(rawValue: "fill_in_organization_prices")

    package init() {}

    package var key: String { "all" }
}

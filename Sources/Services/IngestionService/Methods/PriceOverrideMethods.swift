import API
import Core
import Domain
import Jobs
import Ledger
import Postgres
import ServiceRuntime

extension PageToken.List {
    static let priceOverrides = Self(number: 10)
}

/// What an organization's contracts say of prices: made, ended and listed.
struct PriceOverrideMethods: Sendable {
    let catalogues: PriceCatalogueStore

    @Sendable func create(
        _ request: CreatePriceOverrideRequest, _ call: Call
    ) async throws -> API.PriceOverride {
        let organization = try call.organizationID
        let now = call.clock.now
        let draft = try Self.draft(request.priceOverride, now: now)
        let book = PriceOverrideBook(organization: organization)
        let made = try await call.transaction { transaction in
            try await fillIn(for: organization, in: transaction)
            let made = API.PriceOverride(try await book.add(draft, in: transaction, now: now))
            try call.changed(.priceOverride, "\(made.number)", to: made.json())
            return made
        }
        catalogues.forgetOverrides(of: organization)
        return made
    }

    /// Lets a worker give the organization's unpriced events what they cost by what changes here. Before
    /// other rows are locked: a worker locks its job first.
    private func fillIn(
        for organization: OrganizationID, in transaction: PostgresTransaction
    ) async throws {
        try await JobQueue.restart(
            [FillInOrganizationPrices()], for: organization, in: transaction)
    }

    private static func draft(
        _ wire: API.PriceOverride?, now: Instant
    ) throws(ServiceError) -> PriceOverrideBook.Draft {
        guard let wire else {
            throw ServiceError(
                .invalidArgument, "PRICE_OVERRIDE_MISSING", field: "price_override",
                "Say what is to hold for which models.")
        }
        do throws(ServiceError) {
            return try PriceOverrideBook.Draft(wire: wire, now: now)
        } catch {
            throw error.within("price_override")
        }
    }

    @Sendable func end(
        _ request: EndPriceOverrideRequest, _ call: Call
    ) async throws -> API.PriceOverride {
        let organization = try call.organizationID
        let now = call.clock.now
        let end: Instant
        do throws(ServiceError) {
            end = try request.endTime?.instant() ?? now
        } catch {
            throw error.within("end_time")
        }
        guard end >= now else {
            throw ServiceError(
                .invalidArgument, "END_TIME_PAST", field: "end_time",
                "An override ends now or later: what it priced keeps its cost.")
        }
        let book = PriceOverrideBook(organization: organization)
        let ended = try await call.transaction { transaction in
            try await fillIn(for: organization, in: transaction)
            let (before, after) = try await book.end(
                request.number, at: end, in: transaction, now: now)
            let ended = API.PriceOverride(after)
            try call.changed(
                .priceOverride, "\(ended.number)", from: API.PriceOverride(before).json(),
                to: ended.json())
            return ended
        }
        catalogues.forgetOverrides(of: organization)
        return ended
    }

    @Sendable func list(
        _ request: ListPriceOverridesRequest, _ call: Call
    ) async throws -> ListPriceOverridesResponse {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .priceOverrides,
            sizeDefault: 100)
        let after: Int64
        if let key = page.after {
            guard let number = Int64(key) else { throw PageToken.invalid }
            after = number
        } else {
            after = 0
        }
        let book = PriceOverrideBook(organization: try call.organizationID)
        let found = try await call.snapshot { transaction in
            try await book.page(after: after, limit: page.limit, in: transaction)
        }
        let (overrides, next) = page.page(found) { "\($0.override.number)" }
        return ListPriceOverridesResponse(
            priceOverrides: overrides.map { API.PriceOverride($0) }, nextPageToken: next)
    }
}

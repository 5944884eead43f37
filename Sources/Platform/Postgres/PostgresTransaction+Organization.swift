extension PostgresTransaction {
    /// Runs `body` for another organization, for what one change leaves with two, and goes on for
    /// `organization`, in the role that the transaction has. Where `body` throws, nothing of the
    /// transaction can be committed.
    package func acting(
        for other: PostgresUUID, insteadOf organization: PostgresUUID,
        _ body: @Sendable (PostgresTransaction) async throws -> Void
    ) async throws {
        try await control("SET LOCAL app.org_id = '\(other.text)'")
        try await body(self)
        try await control("SET LOCAL app.org_id = '\(organization.text)'")
    }
}

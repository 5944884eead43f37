extension PostgresTransaction {
    /// Runs `body` as a part of this transaction that is undone by itself when it throws.
    ///
    /// The part acts for the organization and within the time of `options`; so does what follows
    /// it, until the next part says otherwise. Its role must be that of the whole transaction, and
    /// its isolation is. Parts follow one another: none may begin while another runs.
    /// - Throws: what `body` throws; `CancellationError` where the task was cancelled meanwhile.
    package func nested<R: Sendable>(
        _ options: TransactionOptions,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        let hadLostStatements = try await control(options.savepointStatements())
        do {
            let value = try await body(self)
            try Task.checkCancellation()
            try await control("RELEASE SAVEPOINT \(TransactionOptions.savepoint)")
            return value
        } catch {
            // Where this fails, the whole transaction cannot be committed any more.
            try? await undo(
                """
                ROLLBACK TO SAVEPOINT \(TransactionOptions.savepoint); \
                RELEASE SAVEPOINT \(TransactionOptions.savepoint)
                """, hadLostStatements: hadLostStatements)
            throw error
        }
    }
}

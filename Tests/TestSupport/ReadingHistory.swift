import Postgres

/// What is remembered of how far connections were read.
package enum ReadingHistory {
    private static let columns = """
        org_id, connection_id, display_name, usage_through, costs_through, last_read_at,
        is_record_of_billing, is_record_of_attribution, is_deleted, usage_read_at, costs_read_at,
        usage_spans, costs_spans, account, identities, former_identities
        """

    /// Has what an organization's connections have read remembered, for tests that write to their tables themselves.
    package static func remember(_ organization: String) -> String {
        """
        INSERT INTO connection_readings (\(columns), known_from)
        SELECT \(columns), coalesce((
                SELECT max(h.known_from) FROM connection_readings AS h
                WHERE h.org_id = c.org_id AND h.connection_id = c.connection_id),
            '2026-01-01Z') + interval '1 microsecond'
        FROM current_connection_readings AS c WHERE org_id = '\(organization)';
        """
    }

    /// Connections of which the last that is remembered is not what they have read; none if all is well.
    package static func forgotten(in database: ScratchDatabase) async throws -> [String] {
        let session = try await database.session()
        let rows = try await session.texts(
            """
            SELECT display_name FROM (
                SELECT \(columns) FROM current_connection_readings
                EXCEPT
                SELECT \(columns) FROM (
                    SELECT DISTINCT ON (org_id, connection_id) * FROM connection_readings
                    ORDER BY org_id, connection_id, known_from DESC) AS last) AS forgotten
            ORDER BY 1
            """)
        await session.close()
        return rows.compactMap { $0[0] }
    }

    /// How many are remembered.
    package static func count(in database: ScratchDatabase) async throws -> Int {
        let session = try await database.session()
        let rows = try await session.texts("SELECT count(*) FROM connection_readings")
        await session.close()
        return rows.first?[0].flatMap { Int($0) } ?? -1
    }
}

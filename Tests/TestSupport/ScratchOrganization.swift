package import Core
package import Domain
import Postgres

/// An organization with business units and spend, put into a scratch database past all services.
package struct ScratchOrganization: Sendable {
    package let id: OrganizationID
    private let database: ScratchDatabase

    /// - Parameter units: codes with the codes of their parents, parents first.
    package static func make(
        in database: ScratchDatabase, zone: String = "Europe/Berlin", currency: String = "USD",
        units: KeyValuePairs<String, String?> = [:]
    ) async throws -> ScratchOrganization {
        let id = OrganizationID.make()
        var sql = """
            INSERT INTO organizations VALUES
                ('\(id)', '\(id)', 'Scratch', '\(zone)', '\(currency)', now());
            INSERT INTO ledger_clocks (org_id) VALUES ('\(id)');
            """
        for (code, parent) in units {
            sql += """
                INSERT INTO business_units (org_id, id, code, created_at)
                VALUES ('\(id)', gen_random_uuid(), '\(code)', now());
                INSERT INTO business_unit_versions
                    (org_id, unit_code, effective_from, display_name, parent_code, kind,
                     cost_center_code, state)
                VALUES ('\(id)', '\(code)', '1970-01-01', 'Unit \(code)',
                    \(parent.map { "'\($0)'" } ?? "NULL"), 0, '', 1);
                """
        }
        let organization = ScratchOrganization(id: id, database: database)
        try await organization.execute(sql)
        return organization
    }

    /// One amount that events without a connection came to.
    package struct Spend: Sendable {
        package let time: Instant
        package let project: String
        package let picos: Int128
        package let currency: String

        package init(time: Instant, project: String, picos: Int128, currency: String = "USD") {
            self.time = time
            self.project = project
            self.picos = picos
            self.currency = currency
        }
    }

    /// Adds the amounts to the roll-ups.
    package func spend(_ amounts: [Spend]) async throws {
        guard !amounts.isEmpty else { return }
        let dimensionSets = Set(amounts.map(\.project)).map { project in
            "('\(id)', \(Self.setID(project)), sha256('\(project)'), 'azure', 'gpt-5', "
                + "'\(project)', 'gateway')"
        }
        let rollups = amounts.map { amount in
            let quarter = amount.time.seconds - amount.time.seconds % 900
            return "('\(id)', to_timestamp(\(quarter)), \(Self.setID(amount.project)), 1, "
                + "'\(amount.currency)', 1, 1, \(amount.picos), to_timestamp(\(quarter)))"
        }
        try await execute(
            """
            INSERT INTO dimension_sets
                (org_id, id, hash, provider, model, project, source)
            VALUES \(dimensionSets.joined(separator: ", ")) ON CONFLICT DO NOTHING;
            \(Self.adding(rollups, to: "usage_rollups", by: "bucket_start", "15 minutes"))
            \(Self.adding(rollups, to: "usage_rollups_daily", by: "day_start", "1 day"))
            \(Self.adding(
                rollups, to: "usage_rollups_monthly", by: "month_start",
                as: "date_trunc('month', a.bucket_start, 'UTC')"))
            """)
    }

    /// A statement that adds rows of values to a table of roll-ups.
    private static func adding(
        _ rollups: [String], to table: String, by start: String, _ width: String
    ) -> String {
        adding(
            rollups, to: table, by: start,
            as: "date_bin('\(width)', a.bucket_start, '1970-01-01Z')")
    }

    private static func adding(
        _ rollups: [String], to table: String, by start: String, as expression: String
    ) -> String {
        """
        INSERT INTO \(table) AS r
            (org_id, \(start), dimension_set_id, kind, currency, entries, requests,
                amount_picos, last_recorded_at)
        SELECT a.org_id::uuid, \(expression),
            a.dimension_set_id, a.kind, a.currency, sum(a.entries), sum(a.requests),
            sum(a.amount_picos), max(a.last_recorded_at)
        FROM (VALUES \(rollups.joined(separator: ", "))) AS a
            (org_id, bucket_start, dimension_set_id, kind, currency, entries, requests,
                amount_picos, last_recorded_at)
        GROUP BY 1, 2, 3, 4, 5
        ON CONFLICT (org_id, \(start), dimension_set_id, kind, currency) DO UPDATE
        SET amount_picos = r.amount_picos + excluded.amount_picos;
        """
    }

    /// Changes a unit from a day on, `YYYY-MM-DD`: all of its details at once.
    /// - Parameters:
    ///   - name: the unit's name then.
    ///   - state: 1 active, 2 retired, 3 merged.
    package func change(
        _ unit: String, from day: String, name: String, parent: String? = nil, state: Int = 1,
        successor: String? = nil
    ) async throws {
        let text = { (code: String?) in code.map { "'\($0)'" } ?? "NULL" }
        try await execute(
            """
            INSERT INTO business_unit_versions
                (org_id, unit_code, effective_from, display_name, parent_code, kind,
                 cost_center_code, state, successor_code)
            VALUES ('\(id)', '\(unit)', '\(day)', '\(name)', \(text(parent)), 0, '', \(state),
                \(text(successor)))
            """)
    }

    /// A number for the project's dimension set, the same each time.
    private static func setID(_ project: String) -> Int64 {
        project.utf8.reduce(7) { ($0 &* 31 &+ Int64($1)) & 0x7fff_ffff }
    }

    private func execute(_ sql: String) async throws {
        let session = try await database.session()
        do {
            try await session.execute(sql)
        } catch {
            await session.close()
            throw error
        }
        await session.close()
    }
}

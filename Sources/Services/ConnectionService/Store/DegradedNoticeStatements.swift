package import Core
package import Domain
package import Postgres
import ServiceRuntime

/// Remembers that operators are told that a connection is degraded; no row where they were already: of its figures,
/// or, where it is lists that fail, of either.
package struct MarkToldDegraded: PostgresStatement {
    package static let sql = """
        UPDATE connections
        SET told_degraded_at = CASE WHEN $4 THEN told_degraded_at ELSE $3 END,
            told_lists_degraded_at = CASE WHEN $4 THEN $3 ELSE told_lists_degraded_at END
        WHERE org_id = $1 AND id = $2 AND told_degraded_at IS NULL
            AND NOT ($4 AND told_lists_degraded_at IS NOT NULL)
        RETURNING id
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    let at: Instant
    let isOfLists: Bool

    /// - Parameter report: which fails.
    package init(_ report: CheckpointKey, at: Instant) {
        self.organizationID = report.organizationID
        self.connectionID = report.connectionID
        self.at = at
        self.isOfLists = !report.stream.isOfSpend
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(at)
        bindings.append(isOfLists)
    }

    package static func decode(_ row: PostgresRow) throws -> ConnectionID {
        ConnectionID(try row.uuid(0))
    }
}

/// Remembers that operators are told that the key of a connection is refused, or may not read one of its lists, or activity:
/// it has not recovered before that is read again.
package struct MarkToldRefused: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        UPDATE connections
        SET told_degraded_at = CASE WHEN $4 THEN told_degraded_at
                ELSE coalesce(told_degraded_at, $3) END,
            told_lists_degraded_at = CASE WHEN $4 THEN coalesce(told_lists_degraded_at, $3)
                ELSE told_lists_degraded_at END
        WHERE org_id = $1 AND id = $2
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    let at: Instant
    let isOfLists: Bool

    /// - Parameter report: which the key may not read.
    package init(_ report: CheckpointKey, at: Instant) {
        self.organizationID = report.organizationID
        self.connectionID = report.connectionID
        self.at = at
        self.isOfLists = !report.stream.isOfSpend
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(at)
        bindings.append(isOfLists)
    }
}

/// Lets the next trouble of a connection be news where all that are pulled of its reports of figures are well again, and
/// where its lists and activity, too: whichever operators were told of, before somebody gave it another key or
/// after. Its row says whether all are that they were told of, so that it has recovered; none where they were not told, or
/// nothing is over. As long as figures are broken nobody is told that a connection is well again, so its lists wait for them.
///
/// It runs after `LockConnection`, as a statement of its own, as `RefreshConnection` does.
package struct ForgetTold: PostgresStatement {
    package static let sql = """
        UPDATE connections AS c
        SET told_degraded_at = CASE WHEN b.figures THEN c.told_degraded_at END,
            owes_figures_recovery = b.figures AND c.owes_figures_recovery,
            told_lists_degraded_at = CASE WHEN b.either THEN c.told_lists_degraded_at END,
            owes_lists_recovery = b.either AND c.owes_lists_recovery
        FROM (
            SELECT coalesce(bool_or(split_part(k.stream, '/', 1) IN ('usage', 'costs')), false) AS figures,
                count(*) > 0 AS either
            FROM connection_checkpoints AS k
            JOIN connections AS r ON r.org_id = k.org_id AND r.id = k.connection_id
            WHERE k.org_id = $1 AND k.connection_id = $2 AND k.health IN (3, 4)
                AND r.record_of & CASE split_part(k.stream, '/', 1)
                    WHEN 'costs' THEN 1 ELSE 2 END <> 0) AS b
        WHERE c.org_id = $1 AND c.id = $2
            AND ((c.told_degraded_at IS NOT NULL OR c.owes_figures_recovery) AND NOT b.figures
                OR (c.told_lists_degraded_at IS NOT NULL OR c.owes_lists_recovery) AND NOT b.either)
        RETURNING c.told_degraded_at IS NULL AND c.told_lists_degraded_at IS NULL
            AND NOT c.owes_figures_recovery AND NOT c.owes_lists_recovery
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID

    package init(_ key: CheckpointKey) {
        self.organizationID = key.organizationID
        self.connectionID = key.connectionID
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }

    package static func decode(_ row: PostgresRow) throws -> Bool { try row.bool(0) }
}

/// Lets the next trouble of a connection be news, whatever was told before; that it recovered from that is told
/// all the same.
struct ForgetToldTrouble: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connections
        SET owes_figures_recovery = owes_figures_recovery OR told_degraded_at IS NOT NULL,
            owes_lists_recovery = owes_lists_recovery OR told_lists_degraded_at IS NOT NULL,
            told_degraded_at = NULL, told_lists_degraded_at = NULL
        WHERE org_id = $1 AND id = $2
            AND (told_degraded_at IS NOT NULL OR told_lists_degraded_at IS NOT NULL)
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }
}

/// Counts the failures of a connection's reports from nothing.
struct ForgetFailures: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connection_checkpoints SET failures = 0
        WHERE org_id = $1 AND connection_id = $2 AND failures > 0
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }
}

extension Service {
    /// Lets what a connection's reports fail of from now on be another trouble than what they failed of before: somebody
    /// gave it another key, had it rest, or has other reports of it read. It runs after `LockConnection`.
    func tellAnew(
        of connectionID: ConnectionID, _ organizationID: OrganizationID,
        in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(
            ForgetToldTrouble(organizationID: organizationID, connectionID: connectionID))
        try await transaction.execute(
            ForgetFailures(organizationID: organizationID, connectionID: connectionID))
    }
}

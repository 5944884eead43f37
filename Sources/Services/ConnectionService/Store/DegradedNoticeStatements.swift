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

/// Remembers that operators are told that the key of a connection may not read one of its lists, or activity: no health of
/// the connection says so, and it has not recovered before that is read again.
package struct MarkToldListRefused: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        UPDATE connections SET told_lists_degraded_at = $3
        WHERE org_id = $1 AND id = $2 AND told_lists_degraded_at IS NULL
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    let at: Instant

    package init(_ report: CheckpointKey, at: Instant) {
        self.organizationID = report.organizationID
        self.connectionID = report.connectionID
        self.at = at
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(at)
    }
}

/// Lets the next trouble of a connection be news where all that are pulled of its reports of figures, or of its lists
/// and activity, are well again: whichever operators were told of. Its row says whether all are that they were told of;
/// none where they were not told of either, or both are still broken.
///
/// It runs after `LockConnection`, as a statement of its own, as `RefreshConnection` does.
package struct ForgetToldDegraded: PostgresStatement {
    package static let sql = """
        UPDATE connections AS c
        SET told_degraded_at = CASE WHEN b.figures THEN c.told_degraded_at END,
            told_lists_degraded_at = CASE WHEN b.lists THEN c.told_lists_degraded_at END
        FROM (
            SELECT coalesce(bool_or(split_part(k.stream, '/', 1) IN ('usage', 'costs')), false) AS figures,
                coalesce(bool_or(split_part(k.stream, '/', 1) NOT IN ('usage', 'costs')), false) AS lists
            FROM connection_checkpoints AS k
            JOIN connections AS r ON r.org_id = k.org_id AND r.id = k.connection_id
            WHERE k.org_id = $1 AND k.connection_id = $2 AND k.health IN (3, 4)
                AND r.record_of & CASE split_part(k.stream, '/', 1)
                    WHEN 'costs' THEN 1 ELSE 2 END <> 0) AS b
        WHERE c.org_id = $1 AND c.id = $2
            AND (c.told_degraded_at IS NOT NULL AND NOT b.figures
                OR c.told_lists_degraded_at IS NOT NULL AND NOT b.lists)
        RETURNING c.told_degraded_at IS NULL AND c.told_lists_degraded_at IS NULL
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID

    package init(organizationID: OrganizationID, connectionID: ConnectionID) {
        self.organizationID = organizationID
        self.connectionID = connectionID
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }

    package static func decode(_ row: PostgresRow) throws -> Bool { try row.bool(0) }
}

/// Lets the next trouble of a connection be news, whatever was told before: somebody gave it another key, or had it
/// rest.
struct StartTellingAnew: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connections SET told_degraded_at = NULL, told_lists_degraded_at = NULL
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

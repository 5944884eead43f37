import Core
import Domain
import Postgres
import ServiceRuntime

/// Which connections a selection shows, for the statements that show or count them: so they agree.
struct ConnectionPasses {
    /// Follows connections as `f`: the health that is shown of one is `h.shown_health`. Its parameters are $1 to $9.
    static let sql = """
        CROSS JOIN LATERAL (
            SELECT CASE WHEN f.deleted_at IS NOT NULL THEN 6
                WHEN f.paused_at IS NOT NULL THEN 5
                WHEN f.health IN (1, 2) AND EXISTS (
                    SELECT FROM connection_checkpoints AS k
                    WHERE k.org_id = $1 AND k.connection_id = f.id AND k.health IN (1, 2)
                        AND split_part(k.stream, '/', 1) IN ('usage', 'costs')
                        AND coalesce(k.late_at, k.updated_at + interval '1 hour') < $9
                        AND f.record_of & CASE split_part(k.stream, '/', 1)
                            WHEN 'costs' THEN 1 ELSE 2 END <> 0) THEN 7
                ELSE f.health END AS shown_health) AS h
        WHERE (cardinality($2::text[]) = 0 OR f.provider = ANY($2))
            AND (cardinality($3::bigint[]) = 0 OR h.shown_health = ANY($3))
            AND f.labels @> $4::jsonb AND jsonb_exists_all(f.labels, $5::text[])
            AND f.record_of & $6::int = $6
            AND ($7::text = '' OR position(lower($7) IN lower(f.display_name)) > 0
                OR position(lower($7) IN lower(f.key_hint)) > 0)
            AND ($8::bool OR f.deleted_at IS NULL)
        """

    private let organizationID: OrganizationID
    private let selection: ConnectionSelection
    /// Reports are late, or not, then: as `ReportStatus.isLate` says.
    private let now: Instant
    /// Labels of a certain value, as they are stored.
    private let labels: String
    /// Keys of labels of any value.
    private let labelKeys: [String]

    init(organizationID: OrganizationID, selection: ConnectionSelection, now: Instant) throws {
        self.organizationID = organizationID
        self.selection = selection
        self.now = now
        labels = try selection.labels.withValue.json
        labelKeys = selection.labels.keysWithoutValue
    }

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(selection.providers.map(\.rawValue))
        bindings.append(selection.healths)
        bindings.append(labels)
        bindings.append(labelKeys)
        bindings.append(Int(selection.recordOf?.rawValue ?? 0))
        bindings.append(selection.search)
        bindings.append(selection.showsDeleted)
        bindings.append(now)
    }
}

package import Core
package import Postgres

/// What a worker needs to know of a connection to read one of its reports.
package struct PulledConnection: Sendable {
    package let provider: ConnectedProvider
    package let displayName: String
    package let backfillFrom: Instant
    package let recordOf: RecordKind
    /// Neither paused nor deleted.
    let isRead: Bool
    /// Whether its provider has told whose account its key is of.
    package let knowsAccount: Bool
    package let sealedKey: SealedKey
    /// What its pulls share with all others of the account, as `SelectAccountLimitKey` says.
    package let limitKey: String
    /// Reports that it has.
    package let streams: [PullStream]

    /// Whether a report is to be pulled: as `ConnectionRecord.isPulled`.
    package func isPulled(_ stream: PullStream) -> Bool {
        isRead && recordOf.includes(stream)
    }
}

/// A connection with where the reading of one of its reports stands: one statement, since it begins every pull. No
/// row where either is not there.
package struct SelectPulledConnection: PostgresStatement {
    package struct Row: Sendable {
        package let connection: PulledConnection
        package let checkpoint: Checkpoint
    }

    package static let sql = """
        SELECT c.provider, c.display_name, c.backfill_from, c.record_of,
            c.paused_at IS NULL AND c.deleted_at IS NULL, NOT \(LearnAccount.isOpen(of: "c")), c.sealed_key,
            c.sealed_key_version, \(SelectAccountLimitKey.key(of: "c")), ARRAY(
                SELECT a.stream FROM connection_checkpoints AS a
                WHERE a.org_id = c.org_id AND a.connection_id = c.id
                ORDER BY a.stream COLLATE "C"),
            \(CheckpointColumns.select(of: "k"))
        FROM connections AS c
        JOIN connection_checkpoints AS k
            ON k.org_id = c.org_id AND k.connection_id = c.id AND k.stream = $3
        WHERE c.org_id = $1 AND c.id = $2
        """

    let key: CheckpointKey

    package init(_ key: CheckpointKey) {
        self.key = key
    }

    package func bind(into bindings: inout PostgresBindings) {
        key.bind(into: &bindings)
    }

    package static func decode(_ row: PostgresRow) throws -> Row {
        guard let provider = ConnectedProvider(rawValue: try row.string(0)),
            let recordOf = RecordKind(rawValue: Int16(clamping: try row.int64(3)))
        else {
            throw ServiceError(
                .internal, "STORED_VALUE_UNKNOWN", "a stored connection has an unknown value")
        }
        return Row(
            connection: PulledConnection(
                provider: provider, displayName: try row.string(1),
                backfillFrom: try row.instant(2), recordOf: recordOf, isRead: try row.bool(4),
                knowsAccount: try row.bool(5),
                sealedKey: SealedKey(bytes: try row.bytes(6), version: try row.int64(7)),
                limitKey: try row.string(8),
                streams: try row.strings(9).map { PullStream(rawValue: $0) }),
            checkpoint: try CheckpointColumns.decode(row, from: 10))
    }
}

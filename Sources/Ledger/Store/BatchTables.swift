import Postgres

/// The temporary table that carries rows of entries to the server, empty at the start of each batch.
///
/// Row security refuses `COPY` into the ledger's own tables, so a batch is copied here and goes on
/// by `INSERT … SELECT`. It lives as long as the connection and forgets its rows at commit.
enum BatchTables {
    static let entries = "batch_rows"

    static func prepare(in transaction: PostgresTransaction) async throws {
        try await transaction.execute(CreateBatchEntries())
        try await transaction.execute(EmptyBatchEntries())
    }
}

struct CreateBatchEntries: PostgresStatement {
    typealias Row = Void
    static let sql = """
        CREATE TEMP TABLE IF NOT EXISTS batch_rows (
            entry_id bigint NOT NULL,
            event_time timestamptz NOT NULL,
            kind smallint NOT NULL,
            root_entry_id bigint,
            correction_no integer,
            source text NOT NULL,
            event_id text NOT NULL,
            dimension_set_id bigint NOT NULL,
            price_version_id bigint,
            currency text NOT NULL,
            amount_picos numeric,
            usage_state smallint NOT NULL,
            status smallint NOT NULL,
            requests bigint NOT NULL,
            latency_ms bigint,
            attempt integer,
            session text,
            run text,
            input bigint,
            cache_read bigint,
            cache_write_5m bigint,
            cache_write_30m bigint,
            cache_write_1h bigint,
            cache_write_12h bigint,
            output bigint,
            reasoning bigint,
            output_unsplit bigint,
            input_audio bigint,
            cache_read_audio bigint,
            output_audio bigint,
            input_image bigint,
            cache_read_image bigint,
            output_image bigint,
            other_quantities jsonb,
            reason text
        ) ON COMMIT DELETE ROWS
        """
}

struct EmptyBatchEntries: PostgresStatement {
    typealias Row = Void
    static let sql = "TRUNCATE pg_temp.batch_rows"
}

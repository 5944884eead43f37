import Postgres

/// The temporary tables that carry a batch to the server, empty at the start of each batch.
///
/// Row security refuses `COPY` into the ledger's own tables, so a batch is copied here and goes on
/// by `INSERT … SELECT`. They live as long as the connection and forget their rows at commit.
enum BatchTables {
    static let keys = "batch_keys"
    static let entries = "batch_entries"
    static let rollups = "batch_rollups"
    static let dimensionSets = "batch_dimension_sets"

    static func prepare(in transaction: PostgresTransaction) async throws {
        try await transaction.execute(CreateBatchKeys())
        try await transaction.execute(CreateBatchEntries())
        try await transaction.execute(CreateBatchRollups())
        try await transaction.execute(CreateBatchDimensionSets())
        try await transaction.execute(EmptyBatchTables())
    }
}

struct CreateBatchKeys: PostgresStatement {
    typealias Row = Void
    static let sql = """
        CREATE TEMP TABLE IF NOT EXISTS batch_keys (
            entry_id bigint NOT NULL,
            source text NOT NULL,
            event_id text NOT NULL,
            event_time timestamptz NOT NULL,
            content bytea NOT NULL
        ) ON COMMIT DELETE ROWS
        """
}

struct CreateBatchEntries: PostgresStatement {
    typealias Row = Void
    static let sql = """
        CREATE TEMP TABLE IF NOT EXISTS batch_entries (
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
            other_quantities jsonb
        ) ON COMMIT DELETE ROWS
        """
}

struct CreateBatchRollups: PostgresStatement {
    typealias Row = Void
    static let sql = """
        CREATE TEMP TABLE IF NOT EXISTS batch_rollups (
            bucket_start timestamptz NOT NULL,
            dimension_set_id bigint NOT NULL,
            kind smallint NOT NULL,
            currency text NOT NULL,
            entries bigint NOT NULL,
            requests bigint NOT NULL,
            amount_picos numeric NOT NULL,
            unpriced_entries bigint NOT NULL,
            unpriced_tokens bigint NOT NULL,
            last_recorded_at timestamptz NOT NULL,
            last_corrected_at timestamptz,
            input bigint NOT NULL,
            cache_read bigint NOT NULL,
            cache_write_5m bigint NOT NULL,
            cache_write_30m bigint NOT NULL,
            cache_write_1h bigint NOT NULL,
            cache_write_12h bigint NOT NULL,
            output bigint NOT NULL,
            reasoning bigint NOT NULL,
            output_unsplit bigint NOT NULL,
            input_audio bigint NOT NULL,
            cache_read_audio bigint NOT NULL,
            output_audio bigint NOT NULL,
            input_image bigint NOT NULL,
            cache_read_image bigint NOT NULL,
            output_image bigint NOT NULL,
            other_quantities jsonb NOT NULL
        ) ON COMMIT DELETE ROWS
        """
}

struct CreateBatchDimensionSets: PostgresStatement {
    typealias Row = Void
    static let sql = """
        CREATE TEMP TABLE IF NOT EXISTS batch_dimension_sets (
            ordinal bigint NOT NULL,
            canonical bytea NOT NULL,
            provider text NOT NULL,
            model text NOT NULL,
            requested_model text NOT NULL,
            operation text NOT NULL,
            region text NOT NULL,
            service_tier text NOT NULL,
            context_tier text NOT NULL,
            project text NOT NULL,
            api_key_id text NOT NULL,
            user_id text NOT NULL,
            feature text NOT NULL,
            customer text NOT NULL,
            team text NOT NULL,
            environment text NOT NULL,
            source text NOT NULL,
            connection_id uuid,
            line_item text NOT NULL,
            charge_class text NOT NULL,
            tags jsonb NOT NULL
        ) ON COMMIT DELETE ROWS
        """
}

struct EmptyBatchTables: PostgresStatement {
    typealias Row = Void
    static let sql = """
        TRUNCATE pg_temp.batch_keys, pg_temp.batch_entries, pg_temp.batch_rollups,
            pg_temp.batch_dimension_sets
        """
}

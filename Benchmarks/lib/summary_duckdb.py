"""Writes events to Parquet and measures DuckDB's answer to the summary that `Benchmarks/run summary` asks for."""

import statistics
import sys
import time

import duckdb


def main():
    path, events, sets, days = sys.argv[1], *map(int, sys.argv[2:5])
    connection = duckdb.connect()
    # As many events as the ledger's roll-ups are of, with its dimensions, in the order of their time.
    connection.execute(
        f"""
        COPY (
            SELECT 'req-' || n AS event_id,
                TIMESTAMP '2026-01-01' + to_microseconds(n * {days * 86_400_000_000 // events}) AS event_time,
                'openai' AS provider, 'gpt-' || s % 4 AS model, 'project-' || s % 20 AS project,
                'user-' || s AS user_id, 'feature-' || s % 12 AS feature, 'customer-' || s % 100 AS customer,
                'team-' || s % 10 AS team, 'USD' AS currency, 1234567890 + n % 1000 AS amount_picos,
                400 + n % 3000 AS input, s % 3 * 128 AS cache_read, 50 + n % 700 AS output,
                s % 2 * 64 AS reasoning
            FROM (SELECT range AS n, range * 7919 % {sets} AS s FROM range({events})))
        TO '{path}' (FORMAT parquet, COMPRESSION zstd)
        """
    )
    query = f"""
        SELECT project, currency, sum(amount_picos), count(*), sum(input + cache_read + output + reasoning)
        FROM '{path}' WHERE event_time >= '2026-01-01' AND event_time < '2026-03-01'
        GROUP BY ALL ORDER BY 3 DESC
        """
    seconds = []
    for number in range(6):
        start = time.monotonic()
        rows = connection.execute(query).fetchall()
        # The first one reads the file from disk.
        if number:
            seconds.append(time.monotonic() - start)
    assert sum(row[3] for row in rows) == events
    print(
        f"row=duckdb entries={events} version={duckdb.__version__} "
        f"median_us={statistics.median(seconds) * 1_000_000:.0f}"
    )


if __name__ == "__main__":
    main()

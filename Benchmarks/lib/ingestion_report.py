"""Prints what `Benchmarks/run ingestion` measured as Markdown, and the targets."""

import statistics
import sys


def load(path):
    """Measurements, a dictionary for each line."""
    with open(path, encoding="utf-8") as file:
        return [dict(part.split("=", 1) for part in line.split()) for line in file]


def main():
    lines = load(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        print(file.read())
    events = int(sys.argv[3])

    def median(row, value):
        return statistics.median(value(line) for line in lines if line["row"] == row)

    def rate(row):
        return median(row, lambda line: float(line["events"]) / float(line["seconds"]))

    def figure(row, key):
        return median(row, lambda line: float(line[key]))

    copy, ingest, single = rate("copy"), rate("ingest"), rate("single")
    print("| | events/s | server CPU µs/event | database CPU µs/event | bytes/event |")
    print("|---|--:|--:|--:|--:|")
    flat_bytes = figure("copy", "bytes") / events
    own_bytes = figure("size", "bytes") / events
    print(f"| `\\copy` into a flat table | {copy:,.0f} | | {figure('copy', 'database_us'):.2f} | {flat_bytes:,.0f} |")
    print(
        f"| ingestion, 10,000 events to a call | {ingest:,.0f} | {figure('ingest', 'server_us'):.2f} "
        f"| {figure('ingest', 'database_us'):.2f} | {own_bytes:,.0f} |"
    )
    print(
        f"| ingestion, one event to a call | {single:,.0f} | {figure('single', 'server_us'):.2f} "
        f"| {figure('single', 'database_us'):.2f} | |"
    )
    print()
    p50, p99 = figure("single", "p50_us") / 1000, figure("single", "p99_us") / 1000
    print(f"One event to a call, 64 in flight: p50 {p50:.1f} ms, p99 {p99:.1f} ms.")
    print()
    print("| target | required | measured | |")
    print("|---|--:|--:|---|")
    for title, value, least, limit, unit in (
        ("ingestion ÷ `\\copy`, events/s", ingest / copy, 1, None, "×"),
        ("one event to a call, events/s", single, 15_000, None, ""),
        ("the same, p99", p99, None, 25, " ms"),
        ("bytes of an event ÷ the flat table's", own_bytes / flat_bytes, None, 0.7, "×"),
    ):
        is_reached = value >= least if limit is None else value <= limit
        required = f"≥ {least:,}{unit}" if limit is None else f"≤ {limit:,}{unit}"
        verdict = "reached" if is_reached else "**missed**"
        print(f"| {title} | {required} | {value:,.3g}{unit} | {verdict} |")


if __name__ == "__main__":
    main()

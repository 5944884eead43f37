"""Prints what `Benchmarks/run summary` measured as Markdown, and the targets."""

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
    summaries = [line for line in lines if line["row"] == "summary"]
    sizes = sorted({int(line["entries"]) for line in summaries})

    def figure(size, key):
        return statistics.median(float(line[key]) for line in summaries if int(line["entries"]) == size)

    print("| entries of the month | roll-ups: quarters of an hour | days | unmerged | p50 | p99 |")
    print("|--:|--:|--:|--:|--:|--:|")
    for size in sizes:
        print(
            f"| {size:,} | {figure(size, 'quarters'):,.0f} | {figure(size, 'days'):,.0f} "
            f"| {figure(size, 'unmerged'):,.0f} | {figure(size, 'p50_us') / 1000:.1f} ms "
            f"| {figure(size, 'p99_us') / 1000:.1f} ms |"
        )
    print()
    targets = [
        ("p99 of the largest", figure(sizes[-1], "p99_us") / 1000, None, 50, " ms"),
        (
            f"p50 of {sizes[-1]:,} ÷ of {sizes[0]:,}",
            figure(sizes[-1], "p50_us") / figure(sizes[0], "p50_us"), None, 1.3, "×",
        ),
    ]
    for line in lines:
        if line["row"] == "duckdb":
            duckdb = float(line["median_us"])
            print(
                f"DuckDB {line['version']} over {int(line['entries']):,} events in Parquet: "
                f"{duckdb / 1000:,.0f} ms.\n"
            )
            ratio = duckdb / figure(int(line["entries"]), "p50_us")
            targets.append(("DuckDB ÷ ours, p50", ratio, 20, None, "×"))
    print("| target | required | measured | |")
    print("|---|--:|--:|---|")
    for title, value, least, limit, unit in targets:
        is_reached = value >= least if limit is None else value <= limit
        required = f"≥ {least:,}{unit}" if limit is None else f"≤ {limit:,}{unit}"
        verdict = "reached" if is_reached else "**missed**"
        print(f"| {title} | {required} | {value:,.3g}{unit} | {verdict} |")


if __name__ == "__main__":
    main()

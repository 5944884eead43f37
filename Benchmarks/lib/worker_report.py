"""Prints what `Benchmarks/run worker` measured as Markdown, and the targets."""

import statistics
import sys

RATE, LATE_S, FIRST_S, CORE, GROWTH = 10_000, 60, 10, 0.02, 1.25


def read(path):
    """The lines of what was measured, each as a dictionary."""
    with open(path, encoding="utf-8") as file:
        return [dict(part.split("=", 1) for part in line.split()) for line in file if line.strip()]


def backfills(lines):
    """Results a second, and memory after a tenth and at most after it, of each round."""
    rounds = {}
    for line in lines:
        if line["row"] == "backfill":
            rounds.setdefault(line["round"], []).append(line)
    for samples in rounds.values():
        seconds = [float(sample["seconds"]) for sample in samples]
        memory = [int(sample["memory_kb"] or 0) for sample in samples]
        recorded = int(samples[-1]["recorded"])
        early = next(index for index, at in enumerate(seconds) if at >= seconds[-1] / 10)
        yield recorded, recorded / seconds[-1], memory[early] / 1000, max(memory[early:]) / 1000


def main():
    lines = read(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        print(file.read())
    first = statistics.median(float(line["seconds"]) for line in lines if line["row"] == "first")
    rounds = list(backfills(lines))
    rate = statistics.median(row[1] for row in rounds)
    growth = statistics.median(row[3] / row[2] for row in rounds)
    print("| back-fill of 3 years of one account | results | results/s | memory after a tenth, MB | most after it, MB |")
    print("|---|--:|--:|--:|--:|")
    for number, (recorded, speed, early, most) in enumerate(rounds, 1):
        print(f"| round {number} | {recorded:,} | {speed:,.0f} | {early:,.1f} | {most:,.1f} |")
    print()
    ticks = next(line for line in lines if line["row"] == "ticks")
    statements = next(line for line in lines if line["row"] == "statements")
    late = next(line for line in lines if line["row"] == "late")
    seconds = float(ticks["seconds"])
    worker, database = (
        (int(after) - int(before)) / 100 / seconds
        for before, after in zip(ticks["before"].split(","), ticks["after"].split(","))
    )
    share = float(statements["queue_ms"]) / float(statements["all_ms"])
    queue = float(statements["queue_ms"]) / 1000 / seconds
    cost = queue + worker * share
    print("| 10,000 connections, hourly | |")
    print("|---|--:|")
    print(f"| pulls a second | {int(late['pulls']) / seconds:,.1f} |")
    print(f"| late: median, p99, most, s | {float(late['p50_s']):.3f}, {float(late['p99_s']):.3f}, {float(late['max_s']):.3f} |")
    print(f"| processor time of the worker, of a core | {worker:.1%} |")
    print(f"| of the database | {database:.1%} |")
    print(f"| time of the queue's statements | {queue:.1%} |")
    print(f"| their share of all statements of the worker | {share:.1%} |")
    print()
    print("| target | required | measured | |")
    print("|---|--:|--:|---|")
    for title, sign, limit, value, form in (
        ("the scheduler's own cost, of a core", "<", CORE, cost, "{:.1%}"),
        ("the latest of the connections", "≤", LATE_S, float(late["max_s"]), "{:,.3g} s"),
        ("provider results a second, one worker", "≥", RATE, rate, "{:,.0f}"),
        ("memory: most ÷ after a tenth of the back-fill", "≤", GROWTH, growth, "{:.2f}×"),
        ("first figures after connecting an account", "<", FIRST_S, first, "{:,.3g} s"),
    ):
        reached = value >= limit if sign == "≥" else value <= limit
        verdict = "reached" if reached else "**missed**"
        print(f"| {title} | {sign} {form.format(limit)} | {form.format(value)} | {verdict} |")


if __name__ == "__main__":
    main()

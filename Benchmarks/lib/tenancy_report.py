"""Prints what `Benchmarks/run tenancy` measured as Markdown, and the targets."""

import statistics
import sys

ROWS = [
    ("organizations-first", "operator: organizations, first page"),
    ("organizations-middle", "operator: organizations, page from the middle"),
    ("organization-of-another-token", "own organization, each call by another organization's token"),
]
for which in ("small", "large"):
    ROWS += [
        (f"organization-{which}", f"{which}: own organization"),
        (f"members-{which}", f"{which}: members, first page"),
        (f"member-{which}", f"{which}: one member"),
        (f"tokens-{which}", f"{which}: tokens, first page"),
        (f"token-{which}", f"{which}: one token"),
        (f"units-{which}", f"{which}: business units, first page"),
        (f"unit-{which}", f"{which}: one business unit"),
        (f"audit-{which}", f"{which}: audit log, first page"),
    ]
# A page of the largest organization grows with it no more than one of the smallest.
FLAT = 1.5
MEDIAN_MS = 5
FLOODED = 2


class Results:
    """Measurements by row and number of organizations."""

    def __init__(self, path):
        self.lines = []
        with open(path, encoding="utf-8") as file:
            for line in file:
                self.lines.append(dict(part.split("=", 1) for part in line.split()))

    def median(self, row, key, organizations):
        """The median over the rounds; None where the row was not measured."""
        values = [
            float(line[key])
            for line in self.lines
            if line["row"] == row and line["organizations"] == str(organizations)
        ]
        return statistics.median(values) if values else None


def main():
    results = Results(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        print(file.read())
    few, many = (int(number) for number in sys.argv[3:5])
    print(f"| 5 to a page, one call at a time | p50 ms beside {few - 1:,} | beside {many - 1:,} | × | p99 ms beside {few - 1:,} | beside {many - 1:,} |")
    print("|---|--:|--:|--:|--:|--:|")
    medians, ratios = [], []
    for row, title in ROWS:
        figures = [
            results.median(row, key, count) / 1000
            for key in ("p50_us", "p99_us")
            for count in (few, many)
        ]
        ratio = figures[1] / figures[0]
        medians.append(figures[1])
        ratios.append(ratio)
        print(
            f"| {title} | {figures[0]:.2f} | {figures[1]:.2f} | {ratio:.2f} "
            f"| {figures[2]:.2f} | {figures[3]:.2f} |"
        )
    print()
    print("| a small organization's members, first page | calls/s of the flood served | refused | p50 ms | p99 ms |")
    print("|---|--:|--:|--:|--:|")
    floods = []
    for count in (few, many):
        alone = results.median("neighbour-alone", "p99_us", count) / 1000
        flooded = results.median("neighbour-flooded", "p99_us", count) / 1000
        floods.append(flooded / alone)
        rates = [
            results.median("flood", key, count) / results.median("flood", "seconds", count)
            for key in ("served", "refused")
        ]
        for name, p99, served, refused in (
            ("alone", alone, 0, 0), ("flooded", flooded, *rates)
        ):
            p50 = results.median(f"neighbour-{name}", "p50_us", count) / 1000
            print(
                f"| beside {count - 1:,}, {name} | {served:,.0f} | {refused:,.0f} "
                f"| {p50:.2f} | {p99:.2f} |"
            )
    print()
    print("| target | required | measured | |")
    print("|---|--:|--:|---|")
    for title, value, limit, unit in (
        (f"slowest median beside {many - 1:,} organizations", max(medians), MEDIAN_MS, " ms"),
        (f"largest median beside {many - 1:,} ÷ beside {few - 1:,}", max(ratios), FLAT, "×"),
        ("a neighbour's p99 under a flood ÷ alone", max(floods), FLOODED, "×"),
    ):
        verdict = "reached" if value <= limit else "**missed**"
        print(f"| {title} | ≤ {limit:,.3g}{unit} | {value:,.3g}{unit} | {verdict} |")


if __name__ == "__main__":
    main()

"""Prints what Benchmarks/run measured as Markdown: medians of the rounds, and the targets."""

import statistics
import sys

ROWS = {
    "grpc": "gRPC for Swift over NIO HTTP/2",
    "bare": "bare echo, protobuf-c (the limit)",
    "bare-wire": "bare echo, Tallystick's frame codec",
    "plain": "Tallystick, plain router",
    "chain": "Tallystick, all interceptors and a token",
    "chain-pool": "the same, handler on the thread pool",
    "chain-log": "all interceptors, with the access log",
    "chain-tls": "all interceptors, over TLS",
}
IN_FLIGHT = 64
MEGABYTE = 1_000_000
# What one connection may buffer for its peer, with room for what the allocator keeps.
FLAT_BYTES = 16 * 1024 * 1024


class Results:
    """Measurements by row, load and calls in flight."""

    def __init__(self, path):
        self.lines = []
        with open(path, encoding="utf-8") as file:
            for line in file:
                self.lines.append(dict(part.split("=", 1) for part in line.split()))

    def median(self, row, key, in_flight=None):
        """The median over the rounds; None where the row was not measured."""
        values = [
            float(line[key])
            for line in self.lines
            if line["row"] == row
            and (in_flight is None or line.get("in_flight") == str(in_flight))
        ]
        return statistics.median(values) if values else None

    def ratio(self, first, second, key, in_flight=None):
        """How many times the first row's figure is the second's."""
        first = self.median(first, key, in_flight)
        second = self.median(second, key, in_flight)
        return first / second if first is not None and second else None

    def growth(self, row):
        """The most that a server's memory grew in any round, in bytes."""
        grown = [
            int(line["memory_after"]) - int(line["memory_before"])
            for line in self.lines
            if line["row"] == row
        ]
        return max(grown) if grown else None


def unary(results):
    print("| 200-byte echo, one connection | in flight | calls/s | p50 µs | p99 µs | server CPU µs/call |")
    print("|---|--:|--:|--:|--:|--:|")
    for row, title in ROWS.items():
        for in_flight in (1, 16, 64):
            calls = results.median(row, "calls_per_second", in_flight)
            if calls is None:
                continue
            p50 = results.median(row, "p50_us", in_flight)
            p99 = results.median(row, "p99_us", in_flight)
            cpu = results.median(row, "server_cpu_us", in_flight)
            print(f"| {title} | {in_flight} | {calls:,.0f} | {p50:,.0f} | {p99:,.0f} | {cpu:,.2f} |")


def streaming(results):
    print("| server-streaming, 16,384 messages of 64 KiB | MB/s | peak memory before, MB | after, MB |")
    print("|---|--:|--:|--:|")
    for row, title in (
        ("stream-bare", "bare, as fast as the socket takes it"),
        ("stream-chain", "Tallystick, all interceptors, flow control"),
    ):
        speed = results.median(row, "bytes_per_second")
        if speed is None:
            continue
        before = results.median(row, "memory_before")
        after = results.median(row, "memory_after")
        print(f"| {title} | {speed / MEGABYTE:,.0f} | {before / MEGABYTE:,.1f} | {after / MEGABYTE:,.1f} |")


def idle(results):
    connections = results.median("idle", "connections")
    if connections is None:
        return
    before = results.median("idle", "memory_before") / MEGABYTE
    after = results.median("idle", "memory_after") / MEGABYTE
    each = (after - before) * 1000 / connections
    print("| idle plaintext connections | server's memory before, MB | with them, MB | each, kB |")
    print("|--:|--:|--:|--:|")
    print(f"| {connections:,.0f} | {before:,.1f} | {after:,.1f} | {each:,.1f} |")


def targets(results):
    cpu = "server_cpu_us"
    rows = [
        (
            "CPU per call of gRPC for Swift ÷ ours, all interceptors",
            results.ratio("grpc", "chain", cpu, IN_FLIGHT), 40, "≥", "×",
        ),
        (
            "the same, ours with the access log",
            results.ratio("grpc", "chain-log", cpu, IN_FLIGHT), 25, "≥", "×",
        ),
        (
            "CPU per call, all interceptors ÷ bare echo",
            results.ratio("chain", "bare", cpu, IN_FLIGHT), 3, "≤", "×",
        ),
        (
            "CPU per call, TLS ÷ plaintext",
            results.ratio("chain-tls", "chain", cpu, IN_FLIGHT), 1.5, "≤", "×",
        ),
        (
            "stream of 1 GiB, ours ÷ bare, bytes/s",
            results.ratio("stream-chain", "stream-bare", "bytes_per_second"), 0.7, "≥", "×",
        ),
        (
            "the stream's growth of the server's peak memory",
            scaled(results.growth("stream-chain")), FLAT_BYTES / MEGABYTE, "≤", " MB",
        ),
        (
            "server's memory with 10,000 idle connections",
            scaled(results.median("idle", "memory_after")), 300, "<", " MB",
        ),
    ]
    print(f"| target (unary: {IN_FLIGHT} in flight) | required | measured | |")
    print("|---|--:|--:|---|")
    for title, value, limit, relation, unit in rows:
        if value is None:
            print(f"| {title} | {relation} {limit:,.4g}{unit} | | not measured |")
            continue
        is_reached = value >= limit if relation == "≥" else value <= limit
        if relation == "<":
            is_reached = value < limit
        verdict = "reached" if is_reached else "**missed**"
        print(f"| {title} | {relation} {limit:,.4g}{unit} | {value:,.3g}{unit} | {verdict} |")


def scaled(byte_count):
    return byte_count / MEGABYTE if byte_count is not None else None


def main():
    results = Results(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        print(file.read())
    for table in (unary, streaming, idle, targets):
        table(results)
        print()


if __name__ == "__main__":
    main()

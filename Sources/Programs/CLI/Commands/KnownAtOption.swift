import API
import ArgumentParser

/// `--known-at`, of reports.
struct KnownAtOption: ParsableArguments {
    @Option(
        help: """
            With what was known at an instant, as in RFC 3339 (2026-11-03T09:00:00Z): the one that an \
            earlier report says under its figures brings those back, whatever was recorded since.
            """)
    var knownAt: TimeArgument?

    /// Nil for what is known now.
    var timestamp: Timestamp? { knownAt.map { Timestamp($0.instant) } }
}

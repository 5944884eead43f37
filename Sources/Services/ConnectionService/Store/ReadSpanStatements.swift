package import Core
import Domain
package import Postgres
import ServiceRuntime

/// Remembers a span that a report was read of, besides what its checkpoint knows: by a back-fill.
///
/// Which days a connection tells of decides whose figures of its account count, so it is kept when the
/// back-fill is forgotten, and when the connection is deleted.
package struct AddReadSpan: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        UPDATE connection_checkpoints SET read_spans = \(sum(from: "$4", through: "$5")),
            told_from = \(firstDay("$6"))
        WHERE org_id = $1 AND connection_id = $2 AND stream = $3
        """

    /// What was read before and a span together; nulls add nothing.
    static func sum(from: String, through: String) -> String {
        """
        read_spans + CASE WHEN \(from)::timestamptz < \(through)::timestamptz
            THEN tstzmultirange(tstzrange(\(from), \(through))) ELSE '{}' END
        """
    }

    /// The first day that the provider ever told of; null adds nothing.
    static func firstDay(_ told: String) -> String {
        "least(told_from, date_trunc('day', \(told)::timestamptz, 'UTC'))"
    }

    let key: CheckpointKey
    let span: Range<Instant>
    /// When the first row of the span was; nil where the provider told of nothing.
    let toldFrom: Instant?

    package init(_ key: CheckpointKey, _ span: Range<Instant>, toldFrom: Instant?) {
        self.key = key
        self.span = span
        self.toldFrom = toldFrom
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(key.organizationID.postgresUUID)
        bindings.append(key.connectionID.postgresUUID)
        bindings.append(key.stream.rawValue)
        bindings.append(span.lowerBound)
        bindings.append(span.upperBound)
        bindings.append(toldFrom)
    }
}

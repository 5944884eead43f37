import API
import Core

/// The instant with what was known of which a report is asked for.
enum KnownAt {
    /// Nil where none is asked for. `TIMESTAMP_OUT_OF_RANGE`.
    static func instant(wire: Timestamp?) throws(ServiceError) -> Instant? {
        guard let wire else { return nil }
        do throws(ServiceError) {
            return try wire.instant()
        } catch {
            throw error.within("known_at")
        }
    }

    /// Which rows rules gave to units at an instant is not remembered.
    static var ofSomeUnits: ServiceError {
        ServiceError(
            .failedPrecondition, "KNOWN_AT_OF_SOME_UNITS", field: "known_at",
            "Reports of some business units are of what is known now. Leave known_at out, or ask "
                + "somebody who sees all of the organization.")
    }
}

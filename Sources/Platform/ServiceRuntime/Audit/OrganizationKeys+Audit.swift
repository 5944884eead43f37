import Core
package import Domain
import Encryption

/// What can be read of the personal fields of a row.
package enum AuditPersonalReading: Sendable, Hashable {
    case readable(AuditPersonalFields)
    /// With the organization's data key.
    case destroyed
    /// The keys' database was away when the row was written.
    case notKept
    /// Somebody changed the row, or put another one's fields there.
    case unreadable
}

extension OrganizationKeys {
    /// The stored form of a row's personal fields.
    func seal(_ fields: AuditPersonalFields, ofRow sequence: Int64) throws -> [UInt8] {
        try seal(Secret(fields.bytes), in: Self.place(ofRow: sequence))
    }

    /// - Throws: `DATA_KEY_MISSING`.
    package func auditFields(
        _ sealed: [UInt8], ofRow sequence: Int64
    ) throws -> AuditPersonalReading {
        if areDestroyed { return .destroyed }
        if sealed.isEmpty { return .notKept }
        do {
            let bytes = try open(sealed, in: Self.place(ofRow: sequence)).reveal()
            return AuditPersonalFields(bytes: bytes).map { .readable($0) } ?? .unreadable
        } catch let error as ServiceError where error.code == .dataLoss {
            return .unreadable
        }
    }

    /// What rows are found by that were made for a person, and letter by letter; empty for nobody.
    package func auditIndex(ofPerson name: String) throws -> [UInt8] {
        guard !name.isEmpty else { return [] }
        return try blindIndex(
            of: name, in: Binding(purpose: "audit_log.on_behalf_of", []))
    }

    private static func place(ofRow sequence: Int64) -> Binding {
        Binding(purpose: "audit_log.sealed", [String(sequence)])
    }
}

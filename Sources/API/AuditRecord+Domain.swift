package import Core
package import Domain

extension Domain.AuditRecord {
    /// The row as it is hashed.
    /// - Throws: `TIMESTAMP_OUT_OF_RANGE`.
    package init(wire record: AuditRecord) throws(ServiceError) {
        self.init(
            organizationID: record.organizationID, sequence: record.sequence, id: record.id,
            recordedAt: try (record.recordTime ?? Timestamp()).instant(),
            tokenID: record.tokenID, roles: record.roles, method: record.method,
            objectType: record.objectType, objectID: record.objectID, traceID: record.traceID,
            personalHash: record.personalHash, previousHash: record.previousHash,
            version: record.chainVersion == 0 ? Self.firstVersion : Int(record.chainVersion),
            onBehalfOfKey: record.onBehalfOfKey)
    }
}

extension AuditPersonalFields {
    /// What the row says of people, as it is hashed.
    package init(wire record: AuditRecord) {
        self.init(
            salt: record.personalSalt, onBehalfOf: record.onBehalfOf, before: record.beforeJson,
            after: record.afterJson, peerAddress: record.peerAddress,
            peerSubject: record.peerSubject)
    }
}

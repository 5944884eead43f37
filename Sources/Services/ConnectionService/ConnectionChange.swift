import API
import Core
import Domain
import ServiceRuntime

/// A detail of a connection that callers may change, and what the contract calls it.
enum ConnectionField: String, CaseIterable, Sendable {
    case displayName = "display_name"
    case labels = "labels"
    case recordOf = "record_of"
}

/// New details of a connection, checked; those that the mask does not name are nil.
struct ConnectionChange: Sendable {
    private let displayName: String?
    private let labels: ConnectionLabels?
    private let recordOf: RecordKind?

    /// Checks the mask, then the fields of it in the order of the contract.
    init(wire request: UpdateConnectionRequest) throws(ServiceError) {
        let mask: Set<ConnectionField> = try UpdateMask.fields(request.updateMask)
        displayName =
            mask.contains(.displayName) ? try DisplayName(request.displayName).text : nil
        labels = mask.contains(.labels) ? try ConnectionLabels(wire: request.labels) : nil
        recordOf = mask.contains(.recordOf) ? try RecordKind(wire: request.recordOf) : nil
    }

    func apply(to connection: inout ConnectionRecord) {
        if let displayName { connection.displayName = displayName }
        if let labels { connection.labels = labels }
        if let recordOf { connection.recordOf = recordOf }
    }
}

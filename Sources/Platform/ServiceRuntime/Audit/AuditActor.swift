import RPC

/// Who changes something, as the audit log has it.
package struct AuditActor: Sendable {
    let tokenID: String
    let roles: String
    let onBehalfOf: String
    let method: String
    let peerAddress: String
    let peerSubject: String
    let traceID: String

    /// - Parameter withPerson: Whether it says for whom and from where the call came.
    init(_ caller: Caller, _ context: RPCContext, withPerson: Bool = true) {
        tokenID = caller.tokenID
        roles = caller.roles.names.joined(separator: ",")
        onBehalfOf = withPerson ? caller.onBehalfOf ?? "" : ""
        method = context.method
        peerAddress = withPerson ? context.peer.address : ""
        peerSubject = withPerson ? context.peer.tlsSubject ?? "" : ""
        traceID = context.traceParent?.traceID ?? ""
    }

    /// Whoever runs a command beside the database, without a token.
    /// - Parameters:
    ///   - command: Such as `tally-server/migrate`.
    ///   - machineUser: Who runs it, such as `alice@db1`; empty where that is not said. It stands where the
    ///     subject of a caller's certificate does.
    package init(command: String, machineUser: String = "") {
        tokenID = ""
        roles = ""
        onBehalfOf = ""
        method = command
        peerAddress = "local"
        peerSubject = machineUser
        traceID = ""
    }
}

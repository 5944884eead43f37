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

    init(_ caller: Caller, _ context: RPCContext) {
        tokenID = caller.tokenID
        roles = caller.roles.names.joined(separator: ",")
        onBehalfOf = caller.onBehalfOf ?? ""
        method = context.method
        peerAddress = context.peer.address
        peerSubject = context.peer.tlsSubject ?? ""
        traceID = context.traceParent?.traceID ?? ""
    }

    /// Whoever runs a command beside the database, without a token.
    /// - Parameter command: Such as `tally-server/migrate`.
    package init(command: String) {
        tokenID = ""
        roles = ""
        onBehalfOf = ""
        method = command
        peerAddress = "local"
        peerSubject = ""
        traceID = ""
    }
}

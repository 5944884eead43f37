import Core
import Domain
import Postgres
import RPC

/// The row that a call which changes something leaves in the audit log.
struct InsertAuditRow: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO audit_log
            (org_id, id, recorded_at, token_id, role, on_behalf_of, method, peer_address,
                peer_subject, trace_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """

    /// Whose rows the transaction writes; nil for the platform's own.
    let organization: PostgresUUID?
    let caller: Caller
    let context: RPCContext
    let clock: WallClock

    func bind(into bindings: inout PostgresBindings) {
        let id = UUIDv7.make(clock).bytes
        bindings.append(organization ?? PostgresUUID(high: 0, low: 0))
        bindings.append(PostgresUUID(high: id.high, low: id.low))
        bindings.append(clock.now)
        bindings.append(caller.tokenID)
        bindings.append(Int32(caller.role.rawValue))
        bindings.append(caller.onBehalfOf)
        bindings.append(context.method)
        bindings.append(context.peer.address)
        bindings.append(context.peer.tlsSubject)
        bindings.append(context.traceParent?.traceID)
    }
}

import API
import Core
import Domain
import Postgres
import RPC
import ServiceRuntime

extension Service {
    /// Sends the log up to where it ended when the call began, a part at a time: rows never change, so
    /// parts of several transactions make one whole.
    func streamAuditRecords(
        _ request: StreamAuditRecordsRequest, _ writer: RPCWriter<API.AuditRecord>, _ call: Call
    ) async throws {
        let selection = try AuditSelection(wire: request.filter)
        guard request.afterSequence >= 0 else {
            throw ServiceError(
                .invalidArgument, "AFTER_SEQUENCE_NEGATIVE", field: "after_sequence",
                "after_sequence is the sequence of a row that was read, or 0 for all.")
        }
        let (head, _) = try await call.auditSnapshot { transaction in
            try await call.auditChainHead(sealedWith: keyedHash, in: transaction)
        }
        var after = request.afterSequence
        while true {
            // Anew for each part: a stream may outlast the key.
            let keys = try await call.auditKeys()
            let statement = SelectOldestAuditRecords(
                organization: call.auditedOrganization, selection: selection,
                onBehalfOfKey: try selection.onBehalfOfKey(keys), after: after,
                before: head.sequence + 1, limit: Self.auditPartCount)
            let rows = try await call.auditSnapshot { try await $0.run(statement) }
            guard let last = rows.last else { return }
            for row in rows {
                try await writer.send(try row.message(keys))
            }
            after = last.record.sequence
        }
    }

    /// Rows that are read at once.
    private static var auditPartCount: Int { 500 }
}

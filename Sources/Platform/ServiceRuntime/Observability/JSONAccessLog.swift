package import Core
import Domain
import RPC
package import Telemetry

/// Writes one line a call, in the form of all other lines; built from bytes, since every call pays
/// for it.
package struct JSONAccessLog: AccessLog {
    private let program: String
    private let output: any LogOutput
    private let clock: WallClock

    package init(program: String, output: any LogOutput, clock: WallClock = .system) {
        self.program = program
        self.output = output
        self.clock = clock
    }

    package func callEnded(_ record: AccessRecord) {
        var line = LogLine(
            time: clock.now, level: "info", program: program, message: "A call ended.")
        line.add("method", record.method)
        line.add("peer", record.peer.address)
        line.add("code", "\(record.outcome.code)")
        if let reason = record.outcome.reason { line.add("reason", reason.rawValue) }
        line.add("microseconds", number: record.nanoseconds / 1000)
        line.add("request_bytes", number: Int64(record.requestByteCount))
        line.add("response_bytes", number: Int64(record.responseByteCount))
        if record.omittedCount > 0 { line.add("omitted", number: Int64(record.omittedCount)) }
        if let caller = record.caller {
            line.add("token", caller.tokenID)
            if let organization = caller.organizationID {
                line.add("organization", organization.text)
            }
            if let person = caller.onBehalfOf { line.add("on_behalf_of", person) }
        }
        if let trace = record.trace {
            line.add("trace_id", trace.traceID)
            line.add("span_id", trace.spanID)
        }
        line.end()
        output.take(line, isUrgent: false)
    }
}

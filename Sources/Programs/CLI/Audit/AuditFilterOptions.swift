import API
import ArgumentParser
import Core
import Domain

/// Which rows of the audit log.
struct AuditFilterOptions: ParsableArguments {
    @Option(help: "RFC 3339 instant: rows from it on.")
    var since: String?
    @Option(help: "RFC 3339 instant: rows before it.")
    var until: String?
    @Option(help: "Id of the token that called.")
    var token: String?
    @Option(help: "The person whom the caller acted for.")
    var person: String?
    @Option(help: "Service and method, such as TenantService/CreateMember.")
    var method: String?
    @Option(help: "Kind of object and its identifier, such as member or budget:platform-team.")
    var object: String?

    var filter: AuditFilter {
        get throws {
            let parts = object?.split(separator: ":", maxSplits: 1).map(String.init) ?? []
            return AuditFilter(
                startTime: try since.map { Timestamp(try Instant(rfc3339: $0)) },
                endTime: try until.map { Timestamp(try Instant(rfc3339: $0)) },
                tokenID: token ?? "", onBehalfOf: person ?? "",
                method: method.map { $0.contains(".") ? $0 : "tally.v1.\($0)" } ?? "",
                objectType: parts.first ?? "", objectID: parts.count > 1 ? parts[1] : "")
        }
    }
}

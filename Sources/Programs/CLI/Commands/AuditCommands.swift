import API
import ArgumentParser
import Core
import FoundationEssentials
import TallyClient
import Wire

/// `tally audit`.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who changed what, and whether the record of it is whole.",
        subcommands: [AuditList.self, AuditExport.self, AuditVerify.self])
}

struct AuditList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Changes, newest first.",
        discussion: """
            Examples:
              tally audit list --since 2026-11-01T00:00:00Z --object member
              tally audit list --person jo@acme.example --format json
            """)

    @OptionGroup var options: AuditFilterOptions
    @Option(help: "At most so many rows, 1 to 100000.")
    var limit = 100
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard (1...100_000).contains(limit) else {
            throw ValidationError("--limit is 1 to 100000.")
        }
    }

    func run() async throws {
        let filter = try options.filter
        let records = try await Session.run { session in
            var records: [AuditRecord] = []
            var token = ""
            repeat {
                let request = ListAuditRecordsRequest(
                    filter: filter, pageSize: Int32(min(limit - records.count, 1000)),
                    pageToken: token)
                let page = try await session.read(
                    TenantServiceMethods.ListAuditRecords.self, request)
                records += page.records
                token = page.nextPageToken
            } while !token.isEmpty && records.count < limit
            return records
        }
        try output.print(
            ListAuditRecordsResponse(records: records), table: { Self.table(records) },
            csv: { Self.rows(records) })
    }

    static func table(_ records: [AuditRecord]) -> String {
        var table = Table([
            .init("Row", .right), .init("Time"), .init("Token"), .init("For"), .init("Method"),
            .init("Object"), .init("From"),
        ])
        for record in records {
            table.add([
                "\(record.sequence)", record.recordTime.map(CompletenessText.time) ?? "",
                record.tokenID, record.personal(record.onBehalfOf),
                record.method.split(separator: ".").last.map(String.init) ?? "",
                [record.objectType, record.objectID].filter { !$0.isEmpty }.joined(separator: ":"),
                record.personal(record.peerAddress),
            ])
        }
        return table.text
    }

    static func rows(_ records: [AuditRecord]) -> [[String]] {
        [
            [
                "sequence", "record_time", "token_id", "roles", "on_behalf_of", "method",
                "object_type", "object_id", "before", "after", "peer_address", "peer_subject",
                "trace_id",
            ]
        ]
            + records.map {
                [
                    "\($0.sequence)", $0.recordTime.map(CompletenessText.time) ?? "", $0.tokenID,
                    $0.roles, $0.personal($0.onBehalfOf), $0.method, $0.objectType, $0.objectID,
                    $0.personal($0.beforeJson), $0.personal($0.afterJson),
                    $0.personal($0.peerAddress), $0.personal($0.peerSubject), $0.traceID,
                ]
            }
    }
}

struct AuditExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write changes as JSON Lines, oldest first, to keep them elsewhere.",
        discussion: """
            An export of all rows from the first can be verified without the server.

            Examples:
              tally audit export > audit.jsonl
              tally audit export --after 1204 >> audit.jsonl
            """)

    @OptionGroup var options: AuditFilterOptions
    @Option(help: "Only rows after this one.")
    var after: Int64 = 0

    func run() async throws {
        let request = StreamAuditRecordsRequest(
            filter: try options.filter, afterSequence: after)
        try await Session.run { session in
            try await session.client.serverStreaming(
                TenantServiceMethods.StreamAuditRecords.self, request
            ) { records in
                for try await record in records {
                    StandardOutput.write(try record.json())
                }
            }
        }
    }
}

struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Find out whether a row of the audit log was removed or altered.",
        discussion: """
            Each row holds the hash of the row before it; this command computes all of them again.
            Who writes the database could still put back an earlier end, without the rows after it.
            Keep what this command prints, and give it back with --end: the log must still pass
            there.

            Examples:
              tally audit verify
              tally audit verify --end 1204:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
              tally audit verify --file audit.jsonl
              tally audit verify --format json
            """)

    @Option(help: "An end of the log that this command printed before.")
    var end: String?
    @Option(help: "Verify an export instead of the server's log.")
    var file: String?
    @OptionGroup var output: FormatOption

    func run() async throws {
        let known = try end.map { text in
            guard let end = AuditVerification.End(text) else {
                throw Failure(
                    "--end is not an end of a log.", remedy: "Give it as verify printed it.")
            }
            return end
        }
        var verification = AuditVerification(known: known)
        if let file {
            try Self.verify(file: file, &verification)
        } else {
            verification = try await Session.run { try await Self.verify($0, verification) }
        }
        try output.print(
            verification.json, table: { verification.text }, csv: { verification.rows })
    }

    private static func verify(
        _ session: Session, _ verification: AuditVerification
    ) async throws -> AuditVerification {
        let head = try await session.read(
            TenantServiceMethods.GetAuditHead.self, GetAuditHeadRequest())
        return try await session.client.serverStreaming(
            TenantServiceMethods.StreamAuditRecords.self, StreamAuditRecordsRequest()
        ) { records in
            var verification = verification
            // What was written meanwhile is verified the next time.
            for try await record in records where record.sequence <= head.sequence {
                try verification.add(record)
            }
            try verification.finish(head: head)
            return verification
        }
    }

    private static func verify(file: String, _ verification: inout AuditVerification) throws {
        let schema = try ReflectedSchema(fileDescriptorSet: TallySchema.fileDescriptorSet)
        let text: String
        do {
            text = try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw Failure("\(file) cannot be read.", remedy: "Give a file of tally audit export.")
        }
        for line in text.split(separator: "\n") {
            let bytes = try schema.encode(
                try JSONValue(parsing: String(line)), as: AuditRecord.messageName)
            try verification.add(try AuditRecord(serialized: bytes))
        }
        try verification.finish(head: nil)
    }
}

extension AuditRecord {
    /// A personal field for people to read: why it is not there, where it is not.
    fileprivate func personal(_ text: String) -> String {
        switch personalFields {
        case .destroyed: "[destroyed]"
        case .unreadable: "[unreadable]"
        case .notKept: "[not kept]"
        default: text
        }
    }
}

import API
import ArgumentParser
import TallyClient
import Wire

struct OrganizationExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write everything that the organization has, as JSON Lines.",
        discussion: """
            A new folder gets a file for each table, and manifest.json, which is written
            last: an export without it is not whole. With - every line goes to standard
            output, with the name of its table. Rows are as they were at one instant;
            their number and hash are compared with the server's. Provider keys, tokens
            and hashes are not among them.

            Examples:
              tally org export --output acme-export
              tally org export --output - | gzip > acme.jsonl.gz
            """)

    @Option(help: "New folder, or - for standard output.")
    var output: String

    func run() async throws {
        let target: any ExportTarget =
            output == "-" ? StandardOutputExport() : try FolderExport(output)
        let reader = try ExportReader(target: target)
        try await Session.run { session in
            try await session.client.serverStreaming(
                TenantServiceMethods.ExportOrganization.self, ExportOrganizationRequest()
            ) { parts in
                for try await part in parts { try reader.take(part) }
            }
        }
        let count = try reader.finish()
        StandardError.write("Exported \(count) rows; all numbers and hashes agree.")
    }
}

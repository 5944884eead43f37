import API
import ArgumentParser
import Foundation
import TallyClient
import Wire

/// `tally call`: any method, by the server's own description of it.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Call any method with a request in JSON.",
        discussion: """
            The server describes its methods itself, so this calls those of newer
            servers too. The answer is JSON: 64-bit numbers are strings, fields at their
            default are left out.

            Examples:
              tally call HealthService/Check
              tally call tally.v1.TenantService/ListTokens '{"pageSize": 5}'
              tally call IngestEvents - < request.json
            """)

    @Argument(help: "Method, such as TenantService/ListTokens; see tally schema.")
    var method: String
    @Argument(help: "Request in JSON; - for standard input.")
    var request = "{}"

    func run() async throws {
        let input =
            request == "-" ? FileHandle.standardInput.readDataToEndOfFile() : Data(request.utf8)
        let json = try JSONValue(parsing: input)
        try await Session.run { session in
            let schema = try await session.schema()
            let method = try schema.method(named: self.method)
            let bytes = try schema.encode(json, as: method.requestType)
            switch method.kind {
            case .unary:
                let answer = try await session.callRaw(method, bytes)
                StandardOutput.write(
                    try schema.decode(answer, as: method.responseType).text(isIndented: true))
            case .serverStreaming:
                try await session.client.serverStreamingRaw(
                    method: method.fullName, bytes: bytes
                ) {
                    StandardOutput.write(
                        try schema.decode($0, as: method.responseType).text())
                }
            case .bidirectionalStreaming:
                try await session.client.bidirectionalStreamingRaw(
                    method: method.fullName, bytes: bytes
                ) {
                    StandardOutput.write(
                        try schema.decode($0, as: method.responseType).text())
                }
            case .clientStreaming:
                throw Failure(
                    "\(method.fullName) takes a stream of requests; call sends one request.")
            }
        }
    }
}

extension Session {
    /// What the server says it can do.
    func schema() async throws -> ReflectedSchema {
        let response = try await read(
            ReflectionServiceMethods.GetSchema.self, GetSchemaRequest())
        return try ReflectedSchema(fileDescriptorSet: response.fileDescriptorSet)
    }
}

/// `tally schema`.
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "The server's methods, or one service or message.",
        discussion: """
            Examples:
              tally schema
              tally schema IngestionService
              tally schema Event
            """)

    @Argument(help: "A service, message or enum. Default: all methods.")
    var name: String?

    func run() async throws {
        let schema = try await Session.run { try await $0.schema() }
        StandardOutput.say(try SchemaText(schema: schema).text(name))
    }
}

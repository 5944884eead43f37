import Configuration
import ConnectionService
import Core
import Domain
import Foundation
import Ledger
import Logging
import RPC
import ServiceRuntime
import TLS
import Telemetry

/// What `tally-server serve` reads from its environment.
struct ServerSettings: Sendable {
    /// Database, migrations and log level.
    let database: DatabaseSettings
    /// `TALLY_LISTEN`: `host:port` or `unix:/path`; port 0 picks a free one. Default
    /// `127.0.0.1:7443`.
    let listen: String
    /// `TALLY_TLS_CERTIFICATE_FILE`: PEM, leaf first. Without it the server speaks plaintext, which
    /// it does on loopback only.
    let certificateFile: String?
    /// `TALLY_TLS_KEY_FILE`: PEM. Required with a certificate.
    let keyFile: String?
    /// `TALLY_TLS_CLIENT_AUTHORITY_FILE`: PEM; authorities whose clients are admitted. Without it
    /// clients are not asked for certificates.
    let clientAuthorityFile: String?
    /// `TALLY_TLS_CLIENT_CERTIFICATE`: `required` or `optional`, where there is an authority for
    /// clients. Default `required`.
    let clientCertificate: TLSServerFiles.ClientCertificate
    /// Limits of the listener and its connections.
    let listener: ListenerSettings
    /// `TALLY_DATABASE_CONNECTIONS`: most connections at once, 1 to 500. Default 16.
    let databaseConnections: Int
    /// `TALLY_DATABASE_CONNECTIONS_PER_ORGANIZATION`: most that calls of one organization hold at once, 1
    /// to 500. Default half as many as this machine has processors and at most a quarter of all, but at least 3.
    let databaseConnectionsPerOrganization: Int
    /// `TALLY_DATABASE_SHORT_TRANSACTIONS_PER_ORGANIZATION`: of these, most whose transaction has not lasted for
    /// 100 ms yet, 1 to 500. Default half as many as this machine has processors, but at least 1; as many as of all
    /// where that is set. What floods the server leaves the database's processors to others, and not only connections.
    let databaseShortTransactionsPerOrganization: Int
    /// `TALLY_DATABASE_ORGANIZATION_REST_PERCENT`: how long no short transaction of an organization follows those that
    /// end, in hundredths of the time that they took, at most 20 ms, where as many as its share wait and more, and others
    /// called within a second; 0 to 1000. Default 400, by which it has a fifth of its share where they take 5 ms or less.
    let databaseOrganizationRestPercent: Int
    /// `TALLY_REPORT_SETS_BYTES_MAX`: memory, about, for dimension sets that reports have read, 0 to 1 TiB; 0
    /// keeps none. Default 64 MiB.
    let reportSetsBytesMax: Int
    /// `TALLY_REPORT_EVENTS_MAX`: events that a report by session, run, status, attempt or usage state looks at, 1 to
    /// 10,000,000. Default 1,000,000.
    let reportEventsMax: Int
    /// How often callers may call.
    let rateLimits: RateLimitSettings
    /// How organizations end, and what they may have.
    let plan: PlanSettings
    /// Where keys are tested.
    let providers: ProviderSettings
    /// The keys' database and the master key.
    let keys: DataKeySettings
    /// `TALLY_TOKEN_HASH_KEY_FILE`: key of the token hashes. Required.
    let tokenHashKeyFile: String
    /// Access log, metrics and the log's buffer.
    let telemetry: TelemetrySettings
    /// `TALLY_FIXED_NOW`: RFC 3339 instant that the server takes for now. For demos and tests only.
    let fixedNow: String?

    /// Three at least, where there are three: one is held by an export for as long as its reader takes, one by
    /// a call that tests a key before it is stored, and one is the writer's of the organization's events.
    static func connectionsPerOrganization(of connections: Int, processors: Int) -> Int {
        min(max(3, processors / 2), max(3, connections / 4), connections)
    }

    static func shortTransactionsPerOrganization(of share: Int, processors: Int) -> Int {
        min(max(1, processors / 2), share)
    }

    /// How many keys one organization tests at once. A call that stores what it tests keeps a connection all the
    /// while, so one is left for an export, and one for the organization's events.
    static func keyTestsOfOneMax(connectionsPerOrganization: Int) -> Int {
        min(
            ConnectionService.Service.keyTestsOfOneMaxStandard,
            max(1, connectionsPerOrganization - 2))
    }

    var databaseURL: Secret<String> { database.databaseURL }
    var migrationsDirectory: String { database.migrationsDirectory }

    init(reader: ConfigReader) throws {
        database = try DatabaseSettings(reader: reader)
        let tally = reader.scoped(to: "tally")
        listen = tally.string(forKey: "listen", default: "127.0.0.1:7443")
        certificateFile = tally.string(forKey: "tls.certificate.file")
        keyFile = tally.string(forKey: "tls.key.file")
        clientAuthorityFile = tally.string(forKey: "tls.client.authority.file")
        clientCertificate = try Self.clientCertificate(
            tally.string(forKey: "tls.client.certificate"))
        listener = try ListenerSettings(reader: reader)
        rateLimits = try RateLimitSettings(reader: reader)
        plan = try PlanSettings(reader: reader)
        providers = try ProviderSettings(reader: reader)
        databaseConnections = try NumberSettings(reader: reader).number(
            "TALLY_DATABASE_CONNECTIONS", 1...500, default: 16)
        databaseConnectionsPerOrganization = try NumberSettings(reader: reader).number(
            "TALLY_DATABASE_CONNECTIONS_PER_ORGANIZATION", 1...500,
            default: Self.connectionsPerOrganization(
                of: databaseConnections, processors: ProcessInfo.processInfo.activeProcessorCount))
        let isShareSet = tally.string(forKey: "database.connections.per.organization") != nil
        databaseShortTransactionsPerOrganization = try NumberSettings(reader: reader).number(
            "TALLY_DATABASE_SHORT_TRANSACTIONS_PER_ORGANIZATION", 1...500,
            default: isShareSet
                ? databaseConnectionsPerOrganization
                : Self.shortTransactionsPerOrganization(
                    of: databaseConnectionsPerOrganization,
                    processors: ProcessInfo.processInfo.activeProcessorCount))
        databaseOrganizationRestPercent = try NumberSettings(reader: reader).number(
            "TALLY_DATABASE_ORGANIZATION_REST_PERCENT", 0...1000, default: 400)
        reportSetsBytesMax = try NumberSettings(reader: reader).number(
            "TALLY_REPORT_SETS_BYTES_MAX", 0...(1 << 40), default: 64 << 20)
        reportEventsMax = try NumberSettings(reader: reader).number(
            "TALLY_REPORT_EVENTS_MAX", 1...10_000_000, default: SpendReader.callsMaxDefault)
        keys = try DataKeySettings { reader.string(forVariable: $0) }
        tokenHashKeyFile = try DatabaseSettings.required(
            "TALLY_TOKEN_HASH_KEY_FILE", tally.string(forKey: "token.hash.key.file"))
        telemetry = try TelemetrySettings { reader.string(forVariable: $0) }
        fixedNow = tally.string(forKey: "fixed.now")
        guard (certificateFile == nil) == (keyFile == nil) else {
            throw ServiceError(
                .invalidArgument, "SETTING_MISSING",
                field: certificateFile == nil ? "TALLY_TLS_CERTIFICATE_FILE" : "TALLY_TLS_KEY_FILE",
                "Set TALLY_TLS_CERTIFICATE_FILE and TALLY_TLS_KEY_FILE together.")
        }
        // Else nobody would be asked for a certificate, against the operator's intent.
        guard clientAuthorityFile == nil || certificateFile != nil else {
            throw ServiceError(
                .invalidArgument, "SETTING_MISSING", field: "TALLY_TLS_CERTIFICATE_FILE",
                "TALLY_TLS_CLIENT_AUTHORITY_FILE needs TALLY_TLS_CERTIFICATE_FILE.")
        }
    }

    private static func clientCertificate(
        _ text: String?
    ) throws -> TLSServerFiles.ClientCertificate {
        guard let text else { return .required }
        guard let value = TLSServerFiles.ClientCertificate(rawValue: text) else {
            throw ServiceError(
                .invalidArgument, "SETTING_OUT_OF_RANGE", field: "TALLY_TLS_CLIENT_CERTIFICATE",
                "TALLY_TLS_CLIENT_CERTIFICATE is required or optional.")
        }
        return value
    }

    /// Where the server's log lines go: its standard error.
    func makeLogSink() throws -> LogSink {
        try LogSink(program: "tally-server", byteCountMax: telemetry.logBufferByteCountMax)
    }

    func makeLogger(output: any LogOutput) throws -> Logger {
        try database.makeLogger(output: output)
    }

    /// Nil: plaintext.
    var tls: TLSServerFiles? {
        guard let certificateFile, let keyFile else { return nil }
        return TLSServerFiles(
            certificateFile: certificateFile, privateKeyFile: keyFile,
            clientAuthorityFile: clientAuthorityFile, clientCertificate: clientCertificate)
    }

    var clock: WallClock {
        get throws {
            guard let fixedNow else { return .system }
            return .fixed(try Instant(rfc3339: fixedNow))
        }
    }

    var address: RPCServerConfiguration.Address {
        get throws {
            if listen.hasPrefix("unix:") { return .unix(path: String(listen.dropFirst(5))) }
            guard let colon = listen.lastIndex(of: ":"),
                let port = UInt16(listen[listen.index(after: colon)...])
            else {
                throw ServiceError(
                    .invalidArgument, "SETTING_OUT_OF_RANGE", field: "TALLY_LISTEN",
                    "TALLY_LISTEN is host:port, such as 127.0.0.1:7443, or unix:/path.")
            }
            // An IPv6 address stands in brackets, so that its colons are not taken for the port's.
            let host = listen[..<colon].drop { $0 == "[" }.prefix { $0 != "]" }
            return .tcp(host: String(host), port: Int(port))
        }
    }
}

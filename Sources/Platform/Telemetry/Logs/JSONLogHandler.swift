package import Core
package import Logging

/// Writes one JSON object a line: `time`, `level`, `program`, `message`, then the metadata by key.
///
/// Values are written as text. Whoever logs leaves secrets and payloads out; `Secret` prints
/// redacted should one slip through.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let program: String
    private let clock: WallClock
    private let output: any LogOutput

    /// - Parameter output: where the lines go; by default to standard error at once, which suits
    ///   commands that end soon. A server hands in a `LogSink`.
    package init(
        program: String, level: Logger.Level, clock: WallClock = .system,
        output: any LogOutput = StandardError()
    ) {
        self.program = program
        self.logLevel = level
        self.clock = clock
        self.output = output
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = LogLine(
            time: clock.now, level: Self.name(event.level), program: program,
            message: event.message.description)
        for (key, value) in fields(event.metadata) {
            line.add(quoted: Self.key(key), Self.text(value))
        }
        line.end()
        output.take(line, isUrgent: event.level >= .warning)
    }

    /// All fields by key; what the line says itself wins over what its logger says.
    private func fields(
        _ own: Logger.Metadata?
    ) -> [(key: String, value: Logger.MetadataValue)] {
        let own = own ?? [:]
        let provided = metadataProvider?.get() ?? [:]
        var fields = own.map { $0 }
        fields += provided.filter { own[$0.key] == nil }
        fields += metadata.filter { own[$0.key] == nil && provided[$0.key] == nil }
        return fields.sorted { $0.key < $1.key }
    }

    /// No key stands twice in an object, so the names that every line has are not to be had.
    private static func key(_ key: String) -> String {
        switch key {
        case "time", "level", "program", "message": key + "_"
        default: key
        }
    }

    private static func text(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array, .dictionary: "\(value)"
        }
    }

    private static func name(_ level: Logger.Level) -> StaticString {
        switch level {
        case .trace: "trace"
        case .debug: "debug"
        case .info: "info"
        case .notice: "notice"
        case .warning: "warning"
        case .error: "error"
        case .critical: "critical"
        }
    }
}

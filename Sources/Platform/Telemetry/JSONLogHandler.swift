package import Core
package import Logging

/// Writes one JSON object a line to standard error: `time`, `level`, `program`, `message`, then the
/// metadata by key.
///
/// Values are written as text. Whoever logs leaves secrets and payloads out; `Secret` prints
/// redacted should one slip through.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let program: String
    private let clock: WallClock
    private let write: @Sendable (String) -> Void

    package init(
        program: String, level: Logger.Level, clock: WallClock = .system,
        write: @escaping @Sendable (String) -> Void = StandardError.write
    ) {
        self.program = program
        self.logLevel = level
        self.clock = clock
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = "{\"time\":\"\(UTCTimestamp.text(clock.now))\",\"level\":\"\(event.level)\""
        line +=
            ",\"program\":\(Self.quoted(program)),\"message\":\(Self.quoted("\(event.message)"))"
        var all = metadata
        all.merge(metadataProvider?.get() ?? [:]) { _, new in new }
        all.merge(event.metadata ?? [:]) { _, new in new }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line += ",\(Self.quoted(key)):\(Self.quoted("\(value)"))"
        }
        write(line + "}\n")
    }

    /// The text as a JSON string; control characters are escaped, so that a line stays a line.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

import API
import Foundation

/// How far an input was acknowledged, kept in a file so that a later run goes on there.
struct IngestCheckpoint: Hashable {
    /// Of the bytes before `progress.position`: another input has another one.
    let fingerprint: String
    let format: EventFormat
    /// Its tally keeps counts only; the problems were told when they were met.
    let progress: IngestProgress

    init(fingerprint: String, format: EventFormat, progress: IngestProgress) {
        self.fingerprint = fingerprint
        self.format = format
        self.progress = progress
    }

    private static let counts:
        [(name: String, place: any WritableKeyPath<IngestTally, Int> & Sendable)] = [
            ("accepted", \.accepted), ("duplicate", \.duplicate), ("conflict", \.conflict),
            ("rejected", \.rejected), ("unpriced", \.unpriced), ("invalid", \.invalid),
        ]

    /// Nil where the text is no checkpoint.
    init?(text: String) {
        guard let json = try? JSONValue(parsing: text),
            case .string(let fingerprint) = json["fingerprint"],
            case .string(let name) = json["format"], let format = EventFormat(rawValue: name),
            let offset = Self.count("acknowledged_bytes", of: json),
            let line = Self.count("next_line", of: json), line > 0
        else { return nil }
        var tally = IngestTally()
        for count in Self.counts {
            guard let value = Self.count(count.name, of: json) else { return nil }
            tally[keyPath: count.place] = value
        }
        self.init(
            fingerprint: fingerprint, format: format,
            progress: IngestProgress(
                position: InputPosition(offset: offset, line: line), tally: tally))
    }

    private static func count(_ name: String, of json: JSONValue) -> Int? {
        guard case .number(let digits) = json[name], let count = Int(digits), count >= 0 else {
            return nil
        }
        return count
    }

    var text: String {
        var members = [
            JSONValue.Member("fingerprint", .string(fingerprint)),
            JSONValue.Member("format", .string(format.rawValue)),
            JSONValue.Member("acknowledged_bytes", .number("\(progress.position.offset)")),
            JSONValue.Member("next_line", .number("\(progress.position.line)")),
        ]
        for count in Self.counts {
            members.append(
                JSONValue.Member(count.name, .number("\(progress.tally[keyPath: count.place])")))
        }
        return JSONValue.object(members).text() + "\n"
    }
}

/// The file that holds an input's checkpoint.
struct CheckpointFile: Sendable {
    enum Content: Hashable {
        case none
        case progress(IngestProgress)
        /// How far another input came, or this one before it was written anew.
        case ofAnotherInput
    }

    let path: String
    /// Whether somebody asked for it: then a run without it is no success.
    let isAskedFor: Bool

    /// What was acknowledged of this input before.
    /// - Throws: `Failure` where the file is no checkpoint, and must not be written over.
    func load(for input: InputFile, _ format: EventFormat) throws -> Content {
        guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else {
            return .none
        }
        guard let text = String(data: data, encoding: .utf8),
            let checkpoint = IngestCheckpoint(text: text)
        else {
            throw Failure(
                "\(path) is not a checkpoint and will not be written over.",
                remedy: "Name another file by --checkpoint, or remove this one.")
        }
        let fingerprint = try input.fingerprint(upTo: checkpoint.progress.position.offset)
        guard checkpoint.format == format, fingerprint == checkpoint.fingerprint else {
            return .ofAnotherInput
        }
        return .progress(checkpoint.progress)
    }

    /// Puts the checkpoint in place in one step: a reader sees the old one or the new one.
    func save(_ progress: IngestProgress, of input: InputFile, _ format: EventFormat) throws {
        let offset = progress.position.offset
        guard let fingerprint = try input.fingerprint(upTo: offset) else {
            throw Failure("\(input.name) became shorter while it was read.")
        }
        let checkpoint = IngestCheckpoint(
            fingerprint: fingerprint, format: format, progress: progress)
        do {
            try Data(checkpoint.text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Failure(
                "The checkpoint \(path) cannot be written: \(error.localizedDescription)",
                remedy: "Name a file in a folder that you may write to by --checkpoint.")
        }
    }

    /// Forgets what was acknowledged, once everything is.
    func remove() throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }
}

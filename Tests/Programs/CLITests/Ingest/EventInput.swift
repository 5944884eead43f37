import API

@testable import CLI

/// Reads whole texts, cut into chunks of a few bytes so that every cut falls everywhere.
enum EventInput {
    static func elements(
        _ bytes: [UInt8], _ format: EventFormat, chunkByteCount: Int = 7
    ) throws -> [EventReader.Element] {
        try elements(
            EventReader(format: format), bytes, chunkByteCount: chunkByteCount)
    }

    static func elements(
        _ reader: EventReader, _ bytes: [UInt8], chunkByteCount: Int = 7
    ) throws -> [EventReader.Element] {
        var reader = reader
        var elements: [EventReader.Element] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            reader.append(Array(rest.prefix(chunkByteCount)))
            rest = rest.dropFirst(chunkByteCount)
            while let element = try reader.next() { elements.append(element) }
        }
        while let element = try reader.last() { elements.append(element) }
        return elements
    }

    static func elements(_ text: String, _ format: EventFormat) throws -> [EventReader.Element] {
        try elements(Array(text.utf8), format)
    }

    /// A line with the given members after the required ones.
    static func line(id: String = "e-1", _ members: String = "") -> String {
        let required = #""source":"gw","time":"2026-11-21T04:00:00Z","provider":"openai""#
        return #"{"id":"\#(id)",\#(required),"model":"gpt-5.4"\#(members)}"#
    }

    static let header = "id,source,time,provider,model,quantity:input,tag:team note"

    /// A row under `header`.
    static func row(id: String = "e-1", input: String = "1", note: String = "") -> String {
        "\(id),gw,2026-11-21T04:00:00Z,openai,gpt-5.4,\(input),\(note)"
    }
}

extension EventReader.Element {
    var event: Event? {
        guard case .success(let event) = outcome else { return nil }
        return event
    }

    var problem: EventProblem? {
        guard case .failure(let problem) = outcome else { return nil }
        return problem
    }

    /// `3 TIME_WITHOUT_ZONE time`, or `3 e-1` for an event.
    var summary: String {
        switch outcome {
        case .success(let event): return "\(line) \(event.id)"
        case .failure(let problem):
            return "\(line) \(problem.reason)" + (problem.field.isEmpty ? "" : " \(problem.field)")
        }
    }
}

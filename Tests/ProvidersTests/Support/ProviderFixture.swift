import Domain
import Foundation
import Testing

@testable import Providers

/// One golden exchange of `Tests/TestSupport/Fixtures/Providers`.
struct ProviderFixture: CustomTestStringConvertible {
    let file: String
    let root: ExactJSON

    var testDescription: String { file }

    static func load(_ file: String) throws -> ProviderFixture {
        let url = folder.appendingPathComponent(file)
        return ProviderFixture(
            file: file, root: try ExactJSONReader.parse(Array(try Data(contentsOf: url))))
    }

    /// The fixtures whose file name begins so, such as `openai/costs-`.
    static func all(_ prefix: String) throws -> [ProviderFixture] {
        let provider = prefix.prefix { $0 != "/" }
        let names = try FileManager.default.contentsOfDirectory(
            atPath: folder.appendingPathComponent(String(provider)).path)
        return try names.map { "\(provider)/\($0)" }
            .filter { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }.sorted().map(load)
    }

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("TestSupport/Fixtures/Providers")

    var facts: ExactJSON { root["facts"] }

    var response: ProviderResponse {
        let response = root["response"]
        let body = response["body_text"].text ?? Self.print(response["body"])
        var headers: [String: String] = [:]
        for (name, value) in response["headers"].fields { headers[name] = value.text }
        return ProviderResponse(
            status: Int(response["status"].literal ?? "") ?? 0, headers: headers,
            body: Array(body.utf8))
    }

    /// The query as ordered pairs, without paging limit: connectors ask for the largest page.
    func query(without name: String = "limit") -> [String] {
        root["request"]["query"].elements.compactMap { pair -> String? in
            guard let key = pair.elements[0].text, let value = pair.elements[1].text else {
                return nil
            }
            return key == name ? nil : "\(key)=\(value)"
        }
    }

    /// Prints JSON with every number as it was written.
    static func print(_ value: ExactJSON) -> String {
        switch value {
        case .null: "null"
        case .bool(let bool): "\(bool)"
        case .number(let text): text
        case .string(let text): quoted(text)
        case .array(let values): "[\(values.map(print).joined(separator: ","))]"
        case .object(let fields):
            "{\(fields.map { "\(quoted($0.key)):\(print($0.value))" }.joined(separator: ","))}"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacingOccurrences(of: "\\", with: "\\\\")
            .replacingOccurrences(of: "\"", with: "\\\"").replacingOccurrences(
                of: "\n", with: "\\n")
        return "\"\(escaped)\""
    }
}

extension ExactJSON {
    /// The field, or null.
    subscript(_ name: String) -> ExactJSON { fields[name] ?? .null }

    var fields: [String: ExactJSON] {
        guard case .object(let fields) = self else { return [:] }
        return fields
    }

    var elements: [ExactJSON] {
        guard case .array(let values) = self else { return [] }
        return values
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The digits of a number.
    var literal: String? {
        guard case .number(let literal) = self else { return nil }
        return literal
    }

    /// Text of anything simple, as a dimension is compared.
    var plain: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .bool(let bool): "\(bool)"
        case .null, .array, .object: nil
        }
    }
}

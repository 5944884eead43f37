import Domain
import Testing

@testable import Providers

/// Every field that a provider documents of a row is read, or named in the connector with the reason
/// why it is not. The golden exchanges have all fields of the references.
struct DocumentedFieldsTests {
    struct Case: CustomTestStringConvertible {
        let fixture: String
        let leftOut: [String: String]
        let decode: @Sendable (ProviderResponse) throws(ProviderError) -> ReportPage<ReportedRow>

        var testDescription: String { fixture }

        init(openAI fixture: String, _ endpoint: OpenAIEndpoint) {
            self.fixture = "openai/\(fixture).json"
            leftOut = endpoint.leftOut
            decode = endpoint.decode
        }

        init(anthropic fixture: String, _ endpoint: AnthropicEndpoint) {
            self.fixture = "anthropic/\(fixture).json"
            leftOut = endpoint.leftOut
            decode = endpoint.decode
        }
    }

    static let cases =
        [
            Case(openAI: "usage-completions-hourly-page-1", .completions),
            Case(openAI: "usage-decisions-hourly", .decisions),
            Case(openAI: "costs-line-items-page-1", .costs),
            Case(anthropic: "usage-messages-hourly-page-1", .messages),
            Case(anthropic: "cost-report-page-1", .costs),
        ]
        + OpenAIEndpoint.metered.map { endpoint in
            let name = endpoint.path.split(separator: "/").last?.replacing("_", with: "-") ?? ""
            return Case(
                openAI: "usage-\(name)-\(endpoint.report.width == .hour ? "hourly" : "daily")",
                endpoint)
        }

    @Test(arguments: cases)
    func everyDocumentedFieldIsReadOrNamed(_ tested: Case) throws {
        let fixture = try ProviderFixture.load(tested.fixture)
        let body = fixture.root["response"]["body"]
        let whole = try tested.decode(fixture.response)
        let row = body["data"].elements[0]["results"].elements[0]
        var unread: Set<String> = []
        for path in Self.leaves(of: row) {
            let spoiled = ProviderResponse(
                status: 200, headers: [:],
                body: Array(
                    ProviderFixture.print(
                        Self.replacing(["data", "0", "results", "0"] + path, in: body)
                    ).utf8))
            do {
                let page = try tested.decode(spoiled)
                #expect(page.rows == whole.rows)
                unread.insert(path.joined(separator: "."))
            } catch {
                let field = "data[0].results[0].\(path.joined(separator: "."))"
                #expect(error.kind == .malformed(.wrongType(field: field)))
            }
        }
        #expect(unread == Set(tested.leftOut.keys))
        #expect(tested.leftOut.values.allSatisfy { $0.count > 20 })
    }

    /// The paths of a row's fields, those inside of objects too.
    private static func leaves(of row: ExactJSON) -> [[String]] {
        row.fields.flatMap { name, value -> [[String]] in
            guard case .object = value else { return [[name]] }
            return leaves(of: value).map { [name] + $0 }
        }
    }

    /// The same value, but what is at the path is of a type that no field has.
    private static func replacing(_ path: [String], in value: ExactJSON) -> ExactJSON {
        guard let name = path.first else { return .array([.bool(true)]) }
        let rest = Array(path.dropFirst())
        switch value {
        case .object(var fields):
            fields[name] = replacing(rest, in: fields[name] ?? .null)
            return .object(fields)
        case .array(var elements):
            guard let index = Int(name) else { return value }
            elements[index] = replacing(rest, in: elements[index])
            return .array(elements)
        default: return value
        }
    }
}

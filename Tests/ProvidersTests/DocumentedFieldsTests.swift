import Core
import Domain
import Testing

@testable import Providers

/// Every field that a provider documents of a row is read, or named in the connector with the reason
/// why it is not. The golden exchanges have all fields of the references.
struct DocumentedFieldsTests {
    struct Case: CustomTestStringConvertible {
        let fixture: String
        let leftOut: [String: String]
        /// Where its first row stands in the body.
        var row = ["data", "0", "results", "0"]
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

        init(
            list fixture: String, leftOut: [String: String]?,
            _ read:
                @escaping @Sendable (JSONField, String) throws(ProviderError) -> NormalizedName
        ) {
            self.fixture = "\(fixture).json"
            self.leftOut = leftOut ?? [:]
            row = ["data", "0"]
            decode = { response throws(ProviderError) in
                try NameList.decode(response, read).page(of: DocumentedFieldsTests.day)
            }
        }

        init(codeAnalytics fixture: String) {
            self.fixture = "anthropic/\(fixture).json"
            leftOut = AnthropicCodeReport.leftOut
            row = ["data", "0"]
            decode = { response throws(ProviderError) in
                try AnthropicCodeReport.decode(response, DocumentedFieldsTests.day)
            }
        }
    }

    /// 3 November 2026.
    static let day = ReportWindow(
        from: Instant(seconds: 1_793_664_000), through: Instant(seconds: 1_793_750_400))

    static let lists = [
        Case(
            list: "openai/projects-page-1", leftOut: OpenAINames.leftOut[OpenAINames.projects],
            OpenAINames.project),
        Case(
            list: "openai/users-page-1", leftOut: OpenAINames.leftOut[OpenAINames.users],
            OpenAINames.user),
        Case(
            list: "openai/project-api-keys-page-1",
            leftOut: OpenAINames.leftOut[OpenAINames.apiKeys], OpenAINames.key),
        Case(
            list: "anthropic/workspaces-page-1",
            leftOut: AnthropicNames.leftOut[AnthropicNames.workspaces], AnthropicNames.workspace),
        Case(
            list: "anthropic/api-keys-page-1",
            leftOut: AnthropicNames.leftOut[AnthropicNames.apiKeys], AnthropicNames.key),
        Case(
            list: "anthropic/users-page-1", leftOut: AnthropicNames.leftOut[AnthropicNames.users],
            AnthropicNames.user),
    ]

    static let cases =
        [
            Case(openAI: "usage-completions-hourly-page-1", .completions),
            Case(openAI: "usage-decisions-hourly", .decisions),
            Case(openAI: "costs-line-items-page-1", .costs),
            Case(anthropic: "usage-messages-hourly-page-1", .messages),
            Case(anthropic: "cost-report-page-1", .costs),
            Case(codeAnalytics: "claude-code-page-1"),
        ] + lists
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
        var row = body
        for name in tested.row { row = Int(name).map { row.elements[$0] } ?? row[name] }
        let reading = Reading(
            tested: tested, body: body, whole: try tested.decode(fixture.response))
        let unread = try row.fields.flatMap { name, value in
            try reading.unread(at: [name], value)
        }
        #expect(Set(unread) == Set(tested.leftOut.keys))
        #expect(tested.leftOut.values.allSatisfy { $0.count > 20 })
    }

    /// Every report and every list is looked at.
    @Test func noReportIsForgotten() {
        let reports = [OpenAIConnector.reports, AnthropicConnector.reports].joined()
        #expect(Self.cases.count == reports.count)
    }

    private struct Reading {
        let tested: Case
        let body: ExactJSON
        let whole: ReportPage<ReportedRow>

        /// The fields at a path of the row, and below it, whose values change nothing.
        func unread(at path: [String], _ value: ExactJSON) throws -> [String] {
            switch value {
            case .object(let fields) where !fields.isEmpty:
                return try fields.flatMap { try unread(at: path + [$0.key], $0.value) }
            case .array(let elements):
                guard try isRead(path) else { return [path.joined(separator: ".")] }
                return try elements.first?.fields.flatMap { name, value in
                    try unread(at: path + ["0", name], value)
                } ?? []
            default:
                return try isRead(path) ? [] : [path.joined(separator: ".")]
            }
        }

        /// Whether the page is refused, and the field named, where the value is of a type that no field has.
        private func isRead(_ path: [String]) throws -> Bool {
            let spoiled = ProviderResponse(
                status: 200, headers: [:],
                body: Array(
                    ProviderFixture.print(
                        DocumentedFieldsTests.replacing(tested.row + path, in: body)
                    ).utf8))
            do {
                #expect(try tested.decode(spoiled).rows == whole.rows)
                return false
            } catch {
                let field = (tested.row + path).reduce("") { text, name in
                    Int(name) == nil ? text + (text.isEmpty ? "" : ".") + name : text + "[\(name)]"
                }
                guard case .malformed(.wrongType(let named)) = error.kind else { throw error }
                // Of an array, what is in it.
                #expect(named == field || named == "\(field)[0]")
                return true
            }
        }
    }

    /// The same value, but what is at the path is of a type that no field has.
    fileprivate static func replacing(_ path: [String], in value: ExactJSON) -> ExactJSON {
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

import Domain
import Testing

@testable import Providers

struct JSONFieldTests {
    private func parse(_ text: String) throws(ExactJSONError) -> ExactJSON {
        try ExactJSONReader.parse(Array(text.utf8))
    }

    /// PostgreSQL stores no text with U+0000.
    @Test func aTextWithZeroIsRefusedByItsField() throws {
        let root = JSONField(root: try parse(#"{"rows":[{"model":"a\u0000b","other":null}]}"#))
        let row = try root.required("rows").elements()[0]
        #expect(throws: ProviderError(.malformed(.wrongType(field: "rows[0].model")))) {
            try row.required("model").text()
        }
        #expect(throws: ProviderError.self) { try row.optionalText("model") }
    }
}

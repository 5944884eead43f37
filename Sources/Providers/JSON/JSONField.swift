import Domain

/// A value inside a report together with the path to it, so that an error names the field.
struct JSONField {
    let value: ExactJSON
    let path: String

    init(root: ExactJSON) {
        self.value = root
        self.path = ""
    }

    private init(_ value: ExactJSON, at path: String) {
        self.value = value
        self.path = path
    }

    var isNull: Bool { value == .null }

    /// The field of an object; nil where it is absent or null.
    func optional(_ name: String) throws(ProviderError) -> JSONField? {
        guard case .object(let fields) = value else { throw wrongType() }
        guard let field = fields[name], field != .null else { return nil }
        return JSONField(field, at: path.isEmpty ? name : "\(path).\(name)")
    }

    /// The field of an object, which must be there.
    func required(_ name: String) throws(ProviderError) -> JSONField {
        guard let field = try optional(name) else {
            throw JSONField(.null, at: path.isEmpty ? name : "\(path).\(name)").wrongType()
        }
        return field
    }

    func elements() throws(ProviderError) -> [JSONField] {
        guard case .array(let values) = value else { throw wrongType() }
        return values.enumerated().map { JSONField($1, at: "\(path)[\($0)]") }
    }

    /// A text without U+0000, which PostgreSQL stores nowhere.
    func text() throws(ProviderError) -> String {
        guard case .string(let text) = value, !text.utf8.contains(0) else { throw wrongType() }
        return text
    }

    func bool() throws(ProviderError) -> Bool {
        guard case .bool(let bool) = value else { throw wrongType() }
        return bool
    }

    /// A natural number of 64 bits; a JSON string is none.
    func count() throws(ProviderError) -> Int64 {
        guard case .number(let literal) = value, let decimal = try? DecimalLiteral(literal),
            let whole = decimal.exact(places: 0), whole >= 0, let count = Int64(exactly: whole)
        else { throw wrongType() }
        return count
    }

    /// The text of a decimal, written as a JSON number or as a string: providers do both.
    func decimalText() throws(ProviderError) -> String {
        switch value {
        case .number(let text), .string(let text):
            guard (try? DecimalLiteral(text)) != nil else { throw wrongType() }
            return text
        case .null, .bool, .array, .object:
            throw wrongType()
        }
    }

    /// An amount with its currency, rounded half-even to the pico; `powerOfTen` -2 reads cents.
    func money(currency: JSONField, powerOfTen: Int = 0) throws(ProviderError) -> Money {
        let code = try currency.text()
        guard let unit = try? Currency(code) else { throw currency.wrongType() }
        return try money(in: unit, powerOfTen: powerOfTen)
    }

    /// An amount whose currency the provider does not write.
    func money(in unit: Currency, powerOfTen: Int = 0) throws(ProviderError) -> Money {
        let text = try decimalText()
        guard
            let money = try? Money(
                text, currency: unit, rounding: .halfEven, powerOfTen: powerOfTen)
        else { throw wrongType() }
        return money
    }

    func optionalText(_ name: String) throws(ProviderError) -> String? {
        try optional(name)?.text()
    }

    func optionalCount(_ name: String) throws(ProviderError) -> Int64? {
        try optional(name)?.count()
    }

    func wrongType() -> ProviderError {
        ProviderError(.malformed(.wrongType(field: path)))
    }
}

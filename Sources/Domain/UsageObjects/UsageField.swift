import Core

/// A count of a usage object, with the path that names it.
struct UsageCount {
    let amount: Int64
    let path: String

    /// What the parts leave of a whole; an absent whole is 0.
    /// - Throws: `USAGE_CONTRADICTORY`, with the first part that the whole has no room for.
    static func rest(
        of whole: UsageCount?, _ parts: [UsageCount?]
    ) throws(ServiceError) -> Int64 {
        var rest = whole?.amount ?? 0
        for part in parts {
            guard let part else { continue }
            rest -= part.amount
            guard rest >= 0 else {
                throw contradiction(
                    part.path, "The count is more than what it is a part of has room for.")
            }
        }
        return rest
    }

    static func contradiction(_ path: String, _ problem: String) -> ServiceError {
        ServiceError(
            .invalidArgument, "USAGE_CONTRADICTORY", field: path,
            "\(problem) Send the usage as the provider answered it, in the format that it has, or "
                + "disjoint quantities.")
    }
}

/// An object within a usage object, or itself, with the path that names it in errors.
struct UsageField {
    private let fields: [String: ExactJSON]
    /// Empty for the usage object itself.
    let path: String

    init(root: ExactJSON) throws(ServiceError) {
        guard case .object(let fields) = root else {
            throw ServiceError(
                .invalidArgument, "USAGE_OBJECT_MALFORMED",
                "A usage object is a JSON object, or null where the provider gave none.")
        }
        self.init(fields, at: "")
    }

    private init(_ fields: [String: ExactJSON], at path: String) {
        self.fields = fields
        self.path = path
    }

    /// In an order that does not depend on the run.
    var names: [String] { fields.keys.sorted() }

    func has(_ name: String) -> Bool { value(name) != nil }

    func object(_ name: String) throws(ServiceError) -> UsageField? {
        guard let value = value(name) else { return nil }
        guard case .object(let fields) = value else {
            throw malformed(name, "The field is an object.")
        }
        return UsageField(fields, at: path(of: name))
    }

    /// The objects of an array; none where it is absent.
    func objects(_ name: String) throws(ServiceError) -> [UsageField] {
        guard let value = value(name) else { return [] }
        guard case .array(let elements) = value else {
            throw malformed(name, "The field is an array of objects.")
        }
        var objects: [UsageField] = []
        for (index, element) in elements.enumerated() {
            guard case .object(let fields) = element else {
                throw malformed("\(name)[\(index)]", "The field is an object.")
            }
            objects.append(UsageField(fields, at: path(of: "\(name)[\(index)]")))
        }
        return objects
    }

    func text(_ name: String) throws(ServiceError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { throw malformed(name, "The field is a text.") }
        return text
    }

    /// A whole number from 0 on; nil where it is absent.
    func count(_ name: String) throws(ServiceError) -> UsageCount? {
        guard let value = value(name) else { return nil }
        guard case .number(let literal) = value, let decimal = try? DecimalLiteral(literal) else {
            throw malformed(name, "A count is a whole number.")
        }
        let path = path(of: name)
        guard let whole = decimal.exact(places: 0) else {
            // Neither whole nor within 128 bits.
            guard decimal.roundedHalfEven(places: 0) == nil else {
                throw malformed(name, "A count is a whole number.")
            }
            throw decimal.isNegative ? Self.negative(path) : Self.outOfRange(path)
        }
        guard whole >= 0 else { throw Self.negative(path) }
        guard whole <= Int128(UsageObject.countMax) else { throw Self.outOfRange(path) }
        return UsageCount(amount: Int64(whole), path: path)
    }

    /// A count that the provider always gives; nil only where usage is partial.
    func count(_ name: String, isOptional: Bool) throws(ServiceError) -> UsageCount? {
        if let count = try count(name) { return count }
        guard isOptional else {
            throw ServiceError(
                .invalidArgument, "USAGE_COUNT_MISSING", field: path(of: name),
                "The format has this count. Send the usage as the provider answered it, or say that "
                    + "it is partial (usage_state).")
        }
        return nil
    }

    /// An amount of money, rounded half-even to the pico; nil where it is no number from 0 on.
    func amount(_ name: String, in currency: Currency) -> Money? {
        guard case .number(let literal)? = value(name),
            let money = try? Money(literal, currency: currency, rounding: .halfEven),
            money.picos >= 0
        else { return nil }
        return money
    }

    func isTrue(_ name: String) -> Bool { value(name) == .bool(true) }

    func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    private func value(_ name: String) -> ExactJSON? {
        fields[name].flatMap { $0 == .null ? nil : $0 }
    }

    private func malformed(_ name: String, _ expectation: String) -> ServiceError {
        ServiceError(
            .invalidArgument, "USAGE_FIELD_MALFORMED", field: path(of: name),
            "\(expectation) Send the usage as the provider answered it.")
    }

    private static func negative(_ path: String) -> ServiceError {
        ServiceError(.invalidArgument, "NEGATIVE_QUANTITY", field: path, "A count is 0 or more.")
    }

    private static func outOfRange(_ path: String) -> ServiceError {
        ServiceError(
            .invalidArgument, "QUANTITY_OUT_OF_RANGE", field: path,
            "A count is at most \(UsageObject.countMax).")
    }
}

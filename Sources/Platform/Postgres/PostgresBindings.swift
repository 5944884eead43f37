package import Core

/// The values of a statement's parameters, in order.
///
/// Each value is sent as the type that the server inferred for its parameter: an `Int64` fits
/// `bigint`, `integer`, `smallint` and `numeric`; a `String` fits every type that can be written as
/// text. A value that cannot become its parameter's type fails the statement.
package struct PostgresBindings: Sendable {
    private(set) var values: [PostgresValue] = []

    package init() {}

    package mutating func append(_ value: Int64?) { add(value) { .integer($0) } }
    package mutating func append(_ value: Int32?) { add(value) { .integer(Int64($0)) } }
    package mutating func append(_ value: Int?) { add(value) { .integer(Int64($0)) } }
    package mutating func append(_ value: Bool?) { add(value) { .bool($0) } }
    package mutating func append(_ value: String?) { add(value) { .text($0) } }
    package mutating func append(_ value: [UInt8]?) { add(value) { .bytes($0) } }
    package mutating func append(_ value: PostgresUUID?) { add(value) { .uuid($0) } }
    package mutating func append(_ value: Instant?) { add(value) { .instant($0) } }
    /// A whole `numeric`.
    package mutating func append(_ value: Int128?) { add(value) { .numeric($0) } }

    package mutating func append(_ values: [Int64]) { self.values.append(.integers(values)) }
    package mutating func append(_ values: [Int64?]) {
        self.values.append(.optionalIntegers(values))
    }
    package mutating func append(_ values: [Int32]) {
        self.values.append(.integers(values.map(Int64.init)))
    }
    package mutating func append(_ values: [String]) { self.values.append(.texts(values)) }
    package mutating func append(_ values: [String?]) { self.values.append(.optionalTexts(values)) }
    package mutating func append(_ values: [[UInt8]]) { addArray(values) { .bytes($0) } }
    package mutating func append(_ values: [PostgresUUID]) { self.values.append(.uuids(values)) }
    package mutating func append(_ values: [PostgresUUID?]) {
        addArray(values) { .optional($0) { .uuid($0) } }
    }
    package mutating func append(_ values: [Instant]) { self.values.append(.instants(values)) }
    package mutating func append(_ values: [Int128]) { addArray(values) { .numeric($0) } }
    package mutating func append(_ values: [Int128?]) {
        addArray(values) { .optional($0) { .numeric($0) } }
    }
    package mutating func append(_ values: [Bool]) { addArray(values) { .bool($0) } }

    /// An array, or null.
    package mutating func append(_ values: [Int64?]?) {
        self.values.append(values.map { .optionalIntegers($0) } ?? .null)
    }
    package mutating func append(_ values: [String?]?) {
        self.values.append(values.map { .optionalTexts($0) } ?? .null)
    }

    private mutating func add<Value>(_ value: Value?, _ wrap: (Value) -> PostgresValue) {
        values.append(.optional(value, wrap))
    }

    private mutating func addArray<Value>(_ elements: [Value], _ wrap: (Value) -> PostgresValue) {
        values.append(.array(elements.map(wrap)))
    }
}

/// A value on its way into a parameter.
enum PostgresValue: Sendable {
    case null
    case integer(Int64)
    case bool(Bool)
    case text(String)
    case bytes([UInt8])
    case uuid(PostgresUUID)
    case instant(Instant)
    case numeric(Int128)
    case array([PostgresValue])
    // Arrays that may be long: without a value of its own for each element.
    case integers([Int64])
    case optionalIntegers([Int64?])
    case texts([String])
    case optionalTexts([String?])
    case uuids([PostgresUUID])
    case instants([Instant])

    static func optional<Value>(_ value: Value?, _ wrap: (Value) -> PostgresValue) -> PostgresValue
    {
        value.map(wrap) ?? .null
    }
}

/// One JSON value, its numbers kept as they were written.
///
/// Foundation's decoder reads numbers through `Double`, which would round amounts; this one keeps
/// their text, so that the domain's `DecimalLiteral` can read them exactly.
package enum ExactJSON: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The literal text, a valid JSON number.
    case number(String)
    case string(String)
    case array([ExactJSON])
    case object([String: ExactJSON])
}

/// Why bytes are not one JSON value.
package enum ExactJSONError: Error, Sendable, Hashable {
    /// The text ends inside the value: the body was cut off.
    case truncated
    /// Not JSON, first noticed at this byte.
    case syntax(offset: Int)
    /// Nested more than `ExactJSONReader.depthMax` deep.
    case tooDeep
    /// An object names this field twice, so that it has no single meaning.
    case duplicateName(String)
}

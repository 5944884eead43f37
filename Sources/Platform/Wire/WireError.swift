/// Why bytes are not the message they should be.
public enum WireError: Error, Sendable, Hashable {
    /// Not a serialization of the message, or one beyond the decoder's limits.
    case malformed(message: String)
    /// A string field is not UTF-8.
    case notUTF8(message: String, field: String)
}

/// How a call that succeeded has ended.
package struct ClientAnswer: Sendable {
    /// The serialized response; empty for calls whose responses stream.
    package let message: [UInt8]
    /// What the server said only at the end.
    package let trailers: [CallMetadata.Entry]
}

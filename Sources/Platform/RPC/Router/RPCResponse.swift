/// How a call that succeeded ends.
package struct RPCResponse: Sendable {
    /// The serialized response of a unary or client-streaming call; nil for the other kinds, whose
    /// `Close` carries no message (rule 3).
    package var message: [UInt8]?
    /// Metadata that is known only at the end, such as what was counted.
    package var trailers: [CallMetadata.Entry]

    package init(message: [UInt8]? = nil, trailers: [CallMetadata.Entry] = []) {
        self.message = message
        self.trailers = trailers
    }
}

/// How a call that succeeded ends.
package struct RPCResponse: Sendable {
    /// The serialized response of a unary or client-streaming call; nil for the other kinds, whose
    /// `Close` carries no message (rule 3).
    package var message: [UInt8]?
    /// Nil where there are none: also an empty array is counted wherever a response is handed on.
    private var someTrailers: [CallMetadata.Entry]?

    /// Metadata that is known only at the end, such as what was counted.
    package var trailers: [CallMetadata.Entry] {
        get { someTrailers ?? [] }
        set { someTrailers = newValue.isEmpty ? nil : newValue }
    }

    /// Whether there are any.
    var hasTrailers: Bool { someTrailers != nil }

    package init(message: [UInt8]? = nil, trailers: [CallMetadata.Entry] = []) {
        self.message = message
        someTrailers = trailers.isEmpty ? nil : trailers
    }
}

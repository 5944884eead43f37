import Wire

/// What calls tell their connection.
enum CallEvent: Sendable {
    case requestTaken(streamID: UInt32, byteCount: Int)
    case messagesTaken(streamID: UInt32, cost: Int64)
    case message(streamID: UInt32, OutgoingMessage)
    case ended(streamID: UInt32, Close)
}

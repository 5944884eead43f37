/// Why a load says nothing: a benchmark of wrong answers would be worth nothing.
enum LoadError: Error, CustomStringConvertible {
    case malformedFrame
    case unexpectedFrame(kind: UInt64)
    case goAway
    case unknownCall(streamID: UInt32)
    case callFailed(code: UInt64)
    case wrongEcho
    case wrongMessageCount(expected: Int, actual: Int)
    case noAnswers
    case connectionLost

    var description: String {
        switch self {
        case .malformedFrame: "The server sent a frame that does not parse."
        case .unexpectedFrame(let kind): "The server sent a frame of kind \(kind)."
        case .goAway: "The server sent GoAway."
        case .unknownCall(let streamID): "The server answered call \(streamID) unasked."
        case .callFailed(let code): "A call failed with the code \(code)."
        case .wrongEcho: "The server did not echo what it was sent."
        case .wrongMessageCount(let expected, let actual):
            "The server sent \(actual) messages instead of \(expected)."
        case .noAnswers: "The server answered no call in the measured time."
        case .connectionLost: "The connection was lost."
        }
    }
}

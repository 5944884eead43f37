/// Why a connection ends, as `GoAway.reason` says it.
package enum GoAwayReason: String, Sendable {
    case drain = "DRAIN"
    case frameTooLarge = "FRAME_TOO_LARGE"
    case protocolError = "PROTOCOL_ERROR"
    case unsupportedVersion = "UNSUPPORTED_VERSION"
    case idle = "IDLE"
    case tooManyConnections = "TOO_MANY_CONNECTIONS"
}

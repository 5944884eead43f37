/// Where a TLS connection stands, without any of its bytes.
struct TLSStateMachine: Sendable {
    /// What the handler does with something to be written or read.
    enum Direction: Equatable {
        /// Keep it until the handshake is done.
        case hold
        case pass
        /// The connection is over; refuse it.
        case refuse
    }

    /// What closing means now.
    enum CloseAction: Equatable {
        /// Nothing was agreed yet, so there is nobody to say it to.
        case closeChannel
        /// Close the output once the handshake is done and what was held is written.
        case closeWhenOpen
        /// Say `close_notify` first.
        case sayAndClose
        /// It was said already.
        case closeOnly
    }

    private enum Phase {
        case handshaking
        /// As before, but nothing more will be written than what is held.
        case handshakingToClose
        case open
        /// `close_notify` is out; input still comes.
        case outputShut
        case closed
    }

    private var phase = Phase.handshaking

    /// Whether the peers still negotiate.
    var isHandshaking: Bool {
        switch phase {
        case .handshaking, .handshakingToClose: true
        case .open, .outputShut, .closed: false
        }
    }

    /// Whether bytes of the peer are still decrypted.
    var isReading: Bool {
        switch phase {
        case .open, .outputShut: true
        case .handshaking, .handshakingToClose, .closed: false
        }
    }

    var writing: Direction {
        switch phase {
        case .handshaking: .hold
        case .open: .pass
        case .handshakingToClose, .outputShut, .closed: .refuse
        }
    }

    /// - Returns: Whether the output is to be closed behind what was held.
    mutating func handshakeCompleted() -> Bool {
        switch phase {
        case .handshaking:
            phase = .open
            return false
        case .handshakingToClose:
            phase = .open
            return true
        case .open, .outputShut, .closed:
            return false
        }
    }

    /// - Returns: Whether it was still handshaking, so that the peer's end is a failure.
    mutating func connectionEnded() -> Bool {
        defer { phase = .closed }
        return isHandshaking
    }

    /// Our side wants to close its writing half.
    mutating func outputCloseRequested() -> CloseAction {
        switch phase {
        case .handshaking:
            phase = .handshakingToClose
            return .closeWhenOpen
        case .open:
            phase = .outputShut
            return .sayAndClose
        case .handshakingToClose, .outputShut, .closed:
            return .closeOnly
        }
    }

    /// Our side wants to close altogether.
    mutating func closeRequested() -> CloseAction {
        defer { phase = .closed }
        switch phase {
        case .handshaking, .handshakingToClose: return .closeChannel
        case .open: return .sayAndClose
        case .outputShut, .closed: return .closeOnly
        }
    }
}

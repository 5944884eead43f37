/// An answer of the simulator, apart from any HTTP library.
struct SimulatedResponse: Sendable {
    struct Header: Equatable, Sendable {
        var name: String
        var value: String
    }

    enum Body: Equatable, Sendable {
        case json(JSONValue)
        case text(String, type: String)

        var text: String {
            switch self {
            case .json(let value): value.text
            case .text(let text, _): text
            }
        }
    }

    /// How the body reaches the caller.
    enum Delivery: Equatable, Sendable {
        case whole
        /// Half the body, told to be all of it.
        case truncated
        /// Half the body, then the connection closes.
        case disconnected
        /// The whole body, a few bytes at a time.
        case trickled(over: Duration)
    }

    var status: Int
    var headers: [Header]
    var body: Body
    var delivery = Delivery.whole
    /// Wait before the answer starts.
    var delay = Duration.zero

    init(status: Int = 200, headers: [Header] = [], json: JSONValue) {
        self.status = status
        self.headers = headers
        self.body = .json(json)
    }

    init(status: Int, headers: [Header] = [], text: String, type: String) {
        self.status = status
        self.headers = headers
        self.body = .text(text, type: type)
    }
}

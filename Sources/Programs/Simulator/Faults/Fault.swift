/// Something that goes wrong although the request is right.
enum Fault: String, CaseIterable, Sendable {
    /// 429 with `Retry-After`.
    case rateLimited = "rate-limited"
    /// 429 without it.
    case rateLimitedBare = "rate-limited-bare"
    /// 429 that no waiting helps (OpenAI says so by `x-should-retry: false`).
    case quotaExceeded = "quota-exceeded"
    /// 402.
    case billing
    /// 500 with the provider's error object.
    case serverError = "server-error"
    /// What a proxy on the way answers, no JSON: 502 at OpenAI, 500 at Anthropic.
    case badGateway = "bad-gateway"
    /// 529 at Anthropic, 503 at OpenAI.
    case overloaded
    /// 504.
    case timeout
    /// The right answer, late.
    case slow
    /// No answer for a long time, then none at all: the connection closes.
    case hang
    /// The right answer, a few bytes at a time.
    case slowBytes = "slow-bytes"
    /// 200 with half a body.
    case truncated
    /// Half a body, then the connection closes.
    case disconnect
    /// 200 with a field of the wrong type.
    case wrongType = "wrong-type"
    /// 200 with a whole body that is no JSON.
    case malformed
    /// The right answer, but its `next_page` is none that was issued: the next request is refused.
    case changedCursor = "changed-cursor"
    /// The right answer, but its `next_page` asks for the same page again.
    case repeatedCursor = "repeated-cursor"
    /// 400, as if the request's `page` was forgotten; a request without one is answered.
    case forgottenCursor = "forgotten-cursor"

    /// Those that `--fault-rate` draws from: all of them pass when the request is sent again.
    static let passing: [Fault] = [
        .rateLimited, .rateLimitedBare, .serverError, .badGateway, .overloaded, .slow, .truncated,
        .disconnect,
    ]
}

/// Which requests go wrong, and how: those that were ordered first, then chance by a rate.
struct FaultPlan: Sendable {
    /// Faults ordered by `/_simulator/faults`.
    struct Order: Equatable, Sendable {
        var fault: Fault
        /// How many requests let pass before it starts, and how many it then hits.
        var skip: Int
        var count: Int
        /// Only paths that begin so.
        var path: String
    }

    let seed: UInt64
    /// Of a thousand requests, so many go wrong.
    var perMille: Int64
    private(set) var orders: [Order] = []
    private var decisions: UInt64 = 0

    init(seed: UInt64, perMille: Int64) {
        self.seed = seed
        self.perMille = perMille
    }

    mutating func order(_ order: Order) {
        orders.append(order)
    }

    mutating func clear() {
        orders = []
        perMille = 0
    }

    /// The fault of the next request, which asks for `path`.
    mutating func next(path: String) -> Fault? {
        if let index = orders.firstIndex(where: { path.hasPrefix($0.path) }) {
            if orders[index].skip > 0 {
                orders[index].skip -= 1
            } else {
                let fault = orders[index].fault
                orders[index].count -= 1
                if orders[index].count <= 0 { orders.remove(at: index) }
                return fault
            }
        }
        decisions += 1
        let chance = Hash.mix(Hash.mix(seed, Hash.text("faults")), decisions)
        guard Hash.pick(chance, from: 0...999) < perMille else { return nil }
        return Fault.passing[Int(Hash.mix(chance) % UInt64(Fault.passing.count))]
    }
}

import Synchronization

/// The providers that the simulator stands in for.
enum Provider: String, Sendable {
    case openAI = "openai"
    case anthropic
    case openRouter = "openrouter"

    /// Where a response carries its request's id.
    var requestIDHeader: String {
        switch self {
        case .openAI, .openRouter: "x-request-id"
        case .anthropic: "request-id"
        }
    }
}

/// What the simulated world and its faults are made from.
struct StandInOptions: Sendable {
    var seed: UInt64 = 1
    /// Seconds at which the clock stands; nil for the machine's clock.
    var now: Int64?
    /// Days of usage before the start of the simulator.
    var days: Int64 = 120
    /// Hours until a finished hour stops growing.
    var lateHours = SimulatedAccount.lateHoursDefault
    var faultsPerMille: Int64 = 0
    var slowness = Duration.seconds(2)
    var retryAfterSeconds: Int64 = 1
    var amountsAsNumbers = false
    /// The machine's clock, in seconds since 1970.
    var machineClock: @Sendable () -> Int64
}

/// The providers' admin APIs behind one door, without any network: a request in, an answer out.
final class StandIn: Sendable {
    /// Every answer carries this header, so that nobody takes it for a provider's.
    static let header = SimulatedResponse.Header(name: "x-tally-simulator", value: "stand-in")
    static let notice =
        "stand-in for the providers' admin APIs: no provider is called, every "
        + "figure is invented from the seed"

    /// What may change while the simulator runs.
    struct State: Sendable {
        var clock: SimulatorClock
        var faults: FaultPlan
        var amountsAsNumbers: Bool
        /// Days since 1970, each with the thousandths of its usage that are left.
        var restated: [Int64: Int64] = [:]
        var requests: UInt64 = 0
        var hits: [String: Int] = [:]
    }

    let options: StandInOptions
    /// Nothing was used before this time.
    let beginning: Int64
    private let state: Mutex<State>

    init(_ options: StandInOptions) {
        self.options = options
        let clock = SimulatorClock(standingAt: options.now, machine: options.machineClock)
        beginning =
            CivilTime.snap(clock.now, to: CivilTime.secondsPerDay)
            - options.days * CivilTime.secondsPerDay
        state = Mutex(
            State(
                clock: clock,
                faults: FaultPlan(seed: options.seed, perMille: options.faultsPerMille),
                amountsAsNumbers: options.amountsAsNumbers))
    }

    func respond(to request: SimulatedRequest) -> SimulatedResponse {
        var response = route(request)
        response.headers.append(Self.header)
        return response
    }

    func withState<Result: Sendable>(_ body: (inout sending State) -> sending Result) -> Result {
        state.withLock(body)
    }

    /// The account of a provider that a key's ending names.
    func account(_ provider: Provider, name: String) -> SimulatedAccount {
        var account = SimulatedAccount(
            provider: provider.rawValue, name: name, seed: options.seed,
            streams: Self.streams(of: provider, name),
            beginning: beginning,
            reportingDelay: provider == .anthropic ? AnthropicUsage.reportingDelay : 0,
            lateHours: options.lateHours)
        account.restated = state.withLock { $0.restated }
        return account
    }

    private static func streams(of provider: Provider, _ name: String) -> [UsageStream] {
        switch provider {
        case .openAI: OpenAIWorld.streams(of: name)
        case .anthropic: AnthropicWorld.streams
        case .openRouter: OpenRouterWorld.streams
        }
    }

    private func route(_ request: SimulatedRequest) -> SimulatedResponse {
        if request.path.hasPrefix(ControlAPI.root) {
            return ControlAPI(standIn: self).respond(to: request)
        }
        if request.path.hasPrefix(AnthropicAPI.root) { return answer(request, by: .anthropic) }
        if request.path.hasPrefix(OpenAIAPI.root) { return answer(request, by: .openAI) }
        if request.path == OpenRouterAPI.path { return answer(request, by: .openRouter) }
        return SimulatedResponse(
            status: 404,
            json: [
                "simulator": .string(Self.notice),
                "error": .string("No provider has this path. See GET \(ControlAPI.root)."),
            ])
    }

    private func answer(_ request: SimulatedRequest, by provider: Provider) -> SimulatedResponse {
        let (number, now, amountsAsNumbers) = state.withLock { state in
            state.requests += 1
            state.hits[request.path, default: 0] += 1
            return (state.requests, state.clock.now, state.amountsAsNumbers)
        }
        let requestID = "req_sim_\(number)"
        var response: SimulatedResponse
        do throws(Refusal) {
            let json: JSONValue
            switch provider {
            case .openAI:
                let name = try OpenAIAPI.accountName(of: request)
                json = try OpenAIAPI(
                    account: account(provider, name: name), now: now,
                    amountsAsNumbers: amountsAsNumbers
                ).answer(request)
            case .anthropic:
                let name = try AnthropicAPI.accountName(of: request)
                json = try AnthropicAPI(account: account(provider, name: name), now: now)
                    .answer(request)
            case .openRouter:
                let name = try OpenRouterAPI.accountName(of: request)
                json = try OpenRouterAPI(account: account(provider, name: name), now: now)
                    .answer(request)
            }
            response = SimulatedResponse(json: json)
            // Faults hit good requests only, so that a wrong key is always told from a bad day.
            if let fault = state.withLock({ $0.faults.next(path: request.path) }) {
                response = FaultyResponse(
                    provider: provider, request: request, requestID: requestID,
                    slowness: options.slowness,
                    retryAfterSeconds: options.retryAfterSeconds
                ).apply(fault, to: response)
            }
        } catch {
            switch provider {
            case .openAI: response = OpenAIAPI.response(to: error)
            case .anthropic: response = AnthropicAPI.response(to: error, requestID: requestID)
            case .openRouter: response = OpenRouterAPI.response(to: error)
            }
        }
        response.headers.append(.init(name: provider.requestIDHeader, value: requestID))
        return response
    }
}

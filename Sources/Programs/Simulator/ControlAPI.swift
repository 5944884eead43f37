/// `/_simulator`: what no provider has, to look at the simulator and to make things happen.
///
///     GET    /_simulator                                   what it is, and its state
///     POST   /_simulator/faults?kind=K[&count=N][&skip=N][&path=P]   order a fault
///     POST   /_simulator/faults?rate=0.05                  let chance do it
///     DELETE /_simulator/faults                            back to none
///     POST   /_simulator/clock?now=T  or  ?advance=SECONDS   stop the clock, or move it (before or
///                                                          behind the caller's: clock skew)
///     POST   /_simulator/restatements?day=DATE&share=0.9   a day's usage is told anew, a share of it
///     DELETE /_simulator/restatements                      all days as they were
///     POST   /_simulator/amounts?form=number|string        how OpenAI's amounts are written
struct ControlAPI: Sendable {
    static let root = "/_simulator"

    let standIn: StandIn

    func respond(to request: SimulatedRequest) -> SimulatedResponse {
        do throws(Refusal) {
            switch (request.method, request.path.dropFirst(Self.root.count)) {
            case ("GET", ""), ("GET", "/"): break
            case ("POST", "/faults"): try orderFault(request)
            case ("DELETE", "/faults"): standIn.withState { $0.faults.clear() }
            case ("POST", "/clock"): try setClock(request)
            case ("POST", "/restatements"): try restate(request)
            case ("DELETE", "/restatements"): standIn.withState { $0.restated = [:] }
            case ("POST", "/amounts"): try setAmounts(request)
            default: throw .notFound("No such switch: \(request.method) \(request.path).")
            }
            return SimulatedResponse(json: status)
        } catch {
            return SimulatedResponse(
                status: error.kind.status,
                json: [
                    "simulator": .string(StandIn.notice), "error": .string(error.message),
                    "parameter": JSONValue(error.parameter),
                ])
        }
    }

    /// `0.05` as 50 thousandths; nil for what is no share of 0 to 1.
    static func perMille(_ text: String) -> Int64? {
        guard let share = Double(text), (0...1).contains(share) else { return nil }
        return Int64((share * 1000).rounded())
    }

    private var status: JSONValue {
        let options = standIn.options
        return standIn.withState { state in
            [
                "simulator": .string(StandIn.notice),
                "seed": .string(String(options.seed)),
                "now": .string(CivilTime(seconds: state.clock.now).rfc3339),
                "clock": state.clock.stands ? "stands" : "runs",
                "usage_since": .string(CivilTime(seconds: standIn.beginning).rfc3339),
                "late_hours": .integer(options.lateHours),
                "restated_per_mille": .object(
                    state.restated.sorted { $0.key < $1.key }.map {
                        .init(
                            name: CivilTime(seconds: $0.key * CivilTime.secondsPerDay).date,
                            value: .integer($0.value))
                    }),
                "amounts": state.amountsAsNumbers ? "number" : "string",
                "requests": .integer(Int64(state.requests)),
                "requests_by_path": .object(
                    state.hits.sorted { $0.key < $1.key }.map {
                        .init(name: $0.key, value: .integer(Int64($0.value)))
                    }),
                "fault_rate_per_mille": .integer(state.faults.perMille),
                "faults_ordered": .array(
                    state.faults.orders.map {
                        [
                            "kind": .string($0.fault.rawValue), "skip": .integer(Int64($0.skip)),
                            "count": .integer(Int64($0.count)), "path": .string($0.path),
                        ]
                    }),
            ]
        }
    }

    private func reader(_ request: SimulatedRequest, _ names: Set<String>) throws(Refusal)
        -> QueryReader
    {
        try QueryReader(request.query, single: names, lists: [], form: .bracket)
    }

    private func orderFault(_ request: SimulatedRequest) throws(Refusal) {
        let query = try reader(request, ["kind", "count", "skip", "path", "rate"])
        if let rate = query.text("rate") {
            guard let perMille = Self.perMille(rate) else {
                throw .badRequest("rate", "'rate' must be a share from 0 to 1.")
            }
            return standIn.withState { $0.faults.perMille = perMille }
        }
        guard let fault = query.text("kind").flatMap(Fault.init(rawValue:)) else {
            let names = Fault.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badRequest("kind", "'kind' must be one of \(names).")
        }
        let count = try query.integer("count") ?? 1
        let skip = try query.integer("skip") ?? 0
        guard (1...1_000_000).contains(count), (0...1_000_000).contains(skip) else {
            throw .badRequest("count", "'count' and 'skip' must be at most 1000000.")
        }
        let order = FaultPlan.Order(
            fault: fault, skip: Int(skip), count: Int(count), path: query.text("path") ?? "/")
        standIn.withState { $0.faults.order(order) }
    }

    private func setClock(_ request: SimulatedRequest) throws(Refusal) {
        let query = try reader(request, ["now", "advance"])
        if let advance = try query.integer("advance") {
            guard (-1_000_000_000...1_000_000_000).contains(advance) else {
                throw .badRequest("advance", "'advance' must be at most 10^9 seconds.")
            }
            return standIn.withState { $0.clock.set($0.clock.now + advance) }
        }
        guard let now = query.text("now").flatMap(CivilTime.seconds(ofRFC3339:)) else {
            throw .badRequest("now", "'now' must be an RFC 3339 time with a zone.")
        }
        standIn.withState { $0.clock.set(now) }
    }

    private func restate(_ request: SimulatedRequest) throws(Refusal) {
        let query = try reader(request, ["day", "share"])
        guard let midnight = query.text("day").flatMap({ CivilTime.midnight(ofDate: $0) }) else {
            throw .badRequest("day", "'day' must be a date such as 2026-11-16.")
        }
        guard let share = query.text("share").flatMap(Self.perMille) else {
            throw .badRequest("share", "'share' must be a share from 0 to 1.")
        }
        standIn.withState { $0.restated[midnight / CivilTime.secondsPerDay] = share }
    }

    private func setAmounts(_ request: SimulatedRequest) throws(Refusal) {
        let form = try reader(request, ["form"]).text("form")
        guard form == "number" || form == "string" else {
            throw .badRequest("form", "'form' must be number or string.")
        }
        standIn.withState { $0.amountsAsNumbers = form == "number" }
    }
}

import ArgumentParser
import Core
import Foundation
import Hummingbird

/// `tally-simulator serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract:
            "Answer like OpenAI's, Anthropic's and OpenRouter's admin APIs on 127.0.0.1, plain HTTP.",
        discussion: """
            Keys: sk-admin-sim-NAME (OpenAI), sk-ant-admin01-sim-NAME (Anthropic) and \
            sk-or-v1-sim-NAME (OpenRouter). Each NAME is an account of its own; a NAME with "revoked" in it is refused. Real keys are refused. \
            An OpenAI account with "studio" in its NAME also uses embeddings, images, speech, \
            searches and whatever else OpenAI reports apart.

            Try it:
              curl -H 'Authorization: Bearer sk-admin-sim-demo' \\
                'http://127.0.0.1:PORT/v1/organization/costs?start_time=1793404800'

            While it runs, /_simulator shows its state, orders faults and moves its clock: \
            GET /_simulator for the state, POST /_simulator/faults?kind=rate-limited&count=3, \
            POST /_simulator/clock?advance=86400 (which is also how to skew it).

            Kinds of faults: \(Fault.allCases.map(\.rawValue).joined(separator: ", ")). \
            A hang lasts 60 times as long as a slow answer. A client that is given https:// and this \
            port sees TLS fail.

            Late data comes by itself (--late-hours). Restated data: \
            POST /_simulator/restatements?day=2026-11-16&share=0.9.
            """)

    @Option(help: "Port on 127.0.0.1; 0 picks a free one.")
    var port = 0

    @Option(help: "Seed of the simulated world. The same seed gives the same figures.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Time at which the simulated clock stands; without it, the machine's clock runs.",
            valueName: "RFC3339"))
    var now: String?

    @Option(help: "Write the port to this file, at once and whole, as soon as it listens.")
    var portFile: String?

    @Option(help: "Days of usage before now.")
    var days: Int64 = 120

    @Option(help: "Hours until a finished hour stops growing (late data); 0 for none.")
    var lateHours = SimulatedAccount.lateHoursDefault

    @Option(
        help: ArgumentHelp(
            "Share of requests that go wrong: 429, 500, 502, 529, slow, truncated, disconnected.",
            valueName: "share"))
    var faultRate = "0"

    @Option(help: "How late a slow answer is, in milliseconds.")
    var slowMilliseconds: Int64 = 2000

    @Option(help: "Seconds that a 429 asks to wait.")
    var retryAfter: Int64 = 1

    @Flag(help: "Write OpenAI's amounts as JSON numbers instead of strings.")
    var amountsAsNumbers = false

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port: 0 to 65535.") }
        guard (0...3650).contains(days) else { throw ValidationError("--days: 0 to 3650.") }
        guard (0...720).contains(lateHours) else {
            throw ValidationError("--late-hours: 0 to 720.")
        }
        guard ControlAPI.perMille(faultRate) != nil else {
            throw ValidationError("--fault-rate: a share from 0 to 1, such as 0.05.")
        }
        guard (0...600_000).contains(slowMilliseconds) else {
            throw ValidationError("--slow-milliseconds: 0 to 600000.")
        }
        guard (1...3600).contains(retryAfter) else {
            throw ValidationError("--retry-after: 1 to 3600.")
        }
        if let now, CivilTime.seconds(ofRFC3339: now) == nil {
            throw ValidationError("--now: an RFC 3339 time with a zone, as 2026-11-21T06:00:00Z.")
        }
    }

    func run() async throws {
        let standIn = StandIn(
            StandInOptions(
                seed: seed, now: now.flatMap(CivilTime.seconds(ofRFC3339:)), days: days,
                lateHours: lateHours, faultsPerMille: ControlAPI.perMille(faultRate) ?? 0,
                slowness: .milliseconds(slowMilliseconds), retryAfterSeconds: retryAfter,
                amountsAsNumbers: amountsAsNumbers,
                machineClock: { WallClock.system.now.seconds }))
        let portFile = portFile
        let seed = seed
        let application = SimulatorMain.build(standIn, port: port) { port in
            Console.say("\(StandIn.notice) \(seed)")
            Console.say("stand-in listens on http://127.0.0.1:\(port)")
            guard let portFile else { return }
            do {
                try Data("\(port)\n".utf8).write(to: URL(filePath: portFile), options: .atomic)
            } catch {
                Console.say("cannot write the port to \(portFile): \(error.localizedDescription)")
            }
        }
        try await application.runService()
    }
}

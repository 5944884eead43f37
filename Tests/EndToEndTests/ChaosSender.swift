import TallyClient
import TestSupport

/// Sends all events in an order of its own until each is acknowledged to it.
struct ChaosSender {
    let number: Int
    let bench: ChaosBench
    let ledger: ChaosLedger
    /// Whether it corrects and reverses what was acknowledged to it.
    let changesEvents: Bool

    func run() async throws {
        var random = SeededRandom(seed: UInt64(number) + 1)
        var waiting = Waiting(ledger, using: &random)
        var clients = bench.servers.map { server in
            ChaosLedger.slugs.indices.map { bench.client(of: server, organization: $0) }
        }
        var failuresInARow = 0
        while let call = waiting.take(using: &random), ledger.problems.isEmpty {
            let place = Int.random(in: 0..<clients.count, using: &random)
            let isGivenUp = Int.random(in: 0..<10, using: &random) == 0
            let client = clients[place][call.organization]
            let sending = Task { try await ledger.send(call, by: client) }
            if isGivenUp {
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...8, using: &random)))
                sending.cancel()
                // Its connection goes, too, in the middle of whatever it carries.
                await client.close()
                clients[place][call.organization] = bench.client(
                    of: bench.servers[place], organization: call.organization)
            }
            do {
                ledger.answered(call, try await sending.value)
                failuresInARow = 0
                guard changesEvents else { continue }
                for number in call.numbers {
                    guard let step = ledger.step(after: call.step, of: number) else { continue }
                    waiting.add(number, of: call.organization, step, using: &random)
                }
            } catch {
                failuresInARow += 1
                // Some minutes, each of which something should be up again.
                ledger.failed(error, isForGood: failuresInARow > 10_000)
                // What failed comes again, among others.
                for number in call.numbers {
                    waiting.add(number, of: call.organization, call.step, using: &random)
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        for client in clients.joined() { await client.close() }
    }

    /// Steps that are to be taken, in random order.
    private struct Waiting {
        /// Numbers of events by organization and step.
        private var numbers: [[[Int]]]

        init(_ ledger: ChaosLedger, using random: inout SeededRandom) {
            numbers = ChaosLedger.slugs.map { _ in
                ChaosLedger.Step.allCases.map { $0 == .record ? Array(0..<ledger.count) : [] }
            }
            for organization in numbers.indices {
                numbers[organization][ChaosLedger.Step.record.rawValue].shuffle(using: &random)
            }
        }

        /// A call of random size; what there is more of is the likelier.
        mutating func take(using random: inout SeededRandom) -> ChaosLedger.Call? {
            let count = numbers.joined().reduce(0) { $0 + $1.count }
            guard count > 0 else { return nil }
            var left = Int.random(in: 0..<count, using: &random)
            for organization in numbers.indices {
                for step in ChaosLedger.Step.allCases {
                    let there = numbers[organization][step.rawValue]
                    guard left >= there.count else {
                        let taken = Array(there.suffix(Int.random(in: 1...25, using: &random)))
                        numbers[organization][step.rawValue].removeLast(taken.count)
                        return ChaosLedger.Call(
                            organization: organization, step: step, numbers: taken)
                    }
                    left -= there.count
                }
            }
            return nil
        }

        mutating func add(
            _ number: Int, of organization: Int, _ step: ChaosLedger.Step,
            using random: inout SeededRandom
        ) {
            let last = numbers[organization][step.rawValue].count
            numbers[organization][step.rawValue].append(number)
            numbers[organization][step.rawValue].swapAt(
                Int.random(in: 0...last, using: &random), last)
        }
    }
}

import Foundation
import TestSupport
import Testing

/// An attack of `rpc_attacks.py` on a server in a process of its own, and what it left there.
struct Attack: Decodable {
    /// What the server held when a round was over and it had answered a normal call.
    struct Footprint: Decodable {
        let descriptors: Int
        /// Bytes, without what is freed but not given back.
        let allocated: Int
        /// Bytes beyond the rounds before and what rounds may differ by.
        let allocatedExcess: Int
        /// Bytes beyond those before the attack and what a server may keep of whatever attack.
        let keptExcess: Int
        let residentKiB: Int
    }

    /// How many of the attack's connections ended how: the reason of a `GoAway`, `closed`, `reset`.
    let endings: [String: Int]
    let descriptorsBefore: Int
    let allocatedBefore: Int
    /// Where the attack looks: the most descriptors, and memory, while it went on.
    let descriptorsMax: Int
    let residentMaxKiB: Int
    let after: [Footprint]
    /// Where the attack is slow: how long the slowest connection lasted.
    let seconds: Double
    /// What the server's process ended with.
    let status: Int

    /// What round may differ from round: pages that malloc cannot give back for what lies on them,
    /// which is more where connections ended in another order.
    private static let residentToleranceKiB = 8 * 1024

    /// Runs rounds of an attack, and expects the server to be after them as it was: it has answered
    /// a normal call, and its descriptors and its memory are back.
    static func expectSurvival(
        of name: String, rounds: Int = 4, settings: [String: String] = [:]
    ) async throws -> Attack {
        let arguments = settings.map { "\($0)=\($1)" }.sorted()
        // What a server under AddressSanitizer has lost shows in its status.
        let environment = isSanitized ? ["ASAN_OPTIONS=\(leakOptions)"] : []
        let script = ProjectFolder.root + "/Tests/TestSupport/Fixtures/rpc_attacks.py"
        let outcome = try await CommandLineTool.run(
            environment + ["/usr/bin/python3", script, program.path, name, "\(rounds)"]
                + arguments)
        try #require(outcome.status == 0, "\(outcome.output)")
        let attack = try JSONDecoder().decode(Attack.self, from: Data(outcome.output.utf8))
        #expect(attack.status == 0)
        #expect(attack.after.count == rounds)
        for footprint in attack.after {
            #expect(footprint.descriptors <= attack.descriptorsBefore, "\(attack)")
        }
        if !isSanitized, let last = attack.after.last {
            let before = attack.after[rounds > 2 ? 1 : 0]
            #expect(last.allocatedExcess <= 0, "\(attack)")
            #expect(attack.after.allSatisfy { $0.keptExcess <= 0 }, "\(attack)")
            #expect(last.residentKiB - before.residentKiB <= residentToleranceKiB, "\(attack)")
        }
        return attack
    }

    /// Expects that the server held no more while the attack went on, beside itself.
    func expectHeld(mebibytesMax: Int) {
        guard !Self.isSanitized, let idle = after.map(\.residentKiB).min() else { return }
        #expect(residentMaxKiB - idle <= mebibytesMax * 1024, "\(self)")
    }

    /// Beside the tests, where the build puts programs.
    private static var program: URL {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "AttackedServer")
    }

    private static let leakOptions = "detect_stack_use_after_return=0:detect_leaks=1"

    /// A sanitizer keeps what is freed for a while, and its own books; memory tells nothing then.
    static let isSanitized = ProcessInfo.processInfo.environment["TALLY_SANITIZER"] != nil
}

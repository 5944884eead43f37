import API
import ServiceRuntime
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Server

/// Row 20: every method of the schema, asked in every hostile way by one of two organizations with the
/// same names and ids. A method is in the suite by being in the schema; one whose requests cannot be
/// made from it fails the suite.
@Suite(.serialized) struct IsolationSuiteTests {
    /// What a method did that it may not, by its name.
    private typealias Faults = [String: [String]]

    @Test func nothingOfAnotherOrganizationIsShownOrChanged() async throws {
        try await IsolationBench.with(.both) { bench in
            let faults = try await Self.faults(bench)
            #expect(faults == [:])
        }
    }

    /// Statements without their restriction to an organization.
    @Test func rowSecurityHoldsAlone() async throws {
        try await IsolationBench.with(.rowSecurityAlone) { bench in
            let faults = try await Self.faults(bench)
            #expect(faults == [:])
        }
    }

    /// A database without row security.
    @Test func filtersHoldAlone() async throws {
        try await IsolationBench.with(.filtersAlone) { bench in
            let faults = try await Self.faults(bench)
            #expect(faults == [:])
        }
    }

    /// Without either, the suite must notice, method by method.
    @Test func withoutWallsEveryMethodIsNoticed() async throws {
        try await IsolationBench.with(.none) { bench in
            let faults = try await Self.faults(bench)
            let expected = Self.methods(of: bench).map(\.fullName)
                .filter { !MethodPermissions.tally.isOpen($0) }
            for method in expected {
                #expect(faults[method] != nil, "\(method) was not noticed")
            }
        }
    }

    /// What else happens in another organization changes no byte of our answers.
    @Test(arguments: [IsolationBench.Walls.both, .rowSecurityAlone, .filtersAlone])
    func ourAnswersDoNotDependOnOthers(walls: IsolationBench.Walls) async throws {
        try await IsolationBench.with(walls) { bench in
            let before = try await Self.reads(bench)
            try await bench.change(bench.theirs)
            let after = try await Self.reads(bench)
            for (method, outcome) in before {
                #expect(after[method] == outcome, "\(method) depends on another organization")
            }
        }
    }

    // MARK: The suite

    private static func methods(of bench: IsolationBench) -> [MethodDescriptor] {
        let all = bench.schema.services.flatMap(\.methods)
        // Reads first: what a write without walls does to our own rows is no fault of theirs.
        return all.filter { $0.idempotency == .noSideEffects }
            + all.filter { $0.idempotency != .noSideEffects }
    }

    private static func reads(
        _ bench: IsolationBench
    ) async throws -> [String: IsolationBench.Outcome] {
        var outcomes: [String: IsolationBench.Outcome] = [:]
        for method in methods(of: bench) where method.idempotency == .noSideEffects {
            let request = try bench.factory.request(
                of: method, things: bench.ours.things, number: 0)
            outcomes[method.fullName] = try await bench.call(method, request, by: bench.ours)
        }
        return outcomes
    }

    private static func faults(_ bench: IsolationBench) async throws -> Faults {
        var faults: Faults = [:]
        for (index, method) in methods(of: bench).enumerated() {
            let found = try await self.faults(of: method, number: 1000 * (index + 1), bench)
            if !found.isEmpty { faults[method.fullName] = found }
        }
        return faults
    }

    private static func faults(
        of method: MethodDescriptor, number: Int, _ bench: IsolationBench
    ) async throws -> [String] {
        var faults: [String] = []
        let before = try await bench.rows(of: bench.theirs)
        let plain = try bench.factory.request(
            of: method, things: bench.ours.things, number: number)
        let outcome = try await bench.call(method, plain, by: bench.ours)
        if outcome.isRefusal { faults.append("a request as it should be is refused: \(outcome)") }
        faults += bench.leaks(in: outcome, given: nil).map { "shows \($0)" }

        let variants = try bench.factory.variants(
            of: method, things: bench.ours.things, foreign: bench.theirs.things, number: number)
        var outcomes: [String: [RequestFactory.Kind: IsolationBench.Outcome]] = [:]
        for variant in variants {
            let outcome = try await bench.call(method, variant.request, by: bench.ours)
            outcomes[variant.path, default: [:]][variant.kind] = outcome.without(variant.name)
            faults += bench.leaks(in: outcome, given: variant.name)
                .map { "shows \($0) for \(variant.kind) \(variant.path)" }
            if case .refusal(let code, let reason, _, _) = outcome {
                if code == TallyError.Code.internal.rawValue {
                    faults.append("\(variant.kind) \(variant.path) is INTERNAL")
                }
                if variant.kind == .foreign, code == TallyError.Code.permissionDenied.rawValue {
                    faults.append("foreign \(variant.path) is \(reason)")
                }
            }
        }
        for (path, outcomes) in outcomes {
            guard let foreign = outcomes[.foreign], let unknown = outcomes[.unknown] else {
                continue
            }
            if !isAlike(foreign, unknown, of: method) {
                faults.append("foreign \(path) differs from unknown: \(foreign), \(unknown)")
            }
        }
        let after = try await bench.rows(of: bench.theirs)
        faults += zip(before, after).filter { $0 != $1 }.map { "changes \($0.0[0])" }
        return faults
    }

    /// Whether who asks could tell a name that another organization has from one that nobody has.
    private static func isAlike(
        _ foreign: IsolationBench.Outcome, _ unknown: IsolationBench.Outcome,
        of method: MethodDescriptor
    ) -> Bool {
        switch (foreign, unknown) {
        case (.answers(let left), .answers(let right)):
            // What a write makes has a name and a time of its own.
            method.idempotency != .noSideEffects || left == right
        case (.refusal, .refusal): foreign == unknown
        default: false
        }
    }
}

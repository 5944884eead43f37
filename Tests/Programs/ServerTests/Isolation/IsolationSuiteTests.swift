import API
import ServiceRuntime
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Postgres
@testable import Server

/// Row 20: every method of the schema, asked in every hostile way by one of two organizations with the
/// same names and ids. A method is in the suite by being in the schema; one whose requests cannot be
/// made from it fails the suite.
@Suite struct IsolationSuiteTests {
    /// What a method did that it may not, by its name.
    private typealias Faults = [String: [String]]

    /// With both walls, and each method by itself, as `withoutWallsEveryMethodIsNoticed` asks: what that finds
    /// is owing to nothing but the walls.
    @Test func nothingOfAnotherOrganizationIsShownOrChanged() async throws {
        try await IsolationBench.with(.both) { bench in
            let faults = try await Self.faultsByThemselves(bench)
            #expect(faults.filter { !$0.value.isEmpty } == [:])
            #expect(faults.count > 50)
            #expect(try await bench.lookAtPlan().outcome.isRefusal == false)
        }
    }

    /// Statements without their restriction to an organization: each that was run had one to lose.
    @Test func rowSecurityHoldsAlone() async throws {
        try await IsolationBench.with(.rowSecurityAlone) { bench in
            let faults = try await Self.faults(bench)
            #expect(faults == [:])
            let tables = try await bench.isolatedTables()
            var statements = Set(bench.work.take().map(\.sql))
            let look = try await bench.lookAtPlan()
            #expect(!look.outcome.isRefusal)
            statements.formUnion(look.statements)
            #expect(statements.count > 50)
            for sql in statements { Self.mustLoseItsFilter(sql, tables) }
            #expect(statements.contains { $0.contains("token_event_counts") })
            // It stands beside one of the directory of tokens, which is one for all.
            #expect(statements.contains { $0.contains("UPDATE tokens") })
            try await Self.ourAnswersDoNotDependOnOthers(bench)
        }
    }

    /// Operators list organizations, and see of each what stands in its own row; and they see the queue
    /// that serves all, by kinds and reasons.
    private static let overAllOrganizations = [
        "FROM organizations AS o LEFT JOIN organization_states AS s ON", "FROM jobs AS of_all",
    ]

    private static func mustLoseItsFilter(_ sql: String, _ tables: Set<String>) {
        let isOfOrganization = sql.matches(of: #/\b(?:FROM|JOIN|UPDATE|USING)\s+([a-z_]+)/#)
            .contains { tables.contains(String($0.1)) }
        guard isOfOrganization, !overAllOrganizations.contains(where: sql.contains) else { return }
        let stripped = OrganizationFilterMutation.withoutFilter(sql)
        #expect(stripped != sql, "there is no filter: \(sql)")
        #expect(
            !stripped.contains(#/org_id\s*(?:=\s*(?:ANY\b|\$)|IN\b)/#),
            "a filter stays: \(stripped)")
    }

    /// A database without row security.
    @Test func filtersHoldAlone() async throws {
        try await IsolationBench.with(.filtersAlone) { bench in
            let faults = try await Self.faults(bench)
            #expect(faults == [:])
            #expect(try await bench.lookAtPlan().outcome.isRefusal == false)
            try await Self.ourAnswersDoNotDependOnOthers(bench)
        }
    }

    /// Without either, the suite must notice, method by method: each by itself, asked of a server and a
    /// database that no other has been asked of, so that none is noticed for what another did. What a change
    /// leaves in the audit log of whoever is found first says nothing of the method itself, so it does not
    /// count.
    @Test func withoutWallsEveryMethodIsNoticed() async throws {
        try await IsolationBench.with(.none) { bench in
            for (name, faults) in try await Self.faultsByThemselves(bench) {
                let found = faults.filter {
                    Self.beginsALog == name || !$0.hasPrefix("changes audit_")
                }
                #expect(found.isEmpty == Self.ofThePlatform.contains(name), "\(name) \(found)")
            }
            // By the look itself, which comes before anything is written.
            let look = try await bench.lookAtPlan()
            #expect(look.isRefusedByPlan && !look.hasWritten)
        }
    }

    /// Methods that have no wall to lose: the price catalogue is one for all, so they read and write no row
    /// of an organization, and no field of theirs names anything of one; nor of the queue, whose ids and kinds
    /// operators of the platform see.
    private static let ofThePlatform: Set<String> = [
        IngestionServiceMethods.ImportPrices.name, IngestionServiceMethods.DiffPrices.name,
        IngestionServiceMethods.GetPrice.name,
        ConnectionServiceMethods.GetWorkerStatus.name, ConnectionServiceMethods.ReviveJobs.name,
    ]

    /// It names nothing, and writes rows of an organization that is new; but it begins that one's audit log
    /// itself. Without walls it writes the end of every log there, or, where it goes on with another one's,
    /// is refused.
    private static let beginsALog = TenantServiceMethods.CreateOrganization.name

    /// A line that no request needs any more hides that a field was renamed.
    @Test func everyLineOfTheFactoryIsUsed() throws {
        let schema = try ReflectedSchema(fileDescriptorSet: TallySchema.fileDescriptorSet)
        let used = try RequestFactory(schema: schema).usedRoles(
            of: schema.services.flatMap(\.methods))
        #expect(Set(RequestFactory.roles.keys).subtracting(used) == [])
    }

    // MARK: The suite

    /// What else happens in another organization changes no byte of our answers, to hostile requests
    /// neither. It changes all it can: by every method.
    static func ourAnswersDoNotDependOnOthers(_ bench: IsolationBench) async throws {
        let before = try await reads(bench)
        try await bench.change(bench.theirs)
        let after = try await reads(bench)
        #expect(before.keys == after.keys)
        for (request, outcome) in before {
            #expect(after[request] == outcome, "\(request) depends on another organization")
        }
        #expect(before.values.count { !$0.isRefusal } > 50)
    }

    private static func reads(
        _ bench: IsolationBench
    ) async throws -> [String: IsolationBench.Outcome] {
        var outcomes: [String: IsolationBench.Outcome] = [:]
        // What would change of the catalogue depends on who of the operators changed it; and operators
        // see the queue that serves all.
        let ofOperators: Set = [
            IngestionServiceMethods.DiffPrices.name, ConnectionServiceMethods.GetWorkerStatus.name,
        ]
        for method in bench.methods
        where method.idempotency == .noSideEffects && !ofOperators.contains(method.fullName) {
            let plain = try bench.factory.requests(
                of: method, things: bench.ours.things, number: 0)
            for (index, request) in plain.enumerated() {
                outcomes["\(method.fullName) \(index)"] = try await bench.call(
                    method, request, by: bench.ours)
            }
            for (index, variant) in try bench.variants(of: method, number: 0).enumerated() {
                let name = "\(method.fullName) \(variant.kind) \(variant.path) \(index)"
                outcomes[name] = try await bench.call(method, variant.request, by: bench.ours)
            }
        }
        return outcomes
    }

    private static func faults(_ bench: IsolationBench) async throws -> Faults {
        var faults: Faults = [:]
        var rows = try await bench.rows(of: bench.theirs)
        for (index, method) in bench.methods.enumerated() {
            let found = try await self.faults(
                of: method, number: 1000 * (index + 1), bench, rows: &rows)
            if !found.isEmpty { faults[method.fullName] = found }
        }
        return faults
    }

    /// Of each method that is asked of a server and a database that no other has been asked of; of those, too,
    /// that have none.
    private static func faultsByThemselves(_ bench: IsolationBench) async throws -> Faults {
        try await bench.fillTheirs()
        try await bench.keepRows()
        let rows = try await bench.rows(of: bench.theirs)
        var faults: Faults = [:]
        for (index, method) in bench.methods.enumerated()
        where !MethodPermissions.tally.isOpen(method.fullName) {
            try await bench.restoreRows()
            faults[method.fullName] = try await bench.withFreshServer { bench in
                var found = rows
                return try await self.faults(
                    of: method, number: 1000 * (index + 1), bench, rows: &found)
            }
        }
        try await bench.restoreRows()
        #expect(try await bench.rows(of: bench.theirs) == rows)
        return faults
    }

    /// - Parameter rows: of the other organization, as they are before and then after.
    static func faults(
        of method: MethodDescriptor, number: Int, _ bench: IsolationBench, rows: inout [[String]]
    ) async throws -> [String] {
        var faults: [String] = []
        let plain = try bench.factory.requests(
            of: method, things: bench.ours.things, number: number)
        for request in plain {
            let outcome = try await bench.call(method, request, by: bench.ours)
            if outcome.isRefusal {
                faults.append("a request as it should be is refused: \(outcome)")
            }
            faults += bench.leaks(in: outcome, given: nil).map { "shows \($0)" }
        }

        let variants = try bench.variants(of: method, number: number + plain.count)
        var outcomes: [String: [RequestFactory.Kind: IsolationBench.Outcome]] = [:]
        for variant in variants {
            let outcome = try await bench.call(method, variant.request, by: bench.ours)
            if [.foreign, .unknown].contains(variant.kind) {
                outcomes[variant.path, default: [:]][variant.kind] = outcome.without(variant.name)
            }
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
        let after = bench.planted == nil ? try await bench.rows(of: bench.theirs) : rows
        defer { rows = after }
        faults += zip(rows, after).filter { $0 != $1 }.map { "changes \($0.0[0])" }
        return faults
    }

    /// Whether who asks could tell a name that another organization has from one that nobody has.
    private static func isAlike(
        _ foreign: IsolationBench.Outcome, _ unknown: IsolationBench.Outcome,
        of method: MethodDescriptor
    ) -> Bool {
        switch (foreign, unknown) {
        case (.answers(let left), .answers(let right)):
            // What a write makes has a name and a time of its own; what becomes of each item has not.
            if method.idempotency == .noSideEffects {
                left == right
            } else {
                (try? HostileTextTests.itemOutcomes(method, left))
                    == (try? HostileTextTests.itemOutcomes(method, right))
            }
        case (.refusal, .refusal): foreign == unknown
        default: false
        }
    }
}

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
@Suite(.serialized) struct IsolationSuiteTests {
    /// What a method did that it may not, by its name.
    private typealias Faults = [String: [String]]

    @Test func nothingOfAnotherOrganizationIsShownOrChanged() async throws {
        try await IsolationBench.with(.both) { bench in
            let faults = try await Self.faults(bench)
            #expect(faults == [:])
        }
    }

    /// Statements without their restriction to an organization: each that was run had one to lose.
    @Test func rowSecurityHoldsAlone() async throws {
        try await IsolationBench.with(.rowSecurityAlone) { bench in
            let faults = try await Self.faults(bench)
            #expect(faults == [:])
            let tables = try await bench.isolatedTables()
            let statements = Set(bench.work.take().map(\.sql))
            #expect(statements.count > 50)
            for sql in statements { Self.mustLoseItsFilter(sql, tables) }
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
        }
    }

    /// Without either, the suite must notice, method by method: each by itself, asked of a server and a
    /// database that no other has been asked of, so that none is noticed for what another did. What a change
    /// leaves in the audit log of whoever is found first says nothing of the method itself, so it does not
    /// count.
    @Test func withoutWallsEveryMethodIsNoticed() async throws {
        try await IsolationBench.with(.none) { bench in
            try await bench.fillTheirs()
            try await bench.keepRows()
            let rows = try await bench.rows(of: bench.theirs)
            for (index, method) in bench.methods.enumerated()
            where !MethodPermissions.tally.isOpen(method.fullName) {
                let name = method.fullName
                try await bench.restoreRows()
                #expect(try await bench.rows(of: bench.theirs) == rows)
                let faults = try await bench.withFreshServer {
                    try await Self.faults(of: method, number: 1000 * (index + 1), $0)
                }
                let found = faults.filter {
                    Self.beginsALog == name || !$0.hasPrefix("changes audit_")
                }
                #expect(found.isEmpty == Self.ofThePlatform.contains(name), "\(name) \(found)")
            }
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

    /// A method that shows another organization's for one number or choice alone is noticed, whichever field
    /// of the request that is.
    @Test func leaksForOneNumberOrChoiceAreNoticed() async throws {
        try await IsolationBench.with(.both) { bench in
            var count = 0
            for method in bench.methods {
                let plain = try bench.factory.requests(
                    of: method, things: bench.ours.things, number: 0)
                for field in try bench.schema.message(named: method.requestType).fields
                where field.isNumberOrChoice {
                    let usual = plain.map { $0[field.jsonName] }
                    var leaky = bench
                    leaky.planted = { request in
                        let isUsual = usual.contains(request[field.jsonName])
                        return .answers([Array((isUsual ? "" : bench.theirs.id).utf8)])
                    }
                    let faults = try await Self.faults(of: method, number: 0, leaky)
                    #expect(!faults.isEmpty, "\(method.fullName) \(field.name)")
                    count += 1
                }
            }
            #expect(count > 50)
        }
    }

    /// What else happens in another organization changes no byte of our answers, to hostile requests
    /// neither. It changes all it can: by every method.
    @Test(arguments: [IsolationBench.Walls.both, .rowSecurityAlone, .filtersAlone])
    func ourAnswersDoNotDependOnOthers(walls: IsolationBench.Walls) async throws {
        try await IsolationBench.with(walls) { bench in
            let before = try await Self.reads(bench)
            try await bench.change(bench.theirs)
            let after = try await Self.reads(bench)
            #expect(before.keys == after.keys)
            for (request, outcome) in before {
                #expect(after[request] == outcome, "\(request) depends on another organization")
            }
        }
    }

    /// Names that others have cost the same statements, in the same order, as names that nobody has, and each
    /// answers with as many rows: what answers them takes the same time.
    @Test func foreignNamesCauseTheSameWorkAsUnknownOnes() async throws {
        try await IsolationBench.with(.both) { bench in
            var compared = 0
            for (index, method) in bench.methods.enumerated() {
                var work: [String: [RequestFactory.Kind: [WorkLog.Statement]]] = [:]
                for variant in try bench.variants(of: method, number: 100_000 * (index + 1))
                where [.foreign, .unknown].contains(variant.kind) {
                    _ = bench.work.take()
                    let outcome = try await bench.call(
                        method, variant.request, by: bench.ours)
                    // What a call leaves behind, the next one finds.
                    let isComparable = method.idempotency == .noSideEffects || outcome.isRefusal
                    work[variant.path, default: [:]][variant.kind] = bench.work.take().map {
                        WorkLog.Statement(sql: $0.sql, rows: isComparable ? $0.rows : 0)
                    }
                }
                for (path, work) in work {
                    guard let foreign = work[.foreign], let unknown = work[.unknown] else {
                        continue
                    }
                    #expect(foreign == unknown, "\(method.fullName) \(path)")
                    compared += 1
                }
            }
            #expect(compared > 20)
        }
    }

    /// What a call brings beside its request names nothing of others either: their organization, their
    /// people, and the keys under which they called.
    @Test func metadataNamesNothingOfOthers() async throws {
        try await IsolationBench.with(.both) { bench in
            let theirs = bench.theirs
            _ = try await theirs.owner.call(
                TenantServiceMethods.CreateMember.self,
                CreateMemberRequest(email: "theirs@example.com", roles: [.owner]))
            let portal = try await bench.ours.owner.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(displayName: "Portal", roles: [.frontend]))
            let frontend = bench.harness.client(token: portal.secret)
            for (index, method) in bench.methods.enumerated() {
                let number = 10_000 * (index + 1)
                let request = try bench.factory.requests(
                    of: method, things: bench.ours.things, number: number)[0]
                let bytes = try bench.schema.encode(request, as: method.requestType)
                // An address may look for so many names in a second that nobody has.
                try await Task.sleep(for: .seconds(0.3))
                for (key, foreign, unknown) in [
                    ("tally-org", theirs.id, RequestFactory.unknown(like: theirs.id)),
                    ("tally-org", theirs.slug, "nobody"),
                    ("tally-on-behalf-of", "theirs@example.com", "nobody@example.com"),
                ] {
                    let client = key == "tally-org" ? bench.ours.owner : frontend
                    let left = try await bench.call(method, bytes, by: client, [key: foreign])
                    let right = try await bench.call(method, bytes, by: client, [key: unknown])
                    #expect(left == right, "\(method.fullName) \(key)")
                    #expect(bench.leaks(in: left, given: foreign) == [], "\(method.fullName)")
                }
            }
            for (index, method) in bench.writes.enumerated() where method.kind == .unary {
                let number = 900_000 + 100 * index
                let key = ["idempotency-key": "the same \(index)"]
                for company in [theirs, bench.ours] {
                    let request = try bench.factory.requests(
                        of: method, things: company.things, number: number)[0]
                    let outcome = try await bench.call(method, request, by: company, metadata: key)
                    // Operators make organizations, and share the keys of their calls.
                    guard method.fullName != TenantServiceMethods.CreateOrganization.name,
                        company.slug == bench.ours.slug
                    else { continue }
                    #expect(!outcome.isRefusal, "\(method.fullName) \(outcome)")
                    #expect(bench.leaks(in: outcome, given: nil) == [], "\(method.fullName)")
                }
            }
            await frontend.close()
        }
    }

    /// A line that no request needs any more hides that a field was renamed.
    @Test func everyLineOfTheFactoryIsUsed() throws {
        let schema = try ReflectedSchema(fileDescriptorSet: TallySchema.fileDescriptorSet)
        let used = try RequestFactory(schema: schema).usedRoles(
            of: schema.services.flatMap(\.methods))
        #expect(Set(RequestFactory.roles.keys).subtracting(used) == [])
    }

    // MARK: The suite

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
        for (index, method) in bench.methods.enumerated() {
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

extension FieldDescriptor {
    fileprivate var isNumberOrChoice: Bool {
        switch kind {
        case .bool, .int32, .sint32, .int64, .sint64, .uint32, .uint64, .enumeration: true
        default: false
        }
    }
}

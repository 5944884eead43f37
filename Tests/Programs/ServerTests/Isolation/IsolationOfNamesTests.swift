import API
import ServiceRuntime
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Server

/// Row 20, what is told by other things than answers: one server and its two organizations, in this order, since
/// the last change what the others ask for.
@Suite struct IsolationOfNamesTests {
    @Test func namesOfOthersAreNobodys() async throws {
        try await IsolationBench.with(.both) { bench in
            try await Self.leaksForOneNumberOrChoiceAreNoticed(bench)
            try Self.everyTextIsTriedWithWhatOthersWrite(bench)
            try await Self.foreignNamesCauseTheSameWorkAsUnknownOnes(bench)
            try await IsolationSuiteTests.ourAnswersDoNotDependOnOthers(bench)
            try await Self.metadataNamesNothingOfOthers(bench)
        }
    }

    /// A method that shows another organization's for one number or choice alone is noticed, whichever field
    /// of the request that is, and of the messages in it.
    private static func leaksForOneNumberOrChoiceAreNoticed(_ bench: IsolationBench) async throws {
        var count = 0
        for method in bench.methods {
            let plain = try bench.factory.requests(
                of: method, things: bench.ours.things, number: 0)
            for path in try numbersAndChoices(of: method.requestType, in: bench.schema) {
                let usual = Set(plain.flatMap { $0.values(at: path[...]) })
                var leaky = bench
                leaky.planted = { request in
                    let isUsual = usual.isSuperset(of: request.values(at: path[...]))
                    return .answers([Array((isUsual ? "" : bench.theirs.id).utf8)])
                }
                var rows: [[String]] = []
                let faults = try await IsolationSuiteTests.faults(
                    of: method, number: 0, leaky, rows: &rows)
                #expect(!faults.isEmpty, "\(method.fullName) \(path.joined(separator: "."))")
                count += path.count > 1 ? 1 : 0
            }
        }
        #expect(count > 50)
    }

    /// Each text of each request is tried with what the other organization writes there and with what nobody does,
    /// also where it names nothing: none is taken to be harmless.
    private static func everyTextIsTriedWithWhatOthersWrite(_ bench: IsolationBench) throws {
        let ours = Set(bench.ours.things.values)
        let theirs = Set(
            bench.theirs.ownThings.values.filter { !ours.contains($0) }.map { JSONValue.string($0) }
        )
        var count = 0
        for method in bench.methods where !ofAnyOrganization.contains(method.fullName) {
            let variants = try bench.variants(of: method, number: 0)
            for path in try places(of: method.requestType, in: bench.schema, where: { $0.isText }) {
                // They say where a list goes on, by names that both organizations have.
                guard !["pageToken", "after"].contains(path.last) else { continue }
                let place = "\(method.fullName) \(path.joined(separator: "."))"
                let foreign = variants.filter {
                    $0.kind == .foreign
                        && !theirs.isDisjoint(with: $0.request.values(at: path[...]))
                }
                #expect(!foreign.isEmpty, "\(place)")
                #expect(
                    variants.contains { variant in
                        variant.kind == .unknown && foreign.contains { $0.path == variant.path }
                    }, "\(place)")
                count += 1
            }
        }
        #expect(count > 150)
    }

    /// Operators do it to whom they like, so that there is nobody else's.
    private static let ofAnyOrganization: Set = [
        TenantServiceMethods.SuspendOrganization.name, TenantServiceMethods.ResumeOrganization.name,
    ]

    private static func numbersAndChoices(
        of message: String, in schema: ReflectedSchema
    ) throws -> [[String]] {
        try places(of: message, in: schema) { $0.isNumberOrChoice }
    }

    /// Where a message holds fields of a kind, by JSON's names; in a message that holds itself, once.
    private static func places(
        of message: String, in schema: ReflectedSchema, within: Set<String> = [],
        where isWanted: (FieldDescriptor) -> Bool
    ) throws -> [[String]] {
        guard !within.contains(message), !message.hasSuffix("Timestamp") else { return [] }
        return try schema.message(named: message).fields.flatMap { field -> [[String]] in
            if isWanted(field) { return [[field.jsonName]] }
            guard case .message = field.kind else { return [] }
            return try places(
                of: field.typeName, in: schema, within: within.union([message]), where: isWanted
            ).map { [field.jsonName] + $0 }
        }
    }

    /// Names that others have cost the same round trips to the database, with the same statements in the same
    /// order, as names that nobody has, and each statement answers with as many rows: what answers them takes the
    /// same time.
    private static func foreignNamesCauseTheSameWorkAsUnknownOnes(
        _ bench: IsolationBench
    ) async throws {
        var compared = 0
        for (index, method) in bench.methods.enumerated() {
            var work: [String: [RequestFactory.Kind: [WorkLog.Statement]]] = [:]
            // The caller's own sets of dimensions are remembered once read.
            if method.idempotency == .noSideEffects {
                for request in try bench.factory.requests(
                    of: method, things: bench.ours.things, number: 100_000 * (index + 1))
                {
                    _ = try await bench.call(method, request, by: bench.ours)
                }
            }
            for variant in try bench.variants(of: method, number: 100_000 * (index + 1))
            where [.foreign, .unknown].contains(variant.kind) {
                _ = bench.work.take()
                let outcome = try await bench.call(method, variant.request, by: bench.ours)
                // What a call leaves behind, the next one finds.
                let isComparable = method.idempotency == .noSideEffects || outcome.isRefusal
                guard isComparable || !variant.isOfText else { continue }
                work[variant.path, default: [:]][variant.kind] = bench.work.take().map {
                    WorkLog.Statement(sql: $0.sql, rows: isComparable ? $0.rows : 0)
                }
            }
            for (path, work) in work {
                guard let foreign = work[.foreign], let unknown = work[.unknown] else { continue }
                #expect(foreign == unknown, "\(method.fullName) \(path)")
                // The beginning and the end of transactions are round trips, too.
                #expect(foreign.isEmpty || foreign.contains { $0.sql == "BEGIN" })
                compared += 1
            }
        }
        #expect(compared > 20)
    }

    /// What a call brings beside its request names nothing of others either: their organization, their
    /// people, and the keys under which they called.
    private static func metadataNamesNothingOfOthers(_ bench: IsolationBench) async throws {
        let theirs = bench.theirs
        _ = try await theirs.owner.call(
            TenantServiceMethods.CreateMember.self,
            CreateMemberRequest(email: "theirs@example.com", roles: [.owner]))
        let portal = try await bench.ours.owner.call(
            TenantServiceMethods.CreateToken.self,
            CreateTokenRequest(displayName: "Portal", roles: [.frontend]))
        let frontend = bench.harness.client(token: portal.secret)
        // Other statements may be of what servers write now and then.
        let lookups = { (work: [WorkLog.Statement]) in
            work.filter { $0.sql.contains("organization_slugs") || $0.sql.contains("members") }
        }
        var lookupCount = 0
        for (index, method) in bench.methods.enumerated() {
            let number = 20_000_000 + 10_000 * index
            let request = try bench.factory.requests(
                of: method, things: bench.ours.things, number: number)[0]
            let bytes = try bench.schema.encode(request, as: method.requestType)
            for (key, foreign, unknown) in [
                ("tally-org", theirs.id, RequestFactory.unknown(like: theirs.id)),
                ("tally-org", theirs.slug, "nobody"),
                ("tally-on-behalf-of", "theirs@example.com", "nobody@example.com"),
            ] {
                let client = key == "tally-org" ? bench.ours.owner : frontend
                _ = bench.work.take()
                let left = try await bench.call(method, bytes, by: client, [key: foreign])
                let leftWork = lookups(bench.work.take())
                let right = try await bench.call(method, bytes, by: client, [key: unknown])
                #expect(left == right, "\(method.fullName) \(key)")
                #expect(leftWork == lookups(bench.work.take()), "\(method.fullName) \(key)")
                lookupCount += leftWork.count
                #expect(bench.leaks(in: left, given: foreign) == [], "\(method.fullName)")
            }
        }
        #expect(lookupCount > 50)
        for (index, method) in bench.writes.enumerated() where method.kind == .unary {
            let number = 30_000_000 + 100 * index
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

extension JSONValue {
    /// What stands at a place, in each element of lists on the way.
    fileprivate func values(at path: ArraySlice<String>) -> [JSONValue] {
        if case .array(let elements) = self { return elements.flatMap { $0.values(at: path) } }
        guard let name = path.first else { return [self] }
        return self[name]?.values(at: path.dropFirst()) ?? []
    }
}

extension FieldDescriptor {
    fileprivate var isText: Bool { kind == .string }

    fileprivate var isNumberOrChoice: Bool {
        switch kind {
        case .bool, .int32, .sint32, .int64, .sint64, .uint32, .uint64, .enumeration: true
        default: false
        }
    }
}

import API
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Server

/// What the state and the plan of an organization do to its calls.
@Suite struct OrganizationStateTests {
    private typealias Get = TenantServiceMethods.GetOrganization

    /// Two servers over one database: what is suspended by one, the other refuses within a second,
    /// and serves within a second once it is resumed.
    @Test func suspensionHoldsOnEveryServerWithinASecond() async throws {
        try await ServerHarness.with { first in
            let token = try await first.organization("acme")
            let platform = first.client(token: first.operatorToken)
            try await first.withSecondServer { second in
                let owner = second.client(token: token)
                let units = {
                    try await Self.reason {
                        try await owner.call(
                            TenantServiceMethods.ListBusinessUnits.self, .init())
                    }
                }
                #expect(try await units() == nil)
                _ = try await platform.call(
                    TenantServiceMethods.SuspendOrganization.self,
                    SuspendOrganizationRequest(organization: "acme", reason: "Unpaid since May"))
                try await Self.changes(to: "ORGANIZATION_SUSPENDED", units)
                let seen = try await owner.call(Get.self, .init())
                #expect(seen.suspensionReason == "Unpaid since May")
                _ = try await platform.call(
                    TenantServiceMethods.ResumeOrganization.self,
                    ResumeOrganizationRequest(organization: "acme"))
                try await Self.changes(to: nil, units)
                await owner.close()
            }
            await platform.close()
        }
    }

    /// Of all methods of the schema, by the owner: who may call what is one table's to say.
    @Test func suspendedAndDeletedOrganizationsAreServedWhatTheTableSays() async throws {
        let reading: Set = ["TenantService/GetOrganization", "TenantService/ListOrganizations"]
        let ending: Set = [
            "TenantService/DeleteOrganization", "TenantService/RestoreOrganization",
            "TenantService/ExportOrganization", "TenantService/StreamAuditRecords",
            "TenantService/GetAuditHead", "TenantService/ListAuditRecords",
            "TenantService/ListMembers", "TenantService/GetMember", "TenantService/ListTokens",
            "TenantService/GetToken", "TenantService/ListBusinessUnits",
            "TenantService/GetBusinessUnit", "TenantService/ListBusinessUnitVersions",
        ]
        try await ServerHarness.with { harness in
            let platform = harness.client(token: harness.operatorToken)
            for (slug, reason, served) in [
                ("suspended", "ORGANIZATION_SUSPENDED", reading),
                ("deleted", "ORGANIZATION_DELETED", reading.union(ending)),
                // An owner does not free what an operator suspended by deleting it, but takes along
                // what will be no more.
                (
                    "both", "ORGANIZATION_SUSPENDED",
                    reading.union(["TenantService/ExportOrganization"])
                ),
            ] {
                let owner = harness.client(token: try await harness.organization(slug))
                if slug != "deleted" {
                    _ = try await platform.call(
                        TenantServiceMethods.SuspendOrganization.self,
                        SuspendOrganizationRequest(organization: slug, reason: "A test"))
                }
                if slug != "suspended" {
                    _ = try await platform.call(
                        TenantServiceMethods.DeleteOrganization.self,
                        DeleteOrganizationRequest(organization: slug, confirmSlug: slug))
                }
                let open = [
                    HealthServiceMethods.Check.name, ReflectionServiceMethods.GetSchema.name,
                ]
                var found: Set<String> = []
                // The last: it ends what the others are refused for.
                let restore = TenantServiceMethods.RestoreOrganization.name
                let others = TallySchema.methodNames.filter { $0 != restore }
                for name in others + [restore] where !open.contains(name) {
                    let refusal = try await Self.reason {
                        try await owner.callRaw(method: name, bytes: [])
                    }
                    if refusal != reason { found.insert(String(name.dropFirst(9))) }
                }
                #expect(found == served, "\(slug)")
                await owner.close()
            }
            await platform.close()
        }
    }

    @Test func anOrganizationKeepsToTheRateOfItsPlan() async throws {
        try await ServerHarness.with { harness in
            let limited = harness.client(token: try await harness.organization("limited"))
            let other = harness.client(token: try await harness.organization("other"))
            let platform = harness.client(token: harness.operatorToken)
            _ = try await platform.call(
                TenantServiceMethods.UpdateOrganization.self,
                UpdateOrganizationRequest(
                    organization: "limited", limits: PlanLimits(callsPerSecondMax: 1),
                    updateMask: ["limits.calls_per_second_max"]))
            // All at once: a machine on which they take so long that none is refused is not found.
            let count = 100
            let begin = ContinuousClock.now
            let refused = try await withThrowingTaskGroup(of: String?.self) { calls in
                for _ in 0..<count {
                    calls.addTask {
                        try await Self.reason { try await limited.call(Get.self, .init()) }
                    }
                }
                #expect(try await Self.reason { try await other.call(Get.self, .init()) } == nil)
                return try await calls.reduce(into: 0) { refused, reason in
                    #expect(reason == nil || reason == "RATE_LIMITED")
                    if reason != nil { refused += 1 }
                }
            }
            // One at once, and one a second.
            let seconds = Int((ContinuousClock.now - begin).components.seconds) + 1
            #expect(refused >= count - 1 - seconds)
            #expect(refused > 0)
            for client in [limited, other, platform] { await client.close() }
        }
    }

    /// Why a call is refused; nil where it is not.
    private static func reason(_ call: () async throws -> some Sendable) async throws -> String? {
        do {
            _ = try await call()
            return nil
        } catch let error as TallyError {
            return error.reason
        }
    }

    /// Asks until the answer is `reason`: of those that were asked later than a second, each.
    private static func changes(
        to reason: String?, _ ask: () async throws -> String?
    ) async throws {
        let begin = ContinuousClock.now
        while ContinuousClock.now - begin < .seconds(20) {
            let asked = ContinuousClock.now
            if try await ask() == reason { return }
            #expect(asked - begin <= .seconds(1))
        }
        Issue.record("never \(reason ?? "served")")
    }
}

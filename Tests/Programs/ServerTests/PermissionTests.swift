import API
import Postgres
import ServiceRuntime
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Server

/// Who may call what: every method of the schema by every role, against the table written out.
@Suite struct PermissionTests {
    private static let admins: Set<Role> = [.owner, .admin]
    private static let planners: Set<Role> = [.owner, .admin, .finance]
    private static let inspectors: Set<Role> = [.owner, .admin, .auditor]
    private static let readers: Set<Role> = [.owner, .admin, .finance, .analyst, .auditor]
    private static let unitReaders: Set<Role> = readers.union([.unitOwner])

    /// What the contract promises of each role, apart from the table that the server has.
    private static let allowed: [String: Set<Role>] = [
        "TenantService/CreateOrganization": [.operator],
        "TenantService/GetOrganization": unitReaders.union([.frontend, .operator]),
        "TenantService/ListOrganizations": unitReaders.union([.frontend, .operator]),
        "TenantService/UpdateOrganization": [.owner, .operator],
        "TenantService/SuspendOrganization": [.operator],
        "TenantService/ResumeOrganization": [.operator],
        "TenantService/DeleteOrganization": [.owner, .operator],
        "TenantService/RestoreOrganization": [.owner, .operator],
        "TenantService/ExportOrganization": [.owner],
        "TenantService/CreateBusinessUnit": admins,
        "TenantService/GetBusinessUnit": unitReaders,
        "TenantService/ListBusinessUnits": unitReaders,
        "TenantService/ListBusinessUnitVersions": unitReaders,
        "TenantService/UpdateBusinessUnit": admins,
        "TenantService/RetireBusinessUnit": admins,
        "TenantService/MergeBusinessUnit": admins,
        "TenantService/RestoreBusinessUnit": admins,
        "TenantService/ImportBusinessUnits": admins,
        "TenantService/CreateMember": admins,
        "TenantService/GetMember": inspectors,
        "TenantService/ListMembers": inspectors,
        "TenantService/UpdateMember": admins,
        "TenantService/RemoveMember": admins,
        "TenantService/CreateToken": admins,
        "TenantService/GetToken": inspectors,
        "TenantService/ListTokens": inspectors,
        "TenantService/RotateToken": admins,
        "TenantService/RevokeToken": admins,
        "TenantService/ListAuditRecords": inspectors.union([.operator]),
        "TenantService/StreamAuditRecords": inspectors.union([.operator]),
        "TenantService/GetAuditHead": inspectors.union([.operator]),
        "ConnectionService/CreateConnection": admins,
        "ConnectionService/GetConnection": readers,
        "ConnectionService/ListConnections": readers,
        "ConnectionService/SummarizeConnections": readers,
        "ConnectionService/ListConnectionRuns": readers,
        "ConnectionService/ListCodingActivity": inspectors,
        "ConnectionService/SyncConnection": admins,
        "ConnectionService/BackfillConnection": admins,
        "ConnectionService/ChangeConnectionBackfill": admins,
        "ConnectionService/ListConnectionBackfills": readers,
        "ConnectionService/GetWorkerStatus": [.operator],
        "ConnectionService/ReviveJobs": [.operator],
        "ConnectionService/ReplaceConnectionKey": admins,
        "ConnectionService/TestConnection": admins,
        "ConnectionService/UpdateConnection": admins,
        "ConnectionService/ImportConnections": admins,
        "ConnectionService/PauseConnection": admins,
        "ConnectionService/ResumeConnection": admins,
        "ConnectionService/DeleteConnection": admins,
        "IngestionService/IngestEvents": admins.union([.ingest, .gateway]),
        "IngestionService/StreamEvents": admins.union([.ingest, .gateway]),
        "IngestionService/CorrectEvents": planners.union([.ingest, .gateway]),
        "IngestionService/ReverseEvents": planners.union([.ingest, .gateway]),
        "IngestionService/ExplainEvent": readers,
        "IngestionService/UsageTrend": unitReaders,
        "IngestionService/TopModels": unitReaders,
        "IngestionService/ImportPrices": [.operator],
        "IngestionService/DiffPrices": [.operator],
        "IngestionService/GetPrice": readers.union([.operator]),
        "IngestionService/UsageSummary": unitReaders,
        "IngestionService/ExportEntries": unitReaders,
        "IngestionService/TagCoverage": unitReaders,
        "IngestionService/ReconcileConnection": unitReaders,
        "IngestionService/CreatePriceOverride": planners,
        "IngestionService/EndPriceOverride": planners,
        "IngestionService/ListPriceOverrides": readers,
        "IngestionService/SimulatePrices": readers,
        "IngestionService/RepriceEvents": planners,
        "IngestionService/SetAttributionRules": planners,
        "IngestionService/GetAttributionRules": readers,
        "IngestionService/ListAttributionRuleSets": readers,
        "IngestionService/PreviewAttributionRules": readers,
        "IngestionService/SetSourceRanks": planners,
        "IngestionService/GetSourceRanks": readers,
        "AllocationService/SetAllocationRules": planners,
        "AllocationService/GetAllocationRules": readers,
        "AllocationService/GetChargebackReport": unitReaders,
        "BudgetingService/SetBudget": planners,
        "BudgetingService/ListBudgets": unitReaders,
        "BudgetingService/GetBudgetStatus": unitReaders,
        "BudgetingService/GetMonthEndForecast": unitReaders,
    ]

    /// Those that an admin who is limited to a unit may call: the others are refused it by
    /// UNIT_SCOPE_NOT_SERVED.
    private static let servingUnits: Set<String> = [
        "TenantService/GetOrganization", "TenantService/ListOrganizations",
        "TenantService/GetBusinessUnit", "TenantService/ListBusinessUnits",
        "TenantService/ListBusinessUnitVersions", "AllocationService/GetChargebackReport",
        "BudgetingService/ListBudgets", "BudgetingService/GetBudgetStatus",
        "BudgetingService/GetMonthEndForecast", "IngestionService/UsageTrend",
        "IngestionService/TopModels", "IngestionService/UsageSummary",
        "IngestionService/TagCoverage",
    ]

    private static let roles: [Role] = [
        .owner, .admin, .finance, .analyst, .ingest, .operator, .unitOwner, .auditor, .gateway,
        .frontend,
    ]

    /// Nothing that the schema has is left out here, and nothing else is in.
    @Test func everyMethodIsInTheTable() throws {
        let open = [HealthServiceMethods.Check.name, ReflectionServiceMethods.GetSchema.name]
        let names = Set(TallySchema.methodNames).subtracting(open)
        #expect(Set(Self.allowed.keys.map { "tally.v1.\($0)" }) == names)
        let schema = try DescriptorSet(serialized: TallySchema.fileDescriptorSet)
        let declared = schema.enums.first { $0.fullName == "tally.v1.Role" }?.values.map(\.number)
        #expect(declared?.filter { $0 != 0 } == Self.roles.map(\.rawValue))
    }

    @Test func everyRoleMayCallWhatTheTableSays() async throws {
        try await ServerHarness.with { harness in
            let owner = try await harness.organization("acme")
            let client = harness.client(token: owner)
            _ = try await client.call(
                TenantServiceMethods.CreateBusinessUnit.self,
                CreateBusinessUnitRequest(code: "company", displayName: "Company"))
            for role in Self.roles {
                let caller = try await Self.caller(role, client, harness)
                let refused = try await Self.refused(caller, "ROLE_NOT_ALLOWED")
                let expected = Self.allowed.filter { !$0.value.contains(role) }.keys
                #expect(refused == Set(expected), "\(role.name ?? "")")
                await caller.close()
            }
            let limited = try await client.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(
                    displayName: "limited", roles: [.admin], unitCodes: ["company"]))
            let caller = harness.client(token: limited.secret)
            let refused = try await Self.refused(caller, "UNIT_SCOPE_NOT_SERVED")
            let served = Self.allowed.filter { $0.value.contains(.admin) }.keys
            #expect(refused == Set(served).subtracting(Self.servingUnits))
            await caller.close()
            await client.close()
        }
    }

    private static func caller(
        _ role: Role, _ owner: Client, _ harness: ServerHarness
    ) async throws -> Client {
        guard role != .operator else { return harness.client(token: harness.operatorToken) }
        let made = try await owner.call(
            TenantServiceMethods.CreateToken.self,
            CreateTokenRequest(
                displayName: "of a role", roles: [role],
                unitCodes: role == .unitOwner ? ["company"] : []))
        return harness.client(token: made.secret)
    }

    /// The methods that refuse a caller for a reason; requests are empty, so that most fail by
    /// another one.
    private static func refused(_ caller: Client, _ reason: String) async throws -> Set<String> {
        var refused: Set<String> = []
        for name in allowed.keys {
            do {
                _ = try await caller.callRaw(method: "tally.v1.\(name)", bytes: [])
            } catch let error as TallyError where error.reason == reason {
                refused.insert(name)
            } catch is TallyError {
                // It was let in.
            }
        }
        return refused
    }
}

@Suite struct TokenTests {
    /// Two servers over one database: what one revokes, the other refuses within a second.
    @Test func revocationHoldsOnEveryServerWithinASecond() async throws {
        try await ServerHarness.with { first in
            let owner = try await first.organization("acme")
            let admin = first.client(token: owner)
            try await first.withSecondServer { second in
                let made = try await admin.call(
                    TenantServiceMethods.CreateToken.self,
                    CreateTokenRequest(displayName: "T", roles: [.analyst]))
                let client = second.client(token: made.secret)
                let call = {
                    try await client.call(
                        TenantServiceMethods.GetOrganization.self, GetOrganizationRequest())
                }
                #expect(try await call().slug == "acme")
                _ = try await admin.call(
                    TenantServiceMethods.RevokeToken.self,
                    RevokeTokenRequest(id: made.token?.id ?? ""))
                let revoked = ContinuousClock.now
                var wasRefused = false
                while !wasRefused, ContinuousClock.now - revoked < .seconds(20) {
                    let asked = ContinuousClock.now
                    do {
                        _ = try await call()
                        #expect(asked - revoked <= .seconds(1))
                    } catch let error as TallyError {
                        #expect(error.reason == "TOKEN_REVOKED")
                        wasRefused = true
                    }
                }
                #expect(wasRefused)
                await client.close()
            }
            await admin.close()
        }
    }

    /// The audit log has both the frontend's token and the member that it acted for.
    @Test func frontendsAreAuditedWithWhomTheyActFor() async throws {
        try await ServerHarness.with { harness in
            let owner = harness.client(token: try await harness.organization("acme"))
            let frontend = try await owner.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(displayName: "Portal", roles: [.frontend]))
            let client = harness.client(token: frontend.secret)
            let unit = { (code: String, person: String) in
                try await client.call(
                    TenantServiceMethods.CreateBusinessUnit.self,
                    CreateBusinessUnitRequest(code: code, displayName: code),
                    options: CallOptions(metadata: ["tally-on-behalf-of": person]))
            }
            _ = try await unit("company", "OWNER@acme.example")
            await #expect(throws: TallyError.self) { try await unit("second", "x@acme.example") }
            // Also found by the person.
            for person in ["", "owner@acme.example"] {
                let method = TenantServiceMethods.CreateBusinessUnit.name
                let rows = try await owner.call(
                    TenantServiceMethods.ListAuditRecords.self,
                    ListAuditRecordsRequest(
                        filter: AuditFilter(onBehalfOf: person, method: method))
                ).records
                #expect(
                    rows.map { [$0.tokenID, $0.onBehalfOf] }
                        == [[frontend.token?.id, "owner@acme.example"]])
            }
            await client.close()
            await owner.close()
        }
    }
}

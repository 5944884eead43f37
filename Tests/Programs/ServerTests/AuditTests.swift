import API
import Postgres
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Server

/// Every method that may change something, by what the schema says of it.
@Suite struct AuditTests {
    /// 2026-10-20, before the server's time.
    private static let backfillFrom: Int64 = 1_792_454_400

    /// All that the schema does not declare to be without side effects, but ingestion.
    private static var mutatingMethods: Set<String> {
        get throws {
            let schema = try DescriptorSet(serialized: TallySchema.fileDescriptorSet)
            let names = schema.services.flatMap(\.methods)
                .filter { $0.idempotency != .noSideEffects }.map(\.fullName)
            return Set(names).subtracting([
                IngestionServiceMethods.IngestEvents.name,
                IngestionServiceMethods.StreamEvents.name,
            ])
        }
    }

    /// Calls each method once and looks for its rows.
    private final class Auditor {
        let session: PostgresSession
        private(set) var called: Set<String> = []

        init(_ session: PostgresSession) {
            self.session = session
        }

        func call<Method: RPCMethod>(
            _ method: Method.Type, _ request: Method.Request, by client: Client, of owner: String?
        ) async throws -> Method.Response {
            let response = try await client.call(method, request)
            called.insert(Method.name)
            let own = try await session.texts(
                """
                SELECT DISTINCT coalesce(o.slug, '')
                FROM audit_log AS a LEFT JOIN organizations AS o ON o.id = a.org_id
                WHERE a.method = '\(Method.name)'
                """)
            #expect(own.filter { $0 != [""] || owner == nil } == [[owner ?? ""]], "\(Method.name)")
            return response
        }

        /// Each row says what was done to what; one without would mean that it was not told.
        func readRows(of client: Client) async throws {
            for method in called.sorted() {
                let rows = try await client.call(
                    TenantServiceMethods.ListAuditRecords.self,
                    ListAuditRecordsRequest(filter: AuditFilter(method: method))
                ).records
                #expect(!rows.isEmpty, "\(method)")
                for row in rows {
                    #expect(!row.objectType.isEmpty && !row.objectID.isEmpty, "\(row)")
                    #expect(row.personalFields == .readable, "\(row)")
                    #expect(row.beforeJson != row.afterJson, "\(row)")
                    let texts = row.beforeJson + row.afterJson
                    #expect(!texts.contains("tly_") && !texts.contains("sk-admin"), "\(row)")
                }
                let changes = rows.map { row in
                    let kind =
                        row.beforeJson.isEmpty ? "new" : row.afterJson.isEmpty ? "no more" : "other"
                    return "\(kind) \(row.objectType)"
                }
                let name = method.split(separator: "/").last.map(String.init) ?? ""
                #expect(Set(changes).sorted() == expectedChanges[name], "\(name)")
            }
        }
    }

    /// What each method says that it did to which kinds of objects.
    private static let expectedChanges: [String: [String]] = [
        "CreateOrganization": ["new member", "new organization", "new token"],
        "UpdateOrganization": ["other organization"],
        "SuspendOrganization": ["other organization"],
        "ResumeOrganization": ["other organization"],
        "DeleteOrganization": ["other organization"],
        "RestoreOrganization": ["other organization"],
        "CreateBusinessUnit": ["new business_unit"],
        "UpdateBusinessUnit": ["other business_unit"],
        "MergeBusinessUnit": ["other business_unit"],
        "RetireBusinessUnit": ["other business_unit"],
        "RestoreBusinessUnit": ["other business_unit"],
        "ImportBusinessUnits": ["new business_unit"],
        "CreateMember": ["new member"],
        "UpdateMember": ["other member"],
        "RemoveMember": ["no more member"],
        "CreateToken": ["new token"],
        "RotateToken": ["new token", "other token"],
        "RevokeToken": ["other token"],
        "CreateConnection": ["new connection"],
        "ReplaceConnectionKey": ["other connection"],
        "UpdateConnection": ["other connection"],
        "SyncConnection": ["new connection_sync"],
        "BackfillConnection": ["new connection_backfill"],
        "ChangeConnectionBackfill": ["other connection_backfill"],
        "ReviveJobs": ["no more set_aside_job"],
        "ImportConnections": ["new connection"],
        "PauseConnection": ["other connection"],
        "ResumeConnection": ["other connection"],
        "DeleteConnection": ["other connection"],
        "SetAllocationRules": ["new allocation_rules"],
        "SetBudget": ["new budget"],
        "CreatePriceOverride": ["new price_override"],
        "EndPriceOverride": ["other price_override"],
        "RepriceEvents": ["new repricing"],
        "SetAttributionRules": ["new attribution_rules"],
        "SetSourceRanks": ["new source_ranks"],
        "ImportPrices": ["other price_catalogue"],
        "CorrectEvents": ["other event"],
        "ReverseEvents": ["other event"],
    ]

    /// A method added to the schema must be added here, with a request that it accepts.
    @Test func everyMutatingMethodSaysWhatItChanged() async throws {
        try await ServerHarness.with { harness in
            let auditor = Auditor(try await harness.database.session())
            let platform = harness.client(token: harness.operatorToken)
            let made = try await auditor.call(
                TenantServiceMethods.CreateOrganization.self,
                CreateOrganizationRequest(
                    slug: "acme", displayName: "Acme", timeZone: "UTC",
                    ownerEmail: "owner@acme.example"), by: platform, of: "acme")
            // Before the owner calls: what a server knows of an organization it knows for a second.
            _ = try await auditor.call(
                TenantServiceMethods.SuspendOrganization.self,
                SuspendOrganizationRequest(organization: "acme", reason: "Unpaid"),
                by: platform, of: "acme")
            _ = try await auditor.call(
                TenantServiceMethods.ResumeOrganization.self,
                ResumeOrganizationRequest(organization: "acme"), by: platform, of: "acme")
            let operators = Auditor(auditor.session)
            _ = try await operators.call(
                IngestionServiceMethods.ImportPrices.self,
                ImportPricesRequest(upload: try PriceUploads.dearer("gpt-6-sol")), by: platform,
                of: nil)
            try await auditor.session.execute(
                """
                INSERT INTO jobs (id, org_id, kind, key, arguments, due_at, dead_at, dead_reason)
                VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'k', 'k', '{}',
                    now(), now(), 'KEY_REFUSED')
                """)
            _ = try await operators.call(
                ConnectionServiceMethods.ReviveJobs.self, ReviveJobsRequest(all: true),
                by: platform, of: nil)
            try await operators.readRows(of: platform)
            await platform.close()
            let owner = harness.client(token: made.ownerToken)
            try await changeTenancy(auditor, owner)
            try await changeConnections(auditor, owner)
            _ = try await auditor.call(
                AllocationServiceMethods.SetAllocationRules.self,
                SetAllocationRulesRequest(rules: [
                    AllocationRule(id: "everything", target: .unit("company"))
                ]), by: owner, of: "acme")
            _ = try await auditor.call(
                BudgetingServiceMethods.SetBudget.self,
                SetBudgetRequest(
                    unitCode: "company",
                    monthlyAmount: API.Money(amount: "100", currencyCode: "USD")),
                by: owner, of: "acme")
            try await changeContracts(auditor, owner)
            try await changeEvents(auditor, owner)
            try await endOrganization(auditor, owner)
            try await auditor.readRows(of: owner)
            await owner.close()
            await auditor.session.close()
            let methods = try Self.mutatingMethods
            #expect(auditor.called.union(operators.called) == methods)
        }
    }

    private func changeContracts(_ auditor: Auditor, _ owner: Client) async throws {
        let made = try await auditor.call(
            IngestionServiceMethods.CreatePriceOverride.self,
            CreatePriceOverrideRequest(
                priceOverride: PriceOverride(
                    provider: "openai", modelPattern: "*", terms: .multiplier("0.9"))),
            by: owner, of: "acme")
        _ = try await auditor.call(
            IngestionServiceMethods.EndPriceOverride.self,
            EndPriceOverrideRequest(number: made.number), by: owner, of: "acme")
        _ = try await auditor.call(
            IngestionServiceMethods.SetAttributionRules.self,
            SetAttributionRulesRequest(rules: [
                AttributionRule(name: "all", target: "team", value: .constant("search"))
            ]), by: owner, of: "acme")
        _ = try await auditor.call(
            IngestionServiceMethods.SetSourceRanks.self,
            SetSourceRanksRequest(sources: ["gateway", "sdk"]), by: owner, of: "acme")
    }

    private func changeEvents(_ auditor: Auditor, _ owner: Client) async throws {
        let event = Event(
            id: "e", source: "gateway", time: Timestamp(seconds: 1_793_400_000), provider: "openai",
            model: "gpt-4.1", quantities: [Quantity(quantityClass: "input", amount: 10)])
        _ = try await owner.call(
            IngestionServiceMethods.IngestEvents.self, IngestEventsRequest(events: [event]))
        _ = try await auditor.call(
            IngestionServiceMethods.CorrectEvents.self,
            CorrectEventsRequest(corrections: [
                EventCorrection(source: "gateway", id: "e", reason: "It used nothing")
            ]), by: owner, of: "acme")
        try await reprice(auditor, owner)
        _ = try await auditor.call(
            IngestionServiceMethods.ReverseEvents.self,
            ReverseEventsRequest(reversals: [
                EventReversal(source: "gateway", id: "e", reason: "It was a test")
            ]), by: owner, of: "acme")
    }

    /// An event of a model without a price gets that of a contract.
    private func reprice(_ auditor: Auditor, _ owner: Client) async throws {
        let event = Event(
            id: "unpriced", source: "gateway", time: Timestamp(seconds: 1_793_400_000),
            provider: "openai", model: "gpt-unheard-of",
            quantities: [Quantity(quantityClass: "input", amount: 10)])
        _ = try await owner.call(
            IngestionServiceMethods.IngestEvents.self, IngestEventsRequest(events: [event]))
        let time = Timestamp(seconds: 1_790_000_000)
        let prices = FixedPrices(prices: [FixedPrice(quantityClass: "input", rate: "1")])
        _ = try await owner.call(
            IngestionServiceMethods.CreatePriceOverride.self,
            CreatePriceOverrideRequest(
                priceOverride: PriceOverride(
                    provider: "openai", modelPattern: "gpt-unheard-of", terms: .fixed(prices),
                    effectiveTime: time)))
        _ = try await auditor.call(
            IngestionServiceMethods.RepriceEvents.self,
            RepriceEventsRequest(
                from: API.Date(year: 2026, month: 10, day: 1),
                through: API.Date(year: 2026, month: 11, day: 30), unpricedOnly: true,
                reason: "The contract is signed"), by: owner, of: "acme")
    }

    private func changeTenancy(_ auditor: Auditor, _ owner: Client) async throws {
        _ = try await auditor.call(
            TenantServiceMethods.CreateBusinessUnit.self,
            CreateBusinessUnitRequest(code: "company", displayName: "Company"),
            by: owner, of: "acme")
        try await changeUnits(auditor, owner)
        let member = try await auditor.call(
            TenantServiceMethods.CreateMember.self,
            CreateMemberRequest(email: "second@acme.example", roles: [.finance]),
            by: owner, of: "acme")
        let token = try await auditor.call(
            TenantServiceMethods.CreateToken.self,
            CreateTokenRequest(displayName: "second", roles: [.analyst]), by: owner, of: "acme")
        _ = try await auditor.call(
            TenantServiceMethods.UpdateMember.self,
            UpdateMemberRequest(id: member.id, roles: [.admin], updateMask: ["roles"]), by: owner,
            of: "acme")
        _ = try await auditor.call(
            TenantServiceMethods.RemoveMember.self, RemoveMemberRequest(id: member.id),
            by: owner, of: "acme")
        let rotated = try await auditor.call(
            TenantServiceMethods.RotateToken.self,
            RotateTokenRequest(id: token.token?.id ?? ""), by: owner, of: "acme")
        _ = try await auditor.call(
            TenantServiceMethods.RevokeToken.self,
            RevokeTokenRequest(id: rotated.token?.id ?? ""), by: owner, of: "acme")
    }

    /// The last of all: servers refuse other calls until they know that it was taken back.
    private func endOrganization(_ auditor: Auditor, _ owner: Client) async throws {
        _ = try await auditor.call(
            TenantServiceMethods.UpdateOrganization.self,
            UpdateOrganizationRequest(displayName: "Acme & Co", updateMask: ["display_name"]),
            by: owner, of: "acme")
        _ = try await auditor.call(
            TenantServiceMethods.DeleteOrganization.self,
            DeleteOrganizationRequest(confirmSlug: "acme"), by: owner, of: "acme")
        _ = try await auditor.call(
            TenantServiceMethods.RestoreOrganization.self, RestoreOrganizationRequest(),
            by: owner, of: "acme")
        let begin = ContinuousClock.now
        while ContinuousClock.now - begin < .seconds(60) {
            do {
                _ = try await owner.call(TenantServiceMethods.ListMembers.self, .init())
                return
            } catch let error as TallyError where error.reason == "ORGANIZATION_DELETED" {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func changeUnits(_ auditor: Auditor, _ owner: Client) async throws {
        _ = try await auditor.call(
            TenantServiceMethods.ImportBusinessUnits.self,
            ImportBusinessUnitsRequest(rows: [
                BusinessUnitRow(code: "first", displayName: "First"),
                BusinessUnitRow(code: "second", displayName: "Second"),
            ]), by: owner, of: "acme")
        _ = try await auditor.call(
            TenantServiceMethods.UpdateBusinessUnit.self,
            UpdateBusinessUnitRequest(
                code: "second", parentCode: "company", updateMask: ["parent_code"]),
            by: owner, of: "acme")
        _ = try await auditor.call(
            TenantServiceMethods.MergeBusinessUnit.self,
            MergeBusinessUnitRequest(code: "first", intoCode: "second"), by: owner, of: "acme")
        _ = try await auditor.call(
            TenantServiceMethods.RetireBusinessUnit.self, RetireBusinessUnitRequest(code: "second"),
            by: owner, of: "acme")
        _ = try await auditor.call(
            TenantServiceMethods.RestoreBusinessUnit.self,
            RestoreBusinessUnitRequest(code: "second"), by: owner, of: "acme")
    }

    private func changeConnections(_ auditor: Auditor, _ owner: Client) async throws {
        let connection = try await auditor.call(
            ConnectionServiceMethods.CreateConnection.self,
            CreateConnectionRequest(
                provider: .openai, displayName: "OpenAI", apiKey: "sk-admin-audited-0001"),
            by: owner, of: "acme")
        _ = try await auditor.call(
            ConnectionServiceMethods.ReplaceConnectionKey.self,
            ReplaceConnectionKeyRequest(id: connection.id, apiKey: "sk-admin-audited-0002"),
            by: owner, of: "acme")
        _ = try await auditor.call(
            ConnectionServiceMethods.UpdateConnection.self,
            UpdateConnectionRequest(
                id: connection.id, labels: [Label(key: "team", value: "search")],
                updateMask: ["labels"]), by: owner, of: "acme")
        _ = try await auditor.call(
            ConnectionServiceMethods.SyncConnection.self,
            SyncConnectionRequest(id: connection.id), by: owner, of: "acme")
        let backfill = try await auditor.call(
            ConnectionServiceMethods.BackfillConnection.self,
            BackfillConnectionRequest(
                id: connection.id,
                from: Timestamp(seconds: Self.backfillFrom)),
            by: owner, of: "acme")
        _ = try await auditor.call(
            ConnectionServiceMethods.ChangeConnectionBackfill.self,
            ChangeConnectionBackfillRequest(id: backfill.id, action: .pause),
            by: owner, of: "acme")
        _ = try await auditor.call(
            ConnectionServiceMethods.ImportConnections.self,
            ImportConnectionsRequest(rows: [
                ConnectionRow(
                    displayName: "Imported", provider: .anthropic,
                    apiKey: "sk-admin-audited-0003")
            ]), by: owner, of: "acme")
        _ = try await auditor.call(
            ConnectionServiceMethods.PauseConnection.self,
            PauseConnectionRequest(id: connection.id), by: owner, of: "acme")
        _ = try await auditor.call(
            ConnectionServiceMethods.ResumeConnection.self,
            ResumeConnectionRequest(id: connection.id), by: owner, of: "acme")
        _ = try await auditor.call(
            ConnectionServiceMethods.DeleteConnection.self,
            DeleteConnectionRequest(id: connection.id, confirmDisplayName: "OpenAI"),
            by: owner, of: "acme")
    }
}

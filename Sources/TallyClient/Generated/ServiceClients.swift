// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.

public import API

extension Client {
    /// Sends spend to business units.
    public var allocation: AllocationServiceClient {
        AllocationServiceClient(client: self)
    }

    /// What units may spend, what they have spent, and where the month will end.
    public var budgeting: BudgetingServiceClient {
        BudgetingServiceClient(client: self)
    }

    /// Provider accounts whose usage and cost the worker pulls.
    public var connection: ConnectionServiceClient {
        ConnectionServiceClient(client: self)
    }

    /// Tells whether this server can do its work. Needs no token.
    public var health: HealthServiceClient {
        HealthServiceClient(client: self)
    }

    /// Metered events in, and what they come to.
    public var ingestion: IngestionServiceClient {
        IngestionServiceClient(client: self)
    }

    /// Describes everything served, so that a generic client can call any method. Needs no token.
    public var reflection: ReflectionServiceClient {
        ReflectionServiceClient(client: self)
    }

    /// Organizations, their business units, people and tokens.
    public var tenant: TenantServiceClient {
        TenantServiceClient(client: self)
    }
}

/// Sends spend to business units.
public struct AllocationServiceClient: Sendable {
    let client: Client

    /// Replaces the organization's rules by a new version of the whole set.
    /// - Throws: `TallyError`.
    public func setAllocationRules(
        _ request: SetAllocationRulesRequest, options: CallOptions = CallOptions()
    ) async throws -> AllocationRuleSet {
        try await client.call(
            AllocationServiceMethods.SetAllocationRules.self, request, options: options)
    }

    /// The rules in force.
    /// - Throws: `TallyError`.
    public func getAllocationRules(
        _ request: GetAllocationRulesRequest, options: CallOptions = CallOptions()
    ) async throws -> AllocationRuleSet {
        try await client.call(
            AllocationServiceMethods.GetAllocationRules.self, request, options: options)
    }

    /// What each business unit answers for in one month, exact to the pico.
    /// - Throws: `TallyError`.
    public func getChargebackReport(
        _ request: GetChargebackReportRequest, options: CallOptions = CallOptions()
    ) async throws -> ChargebackReport {
        try await client.call(
            AllocationServiceMethods.GetChargebackReport.self, request, options: options)
    }
}

/// What units may spend, what they have spent, and where the month will end.
public struct BudgetingServiceClient: Sendable {
    let client: Client

    /// Sets the monthly budget of a business unit, from now on; one that exists is replaced.
    /// - Throws: `TallyError`.
    public func setBudget(
        _ request: SetBudgetRequest, options: CallOptions = CallOptions()
    ) async throws -> Budget {
        try await client.call(BudgetingServiceMethods.SetBudget.self, request, options: options)
    }

    /// The organization's budgets by unit.
    /// - Throws: `TallyError`.
    public func listBudgets(
        _ request: ListBudgetsRequest, options: CallOptions = CallOptions()
    ) async throws -> ListBudgetsResponse {
        try await client.call(BudgetingServiceMethods.ListBudgets.self, request, options: options)
    }

    /// Budget, spend and forecast of every unit that has a budget. Callers who are limited to some
    /// units
    /// are shown the budgets of those that stand below them today and at the end of the month, with
    /// their
    /// spend of the days on which they did.
    /// - Throws: `TallyError`.
    public func getBudgetStatus(
        _ request: GetBudgetStatusRequest, options: CallOptions = CallOptions()
    ) async throws -> BudgetStatusReport {
        try await client.call(
            BudgetingServiceMethods.GetBudgetStatus.self, request, options: options)
    }

    /// What the organization's current month will come to, or what of it is the units' that the
    /// caller is
    /// limited to: each for the days on which it stands below them. An estimate.
    /// - Throws: `TallyError`.
    public func getMonthEndForecast(
        _ request: GetMonthEndForecastRequest, options: CallOptions = CallOptions()
    ) async throws -> MonthEndForecast {
        try await client.call(
            BudgetingServiceMethods.GetMonthEndForecast.self, request, options: options)
    }
}

/// Provider accounts whose usage and cost the worker pulls.
public struct ConnectionServiceClient: Sendable {
    let client: Client

    /// Stores a provider's key, encrypted, and schedules the first pull.
    /// - Throws: `TallyError`.
    public func createConnection(
        _ request: CreateConnectionRequest, options: CallOptions = CallOptions()
    ) async throws -> Connection {
        try await client.call(
            ConnectionServiceMethods.CreateConnection.self, request, options: options)
    }

    /// One connection with its health.
    /// - Throws: `TallyError`.
    public func getConnection(
        _ request: GetConnectionRequest, options: CallOptions = CallOptions()
    ) async throws -> Connection {
        try await client.call(
            ConnectionServiceMethods.GetConnection.self, request, options: options)
    }

    /// The organization's connections by display name.
    /// - Throws: `TallyError`.
    public func listConnections(
        _ request: ListConnectionsRequest, options: CallOptions = CallOptions()
    ) async throws -> ListConnectionsResponse {
        try await client.call(
            ConnectionServiceMethods.ListConnections.self, request, options: options)
    }

    /// Stores another key of the same account, encrypted, and makes the next pull of both reports
    /// due
    /// at once. What was read before stays; a refused key is health DEGRADED until the new one
    /// worked.
    /// - Throws: `TallyError`.
    public func replaceConnectionKey(
        _ request: ReplaceConnectionKeyRequest, options: CallOptions = CallOptions()
    ) async throws -> Connection {
        try await client.call(
            ConnectionServiceMethods.ReplaceConnectionKey.self, request, options: options)
    }
}

/// Tells whether this server can do its work. Needs no token.
public struct HealthServiceClient: Sendable {
    let client: Client

    /// SERVING only when the database answers and its migrations are current.
    /// - Throws: `TallyError`.
    public func check(
        _ request: CheckRequest, options: CallOptions = CallOptions()
    ) async throws -> CheckResponse {
        try await client.call(HealthServiceMethods.Check.self, request, options: options)
    }
}

/// Metered events in, and what they come to.
public struct IngestionServiceClient: Sendable {
    let client: Client

    /// Records 1 to 10,000 events. Each item is answered by itself: one bad event never fails its
    /// neighbours. The answer follows the commit.
    /// - Throws: `TallyError`.
    public func ingestEvents(
        _ request: IngestEventsRequest, options: CallOptions = CallOptions()
    ) async throws -> IngestEventsResponse {
        try await client.call(IngestionServiceMethods.IngestEvents.self, request, options: options)
    }

    /// Cost, requests and tokens per day of a span of days, of the whole organization. Callers who
    /// are
    /// limited to some units are refused by UNIT_SCOPE_NOT_SERVED: rules share out the sums of
    /// months, so
    /// what is a unit's of one day or model is not known exactly.
    /// - Throws: `TallyError`.
    public func usageTrend(
        _ request: UsageTrendRequest, options: CallOptions = CallOptions()
    ) async throws -> UsageTrendResponse {
        try await client.call(IngestionServiceMethods.UsageTrend.self, request, options: options)
    }

    /// The models that cost most within a span of days, of the whole organization; like UsageTrend
    /// not for
    /// callers who are limited to some units.
    /// - Throws: `TallyError`.
    public func topModels(
        _ request: TopModelsRequest, options: CallOptions = CallOptions()
    ) async throws -> TopModelsResponse {
        try await client.call(IngestionServiceMethods.TopModels.self, request, options: options)
    }
}

/// Describes everything served, so that a generic client can call any method. Needs no token.
public struct ReflectionServiceClient: Sendable {
    let client: Client

    /// The descriptors of everything served.
    /// - Throws: `TallyError`.
    public func getSchema(
        _ request: GetSchemaRequest, options: CallOptions = CallOptions()
    ) async throws -> GetSchemaResponse {
        try await client.call(ReflectionServiceMethods.GetSchema.self, request, options: options)
    }
}

/// Organizations, their business units, people and tokens.
public struct TenantServiceClient: Sendable {
    let client: Client

    /// Creates an organization with its first owner and that owner's token. Operators only.
    /// - Throws: `TallyError`.
    public func createOrganization(
        _ request: CreateOrganizationRequest, options: CallOptions = CallOptions()
    ) async throws -> CreateOrganizationResponse {
        try await client.call(
            TenantServiceMethods.CreateOrganization.self, request, options: options)
    }

    /// The caller's organization.
    /// - Throws: `TallyError`.
    public func getOrganization(
        _ request: GetOrganizationRequest, options: CallOptions = CallOptions()
    ) async throws -> Organization {
        try await client.call(TenantServiceMethods.GetOrganization.self, request, options: options)
    }

    /// Organizations by slug. Operators see all, others their own.
    /// - Throws: `TallyError`.
    public func listOrganizations(
        _ request: ListOrganizationsRequest, options: CallOptions = CallOptions()
    ) async throws -> ListOrganizationsResponse {
        try await client.call(
            TenantServiceMethods.ListOrganizations.self, request, options: options)
    }

    /// Adds a business unit to the organization's tree, which has at most 100,000 units, ended ones
    /// included,
    /// and 250,000 versions of them.
    /// - Throws: `TallyError`.
    public func createBusinessUnit(
        _ request: CreateBusinessUnitRequest, options: CallOptions = CallOptions()
    ) async throws -> BusinessUnit {
        try await client.call(
            TenantServiceMethods.CreateBusinessUnit.self, request, options: options)
    }

    /// One business unit as it is on a day. To callers who are limited to some units, one that does
    /// not
    /// stand below them on that day is not there, and other units are not named; a day ahead shows
    /// no
    /// units that today does not. The same holds for the lists of units and of versions.
    /// - Throws: `TallyError`.
    public func getBusinessUnit(
        _ request: GetBusinessUnitRequest, options: CallOptions = CallOptions()
    ) async throws -> BusinessUnit {
        try await client.call(TenantServiceMethods.GetBusinessUnit.self, request, options: options)
    }

    /// The organization's business units as they are on a day, by code.
    /// - Throws: `TallyError`.
    public func listBusinessUnits(
        _ request: ListBusinessUnitsRequest, options: CallOptions = CallOptions()
    ) async throws -> ListBusinessUnitsResponse {
        try await client.call(
            TenantServiceMethods.ListBusinessUnits.self, request, options: options)
    }

    /// What a business unit was, is and is planned to be.
    /// - Throws: `TallyError`.
    public func listBusinessUnitVersions(
        _ request: ListBusinessUnitVersionsRequest, options: CallOptions = CallOptions()
    ) async throws -> ListBusinessUnitVersionsResponse {
        try await client.call(
            TenantServiceMethods.ListBusinessUnitVersions.self, request, options: options)
    }

    /// Renames or moves a business unit, or changes other details of it, from a day on. Days before
    /// it
    /// keep what they had. Each field that changes keeps its new value up to the day, if any, on
    /// which
    /// it was going to change anyway.
    /// - Throws: `TallyError`.
    public func updateBusinessUnit(
        _ request: UpdateBusinessUnitRequest, options: CallOptions = CallOptions()
    ) async throws -> BusinessUnit {
        try await client.call(
            TenantServiceMethods.UpdateBusinessUnit.self, request, options: options)
    }

    /// Ends a business unit from a day on. It must have no units below it then. What rules give to
    /// it
    /// goes to its successor from that day on; without one, to the nearest unit above.
    /// - Throws: `TallyError`.
    public func retireBusinessUnit(
        _ request: RetireBusinessUnitRequest, options: CallOptions = CallOptions()
    ) async throws -> BusinessUnit {
        try await client.call(
            TenantServiceMethods.RetireBusinessUnit.self, request, options: options)
    }

    /// Ends a business unit from a day on in favour of another one, which takes over what rules
    /// give to
    /// it and the units directly below it.
    /// - Throws: `TallyError`.
    public func mergeBusinessUnit(
        _ request: MergeBusinessUnitRequest, options: CallOptions = CallOptions()
    ) async throws -> BusinessUnit {
        try await client.call(
            TenantServiceMethods.MergeBusinessUnit.self, request, options: options)
    }

    /// Takes a business unit that was retired or merged back into the tree from a day on.
    /// - Throws: `TallyError`.
    public func restoreBusinessUnit(
        _ request: RestoreBusinessUnitRequest, options: CallOptions = CallOptions()
    ) async throws -> BusinessUnit {
        try await client.call(
            TenantServiceMethods.RestoreBusinessUnit.self, request, options: options)
    }

    /// Makes the tree from a day on what the rows say, all of them or none, and answers with the
    /// difference.
    /// - Throws: `TallyError`.
    public func importBusinessUnits(
        _ request: ImportBusinessUnitsRequest, options: CallOptions = CallOptions()
    ) async throws -> ImportBusinessUnitsResponse {
        try await client.call(
            TenantServiceMethods.ImportBusinessUnits.self, request, options: options)
    }

    /// Adds a person to the organization.
    /// - Throws: `TallyError`.
    public func createMember(
        _ request: CreateMemberRequest, options: CallOptions = CallOptions()
    ) async throws -> Member {
        try await client.call(TenantServiceMethods.CreateMember.self, request, options: options)
    }

    /// One member.
    /// - Throws: `TallyError`.
    public func getMember(
        _ request: GetMemberRequest, options: CallOptions = CallOptions()
    ) async throws -> Member {
        try await client.call(TenantServiceMethods.GetMember.self, request, options: options)
    }

    /// Changes what a member may do. The last owner of an organization stays one.
    /// - Throws: `TallyError`.
    public func updateMember(
        _ request: UpdateMemberRequest, options: CallOptions = CallOptions()
    ) async throws -> Member {
        try await client.call(TenantServiceMethods.UpdateMember.self, request, options: options)
    }

    /// Takes a person out of the organization; frontends can act for them no longer, within a
    /// second.
    /// The last owner of an organization cannot be taken out.
    /// - Throws: `TallyError`.
    public func removeMember(
        _ request: RemoveMemberRequest, options: CallOptions = CallOptions()
    ) async throws -> RemoveMemberResponse {
        try await client.call(TenantServiceMethods.RemoveMember.self, request, options: options)
    }

    /// The organization's members, in the order in which they were added.
    /// - Throws: `TallyError`.
    public func listMembers(
        _ request: ListMembersRequest, options: CallOptions = CallOptions()
    ) async throws -> ListMembersResponse {
        try await client.call(TenantServiceMethods.ListMembers.self, request, options: options)
    }

    /// Creates an API token. The answer is the only place where the token is ever shown.
    /// - Throws: `TallyError`.
    public func createToken(
        _ request: CreateTokenRequest, options: CallOptions = CallOptions()
    ) async throws -> CreateTokenResponse {
        try await client.call(TenantServiceMethods.CreateToken.self, request, options: options)
    }

    /// The organization's tokens, without their secrets, newest first.
    /// - Throws: `TallyError`.
    public func listTokens(
        _ request: ListTokensRequest, options: CallOptions = CallOptions()
    ) async throws -> ListTokensResponse {
        try await client.call(TenantServiceMethods.ListTokens.self, request, options: options)
    }

    /// One token, without its secret.
    /// - Throws: `TallyError`.
    public func getToken(
        _ request: GetTokenRequest, options: CallOptions = CallOptions()
    ) async throws -> Token {
        try await client.call(TenantServiceMethods.GetToken.self, request, options: options)
    }

    /// Makes a successor of a token with the same rights, and ends the token itself after an
    /// overlap in
    /// which both work. The answer is the only place where the new token is ever shown.
    /// - Throws: `TallyError`.
    public func rotateToken(
        _ request: RotateTokenRequest, options: CallOptions = CallOptions()
    ) async throws -> RotateTokenResponse {
        try await client.call(TenantServiceMethods.RotateToken.self, request, options: options)
    }

    /// Ends a token, on every server within a second. Ending one that has ended already changes
    /// nothing.
    /// - Throws: `TallyError`.
    public func revokeToken(
        _ request: RevokeTokenRequest, options: CallOptions = CallOptions()
    ) async throws -> Token {
        try await client.call(TenantServiceMethods.RevokeToken.self, request, options: options)
    }

    /// Who changed what of the organization, newest first. Operators see what they changed of none.
    /// - Throws: `TallyError`.
    public func listAuditRecords(
        _ request: ListAuditRecordsRequest, options: CallOptions = CallOptions()
    ) async throws -> ListAuditRecordsResponse {
        try await client.call(TenantServiceMethods.ListAuditRecords.self, request, options: options)
    }

    /// The same, oldest first, to its end at the time of the call: to verify it, and to keep it
    /// elsewhere.
    /// - Throws: `TallyError`.
    public func streamAuditRecords<Result: Sendable>(
        _ request: StreamAuditRecordsRequest, options: CallOptions = CallOptions(),
        _ body: (ResponseMessages<AuditRecord>) async throws -> Result
    ) async throws -> Result {
        try await client.serverStreaming(
            TenantServiceMethods.StreamAuditRecords.self, request, options: options, body)
    }

    /// Where the audit log ends.
    /// - Throws: `TallyError`.
    public func getAuditHead(
        _ request: GetAuditHeadRequest, options: CallOptions = CallOptions()
    ) async throws -> AuditHead {
        try await client.call(TenantServiceMethods.GetAuditHead.self, request, options: options)
    }
}

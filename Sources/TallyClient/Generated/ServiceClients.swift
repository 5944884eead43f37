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

    /// Organizations, their business units, people and tokens.
    public var tenant: TenantServiceClient {
        TenantServiceClient(client: self)
    }

    /// Provider accounts whose usage and cost the worker pulls.
    public var connection: ConnectionServiceClient {
        ConnectionServiceClient(client: self)
    }

    /// Tells whether this server can do its work. Needs no token.
    public var health: HealthServiceClient {
        HealthServiceClient(client: self)
    }

    /// Metered events in, what each costs, and what they come to.
    public var ingestion: IngestionServiceClient {
        IngestionServiceClient(client: self)
    }

    /// Describes everything served, so that a generic client can call any method. Needs no token.
    public var reflection: ReflectionServiceClient {
        ReflectionServiceClient(client: self)
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
    /// are shown those that stand below them today and stood there on every day of the month: a
    /// month's
    /// budget says nothing of a part of its spend. A forecast is left out where a unit below was
    /// elsewhere
    /// on a day that it would be made of.
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

    /// The caller's organization, or, for operators, any, also what is left of one that was erased.
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

    /// Changes settings of an organization: its owners all but the limits, operators the limits.
    /// - Throws: `TallyError`.
    public func updateOrganization(
        _ request: UpdateOrganizationRequest, options: CallOptions = CallOptions()
    ) async throws -> Organization {
        try await client.call(
            TenantServiceMethods.UpdateOrganization.self, request, options: options)
    }

    /// Refuses all calls of an organization but GetOrganization and ListOrganizations, on every
    /// server
    /// within a second, and rests its pulls. Of one that is suspended the reason changes. Operators
    /// only.
    /// - Throws: `TallyError`.
    public func suspendOrganization(
        _ request: SuspendOrganizationRequest, options: CallOptions = CallOptions()
    ) async throws -> Organization {
        try await client.call(
            TenantServiceMethods.SuspendOrganization.self, request, options: options)
    }

    /// Serves an organization again that was suspended. Operators only.
    /// - Throws: `TallyError`.
    public func resumeOrganization(
        _ request: ResumeOrganizationRequest, options: CallOptions = CallOptions()
    ) async throws -> Organization {
        try await client.call(
            TenantServiceMethods.ResumeOrganization.self, request, options: options)
    }

    /// Deletes an organization once a grace period is over: until then RestoreOrganization takes it
    /// back, and it may be exported, and its units, members, tokens and audit log be read, and
    /// nothing
    /// else. Then its keys are destroyed and all of its rows erased; its id, slug and dates stay,
    /// so that
    /// nobody takes it over, and the operators' audit log keeps which token asked for it. The
    /// answer says when.
    /// Of one that is being deleted already nothing changes. By an owner or an operator.
    /// - Throws: `TallyError`.
    public func deleteOrganization(
        _ request: DeleteOrganizationRequest, options: CallOptions = CallOptions()
    ) async throws -> Organization {
        try await client.call(
            TenantServiceMethods.DeleteOrganization.self, request, options: options)
    }

    /// Takes a deletion back whose grace period is not over; all is as before. By an owner or an
    /// operator.
    /// - Throws: `TallyError`.
    public func restoreOrganization(
        _ request: RestoreOrganizationRequest, options: CallOptions = CallOptions()
    ) async throws -> Organization {
        try await client.call(
            TenantServiceMethods.RestoreOrganization.self, request, options: options)
    }

    /// Everything that the organization has, without secrets, as it is at one instant: rows of
    /// every
    /// table, each table with the number and the hash of its rows; what is sealed of people comes
    /// in
    /// clear. By an owner, also while the organization is being deleted. One at a time of an
    /// organization (EXPORT_UNDER_WAY), a few of a server (EXPORTS_AT_LIMIT), and for as long as it
    /// allows
    /// (EXPORT_TOO_LONG). Who reads less than 64 KiB a second in the long run, or nothing for half
    /// a minute
    /// beyond that, is cut off (EXPORT_READ_TOO_SLOWLY).
    /// - Throws: `TallyError`.
    public func exportOrganization<Result: Sendable>(
        _ request: ExportOrganizationRequest, options: CallOptions = CallOptions(),
        _ body: (ResponseMessages<OrganizationExportPart>) async throws -> Result
    ) async throws -> Result {
        try await client.serverStreaming(
            TenantServiceMethods.ExportOrganization.self, request, options: options, body)
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
    /// The last owner of an organization cannot be taken out. It does not wait for data keys that
    /// cannot be
    /// had; its idempotency key then counts for nothing, and repeating it is MEMBER_NOT_FOUND.
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
    /// which both work. The answer is the only place where the new token is ever shown. Who is
    /// limited in
    /// networks, rate or quota rotates only tokens that are limited as much; who ends, makes none
    /// that ends later.
    /// Of a frontend's that acts for a member only those limits count that it hands on
    /// (Token.handed_on).
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

    /// Who changed what of the organization, newest first. Operators see which organizations
    /// operators made
    /// or changed, and whose deletion was asked for or taken back, without what was changed.
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

/// Provider accounts whose usage and cost the worker pulls.
public struct ConnectionServiceClient: Sendable {
    let client: Client

    /// Stores a provider's key, encrypted, and schedules the first pull. CONNECTION_LIMIT_REACHED
    /// where
    /// the organization has as many connections as its plan allows.
    /// - Throws: `TallyError`.
    public func createConnection(
        _ request: CreateConnectionRequest, options: CallOptions = CallOptions()
    ) async throws -> Connection {
        try await client.call(
            ConnectionServiceMethods.CreateConnection.self, request, options: options)
    }

    /// Makes the pulls of all its reports due at once, before what is scheduled, those that were
    /// set aside, too.
    /// Pulls that run go on, and a provider that asked to be left alone is, unless the request says
    /// otherwise.
    /// CONNECTION_PAUSED while it is;
    /// SYNCED_TOO_RECENTLY within a minute of the last time.
    /// - Throws: `TallyError`.
    public func syncConnection(
        _ request: SyncConnectionRequest, options: CallOptions = CallOptions()
    ) async throws -> SyncConnectionResponse {
        try await client.call(
            ConnectionServiceMethods.SyncConnection.self, request, options: options)
    }

    /// Reads usage and costs of a span of the past once, beside the pulls of the present, which go
    /// first and do not
    /// notice it. What was read before is corrected where the provider says something else now, and
    /// counts once;
    /// days of which it tells nothing any more keep what was read. Days that pulls read again by
    /// themselves are
    /// left to them. One at a time of a connection: BACKFILL_UNDER_WAY while another one is not
    /// over. PERIOD_CLOSED
    /// where the span has a day of a closed month.
    /// - Throws: `TallyError`.
    public func backfillConnection(
        _ request: BackfillConnectionRequest, options: CallOptions = CallOptions()
    ) async throws -> ConnectionBackfill {
        try await client.call(
            ConnectionServiceMethods.BackfillConnection.self, request, options: options)
    }

    /// Pauses, resumes or cancels a back-fill. Once it is paused or cancelled nothing more is
    /// stored, and what was
    /// stays; resumed, it goes on where it was, at once, also where it was set aside. BACKFILL_OVER
    /// where it is
    /// done or cancelled. While its connection is paused it rests, and it ends with its connection.
    /// - Throws: `TallyError`.
    public func changeConnectionBackfill(
        _ request: ChangeConnectionBackfillRequest, options: CallOptions = CallOptions()
    ) async throws -> ConnectionBackfill {
        try await client.call(
            ConnectionServiceMethods.ChangeConnectionBackfill.self, request, options: options)
    }

    /// The back-fills of a connection with how far they are, the newest first: the last 100 are
    /// kept.
    /// - Throws: `TallyError`.
    public func listConnectionBackfills(
        _ request: ListConnectionBackfillsRequest, options: CallOptions = CallOptions()
    ) async throws -> ListConnectionBackfillsResponse {
        try await client.call(
            ConnectionServiceMethods.ListConnectionBackfills.self, request, options: options)
    }

    /// How the queue of the workers stands, of all organizations: for operators of the platform.
    /// Ids, kinds
    /// and reasons, no figures.
    /// - Throws: `TallyError`.
    public func getWorkerStatus(
        _ request: GetWorkerStatusRequest, options: CallOptions = CallOptions()
    ) async throws -> WorkerStatus {
        try await client.call(
            ConnectionServiceMethods.GetWorkerStatus.self, request, options: options)
    }

    /// Lets jobs be tried again at once that were set aside: for operators of the platform. Waits
    /// for nobody: what somebody
    /// else is changing is passed over, and said to be.
    /// - Throws: `TallyError`.
    public func reviveJobs(
        _ request: ReviveJobsRequest, options: CallOptions = CallOptions()
    ) async throws -> ReviveJobsResponse {
        try await client.call(ConnectionServiceMethods.ReviveJobs.self, request, options: options)
    }

    /// What the pulls of a connection came to, the newest first: the last 1,000 of each report, of
    /// 90 days.
    /// - Throws: `TallyError`.
    public func listConnectionRuns(
        _ request: ListConnectionRunsRequest, options: CallOptions = CallOptions()
    ) async throws -> ListConnectionRunsResponse {
        try await client.call(
            ConnectionServiceMethods.ListConnectionRuns.self, request, options: options)
    }

    /// What people did with coding tools (Claude Code) on some days, summed by person over all
    /// connections, in no
    /// meaningful order. It is as its providers count it, and in no total: its tokens stand in
    /// usage and on the
    /// bill already, or are a seat's. What a provider took back is left out.
    /// - Throws: `TallyError`.
    public func listCodingActivity(
        _ request: ListCodingActivityRequest, options: CallOptions = CallOptions()
    ) async throws -> ListCodingActivityResponse {
        try await client.call(
            ConnectionServiceMethods.ListCodingActivity.self, request, options: options)
    }

    /// One connection with its health.
    /// - Throws: `TallyError`.
    public func getConnection(
        _ request: GetConnectionRequest, options: CallOptions = CallOptions()
    ) async throws -> Connection {
        try await client.call(
            ConnectionServiceMethods.GetConnection.self, request, options: options)
    }

    /// The organization's connections that pass a filter, in the order that is asked for.
    /// - Throws: `TallyError`.
    public func listConnections(
        _ request: ListConnectionsRequest, options: CallOptions = CallOptions()
    ) async throws -> ListConnectionsResponse {
        try await client.call(
            ConnectionServiceMethods.ListConnections.self, request, options: options)
    }

    /// How the connections that pass a filter are doing, all as one: what the head of a panel says.
    /// It answers the same
    /// of all that ListConnections would show, page by page, and costs two statements however many
    /// they are.
    /// - Throws: `TallyError`.
    public func summarizeConnections(
        _ request: SummarizeConnectionsRequest, options: CallOptions = CallOptions()
    ) async throws -> SummarizeConnectionsResponse {
        try await client.call(
            ConnectionServiceMethods.SummarizeConnections.self, request, options: options)
    }

    /// Stores another key of the same account, encrypted, and makes the next pull of each report
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

    /// Asks the provider, now, whether a key may read what a connection reads: a new one before it
    /// is
    /// connected, that of a connection, or one that is to replace it. Nothing is stored or changed.
    /// What the
    /// provider refuses stands in the answer; KEY_TESTS_AT_LIMIT where the server tests many keys
    /// already,
    /// KEY_TESTS_OF_ORGANIZATION_AT_LIMIT where it tests as many of the
    /// organization as it may, one or two. It takes 10 seconds at most.
    /// - Throws: `TallyError`.
    public func testConnection(
        _ request: TestConnectionRequest, options: CallOptions = CallOptions()
    ) async throws -> TestConnectionResponse {
        try await client.call(
            ConnectionServiceMethods.TestConnection.self, request, options: options)
    }

    /// Changes the fields that update_mask names. CONNECTION_NAME_TAKEN where another connection
    /// has the
    /// name, ETAG_MISMATCH where the connection was changed since it was read.
    /// - Throws: `TallyError`.
    public func updateConnection(
        _ request: UpdateConnectionRequest, options: CallOptions = CallOptions()
    ) async throws -> Connection {
        try await client.call(
            ConnectionServiceMethods.UpdateConnection.self, request, options: options)
    }

    /// Makes connections what rows say, each found by its display name: creates those that are not
    /// there, and
    /// gives others another key, other labels, another record, or pauses and resumes them. All or
    /// nothing;
    /// connections without a row stay. Keys are not tested: TestConnection says of each what it may
    /// read.
    /// - Throws: `TallyError`.
    public func importConnections(
        _ request: ImportConnectionsRequest, options: CallOptions = CallOptions()
    ) async throws -> ImportConnectionsResponse {
        try await client.call(
            ConnectionServiceMethods.ImportConnections.self, request, options: options)
    }

    /// Stops its pulls: one under way writes nothing more, the next one waits until it is resumed.
    /// What
    /// was read stays, and figures keep what they are. Pausing again changes nothing.
    /// - Throws: `TallyError`.
    public func pauseConnection(
        _ request: PauseConnectionRequest, options: CallOptions = CallOptions()
    ) async throws -> Connection {
        try await client.call(
            ConnectionServiceMethods.PauseConnection.self, request, options: options)
    }

    /// Lets a paused connection be pulled again, at once and from where its reports were read to,
    /// so that
    /// nothing of the time between is missing. Resuming one that is not paused changes nothing.
    /// - Throws: `TallyError`.
    public func resumeConnection(
        _ request: ResumeConnectionRequest, options: CallOptions = CallOptions()
    ) async throws -> Connection {
        try await client.call(
            ConnectionServiceMethods.ResumeConnection.self, request, options: options)
    }

    /// Ends a connection for ever: its pulls stop, its key is destroyed, its name is free for
    /// another and
    /// it counts for no plan any more. What was read of it stays in every figure, under its name,
    /// and counts as
    /// final, since nobody will read the rest. Deleting one again changes nothing.
    /// - Throws: `TallyError`.
    public func deleteConnection(
        _ request: DeleteConnectionRequest, options: CallOptions = CallOptions()
    ) async throws -> Connection {
        try await client.call(
            ConnectionServiceMethods.DeleteConnection.self, request, options: options)
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

/// Metered events in, what each costs, and what they come to.
public struct IngestionServiceClient: Sendable {
    let client: Client

    /// Records 1 to 10,000 events. Each item is answered by itself: one bad event never fails its
    /// neighbours. The answer follows the commit. Where those that are new are more than the
    /// organization's plan has left for the day of UTC, none is recorded: EVENTS_PER_DAY_EXCEEDED,
    /// or, where it is the
    /// token's quota that is used up, TOKEN_EVENTS_PER_DAY_EXCEEDED.
    /// - Throws: `TallyError`.
    public func ingestEvents(
        _ request: IngestEventsRequest, options: CallOptions = CallOptions()
    ) async throws -> IngestEventsResponse {
        try await client.call(IngestionServiceMethods.IngestEvents.self, request, options: options)
    }

    /// Records events batch by batch, several at once, for as long as the client likes. Each batch
    /// is answered
    /// after its commit, in the order in which they were sent, as IngestEvents answers its events;
    /// one that is
    /// refused whole, such as one with too many events, is answered with the reason and harms no
    /// other. Four
    /// batches at most are under way; the server reads no further before the first of them is
    /// answered.
    ///
    /// What fails not one batch but the stream, such as EVENTS_PER_DAY_EXCEEDED, or rights that
    /// were lost, ends
    /// it after the answers of the batches before. What was answered is recorded; what was not may
    /// be. So
    /// whoever goes on, on a new stream, sends again what was not answered: ids make each event
    /// count once.
    /// Half-close to end; a server that drains waits for that 30 s. Ignores an idempotency-key.
    /// - Throws: `TallyError`.
    public func streamEvents<Result: Sendable>(
        options: CallOptions = CallOptions(),
        _ body: (
            RequestWriter<StreamEventsRequest>, ResponseMessages<StreamEventsResponse>
        ) async throws -> Result
    ) async throws -> Result {
        try await client.bidirectionalStreaming(
            IngestionServiceMethods.StreamEvents.self, options: options, body)
    }

    /// Corrects 1 to 100 events: their quantities become those that are given, and they cost what
    /// these cost
    /// at the events' time by the catalogue of now. What was recorded stays; entries are added that
    /// lead to
    /// the target, so that sending a correction again changes nothing. Each item is answered by
    /// itself. So
    /// events whose usage is pending are settled, as reported, partial or missing. An item is
    /// rejected by EVENT_NOT_FOUND,
    /// EVENT_TOO_OLD, EVENT_REVERSED where its event was reversed, and EVENT_SUPPRESSED where it
    /// does not count since
    /// another source does of its call: it can be corrected once it comes to count.
    /// - Throws: `TallyError`.
    public func correctEvents(
        _ request: CorrectEventsRequest, options: CallOptions = CallOptions()
    ) async throws -> CorrectEventsResponse {
        try await client.call(IngestionServiceMethods.CorrectEvents.self, request, options: options)
    }

    /// Reverses 1 to 100 events for good: they count nothing any more, and their ids stay taken.
    /// Each item is
    /// answered by itself. Where an event told of a call that other sources told of, too, and no
    /// event of its source
    /// counts of that call any more, those of the source that is next do, by the ranks of now
    /// (SetSourceRanks) or, of those
    /// without, by who told first; reverse them as well, in any order, where
    /// the call is to count nothing. What is reversed is not shown with what is suppressed either.
    /// An item is rejected by EVENT_NOT_FOUND, EVENT_TOO_OLD, and CALL_HAS_TOO_MANY_EVENTS
    /// where more than 2,000 events of other sources would come to count by the method's call:
    /// reverse some of those
    /// before, or fewer at once.
    /// - Throws: `TallyError`.
    public func reverseEvents(
        _ request: ReverseEventsRequest, options: CallOptions = CallOptions()
    ) async throws -> ReverseEventsResponse {
        try await client.call(IngestionServiceMethods.ReverseEvents.self, request, options: options)
    }

    /// What an event's amount is made of: each of its entries, with its price version and quantity
    /// × rate,
    /// line by line. EVENT_NOT_FOUND where the organization has no such event.
    /// - Throws: `TallyError`.
    public func explainEvent(
        _ request: ExplainEventRequest, options: CallOptions = CallOptions()
    ) async throws -> ExplainEventResponse {
        try await client.call(IngestionServiceMethods.ExplainEvent.self, request, options: options)
    }

    /// Cost, requests and tokens per hour, day, week or month of a span of days, of the whole
    /// organization.
    /// Callers who are limited to some units see what the allocation rules in force give whole to
    /// those units
    /// and the ones below them, each on the days on which it stands there: what GetChargebackReport
    /// calls
    /// direct. What rules split among units is not in it: it is shared out by the month, and what
    /// of it is a
    /// unit's of one day or model is not known.
    /// - Throws: `TallyError`.
    public func usageTrend(
        _ request: UsageTrendRequest, options: CallOptions = CallOptions()
    ) async throws -> UsageTrendResponse {
        try await client.call(IngestionServiceMethods.UsageTrend.self, request, options: options)
    }

    /// The models that cost most within a span of days, of the whole organization; like UsageTrend
    /// of some
    /// units for callers who are limited to them.
    /// - Throws: `TallyError`.
    public func topModels(
        _ request: TopModelsRequest, options: CallOptions = CallOptions()
    ) async throws -> TopModelsResponse {
        try await client.call(IngestionServiceMethods.TopModels.self, request, options: options)
    }

    /// Brings a price file into the catalogue of list prices, which holds for all organizations;
    /// whole or
    /// not at all. A model that is new has its price from the beginning of time, marked as assumed;
    /// a price
    /// that changes begins a new version, and what was recorded before keeps its own. The same file
    /// again
    /// changes nothing. For operators.
    ///
    /// A file is refused with a reason that begins by PRICE_FILE_: cut off, of an earlier day than
    /// the
    /// prices that are known, a rate that jumps, too many models gone, and the like. The message
    /// names the
    /// catalogue that goes on to hold.
    /// - Throws: `TallyError`.
    public func importPrices(
        _ request: ImportPricesRequest, options: CallOptions = CallOptions()
    ) async throws -> ImportPricesResponse {
        try await client.call(IngestionServiceMethods.ImportPrices.self, request, options: options)
    }

    /// What ImportPrices would change, and whether it would refuse the file. For operators.
    /// - Throws: `TallyError`.
    public func diffPrices(
        _ request: DiffPricesRequest, options: CallOptions = CallOptions()
    ) async throws -> DiffPricesResponse {
        try await client.call(IngestionServiceMethods.DiffPrices.self, request, options: options)
    }

    /// What holds for a model at a time, and where that is from. PRICE_NOT_FOUND where nothing
    /// does: usage
    /// of the model is then unpriced, which is not zero. When a price comes, by an import or an
    /// override, a
    /// worker gives it to the events that had none, by corrections that say so.
    /// - Throws: `TallyError`.
    public func getPrice(
        _ request: GetPriceRequest, options: CallOptions = CallOptions()
    ) async throws -> Price {
        try await client.call(IngestionServiceMethods.GetPrice.self, request, options: options)
    }

    /// What the spend of a span of days comes to by whatever tells it apart, of all of it or of
    /// what passes
    /// a filter. Rows and what lies beyond the limit sum to the total, to the last place; what has
    /// no value
    /// has a row of its own. Like UsageTrend of some units for callers who are limited to them.
    /// - Throws: `TallyError`.
    public func usageSummary(
        _ request: UsageSummaryRequest, options: CallOptions = CallOptions()
    ) async throws -> UsageSummaryResponse {
        try await client.call(IngestionServiceMethods.UsageSummary.self, request, options: options)
    }

    /// Every entry of the ledger whose event lies in a span of days, or only what passes a filter,
    /// as it was
    /// recorded: metered events first, in the order in which they were; then rows of providers'
    /// reports, and
    /// corrections and reversals, by event time. Every root comes before what corrects it. It is
    /// the ledger as
    /// it stands when the call begins, at whatever pace it is read: what is recorded meanwhile is
    /// not in it;
    /// what retention removes meanwhile may be missing.
    ///
    /// Every field that an event was sent with comes out of it, but usage_object, of which the
    /// ledger keeps the
    /// quantities and what else it says, and provider_request_id, of which it keeps a hash, to
    /// count calls once.
    ///
    /// A stream that was broken off goes on behind `after` of the last part that came. Amounts of
    /// one feed
    /// sum to what UsageSummary says of the same days: events that name no connection to its total
    /// on the
    /// metered basis, bills to that on the billed basis where the organization's days are those of
    /// UTC. Never
    /// add up two feeds: they may tell of the same calls. Callers who are limited to some units are
    /// refused by
    /// UNIT_SCOPE_NOT_SERVED: feeds have lines of everybody's.
    /// - Throws: `TallyError`.
    public func exportEntries<Result: Sendable>(
        _ request: ExportEntriesRequest, options: CallOptions = CallOptions(),
        _ body: (ResponseMessages<EntryExportPart>) async throws -> Result
    ) async throws -> Result {
        try await client.serverStreaming(
            IngestionServiceMethods.ExportEntries.self, request, options: options, body)
    }

    /// How much of the money, not of the entries, of a span of days carries which tag or other
    /// dimension.
    /// Like UsageTrend of some units for callers who are limited to them.
    /// - Throws: `TallyError`.
    public func tagCoverage(
        _ request: TagCoverageRequest, options: CallOptions = CallOptions()
    ) async throws -> TagCoverageResponse {
        try await client.call(IngestionServiceMethods.TagCoverage.self, request, options: options)
    }

    /// Compares what a connection's provider billed with its usage report at the organization's
    /// prices, and that
    /// with the events, day by day, and says why they differ: each part of a difference has one
    /// cause, and what
    /// has none is shown as unexplained. For whole days of UTC, which bills have. Not for callers
    /// who are
    /// limited to some units.
    /// - Throws: `TallyError`.
    public func reconcileConnection(
        _ request: ReconcileConnectionRequest, options: CallOptions = CallOptions()
    ) async throws -> ReconcileConnectionResponse {
        try await client.call(
            IngestionServiceMethods.ReconcileConnection.self, request, options: options)
    }

    /// Says what the organization pays in place of list prices: a factor, or fixed prices, for
    /// models that
    /// a pattern names. Events that come from then on, and lie in its time, are priced so, and name
    /// it;
    /// what was recorded before keeps its cost, but for what had none: that gets it soon after. Of
    /// several that match, the one whose pattern says most of
    /// the name counts, then the one that names the service tier, then the newest.
    /// - Throws: `TallyError`.
    public func createPriceOverride(
        _ request: CreatePriceOverrideRequest, options: CallOptions = CallOptions()
    ) async throws -> PriceOverride {
        try await client.call(
            IngestionServiceMethods.CreatePriceOverride.self, request, options: options)
    }

    /// Ends an override, now or later. What it priced keeps its cost.
    /// - Throws: `TallyError`.
    public func endPriceOverride(
        _ request: EndPriceOverrideRequest, options: CallOptions = CallOptions()
    ) async throws -> PriceOverride {
        try await client.call(
            IngestionServiceMethods.EndPriceOverride.self, request, options: options)
    }

    /// The organization's overrides by number, ended ones included.
    /// - Throws: `TallyError`.
    public func listPriceOverrides(
        _ request: ListPriceOverridesRequest, options: CallOptions = CallOptions()
    ) async throws -> ListPriceOverridesResponse {
        try await client.call(
            IngestionServiceMethods.ListPriceOverrides.self, request, options: options)
    }

    /// What other prices would have made of the metered events of a month, and of what providers
    /// reported of its
    /// usage, by model: every event and row is priced anew, exactly, and nothing is stored. Takes
    /// as long as
    /// reading them does.
    /// - Throws: `TallyError`.
    public func simulatePrices(
        _ request: SimulatePricesRequest, options: CallOptions = CallOptions()
    ) async throws -> SimulatePricesResponse {
        try await client.call(
            IngestionServiceMethods.SimulatePrices.self, request, options: options)
    }

    /// Lets metered events that were recorded, and the rows of providers' usage reports, cost what
    /// they cost by
    /// the catalogue and the overrides of now: entries are added whose sum is the difference, so
    /// that history
    /// stays. A call does a part of the span; go on with next_page_token until it is empty. Doing a
    /// part again changes nothing. What has no price
    /// yet need not be asked for: workers look for it by themselves when there are other prices.
    /// - Throws: `TallyError`.
    public func repriceEvents(
        _ request: RepriceEventsRequest, options: CallOptions = CallOptions()
    ) async throws -> RepriceEventsResponse {
        try await client.call(IngestionServiceMethods.RepriceEvents.self, request, options: options)
    }

    /// Replaces the rules by which events get dimensions that their senders left out, from an
    /// instant on: a
    /// new version, which holds for events of that instant and later, whatever other versions say
    /// of them.
    /// An event's rules are those in force at its time, as they are known when it is recorded;
    /// another
    /// server may take a second to know them. What was recorded keeps what it has, and names its
    /// version
    /// and rule. Rules are for events alone: rows of providers' reports keep the providers' own
    /// words. The
    /// same rules and note again, which hold by then anyway, make no version.
    /// - Throws: `TallyError`.
    public func setAttributionRules(
        _ request: SetAttributionRulesRequest, options: CallOptions = CallOptions()
    ) async throws -> AttributionRuleSet {
        try await client.call(
            IngestionServiceMethods.SetAttributionRules.self, request, options: options)
    }

    /// A version of the rules; version 0 without rules where none was ever set.
    /// ATTRIBUTION_RULE_SET_NOT_FOUND where there is none of the number.
    /// - Throws: `TallyError`.
    public func getAttributionRules(
        _ request: GetAttributionRulesRequest, options: CallOptions = CallOptions()
    ) async throws -> AttributionRuleSet {
        try await client.call(
            IngestionServiceMethods.GetAttributionRules.self, request, options: options)
    }

    /// The versions of the rules, the newest first.
    /// - Throws: `TallyError`.
    public func listAttributionRuleSets(
        _ request: ListAttributionRuleSetsRequest, options: CallOptions = CallOptions()
    ) async throws -> ListAttributionRuleSetsResponse {
        try await client.call(
            IngestionServiceMethods.ListAttributionRuleSets.self, request, options: options)
    }

    /// What rules would have made of the spend of a span of days: for each dimension how much moves
    /// from
    /// which value to which. Exact, and nothing is stored: of what was sent, as if the rules had
    /// held all
    /// the time and no others. Bills stay shared out as they are. Not for callers who are limited
    /// to
    /// some units.
    /// - Throws: `TallyError`.
    public func previewAttributionRules(
        _ request: PreviewAttributionRulesRequest, options: CallOptions = CallOptions()
    ) async throws -> PreviewAttributionRulesResponse {
        try await client.call(
            IngestionServiceMethods.PreviewAttributionRules.self, request, options: options)
    }

    /// Says which source counts where several tell of the same call, with one provider_request_id:
    /// the highest of those
    /// that do, whoever tells first. Sources that are not named are behind all that are, and equal:
    /// of them the one that
    /// told first counts. Where a higher-ranked source tells of a call of which another one
    /// counted, that one's events are
    /// taken back in the same transaction by entries that say so, and are shown with what is
    /// suppressed. Where all events
    /// of the source that counts are reversed, those of the next in this order do.
    ///
    /// It holds for what is told, and reversed, from then on; what was told before stays as it is,
    /// until another event of
    /// its call comes. A call stays with the source that counts, too, and what a higher-ranked one
    /// tells of it is
    /// suppressed, where events of it that count are older than the organization wants its usage
    /// kept, where more than 2,000
    /// of its events would turn, and where with others of the same commit more than 20,000 would.
    /// Where servers are being
    /// replaced, rank sources once the last one of before this method is gone.
    ///
    /// The same again changes nothing. For those who may set rules.
    /// - Throws: `TallyError`.
    public func setSourceRanks(
        _ request: SetSourceRanksRequest, options: CallOptions = CallOptions()
    ) async throws -> SourceRanks {
        try await client.call(
            IngestionServiceMethods.SetSourceRanks.self, request, options: options)
    }

    /// The order of the organization's sources; version 0 and none where it was never set.
    /// - Throws: `TallyError`.
    public func getSourceRanks(
        _ request: GetSourceRanksRequest, options: CallOptions = CallOptions()
    ) async throws -> SourceRanks {
        try await client.call(
            IngestionServiceMethods.GetSourceRanks.self, request, options: options)
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

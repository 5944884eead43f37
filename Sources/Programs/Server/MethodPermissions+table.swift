import API
import ServiceRuntime
import Wire

extension MethodPermissions {
    /// Which role may call which method. Every method of the schema has a line.
    static let tally = MethodPermissions([
        HealthServiceMethods.Check.name: anyone,
        ReflectionServiceMethods.GetSchema.name: anyone,

        TenantServiceMethods.CreateOrganization.name: [.operator],
        TenantServiceMethods.GetOrganization.name: readers,
        TenantServiceMethods.ListOrganizations.name: readers.union([.operator]),
        TenantServiceMethods.CreateBusinessUnit.name: admins,
        TenantServiceMethods.GetBusinessUnit.name: readers,
        TenantServiceMethods.ListBusinessUnits.name: readers,
        TenantServiceMethods.ListBusinessUnitVersions.name: readers,
        TenantServiceMethods.UpdateBusinessUnit.name: admins,
        TenantServiceMethods.RetireBusinessUnit.name: admins,
        TenantServiceMethods.MergeBusinessUnit.name: admins,
        TenantServiceMethods.RestoreBusinessUnit.name: admins,
        TenantServiceMethods.ImportBusinessUnits.name: admins,
        TenantServiceMethods.CreateMember.name: admins,
        TenantServiceMethods.ListMembers.name: admins,
        TenantServiceMethods.CreateToken.name: admins,
        TenantServiceMethods.ListTokens.name: admins,
        TenantServiceMethods.RevokeToken.name: admins,
        TenantServiceMethods.ListAuditRecords.name: admins.union([.operator]),
        TenantServiceMethods.StreamAuditRecords.name: admins.union([.operator]),
        TenantServiceMethods.GetAuditHead.name: admins.union([.operator]),

        ConnectionServiceMethods.CreateConnection.name: admins,
        ConnectionServiceMethods.GetConnection.name: readers,
        ConnectionServiceMethods.ListConnections.name: readers,
        ConnectionServiceMethods.ReplaceConnectionKey.name: admins,

        IngestionServiceMethods.IngestEvents.name: admins.union([.ingest]),
        IngestionServiceMethods.UsageTrend.name: readers,
        IngestionServiceMethods.TopModels.name: readers,

        AllocationServiceMethods.SetAllocationRules.name: planners,
        AllocationServiceMethods.GetAllocationRules.name: readers,
        AllocationServiceMethods.GetChargebackReport.name: readers,

        BudgetingServiceMethods.SetBudget.name: planners,
        BudgetingServiceMethods.ListBudgets.name: readers,
        BudgetingServiceMethods.GetBudgetStatus.name: readers,
        BudgetingServiceMethods.GetMonthEndForecast.name: readers,
    ])

    /// No token is needed.
    private static let anyone: Set<CallerRole> = []
    private static let admins: Set<CallerRole> = [.owner, .admin]
    private static let planners: Set<CallerRole> = [.owner, .admin, .finance]
    private static let readers: Set<CallerRole> = [.owner, .admin, .finance, .analyst]
}

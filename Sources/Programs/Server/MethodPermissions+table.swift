import API
import ServiceRuntime
import Wire

extension MethodPermissions {
    /// Which role may call which method, and whether it serves those who are limited to some units.
    /// Every method of the schema has a line.
    static let tally = MethodPermissions([
        HealthServiceMethods.Check.name: .open,
        ReflectionServiceMethods.GetSchema.name: .open,

        TenantServiceMethods.CreateOrganization.name: .whole(.operator),
        TenantServiceMethods.GetOrganization.name: .units(unitReaders.union(.frontend)),
        TenantServiceMethods.ListOrganizations.name:
            .units(unitReaders.union([.frontend, .operator])),
        TenantServiceMethods.CreateBusinessUnit.name: .whole(admins),
        TenantServiceMethods.GetBusinessUnit.name: .units(unitReaders),
        TenantServiceMethods.ListBusinessUnits.name: .units(unitReaders),
        TenantServiceMethods.ListBusinessUnitVersions.name: .units(unitReaders),
        TenantServiceMethods.UpdateBusinessUnit.name: .whole(admins),
        TenantServiceMethods.RetireBusinessUnit.name: .whole(admins),
        TenantServiceMethods.MergeBusinessUnit.name: .whole(admins),
        TenantServiceMethods.RestoreBusinessUnit.name: .whole(admins),
        TenantServiceMethods.ImportBusinessUnits.name: .whole(admins),
        TenantServiceMethods.CreateMember.name: .whole(admins),
        TenantServiceMethods.GetMember.name: .whole(inspectors),
        TenantServiceMethods.ListMembers.name: .whole(inspectors),
        TenantServiceMethods.UpdateMember.name: .whole(admins),
        TenantServiceMethods.RemoveMember.name: .whole(admins),
        TenantServiceMethods.CreateToken.name: .whole(admins),
        TenantServiceMethods.GetToken.name: .whole(inspectors),
        TenantServiceMethods.ListTokens.name: .whole(inspectors),
        TenantServiceMethods.RotateToken.name: .whole(admins),
        TenantServiceMethods.RevokeToken.name: .whole(admins),
        TenantServiceMethods.ListAuditRecords.name: .whole(inspectors.union(.operator)),
        TenantServiceMethods.StreamAuditRecords.name: .whole(inspectors.union(.operator)),
        TenantServiceMethods.GetAuditHead.name: .whole(inspectors.union(.operator)),

        ConnectionServiceMethods.CreateConnection.name: .whole(admins),
        ConnectionServiceMethods.GetConnection.name: .whole(readers),
        ConnectionServiceMethods.ListConnections.name: .whole(readers),
        ConnectionServiceMethods.ReplaceConnectionKey.name: .whole(admins),

        IngestionServiceMethods.IngestEvents.name: .whole(admins.union([.ingest, .gateway])),
        // Owners of units are told why not: what is split among units has no days and no models.
        IngestionServiceMethods.UsageTrend.name: .whole(unitReaders),
        IngestionServiceMethods.TopModels.name: .whole(unitReaders),

        AllocationServiceMethods.SetAllocationRules.name: .whole(planners),
        AllocationServiceMethods.GetAllocationRules.name: .whole(readers),
        AllocationServiceMethods.GetChargebackReport.name: .units(unitReaders),

        BudgetingServiceMethods.SetBudget.name: .whole(planners),
        BudgetingServiceMethods.ListBudgets.name: .units(unitReaders),
        BudgetingServiceMethods.GetBudgetStatus.name: .units(unitReaders),
        BudgetingServiceMethods.GetMonthEndForecast.name: .units(unitReaders),
    ])

    private static let admins: CallerRoles = [.owner, .admin]
    private static let planners: CallerRoles = [.owner, .admin, .finance]
    /// Who sees what people and programs may do.
    private static let inspectors: CallerRoles = [.owner, .admin, .auditor]
    private static let readers: CallerRoles = [.owner, .admin, .finance, .analyst, .auditor]
    private static let unitReaders: CallerRoles = readers.union(.unitOwner)
}

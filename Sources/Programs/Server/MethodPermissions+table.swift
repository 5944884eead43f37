import API
import ServiceRuntime
import Wire

extension MethodPermissions {
    /// Which role may call which method, whether it serves those who are limited to some units, and
    /// whether it serves organizations that are suspended or being deleted.
    /// Every method of the schema has a line.
    static let tally = MethodPermissions([
        HealthServiceMethods.Check.name: .open,
        ReflectionServiceMethods.GetSchema.name: .open,

        TenantServiceMethods.CreateOrganization.name: .whole(.operator),
        TenantServiceMethods.GetOrganization.name:
            .units(unitReaders.union([.frontend, .operator]))
            .despite(.suspension, .deletion, [.suspension, .deletion]),
        TenantServiceMethods.ListOrganizations.name:
            .units(unitReaders.union([.frontend, .operator]))
            .despite(.suspension, .deletion, [.suspension, .deletion]),
        TenantServiceMethods.UpdateOrganization.name: .whole([.owner, .operator]),
        TenantServiceMethods.SuspendOrganization.name: .whole(.operator),
        TenantServiceMethods.ResumeOrganization.name: .whole(.operator),
        TenantServiceMethods.DeleteOrganization.name:
            .whole([.owner, .operator]).despite(.deletion),
        TenantServiceMethods.RestoreOrganization.name:
            .whole([.owner, .operator]).despite(.deletion),
        // What is suspended is taken along before it is erased.
        TenantServiceMethods.ExportOrganization.name:
            .whole(.owner).despite(.deletion, [.suspension, .deletion]),
        TenantServiceMethods.CreateBusinessUnit.name: .whole(admins),
        TenantServiceMethods.GetBusinessUnit.name: .units(unitReaders).despite(.deletion),
        TenantServiceMethods.ListBusinessUnits.name: .units(unitReaders).despite(.deletion),
        TenantServiceMethods.ListBusinessUnitVersions.name:
            .units(unitReaders).despite(.deletion),
        TenantServiceMethods.UpdateBusinessUnit.name: .whole(admins),
        TenantServiceMethods.RetireBusinessUnit.name: .whole(admins),
        TenantServiceMethods.MergeBusinessUnit.name: .whole(admins),
        TenantServiceMethods.RestoreBusinessUnit.name: .whole(admins),
        TenantServiceMethods.ImportBusinessUnits.name: .whole(admins),
        TenantServiceMethods.CreateMember.name: .whole(admins),
        TenantServiceMethods.GetMember.name: .whole(inspectors).despite(.deletion),
        TenantServiceMethods.ListMembers.name: .whole(inspectors).despite(.deletion),
        TenantServiceMethods.UpdateMember.name: .whole(admins),
        TenantServiceMethods.RemoveMember.name: .whole(admins),
        TenantServiceMethods.CreateToken.name: .whole(admins),
        TenantServiceMethods.GetToken.name: .whole(inspectors).despite(.deletion),
        TenantServiceMethods.ListTokens.name: .whole(inspectors).despite(.deletion),
        TenantServiceMethods.RotateToken.name: .whole(admins),
        TenantServiceMethods.RevokeToken.name: .whole(admins),
        TenantServiceMethods.ListAuditRecords.name:
            .whole(inspectors.union(.operator)).despite(.deletion),
        TenantServiceMethods.StreamAuditRecords.name:
            .whole(inspectors.union(.operator)).despite(.deletion),
        TenantServiceMethods.GetAuditHead.name:
            .whole(inspectors.union(.operator)).despite(.deletion),

        ConnectionServiceMethods.CreateConnection.name: .whole(admins),
        ConnectionServiceMethods.GetConnection.name: .whole(readers),
        ConnectionServiceMethods.ListConnections.name: .whole(readers),
        ConnectionServiceMethods.SummarizeConnections.name: .whole(readers),
        ConnectionServiceMethods.ListConnectionRuns.name: .whole(readers),
        // It says what people did, by name.
        ConnectionServiceMethods.ListCodingActivity.name: .whole(inspectors),
        ConnectionServiceMethods.SyncConnection.name: .whole(admins),
        ConnectionServiceMethods.BackfillConnection.name: .whole(admins),
        ConnectionServiceMethods.ChangeConnectionBackfill.name: .whole(admins),
        ConnectionServiceMethods.ListConnectionBackfills.name: .whole(readers),
        ConnectionServiceMethods.GetWorkerStatus.name: .whole(.operator),
        ConnectionServiceMethods.ReviveJobs.name: .whole(.operator),
        ConnectionServiceMethods.ReplaceConnectionKey.name: .whole(admins),
        ConnectionServiceMethods.TestConnection.name: .whole(admins),
        ConnectionServiceMethods.UpdateConnection.name: .whole(admins),
        ConnectionServiceMethods.ImportConnections.name: .whole(admins),
        ConnectionServiceMethods.PauseConnection.name: .whole(admins),
        ConnectionServiceMethods.ResumeConnection.name: .whole(admins),
        ConnectionServiceMethods.DeleteConnection.name: .whole(admins),

        IngestionServiceMethods.IngestEvents.name: .whole(admins.union([.ingest, .gateway])),
        IngestionServiceMethods.StreamEvents.name: .whole(admins.union([.ingest, .gateway])),
        IngestionServiceMethods.CorrectEvents.name: .whole(planners.union([.ingest, .gateway])),
        IngestionServiceMethods.ReverseEvents.name: .whole(planners.union([.ingest, .gateway])),
        IngestionServiceMethods.ExplainEvent.name: .whole(readers),
        IngestionServiceMethods.UsageTrend.name: .units(unitReaders),
        IngestionServiceMethods.TopModels.name: .units(unitReaders),
        IngestionServiceMethods.ImportPrices.name: .whole(.operator),
        IngestionServiceMethods.DiffPrices.name: .whole(.operator),
        IngestionServiceMethods.GetPrice.name: .whole(readers.union(.operator)),
        IngestionServiceMethods.UsageSummary.name: .units(unitReaders),
        // Owners of units are told why not: entries are of feeds that tell of the same calls, and bills of
        // everybody's.
        IngestionServiceMethods.ExportEntries.name: .whole(unitReaders),
        IngestionServiceMethods.TagCoverage.name: .units(unitReaders),
        IngestionServiceMethods.ReconcileConnection.name: .whole(unitReaders),
        IngestionServiceMethods.CreatePriceOverride.name: .whole(planners),
        IngestionServiceMethods.EndPriceOverride.name: .whole(planners),
        IngestionServiceMethods.ListPriceOverrides.name: .whole(readers),
        IngestionServiceMethods.SimulatePrices.name: .whole(readers),
        IngestionServiceMethods.RepriceEvents.name: .whole(planners),
        IngestionServiceMethods.SetAttributionRules.name: .whole(planners),
        IngestionServiceMethods.GetAttributionRules.name: .whole(readers),
        IngestionServiceMethods.ListAttributionRuleSets.name: .whole(readers),
        IngestionServiceMethods.PreviewAttributionRules.name: .whole(readers),
        IngestionServiceMethods.SetSourceRanks.name: .whole(planners),
        IngestionServiceMethods.GetSourceRanks.name: .whole(readers),

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

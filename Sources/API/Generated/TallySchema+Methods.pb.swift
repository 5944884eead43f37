// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.

extension TallySchema {
    /// The name on the wire of every method of the contract.
    public static let methodNames: [String] = [
        "tally.v1.AllocationService/SetAllocationRules",
        "tally.v1.AllocationService/GetAllocationRules",
        "tally.v1.AllocationService/GetChargebackReport",
        "tally.v1.BudgetingService/SetBudget",
        "tally.v1.BudgetingService/ListBudgets",
        "tally.v1.BudgetingService/GetBudgetStatus",
        "tally.v1.BudgetingService/GetMonthEndForecast",
        "tally.v1.ConnectionService/CreateConnection",
        "tally.v1.ConnectionService/GetConnection",
        "tally.v1.ConnectionService/ListConnections",
        "tally.v1.ConnectionService/ReplaceConnectionKey",
        "tally.v1.HealthService/Check",
        "tally.v1.IngestionService/IngestEvents",
        "tally.v1.IngestionService/UsageTrend",
        "tally.v1.IngestionService/TopModels",
        "tally.v1.ReflectionService/GetSchema",
        "tally.v1.TenantService/CreateOrganization",
        "tally.v1.TenantService/GetOrganization",
        "tally.v1.TenantService/ListOrganizations",
        "tally.v1.TenantService/CreateBusinessUnit",
        "tally.v1.TenantService/ListBusinessUnits",
        "tally.v1.TenantService/CreateMember",
        "tally.v1.TenantService/ListMembers",
        "tally.v1.TenantService/CreateToken",
        "tally.v1.TenantService/ListTokens",
        "tally.v1.TenantService/RevokeToken",
        "tally.v1.TenantService/ListAuditRecords",
        "tally.v1.TenantService/StreamAuditRecords",
        "tally.v1.TenantService/GetAuditHead",
    ]
}

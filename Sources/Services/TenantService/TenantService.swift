import API
package import Encryption
package import ServiceRuntime

/// Organizations, their business units, people and tokens.
///
/// - `Methods/`: one RPC each: check, transaction, store, answer.
/// - The rules (`NewOrganization`, `EmailAddress`, `TokenRequest`, …) are pure.
/// - `Store/`: the SQL of one table each.
package struct Service: Sendable {
    /// Hashes the secrets of tokens; the same that the authentication checks them with.
    let keyedHash: KeyedHash
    /// How organizations end.
    let terms: DeletionTerms
    /// Longest time that an export may take; a snapshot of the database is kept so long.
    let exportSecondsMax: Int
    let exportSlots: ExportSlots
    /// How slowly exports may be read.
    let exportPace = ExportPace.Limits()

    /// - Parameter exportsMax: Exports at once, each of which keeps a connection to the database.
    package init(
        keyedHash: KeyedHash, terms: DeletionTerms = DeletionTerms(), exportSecondsMax: Int = 3600,
        exportsMax: Int = 2
    ) {
        self.keyedHash = keyedHash
        self.terms = terms
        self.exportSecondsMax = exportSecondsMax
        exportSlots = ExportSlots(exportsMax)
    }

    package func register(in registry: inout ServiceRegistry) {
        registry.register(TenantServiceMethods.CreateOrganization.self, createOrganization)
        registry.register(TenantServiceMethods.GetOrganization.self, getOrganization)
        registry.register(TenantServiceMethods.ListOrganizations.self, listOrganizations)
        registry.register(TenantServiceMethods.UpdateOrganization.self, updateOrganization)
        registry.register(TenantServiceMethods.SuspendOrganization.self, suspendOrganization)
        registry.register(TenantServiceMethods.ResumeOrganization.self, resumeOrganization)
        registry.register(TenantServiceMethods.DeleteOrganization.self, deleteOrganization)
        registry.register(TenantServiceMethods.RestoreOrganization.self, restoreOrganization)
        registry.registerServerStreaming(
            TenantServiceMethods.ExportOrganization.self, exportOrganization)
        registry.register(TenantServiceMethods.CreateBusinessUnit.self, createBusinessUnit)
        registry.register(TenantServiceMethods.GetBusinessUnit.self, getBusinessUnit)
        registry.register(TenantServiceMethods.ListBusinessUnits.self, listBusinessUnits)
        registry.register(
            TenantServiceMethods.ListBusinessUnitVersions.self, listBusinessUnitVersions)
        registry.register(TenantServiceMethods.UpdateBusinessUnit.self, updateBusinessUnit)
        registry.register(TenantServiceMethods.RetireBusinessUnit.self, retireBusinessUnit)
        registry.register(TenantServiceMethods.MergeBusinessUnit.self, mergeBusinessUnit)
        registry.register(TenantServiceMethods.RestoreBusinessUnit.self, restoreBusinessUnit)
        registry.register(TenantServiceMethods.ImportBusinessUnits.self, importBusinessUnits)
        registry.register(TenantServiceMethods.CreateMember.self, createMember)
        registry.register(TenantServiceMethods.GetMember.self, getMember)
        registry.register(TenantServiceMethods.UpdateMember.self, updateMember)
        registry.registerWithoutKeys(TenantServiceMethods.RemoveMember.self, removeMember)
        registry.register(TenantServiceMethods.ListMembers.self, listMembers)
        registry.register(TenantServiceMethods.CreateToken.self, createToken)
        registry.register(TenantServiceMethods.ListTokens.self, listTokens)
        registry.register(TenantServiceMethods.GetToken.self, getToken)
        registry.register(TenantServiceMethods.RotateToken.self, rotateToken)
        registry.registerWithoutKeys(TenantServiceMethods.RevokeToken.self, revokeToken)
        registry.register(TenantServiceMethods.ListAuditRecords.self, listAuditRecords)
        registry.registerServerStreaming(
            TenantServiceMethods.StreamAuditRecords.self, streamAuditRecords)
        registry.register(TenantServiceMethods.GetAuditHead.self, getAuditHead)
    }
}

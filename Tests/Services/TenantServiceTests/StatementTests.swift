import Postgres
import TestSupport
import Testing

@testable import TenantService

@Suite struct StatementTests {
    @Test func everyStatementFitsTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                InsertOrganization.self, SelectOrganization.self, SelectOrganizations.self,
                SelectSuspendedOrganizations.self, SelectEndingOrganizations.self,
                InsertOrganizationState.self,
                LockOrganization.self, SelectLockedOrganization.self,
                UpdateOrganizationSettings.self, UpdateOrganizationPlan.self,
                UpsertOrganizationPlanState.self, UpsertOrganizationRetention.self,
                SelectOrganizationsWithOldUsage.self, SelectUsageKeptFrom.self,
                UpdateUsageRemovedBefore.self, UpsertOrganizationDeletion.self,
                SelectTenantTables.self, SelectExportRows.self, SelectOrganizationsToErase.self,
                BeginErasure.self, EraseRows.self, TryLockExport.self,
                SelectErasedOrganization.self, SelectErasedOrganizations.self,
                EraseDirectoryTokens.self, EraseJobs.self, EndErasure.self, LockLedgerClock.self,
                InsertOrganizationSlug.self, InsertLedgerClock.self, LockUnitTree.self,
                SelectBusinessUnits.self, SelectBusinessUnit.self, InsertBusinessUnits.self,
                CountUnitRevisions.self, SelectTimeZone.self, SelectFirstOpenDay.self,
                SelectUnitVersions.self, SelectVersionsOfUnit.self, SelectUnitsOnDay.self,
                UpsertUnitVersions.self, InsertMember.self, SelectMembers.self,
                SelectMemberOfEmail.self, SelectMember.self,
                LockMember.self, LockOwners.self, UpdateMemberRow.self, DeleteMember.self,
                SelectKnownUnitCodes.self, InsertToken.self, SelectToken.self, LockToken.self,
                EndToken.self, SelectTokens.self, InsertDirectoryToken.self,
                EndDirectoryToken.self, SelectSomeOperatorToken.self,
                SelectOperatorTokens.self, SelectOperatorToken.self,
                SelectOtherOperatorToken.self, RevokeOperatorToken.self, SelectPlatformLog.self,
                LockOperatorTokens.self,
                SelectOrganizationOfSlug.self, SelectFirstOwner.self,
                SelectNewestAuditRecords.self, SelectOldestAuditRecords.self,
            ])
            #expect(faults == [])
        }
    }
}

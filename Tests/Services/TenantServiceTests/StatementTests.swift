import Postgres
import TestSupport
import Testing

@testable import TenantService

@Suite struct StatementTests {
    @Test func everyStatementFitsTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                InsertOrganization.self, SelectOrganization.self, SelectOrganizations.self,
                InsertOrganizationSlug.self, InsertLedgerClock.self, LockUnitTree.self,
                SelectBusinessUnits.self, SelectBusinessUnit.self, InsertBusinessUnits.self,
                CountUnitRevisions.self, SelectTimeZone.self, SelectFirstOpenDay.self,
                SelectUnitVersions.self, SelectVersionsOfUnit.self, SelectUnitsOnDay.self,
                UpsertUnitVersions.self,
                InsertMember.self,
                SelectMembers.self, SelectMember.self, LockMember.self, LockOwners.self,
                UpdateMemberRow.self, DeleteMember.self, SelectKnownUnitCodes.self,
                InsertToken.self, SelectToken.self, LockToken.self, EndToken.self,
                SelectTokens.self, InsertDirectoryToken.self, EndDirectoryToken.self,
                SelectOperatorToken.self, LockOperatorBootstrap.self,
                SelectOrganizationOfSlug.self, SelectFirstOwner.self,
                SelectNewestAuditRecords.self, SelectOldestAuditRecords.self,
            ])
            #expect(faults == [])
        }
    }
}

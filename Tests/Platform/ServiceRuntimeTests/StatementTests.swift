import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct StatementTests {
    @Test func everyStatementFitsTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                ClaimCall.self, RecordAnswer.self, SelectAnswer.self, DeleteExpiredCallRows.self,
                InsertAuditRows.self, InsertAuditChain.self, LockAuditChain.self,
                SelectAuditChain.self, UpdateAuditChain.self, SelectLastAuditRow.self,
                FindToken.self, FindSlug.self,
                SelectKeyDestruction.self, InsertKeyDestruction.self, SelectKeyDestructions.self,
                SelectInstallation.self, InsertInstallation.self, SelectWhetherKeysAreNeeded.self,
                SelectWhetherTableIsThere.self, SelectSealedPlatformRow.self, TryLock.self,
                InsertKeyDestructions.self, FindMember.self, SelectUnitParents.self,
                UpdateTokenUses.self, UpdateOperatorTokenUses.self,
                SelectTokenHashCheck.self, KeepTokenHashCheck.self,
            ])
            #expect(faults == [])
        }
    }
}

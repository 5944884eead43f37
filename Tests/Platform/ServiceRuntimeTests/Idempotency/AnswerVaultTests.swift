import Core
import Domain
import Postgres
import RPC
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct AnswerVaultTests {
    /// Whoever can write the table puts no other request in the place of the one that was answered, and
    /// no other owner's.
    @Test func answersOpenForTheirRequestAndOwnerAlone() async throws {
        try await RuntimeFixture.with { fixture in
            let keys = try await fixture.keys.keys(of: fixture.organizationID)
            let owner = fixture.organizationID.postgresUUID
            let call = RecordedCall(owner: owner, key: try IdempotencyKey([0x6B]))
            let vault = AnswerVault()
            let hash = { (request: [UInt8], keys: OrganizationKeys) in
                try vault.hash(ofRequest: request, call, with: keys)
            }
            let mine = try hash([1], keys)
            let sealed = try vault.seal(
                RPCResponse(message: [7]), of: call, requestHash: mine, with: keys)
            let opened = try vault.open(sealed, of: call, requestHash: mine, with: keys)
            #expect(opened.message == [7])
            #expect(try hash([1], keys) == mine)
            #expect(try hash([2], keys) != mine)
            // Another organization's key gives another hash of the same request.
            let others = try await fixture.keys.makeKeys(of: OrganizationID.make())
            #expect(try hash([1], others) != mine)
            let moved = RecordedCall(owner: AuditChainHead.platform, key: call.key)
            for (call, requestHash) in [(call, try hash([2], keys)), (moved, mine)] {
                await expect(.dataLoss, "SEALED_TEXT_UNREADABLE") {
                    try vault.open(sealed, of: call, requestHash: requestHash, with: keys)
                }
            }
        }
    }
}

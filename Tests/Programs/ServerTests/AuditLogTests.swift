import API
import Core
import Domain
import Encryption
import Postgres
import TallyClient
import TestSupport
import Testing

@testable import Server

/// Reading the audit log, over real sockets.
@Suite struct AuditLogTests {
    private struct Bench: Sendable {
        let harness: ServerHarness
        let owner: Client
        let other: Client
        let platform: Client
    }

    /// Two organizations; the first one's owner adds so many members.
    private static func with(
        members: Int, _ body: @escaping @Sendable (Bench) async throws -> Void
    ) async throws {
        try await ServerHarness.with { harness in
            let platform = harness.client(token: harness.operatorToken)
            var owners: [Client] = []
            for slug in ["acme", "globex"] {
                let made = try await platform.call(
                    TenantServiceMethods.CreateOrganization.self,
                    CreateOrganizationRequest(
                        slug: slug, displayName: slug, timeZone: "UTC",
                        ownerEmail: "owner@\(slug).example"))
                owners.append(harness.client(token: made.ownerToken))
            }
            for number in 0..<members {
                _ = try await owners[0].call(
                    TenantServiceMethods.CreateMember.self,
                    CreateMemberRequest(email: "m\(number)@acme.example", roles: [.analyst]))
            }
            try await body(
                Bench(harness: harness, owner: owners[0], other: owners[1], platform: platform))
            for client in owners + [platform] { await client.close() }
        }
    }

    private func stream(
        _ client: Client, filter: AuditFilter? = nil, after: Int64 = 0
    ) async throws -> [API.AuditRecord] {
        try await client.serverStreaming(
            TenantServiceMethods.StreamAuditRecords.self,
            StreamAuditRecordsRequest(filter: filter, afterSequence: after)
        ) { records in
            var all: [API.AuditRecord] = []
            for try await record in records { all.append(record) }
            return all
        }
    }

    private func list(
        _ client: Client, filter: AuditFilter? = nil, pageSize: Int32 = 0
    ) async throws -> [API.AuditRecord] {
        var all: [API.AuditRecord] = []
        var token = ""
        repeat {
            let page = try await client.call(
                TenantServiceMethods.ListAuditRecords.self,
                ListAuditRecordsRequest(filter: filter, pageSize: pageSize, pageToken: token))
            #expect(pageSize == 0 || page.records.count <= Int(pageSize))
            all += page.records
            token = page.nextPageToken
        } while !token.isEmpty
        return all
    }

    @Test func pagesAndStreamShowTheSameChain() async throws {
        try await Self.with(members: 20) { bench in
            let streamed = try await stream(bench.owner)
            // Organization, owner and token of its beginning, then the members.
            #expect(streamed.map(\.sequence) == Array(1...23))
            #expect(try await list(bench.owner, pageSize: 7) == streamed.reversed())
            #expect(try await stream(bench.owner, after: 20) == Array(streamed.suffix(3)))
            var previous = Domain.AuditRecord.firstPreviousHash
            for record in streamed {
                #expect(record.previousHash == previous)
                previous = try SHA256.digest(Domain.AuditRecord(wire: record).chainBytes)
                #expect(record.hash == previous)
            }
            let head = try await bench.owner.call(
                TenantServiceMethods.GetAuditHead.self, GetAuditHeadRequest())
            #expect(head.sequence == 23 && head.hash == previous && head.sealed)
        }
    }

    @Test func filtersShowWhatTheySay() async throws {
        try await Self.with(members: 5) { bench in
            let all = try await stream(bench.owner)
            let tokens = Set(all.map(\.tokenID))
            #expect(tokens.count == 2)
            for token in tokens {
                let filter = AuditFilter(tokenID: token)
                let expected = all.filter { $0.tokenID == token }
                #expect(try await stream(bench.owner, filter: filter) == expected)
                #expect(try await list(bench.owner, filter: filter) == expected.reversed())
            }
            let members = AuditFilter(objectType: "member")
            #expect(try await stream(bench.owner, filter: members).count == 6)
            let one = AuditFilter(objectType: "member", objectID: all[6].objectID)
            #expect(try await stream(bench.owner, filter: one) == [all[6]])
            // The harness' clock stands still.
            let time = try #require(all.first?.recordTime)
            let after = Timestamp(seconds: time.seconds, nanos: time.nanos + 1000)
            #expect(try await stream(bench.owner, filter: AuditFilter(startTime: time)) == all)
            #expect(try await stream(bench.owner, filter: AuditFilter(startTime: after)) == [])
            #expect(try await stream(bench.owner, filter: AuditFilter(endTime: time)) == [])
            #expect(try await stream(bench.owner, filter: AuditFilter(endTime: after)) == all)
            let nobody = AuditFilter(onBehalfOf: "nobody")
            #expect(try await list(bench.owner, filter: nobody) == [])
        }
    }

    @Test func eachSeesItsOwnLog() async throws {
        try await Self.with(members: 3) { bench in
            let other = try await stream(bench.other)
            #expect(other.count == 3)
            #expect(Set(other.map(\.organizationID)).count == 1)
            let own = try await stream(bench.owner)
            #expect(Set(own.map(\.organizationID)).isDisjoint(with: other.map(\.organizationID)))
            // What operators change of organizations stands in those, and in theirs.
            let platform = try await stream(bench.platform)
            let made = [String](
                repeating: TenantServiceMethods.CreateOrganization.name, count: 6)
            #expect(platform.map(\.method) == ["tally-server/migrate"] + made)
            #expect(
                platform.map(\.objectType)
                    == ["token"] + ["organization", "member", "token"] + [
                        "organization", "member", "token",
                    ])
            let head = try await bench.platform.call(
                TenantServiceMethods.GetAuditHead.self, GetAuditHeadRequest())
            #expect(head.sequence == 7 && head.sealed)
        }
    }

    @Test func filterThatMakesNoSenseIsRefused() async throws {
        try await Self.with(members: 0) { bench in
            for filter in [
                AuditFilter(startTime: Timestamp(seconds: 5), endTime: Timestamp(seconds: 5)),
                AuditFilter(method: "a\nb"),
                AuditFilter(objectID: String(repeating: "x", count: 1025)),
                AuditFilter(startTime: Timestamp(seconds: .max)),
            ] {
                let error = await #expect(throws: TallyError.self) {
                    _ = try await list(bench.owner, filter: filter)
                }
                #expect(error?.code == .invalidArgument, "\(filter)")
            }
        }
    }

    /// A row that was altered or removed behind the server's back shows.
    @Test(arguments: [
        "UPDATE audit_log SET roles = 'admin' WHERE sequence = 4",
        "UPDATE audit_log SET sealed = sealed || '\\x00' WHERE sequence = 4",
        """
        UPDATE audit_log AS a SET sealed = b.sealed, personal_hash = b.personal_hash
        FROM audit_log AS b WHERE b.org_id = a.org_id AND b.sequence = 5 AND a.sequence = 4
        """,
        "DELETE FROM audit_log WHERE sequence = 4",
        "DELETE FROM audit_log WHERE sequence = 8",
        """
        WITH gone AS (DELETE FROM audit_log WHERE sequence = 8)
        UPDATE audit_chains AS c SET last_sequence = 7, last_hash = a.hash
        FROM audit_log AS a WHERE a.org_id = c.org_id AND a.sequence = 7
        """,
        "DELETE FROM audit_chains", "DELETE FROM audit_log; DELETE FROM audit_chains",
        // The end alone goes back; the next row still follows the last one.
        """
        UPDATE audit_chains AS c SET last_sequence = 7, last_hash = a.hash
        FROM audit_log AS a WHERE a.org_id = c.org_id AND a.sequence = 7
        """,
    ])
    func tamperingIsFound(sql: String) async throws {
        try await Self.with(members: 5) { bench in
            let whole = try await faults(bench.owner)
            #expect(whole == 0)
            let session = try await bench.harness.database.session()
            try await session.execute(
                "ALTER TABLE audit_log DISABLE TRIGGER audit_log_is_append_only; \(sql)")
            await session.close()
            #expect(try await faults(bench.owner) > 0)
            // A further call goes through, and covers nothing up.
            _ = try await bench.owner.call(
                TenantServiceMethods.CreateMember.self,
                CreateMemberRequest(email: "later@acme.example", roles: [.analyst]))
            #expect(try await faults(bench.owner) > 0)
        }
    }

    /// Rows that do not follow or are not what was hashed, and an end that is not the sealed one.
    private func faults(_ client: Client) async throws -> Int {
        let head = try await client.call(
            TenantServiceMethods.GetAuditHead.self, GetAuditHeadRequest())
        var faults = head.sealed ? 0 : 1
        var (sequence, previous) = (Int64(0), Domain.AuditRecord.firstPreviousHash)
        for record in try await stream(client) {
            let hash = try SHA256.digest(Domain.AuditRecord(wire: record).chainBytes)
            if record.sequence != sequence + 1 { faults += 1 }
            if record.previousHash != previous { faults += 1 }
            if record.hash != hash { faults += 1 }
            let personal = try SHA256.digest(AuditPersonalFields(wire: record).bytes)
            if record.personalHash != personal { faults += 1 }
            (sequence, previous) = (record.sequence, record.hash)
        }
        if head.sequence != sequence || head.hash != previous { faults += 1 }
        return faults
    }
}

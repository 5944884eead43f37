import API
import Core
import Encryption
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import TenantService

@Suite struct OrganizationMethodsTests {
    @Test func organizationsAreBornWholeOrNotAtAll() async throws {
        try await Platform.with { platform, operatorToken in
            let made = try await platform.organization("northwind", by: operatorToken)
            let organization = try #require(made.organization)
            #expect(organization.slug == "northwind")
            #expect(organization.reportingCurrency == "USD")
            #expect(organization.createTime == Timestamp(platform.now))
            #expect(made.owner?.email == "owner@northwind.example")
            #expect(made.owner?.roles == [.owner])
            let seen = try await platform.call(
                TenantServiceMethods.GetOrganization.self, .init(), as: made.ownerToken)
            #expect(seen == organization)

            let again = await reason {
                try await platform.organization("northwind", by: operatorToken)
            }
            #expect(again == "ORGANIZATION_SLUG_TAKEN slug")
            let session = try await platform.database.session()
            for table in [
                "organizations", "organization_slugs", "members", "tokens", "ledger_clocks",
            ] {
                let counts = try await session.texts("SELECT count(*) FROM \(table)")
                #expect(counts == [["1"]], "\(table)")
            }
            let directory = try await session.texts("SELECT count(*) FROM token_directory")
            #expect(directory == [["2"]])
            await session.close()
        }
    }

    @Test func organizationsOfTheSameSlugAtOnceBecomeOne() async throws {
        try await Platform.with { platform, operatorToken in
            let reasons = await withTaskGroup(of: String.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        await reason { try await platform.organization("same", by: operatorToken) }
                    }
                }
                return await group.reduce(into: [String]()) { $0.append($1) }.sorted()
            }
            #expect(reasons == [""] + Array(repeating: "ORGANIZATION_SLUG_TAKEN slug", count: 5))
        }
    }

    @Test func onlyOperatorsMakeOrganizationsAndTheyReadNoMore() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let byOwner = await reason { try await platform.organization("b", by: owner) }
            #expect(byOwner == "OPERATOR_REQUIRED")
            let units = await reason {
                try await platform.call(
                    TenantServiceMethods.ListBusinessUnits.self, .init(), as: operatorToken)
            }
            #expect(units == "ORGANIZATION_REQUIRED")
            let token = await reason { try await platform.token(.owner, by: operatorToken) }
            #expect(token == "ORGANIZATION_REQUIRED")
        }
    }

    @Test func operatorsListAllOrganizationsAndOthersTheirOwn() async throws {
        try await Platform.with { platform, operatorToken in
            var owners: [String: String] = [:]
            for slug in ["b", "a-1", "c", "a", "a0"] {
                owners[slug] = try await platform.organization(slug, by: operatorToken).ownerToken
            }
            #expect(try await Self.slugs(platform, operatorToken) == ["a", "a-1", "a0", "b", "c"])
            for (slug, owner) in owners {
                #expect(try await Self.slugs(platform, owner) == [slug])
            }
        }
    }

    @Test func firstOperatorTokenIsMadeOnce() async throws {
        try await ScratchDatabase.with { database in
            struct DiskFull: Error {}
            let pool = database.pool()
            let key = KeyedHash(key: try SecretKey.random())
            let keysPool = try await database.keysPool()
            let keys = DataKeyStore(
                pool: keysPool, mainPool: pool, role: "tally_operator",
                cipher: EnvelopeCipher(current: try MasterKey(SecretKey.random())))
            let bootstrap = OperatorBootstrap(pool: pool, keyedHash: key, keys: keys)
            let now = Instant(seconds: 1_790_000_000)
            await #expect(throws: DiskFull.self) {
                _ = try await bootstrap.firstToken(now: now) { _ in throw DiskFull() }
            }
            let made = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<5 {
                    group.addTask { try await bootstrap.firstToken(now: now) != nil }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(made == 1)
            await pool.shutdown()
            await keysPool.shutdown()
        }
    }

    /// All slugs, two at a time.
    private static func slugs(_ platform: Platform, _ token: String) async throws -> [String] {
        var slugs: [String] = []
        var page = ""
        repeat {
            let answer = try await platform.call(
                TenantServiceMethods.ListOrganizations.self,
                ListOrganizationsRequest(pageSize: 2, pageToken: page), as: token)
            #expect((1...2).contains(answer.organizations.count))
            slugs += answer.organizations.map(\.slug)
            page = answer.nextPageToken
        } while !page.isEmpty
        return slugs
    }
}

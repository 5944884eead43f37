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

    @Test func operatorsSayAtTheCreationWhatHoldsFromTheFirstDay() async throws {
        try await Platform.with { platform, operatorToken in
            let limits = PlanLimits(
                connectionsMax: 7, eventsPerDayMax: 5_000_000_000, callsPerSecondMax: 3)
            let made = try await platform.call(
                TenantServiceMethods.CreateOrganization.self,
                CreateOrganizationRequest(
                    slug: "planned", displayName: "Planned", timeZone: "UTC",
                    ownerEmail: "owner@planned.example", fiscalYearStartMonth: 4,
                    retentionMonths: 24, limits: limits), as: operatorToken)
            #expect(made.organization?.fiscalYearStartMonth == 4)
            #expect(made.organization?.retentionMonths == 24)
            #expect(made.organization?.limits == limits)
            let seen = try await platform.call(
                TenantServiceMethods.GetOrganization.self, .init(), as: made.ownerToken)
            #expect(seen == made.organization)
            // Where each call, and whoever removes old usage, looks.
            let session = try await platform.database.session()
            let states = try await session.texts(
                """
                SELECT calls_per_second_max, retention_months, retention_begins_at <= now(),
                    is_suspended FROM organization_states
                """)
            #expect(states == [["3", "24", "t", "f"]])
            await session.close()
            // One of whom nothing is said has no row there.
            let plain = try await platform.organization("plain", by: operatorToken)
            #expect(plain.organization?.limits == PlanLimits())
            #expect(plain.organization?.fiscalYearStartMonth == 1)
        }
    }

    /// However many others there are.
    @Test func organizationsOfAStateAreListedWithoutReadingAllOthers() async throws {
        try await Platform.with { platform, operatorToken in
            let session = try await platform.database.session()
            // Two of each state, the last ones by slug; all others are served, at a rate of their own.
            try await session.execute(
                """
                CREATE TEMPORARY TABLE made AS
                SELECT gen_random_uuid() AS id, 'o-' || lpad(n::text, 5, '0') AS slug,
                    CASE WHEN n <= 3000 THEN 0 ELSE (n - 3001) / 2 + 1 END AS state
                FROM generate_series(1, 3008) AS n;
                INSERT INTO organization_slugs (slug, org_id) SELECT slug, id FROM made;
                INSERT INTO organizations (id, slug, display_name, time_zone, reporting_currency,
                    created_at, suspended_at, suspension_reason)
                SELECT id, slug, slug, 'UTC', 'USD', now(), CASE WHEN state = 1 THEN now() END,
                    CASE WHEN state = 1 THEN 'Unpaid' ELSE '' END
                FROM made WHERE state < 4;
                INSERT INTO organization_states (org_id, calls_per_second_max, is_suspended,
                    delete_after, deleted_at, erased_at)
                SELECT id, 5, state = 1,
                    CASE WHEN state >= 2 THEN now() END, CASE WHEN state >= 3 THEN now() END,
                    CASE WHEN state = 4 THEN now() END
                FROM made;
                ANALYZE organizations, organization_slugs, organization_states;
                """)
            typealias Ending = SelectEndingOrganizations
            for (state, sql, isBegun, slugs) in [
                (
                    Organization.State.suspended, SelectSuspendedOrganizations.sql, Bool?.none,
                    ["o-03001", "o-03002"]
                ),
                (.deleting, Ending.sql, false, ["o-03003", "o-03004"]),
                (.deleted, Ending.sql, true, ["o-03005", "o-03006", "o-03007", "o-03008"]),
                (.deleted, SelectErasedOrganizations.sql, nil, []),
            ] {
                if !slugs.isEmpty {
                    let listed = try await platform.call(
                        TenantServiceMethods.ListOrganizations.self,
                        ListOrganizationsRequest(state: state), as: operatorToken)
                    #expect(listed.organizations.map(\.slug) == slugs)
                    #expect(listed.organizations.allSatisfy { $0.state == state })
                }
                let read = try await Self.rowsRead(by: sql, isBegun, session)
                #expect((2...50).contains(read), "\(sql)")
            }
            await session.close()
            // Those that are served, without any of these.
            var count = 0
            var page = ""
            repeat {
                let answer = try await platform.call(
                    TenantServiceMethods.ListOrganizations.self,
                    ListOrganizationsRequest(pageSize: 1000, pageToken: page, state: .active),
                    as: operatorToken)
                count += answer.organizations.count
                page = answer.nextPageToken
            } while !page.isEmpty
            #expect(count == 3000)
        }
    }

    /// How many rows of tables a statement looks at, as an operator, whether or not it wants them.
    private static func rowsRead(
        by sql: String, _ isBegun: Bool?, _ session: PostgresSession
    ) async throws -> Int {
        let types = "text, bigint" + (isBegun == nil ? "" : ", boolean")
        let arguments = "'', 100" + (isBegun.map { ", \($0)" } ?? "")
        try await session.execute(
            """
            BEGIN;
            SET LOCAL ROLE tally_operator;
            PREPARE looked_at (\(types)) AS \(sql)
            """)
        let plan = try await session.texts(
            "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) EXECUTE looked_at (\(arguments))")
        try await session.execute("ROLLBACK; DEALLOCATE looked_at")
        var sum = 0
        var loops = 0
        for line in plan.map({ $0[0] ?? "" }) {
            if let match = line.firstMatch(of: #/Scan.*\(actual rows=(\d+)\S* loops=(\d+)\)/#) {
                loops = Int(match.2) ?? 0
                sum += (Int(match.1) ?? 0) * loops
            } else if let match = line.firstMatch(of: #/Rows Removed by Filter: (\d+)/#) {
                sum += (Int(match.1) ?? 0) * loops
            }
        }
        return sum
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
            let bootstrap = OperatorTokens(pool: pool, keyedHash: key, keys: keys)
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

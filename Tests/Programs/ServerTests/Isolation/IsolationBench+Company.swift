import API
import Core
import Postgres
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Server

extension IsolationBench {
    /// An organization with something of everything; codes, e-mails and event ids are the same in
    /// each, display names are its own.
    static func company(
        _ slug: String, _ platform: Client, _ harness: ServerHarness
    ) async throws -> Company {
        let made = try await platform.call(
            TenantServiceMethods.CreateOrganization.self,
            CreateOrganizationRequest(
                slug: slug, displayName: "Company \(mark(slug))", timeZone: "Europe/Berlin",
                ownerEmail: "owner@example.com"))
        let owner = harness.client(token: made.ownerToken)
        let gateway = try await owner.call(
            TenantServiceMethods.CreateToken.self,
            CreateTokenRequest(
                displayName: "Token \(mark(slug))", roles: [.gateway], eventsPerDayMax: quota))
        for (code, parent) in [
            ("company", ""), ("platform", "company"), ("only-\(slug)", ""), ("retirable", ""),
            ("mergeable", ""), ("retired", ""), (word(slug), ""),
        ] {
            let isWord = code == word(slug)
            _ = try await owner.call(
                TenantServiceMethods.CreateBusinessUnit.self,
                CreateBusinessUnitRequest(
                    code: code, displayName: isWord ? code : "Unit \(mark(slug))",
                    parentCode: parent, costCenterCode: isWord ? code : "",
                    effectiveDate: API.Date(year: 2026, month: 1, day: 1)))
        }
        _ = try await owner.call(
            TenantServiceMethods.RetireBusinessUnit.self,
            RetireBusinessUnitRequest(
                code: "retired", effectiveDate: API.Date(year: 2026, month: 11, day: 10)))
        let member = try await owner.call(
            TenantServiceMethods.CreateMember.self,
            CreateMemberRequest(email: "second@example.com", roles: [.finance]))
        let token = try await owner.call(
            TenantServiceMethods.CreateToken.self,
            CreateTokenRequest(displayName: "Token \(mark(slug))", roles: [.analyst]))
        let removable = try await onBehalf(
            of: "person-of-\(slug)@example.com", owner, harness,
            TenantServiceMethods.CreateMember.self,
            CreateMemberRequest(email: "removable@example.com", roles: [.analyst]))
        let rotatable = try await owner.call(
            TenantServiceMethods.CreateToken.self,
            CreateTokenRequest(displayName: "Token \(mark(slug))", roles: [.analyst]))
        let connection = try await owner.call(
            ConnectionServiceMethods.CreateConnection.self,
            CreateConnectionRequest(
                provider: .openai, displayName: "Connection \(mark(slug))",
                apiKey: "sk-admin-isolation-\(slug)",
                labels: [Label(key: "stage", value: "test")]))
        let deletable = try await owner.call(
            ConnectionServiceMethods.CreateConnection.self,
            CreateConnectionRequest(
                provider: .anthropic, displayName: "Deletable",
                apiKey: "sk-admin-isolation-\(slug)"))
        let backfill = try await owner.call(
            ConnectionServiceMethods.BackfillConnection.self,
            BackfillConnectionRequest(
                id: deletable.id,
                from: Timestamp(seconds: 1_792_454_400)))
        _ = try await owner.call(
            AllocationServiceMethods.SetAllocationRules.self,
            SetAllocationRulesRequest(rules: [
                AllocationRule(
                    id: word(slug),
                    conditions: [Condition(dimension: "project", value: word(slug))],
                    target: .unit("company")),
                AllocationRule(id: "rule-\(mark(slug))", target: .unit("company")),
            ]))
        for unit in ["company", "only-\(slug)"] {
            _ = try await owner.call(
                BudgetingServiceMethods.SetBudget.self,
                SetBudgetRequest(
                    unitCode: unit, monthlyAmount: API.Money(amount: "100", currencyCode: "USD")))
        }
        _ = try await owner.call(
            IngestionServiceMethods.CreatePriceOverride.self,
            CreatePriceOverrideRequest(
                priceOverride: PriceOverride(
                    provider: "openai", modelPattern: "o3", terms: .multiplier("0.5"),
                    note: "Contract \(mark(slug))")))
        _ = try await owner.call(
            IngestionServiceMethods.SetAttributionRules.self,
            SetAttributionRulesRequest(
                rules: [
                    AttributionRule(
                        name: "rule-\(mark(slug))", target: "team",
                        value: .constant("team-\(mark(slug))")),
                    AttributionRule(
                        name: word(slug), target: "customer", value: .constant(word(slug))),
                ], note: "Rules \(mark(slug))"))
        _ = try await owner.call(
            IngestionServiceMethods.SetSourceRanks.self,
            SetSourceRanksRequest(sources: ["gateway", "feed-\(mark(slug))"]))
        try await ingest(1...20, tokens: slug == "ours" ? 1_000 : 7_777, owner)
        try await leavePriceToCome(owner)
        try await sayWord(slug, owner)
        let page = try await owner.call(
            TenantServiceMethods.ListBusinessUnits.self, ListBusinessUnitsRequest(pageSize: 1))
        let id = made.organization?.id ?? ""
        let tokenID = token.token?.id ?? ""
        let things: [RequestFactory.Thing: String] = [
            .unit: "company", .retirable: "retirable", .mergeable: "mergeable",
            .retired: "retired", .connection: connection.id, .deletable: deletable.id,
            .backfill: backfill.id,
            .token: tokenID,
            .member: member.id, .removable: removable.id, .rotatable: rotatable.token?.id ?? "",
            .organization: id, .slug: slug, .page: page.nextPageToken, .event: "event-5",
            .reversible: "event-6", .priceOverride: "1", .attributionVersion: "1",
            .ranksVersion: "0",
        ]
        // A name that the other does not have, too.
        var ownThings = things
        for thing in [RequestFactory.Thing.unit, .retirable, .mergeable, .retired] {
            ownThings[thing] = "only-\(slug)"
        }
        _ = try await owner.call(
            IngestionServiceMethods.IngestEvents.self,
            IngestEventsRequest(
                events: ["only-\(slug)", "gone-\(slug)"].map { id in
                    Event(
                        id: id, source: "gateway", time: Timestamp(seconds: 1_793_400_000),
                        provider: "openai", model: "gpt-4.1",
                        quantities: [Quantity(quantityClass: "input", amount: 10_000_000)],
                        connection: connection.id)
                }))
        ownThings[.person] = "person-of-\(slug)@example.com"
        ownThings[.priceOverride] = "\(numberOfTheirs)"
        ownThings[.attributionVersion] = "\(numberOfTheirs)"
        ownThings[.ranksVersion] = "\(numberOfTheirs)"
        ownThings[.event] = "only-\(slug)"
        ownThings[.reversible] = "gone-\(slug)"
        ownThings[.word] = word(slug)
        ownThings[.email] = "\(word(slug))@example.com"
        ownThings[.providerKey] = "sk-admin-isolation-\(slug)"
        ownThings[.tag] = "tag:\(word(slug))"
        ownThings[.revision] = "\(numberOfTheirs)"
        ownThings[.twin] = twinName(slug)
        return Company(
            slug: slug, id: id, owner: owner, ownerToken: made.ownerToken,
            gateway: harness.client(token: gateway.secret), gatewayToken: gateway.secret,
            things: things, ownThings: ownThings,
            marks: [
                mark(slug), "only-\(slug)", id, connection.id, deletable.id, backfill.id, tokenID,
                member.id,
                removable.id, rotatable.token?.id ?? "", "person-of-\(slug)",
            ])
    }

    /// Uses an organization's own word wherever people and programs write what they like: whoever asks by
    /// it must not come upon what it stands for. No mark of what is the organization's is in it, for the other
    /// one may write it, too.
    private static func sayWord(_ slug: String, _ owner: Client) async throws {
        let word = word(slug)
        _ = try await owner.call(
            TenantServiceMethods.CreateMember.self,
            CreateMemberRequest(email: "\(word)@example.com", roles: [.analyst]))
        _ = try await owner.call(
            TenantServiceMethods.CreateToken.self,
            CreateTokenRequest(displayName: word, roles: [.analyst]))
        _ = try await owner.call(
            ConnectionServiceMethods.CreateConnection.self,
            CreateConnectionRequest(
                provider: .openai, displayName: word, apiKey: "sk-admin-isolation-\(slug)-too",
                labels: [Label(key: "stage", value: word), Label(key: word, value: "test")]))
        _ = try await owner.call(
            IngestionServiceMethods.CreatePriceOverride.self,
            CreatePriceOverrideRequest(
                priceOverride: PriceOverride(
                    provider: "openai", modelPattern: word, terms: .multiplier("0.5"), note: word)))
        // Of the same ids as other events, from a source of its own; and one that it alone has.
        let ids = [("event-5", word), ("event-6", word), (word, "gateway")]
        let answer = try await owner.call(
            IngestionServiceMethods.IngestEvents.self,
            IngestEventsRequest(
                events: ids.enumerated().map { index, event in
                    Event(
                        id: event.0, source: event.1, time: Timestamp(seconds: 1_793_097_600),
                        provider: "openai", model: index == 0 ? word : "gpt-4.1",
                        requestedModel: word, region: word,
                        quantities: [Quantity(quantityClass: "input", amount: 7)],
                        project: word, apiKeyID: word, user: word, session: word, run: word,
                        feature: word, customer: word, team: word, environment: word,
                        tags: [Tag(key: word, value: word)],
                        providerRequestID: index == 2 ? word : "")
                }))
        #expect(answer.results.allSatisfy { $0.outcome == .accepted }, "\(answer)")
    }

    /// Calls as a frontend does, for an administrator who is added first.
    private static func onBehalf<Method: RPCMethod>(
        of person: String, _ owner: Client, _ harness: ServerHarness, _ method: Method.Type,
        _ request: Method.Request
    ) async throws -> Method.Response {
        _ = try await owner.call(
            TenantServiceMethods.CreateMember.self,
            CreateMemberRequest(email: person, roles: [.admin]))
        let portal = try await owner.call(
            TenantServiceMethods.CreateToken.self,
            CreateTokenRequest(displayName: "Frontend", roles: [.frontend]))
        let frontend = harness.client(token: portal.secret)
        let response = try await frontend.call(
            method, request, options: CallOptions(metadata: ["tally-on-behalf-of": person]))
        await frontend.close()
        return response
    }

    /// Of a token, in events a day; more than all calls of a test bring.
    static let quota: Int64 = 1_000_000

    /// Of a contract price, of a version of the attribution rules, and of changes to what people may change, that
    /// the other organization alone has.
    private static let numberOfTheirs = 5000

    /// Gives an organization what has numbers that the other one does not come to.
    static func makeNumbersApart(_ company: Company, _ harness: ServerHarness) async throws {
        let session = try await harness.database.session()
        for (table, column) in [
            ("price_overrides", "number"), ("attribution_rule_sets", "version"),
        ] {
            try await session.execute(
                """
                INSERT INTO \(table)
                SELECT (jsonb_populate_record(NULL::\(table),
                    to_jsonb(t) || '{"\(column)": \(numberOfTheirs)}'::jsonb)).*
                FROM \(table) AS t WHERE org_id = '\(company.id)' AND \(column) = 1
                """)
        }
        // Its etags, too, and the version of its ranks.
        for table in [
            "organizations", "business_units", "members", "connections", "source_ranks",
        ] {
            let key = table == "organizations" ? "id" : "org_id"
            let column = table == "source_ranks" ? "version" : "revision"
            try await session.execute(
                """
                UPDATE \(table) SET \(column) = \(numberOfTheirs) WHERE \(key) = '\(company.id)';
                -- What is updated lies behind what is not, and theirs is to be found first.
                UPDATE \(table) SET \(column) = \(column) WHERE \(key) <> '\(company.id)';
                """)
        }
        await session.close()
    }

    /// Gives the other organization as much as nobody may have more of, where no plan says otherwise, of what
    /// is only counted: 10,000 versions of its attribution rules, and 100 connections. Whoever counts them
    /// with one's own is refused.
    func fillTheirs() async throws {
        let session = try await harness.database.session()
        try await session.execute(
            """
            INSERT INTO attribution_rule_sets
            SELECT (jsonb_populate_record(NULL::attribution_rule_sets,
                to_jsonb(t) || '{"version": 10000}'::jsonb)).*
            FROM attribution_rule_sets AS t WHERE org_id = '\(theirs.id)' AND version = 1;
            DO $$
            DECLARE columns text;
            BEGIN
                SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
                WHERE attrelid = 'connections'::regclass AND attnum > 0 AND NOT attisdropped
                    AND attgenerated = '';
                EXECUTE format('INSERT INTO connections (%s) SELECT %s FROM (SELECT '
                    '(jsonb_populate_record(NULL::connections, to_jsonb(t) || jsonb_build_object('
                    '''id'', gen_random_uuid(), ''display_name'', ''Full '' || n))).* '
                    'FROM connections AS t, generate_series(1, 100) AS n '
                    'WHERE org_id = %L AND id = %L) AS filled',
                    columns, columns, '\(theirs.id)', '\(theirs.ownThings[.connection] ?? "")');
            END $$;
            """)
        await session.close()
    }

    /// An event without a price, for which there is one afterwards.
    private static func leavePriceToCome(_ owner: Client) async throws {
        _ = try await owner.call(
            IngestionServiceMethods.IngestEvents.self,
            IngestEventsRequest(events: [
                Event(
                    id: "unpriced", source: "gateway", time: Timestamp(seconds: 1_793_534_400),
                    provider: "openai", model: "gpt-unheard-of",
                    quantities: [Quantity(quantityClass: "input", amount: 10)])
            ]))
        _ = try await owner.call(
            IngestionServiceMethods.CreatePriceOverride.self,
            CreatePriceOverrideRequest(
                priceOverride: PriceOverride(
                    provider: "openai", modelPattern: "gpt-unheard-of",
                    terms: .fixed(
                        FixedPrices(prices: [FixedPrice(quantityClass: "input", rate: "1")])),
                    effectiveTime: Timestamp(seconds: 1_790_000_000))))
    }

    /// Stands in the names that people give, so that one finds them wherever they show.
    private static func mark(_ slug: String) -> String { "zq-\(slug)-qz" }

    /// Stands in all that nobody else writes.
    private static func word(_ slug: String) -> String { "word-of-\(slug)" }

    /// Of a connection with the id of one that the other organization may do away with.
    static func twinName(_ slug: String) -> String { "Twin \(word(slug))" }

    /// Changes whatever an organization has, by every method that changes something.
    func change(_ company: Company) async throws {
        try await Self.ingest(21...40, tokens: 99_999, company.owner)
        for (index, method) in writes.enumerated() {
            let requests = try factory.requests(
                of: method, things: company.things, number: 500_000 + 100 * index)
            for request in requests {
                let outcome = try await call(method, request, by: company)
                #expect(!outcome.isRefusal, "\(method.fullName): \(outcome)")
            }
        }
    }

    /// gpt-4.1 input is 2 USD a million; the harness' today is 5 November 2026.
    private static func ingest(
        _ numbers: ClosedRange<Int>, tokens: Int64, _ client: Client
    ) async throws {
        let events = numbers.map { number in
            Event(
                id: "event-\(number)", source: "gateway",
                time: Timestamp(seconds: 1_793_000_000 + 20_000 * Int64(number), nanos: 0),
                provider: "openai", model: "gpt-4.1",
                quantities: [Quantity(quantityClass: "input", amount: tokens)])
        }
        _ = try await client.call(
            IngestionServiceMethods.IngestEvents.self, IngestEventsRequest(events: events))
    }
}

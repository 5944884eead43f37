import API
import Core
import Postgres
import Synchronization
import TallyClient
import TestSupport
import Wire

@testable import Server

/// Two organizations with the same names and ids in one server, and what the schema lets one of them
/// ask.
struct IsolationBench: Sendable {
    /// What stands between the organizations.
    enum Walls: CaseIterable {
        case both, rowSecurityAlone, filtersAlone, none

        var hasFilters: Bool { self == .both || self == .filtersAlone }
        var hasRowSecurity: Bool { self == .both || self == .rowSecurityAlone }
    }

    /// One organization, with its owner.
    struct Company: Sendable {
        let slug: String
        let id: String
        let owner: Client
        let ownerToken: String
        /// By a token with a quota of events.
        let gateway: Client
        let gatewayToken: String
        /// Names of what it has.
        var things: [RequestFactory.Thing: String]
        /// The same, by names that the other organization does not have.
        let ownThings: [RequestFactory.Thing: String]
        /// What only its own answers may hold.
        let marks: [String]

        var clients: [Client] { [owner, gateway] }
    }

    /// What a call came to.
    enum Outcome: Hashable {
        case answers([[UInt8]])
        case refusal(code: Int32, reason: String, field: String, message: String)

        var isRefusal: Bool {
            if case .refusal = self { true } else { false }
        }

        /// An answer, or a refusal, may say the name that it was given. In the place of names of one length
        /// stands the same then.
        func without(_ name: String?) -> Outcome {
            guard let name, !name.isEmpty else { return self }
            switch self {
            case .answers(let answers):
                let hidden = [UInt8](repeating: 0, count: name.utf8.count)
                return .answers(answers.map { $0.replacing(Array(name.utf8), with: hidden) })
            case .refusal(let code, let reason, let field, let message):
                return .refusal(
                    code: code, reason: reason, field: field,
                    message: message.replacing(name, with: "…"))
            }
        }
    }

    let harness: ServerHarness
    let platform: Client
    /// Made first, so that a statement without walls finds its rows first.
    let theirs: Company
    let ours: Company
    let schema: ReflectedSchema
    let factory: RequestFactory
    let work: WorkLog
    /// Answers in the place of the server, to show that leaks are noticed.
    var planted: (@Sendable (JSONValue) -> Outcome)?

    static func with(
        _ walls: Walls, _ body: @escaping @Sendable (IsolationBench) async throws -> Void
    ) async throws {
        let work = WorkLog()
        // An address may look for as many names as it likes that nobody has.
        let variables = ["TALLY_RATE_LIMIT_INVALID_TOKENS_PER_SECOND_PER_ADDRESS": "1000000"]
        try await ServerHarness.with(
            variables,
            database: { configuration in
                configuration.isOrganizationFilterDropped = !walls.hasFilters
                configuration.statementObserver = { work.note($0, rows: $1, on: $2) }
            }
        ) { harness in
            let platform = harness.client(token: harness.operatorToken)
            var companies: [Company] = []
            for slug in ["theirs", "ours"] {
                companies.append(try await company(slug, platform, harness))
            }
            let managed = try await platform.call(
                TenantServiceMethods.CreateOrganization.self,
                CreateOrganizationRequest(
                    slug: "managed", displayName: "Managed", timeZone: "UTC",
                    ownerEmail: "owner@example.com"))
            for index in companies.indices {
                companies[index].things[.managed] = managed.organization?.id
            }
            try await makeTwins(companies[0], of: companies[1], harness)
            try await makeNumbersApart(companies[0], harness)
            if !walls.hasRowSecurity {
                try await tearDownRowSecurity(harness, first: companies[0].id)
            }
            let schema = try ReflectedSchema(fileDescriptorSet: TallySchema.fileDescriptorSet)
            let bench = IsolationBench(
                harness: harness, platform: platform, theirs: companies[0], ours: companies[1],
                schema: schema, factory: RequestFactory(schema: schema), work: work)
            try await body(bench)
            for client in companies.flatMap(\.clients) + [platform] { await client.close() }
        }
    }

    /// - Parameter first: The organization whose only row of a table is found first where nothing
    ///   tells it from others: what is updated often lies anywhere.
    private static func tearDownRowSecurity(
        _ harness: ServerHarness, first: String
    ) async throws {
        let session = try await harness.database.session()
        try await session.execute(
            """
            DO $$
            DECLARE name text;
            BEGIN
                FOR name IN SELECT relname FROM pg_class
                    WHERE relrowsecurity AND relnamespace = 'public'::regnamespace
                LOOP
                    EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', name);
                END LOOP;
            END $$;
            CREATE TEMPORARY TABLE chains AS SELECT * FROM audit_chains;
            TRUNCATE audit_chains;
            INSERT INTO audit_chains SELECT * FROM chains ORDER BY org_id = '\(first)' DESC;
            """)
        await session.close()
    }

    /// Gives an organization rows of the same ids as the other one's: of all that has an id which is
    /// not unique across organizations and that requests can name.
    private static func makeTwins(
        _ company: Company, of other: Company, _ harness: ServerHarness
    ) async throws {
        let session = try await harness.database.session()
        let mark = company.marks[0]
        for (table, id, name) in [
            ("members", other.things[.member], ""), ("members", other.things[.removable], ""),
            ("connections", other.things[.connection], "Twin \(mark)"),
            ("connections", other.things[.deletable], twinName(company.slug)),
            ("tokens", other.gatewayTokenID, "Twin \(mark)"),
        ] {
            try await session.execute(
                """
                DO $$
                DECLARE columns text;
                BEGIN
                    SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
                    WHERE attrelid = '\(table)'::regclass AND attnum > 0 AND NOT attisdropped
                        AND attgenerated = '';
                    EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM jsonb_populate_record('
                        'NULL::%I, (SELECT to_jsonb(t) || %L FROM %I AS t '
                        'WHERE org_id = %L AND id = %L))', '\(table)', columns, columns, '\(table)',
                        '{"org_id": "\(company.id)", "display_name": "\(name)"}'::jsonb,
                        '\(table)', '\(other.id)', '\(id ?? "")');
                END $$;
                """)
        }
        // Its twin of the token has brought all that it may.
        try await session.execute(
            """
            INSERT INTO token_event_counts (org_id, token_id, event_day, event_count)
            VALUES ('\(company.id)', '\(other.gatewayTokenID)', '\(ServerHarness.now)'::date - date '1970-01-01', \(quota))
            """)
        await session.close()
    }

    // MARK: Beginning anew

    /// Keeps all rows as they are, for `restoreRows`.
    func keepRows() async throws {
        let session = try await harness.database.session()
        try await session.execute(
            """
            CREATE SCHEMA kept;
            DO $$
            DECLARE name text;
            BEGIN
                FOR name IN \(Self.tables) LOOP
                    EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', name, name);
                END LOOP;
                -- The guards of what is append-only, which hold for everybody else.
                FOR name IN SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname)
                    FROM pg_trigger WHERE tgtype & 32 <> 0
                LOOP
                    EXECUTE name;
                END LOOP;
            END $$;
            """)
        await session.close()
    }

    /// Lets every table have the rows that it had, in the order in which they lay.
    func restoreRows() async throws {
        let session = try await harness.database.session()
        try await session.execute(
            """
            SET session_replication_role = replica;
            DO $$
            DECLARE name text; columns text; differs boolean; changed text[] := '{}';
            BEGIN
                FOR name IN \(Self.tables) LOOP
                    EXECUTE format(
                        'SELECT (SELECT string_agg(t::text, ''|'' ORDER BY t::text) FROM public.%I AS t) '
                        'IS DISTINCT FROM '
                        '(SELECT string_agg(t::text, ''|'' ORDER BY t::text) FROM kept.%I AS t)',
                        name, name) INTO differs;
                    IF differs THEN changed := changed || name; END IF;
                END LOOP;
                -- With those that refer to them, which are emptied together.
                WITH RECURSIVE affected AS (
                    SELECT unnest(changed) AS t
                    UNION
                    SELECT c.relname::text COLLATE "default" FROM affected
                    JOIN pg_constraint AS f ON f.contype = 'f'
                        AND f.confrelid = format('public.%I', affected.t)::regclass
                    JOIN pg_class AS c ON c.oid = f.conrelid AND NOT c.relispartition)
                SELECT coalesce(array_agg(t), '{}') INTO changed FROM affected;
                IF changed = '{}' THEN RETURN; END IF;
                EXECUTE (SELECT 'TRUNCATE ' || string_agg(quote_ident(t), ', ')
                    FROM unnest(changed) AS t);
                FOREACH name IN ARRAY changed LOOP
                    SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
                    WHERE attrelid = format('public.%I', name)::regclass AND attnum > 0
                        AND NOT attisdropped AND attgenerated = '';
                    EXECUTE format('INSERT INTO public.%I (%s) SELECT %s FROM kept.%I',
                        name, columns, columns, name);
                END LOOP;
            END $$;
            """)
        await session.close()
    }

    private static let tables = """
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND NOT relispartition AND relname <> 'schema_migrations'
        """

    /// The same organizations, served by another process that remembers nothing of them.
    func withFreshServer<R: Sendable>(
        _ body: @escaping @Sendable (IsolationBench) async throws -> R
    ) async throws -> R {
        try await harness.withSecondServer { harness in
            let bench = IsolationBench(
                harness: harness, platform: harness.client(token: harness.operatorToken),
                theirs: theirs.served(by: harness), ours: ours.served(by: harness),
                schema: schema, factory: factory, work: work)
            let result: Result<R, any Error>
            do {
                result = .success(try await body(bench))
            } catch {
                result = .failure(error)
            }
            for client in bench.theirs.clients + bench.ours.clients + [bench.platform] {
                await client.close()
            }
            return try result.get()
        }
    }

    // MARK: Methods

    /// All of the schema; reads first, since what a write without walls does to our own rows is no
    /// fault of theirs.
    var methods: [MethodDescriptor] {
        let all = schema.services.flatMap(\.methods)
        return all.filter { $0.idempotency == .noSideEffects } + writes
    }

    var writes: [MethodDescriptor] {
        schema.services.flatMap(\.methods).filter { $0.idempotency != .noSideEffects }
    }

    /// Hostile requests of a method that name what the other organization has.
    func variants(
        of method: MethodDescriptor, number: Int
    ) throws -> [RequestFactory.Variant] {
        try factory.variants(
            of: method, things: ours.things, foreign: theirs.ownThings, number: number)
    }

    // MARK: Calling

    /// Calls a method by the schema, as the organization's owner, or as an operator where owners may
    /// not.
    func call(
        _ method: MethodDescriptor, _ request: JSONValue, by company: Company,
        metadata: [String: String] = [:]
    ) async throws -> Outcome {
        if let planted { return planted(request) }
        let bytes = try schema.encode(request, as: method.requestType)
        if Self.ingesting.contains(method.fullName) {
            return try await call(method, bytes, by: company.gateway, metadata)
        }
        var outcome = try await call(method, bytes, by: company.owner, metadata)
        // A server knows within a second that a deletion was taken back.
        let begin = ContinuousClock.now
        while case .refusal(_, "ORGANIZATION_DELETED", _, _) = outcome,
            ContinuousClock.now - begin < .seconds(60)
        {
            try await Task.sleep(for: .milliseconds(50))
            outcome = try await call(method, bytes, by: company.owner, metadata)
        }
        if case .refusal(_, "ROLE_NOT_ALLOWED", _, _) = outcome {
            return try await call(method, bytes, by: platform, metadata)
        }
        return outcome
    }

    /// Whose calls count against a quota.
    private static let ingesting: Set = [
        IngestionServiceMethods.IngestEvents.name, IngestionServiceMethods.StreamEvents.name,
    ]

    func call(
        _ method: MethodDescriptor, _ bytes: [UInt8], by client: Client,
        _ metadata: [String: String] = [:]
    ) async throws -> Outcome {
        let options = CallOptions(metadata: metadata)
        do {
            switch method.kind {
            case .unary:
                return .answers([
                    try await client.callRaw(
                        method: method.fullName, bytes: bytes, options: options)
                ])
            case .serverStreaming:
                var answers: [[UInt8]] = []
                try await client.serverStreamingRaw(
                    method: method.fullName, bytes: bytes, options: options
                ) {
                    answers.append($0)
                }
                return .answers(answers)
            case .bidirectionalStreaming:
                var answers: [[UInt8]] = []
                try await client.bidirectionalStreamingRaw(
                    method: method.fullName, bytes: bytes, options: options
                ) {
                    answers.append($0)
                }
                return .answers(answers)
            case .clientStreaming:
                throw RequestFactory.Uncovered(field: "the stream of \(method.fullName)")
            }
        } catch let error as TallyError {
            return .refusal(
                code: error.code.rawValue, reason: error.reason, field: error.field ?? "",
                message: error.message)
        }
    }

    // MARK: Looking

    /// Hash of all rows of an organization, table by table.
    func rows(of company: Company) async throws -> [[String]] {
        let session = try await harness.database.session()
        let tables = try await session.texts(
            """
            SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                AND NOT c.relispartition AND a.attname = 'org_id' AND NOT a.attisdropped
            ORDER BY 1
            """)
        let parts = tables.map { row in
            let table = row[0] ?? ""
            return """
                SELECT '\(table)', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))
                FROM \(table) AS t WHERE org_id = '\(company.id)'
                """
        }
        let own = """
            SELECT 'organizations', md5(string_agg(t::text, '|')) FROM organizations AS t
            WHERE id = '\(company.id)'
            """
        let found = try await session.texts((parts + [own]).joined(separator: " UNION ALL "))
        await session.close()
        return found.map { $0.map { $0 ?? "" } }
    }

    /// Tables that row security keeps to one organization.
    func isolatedTables() async throws -> Set<String> {
        let session = try await harness.database.session()
        let rows = try await session.texts(
            """
            SELECT relname FROM pg_class
            WHERE relforcerowsecurity AND relnamespace = 'public'::regnamespace
                AND relname <> 'token_directory'
            """)
        await session.close()
        return Set(rows.compactMap { $0[0] })
    }

    /// Marks of the other organization in what we were shown, but for the name that we gave.
    func leaks(in outcome: Outcome, given name: String?) -> [String] {
        let shown: [UInt8]
        switch outcome {
        case .answers(let answers): shown = Array(answers.joined())
        case .refusal(_, let reason, let field, let message):
            shown = Array("\(reason) \(field) \(message)".utf8)
        }
        let text = String(decoding: shown, as: UTF8.self)
        return (theirs.marks + [Self.twinName(theirs.slug)]).filter {
            $0 != name && text.contains($0)
        }
    }
}

extension IsolationBench.Company {
    /// Public part of the token with a quota.
    var gatewayTokenID: String {
        gatewayToken.split(separator: "_").dropFirst().first.map(String.init) ?? ""
    }

    /// The same, calling another server.
    func served(by harness: ServerHarness) -> IsolationBench.Company {
        IsolationBench.Company(
            slug: slug, id: id, owner: harness.client(token: ownerToken),
            ownerToken: ownerToken, gateway: harness.client(token: gatewayToken),
            gatewayToken: gatewayToken, things: things, ownThings: ownThings, marks: marks)
    }
}

import API
import ArgumentParser
import TallyClient

/// Makes organizations: one of them has as many rows as all others together.
struct FillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fill", abstract: "Make organizations with units, people and usage.")

    @OptionGroup var server: ServerOptions

    @Option(help: "Token of an operator.")
    var operatorToken: String

    @Option(help: "Organizations, the large one among them.")
    var organizations: Int

    /// What each small organization has; the large one has it times their number.
    private static let unitCount = 4
    private static let eventCount = 20
    /// Rows, or events, of one call.
    private static let batchCount = 10_000
    private static let callsAtOnce = 8

    func run() async throws {
        let platform = server.client(token: operatorToken)
        var filling = Filling(operatorToken: operatorToken)
        let smallCount = organizations - 1
        filling.large = try await fill("large", times: smallCount, platform)
        let small = try await spread(0..<smallCount) { number in
            try await fill("small-\(number + 100_000)", times: 1, platform)
        }
        filling.smallTokens = small.map(\.token)
        filling.small = small[smallCount / 2]
        let page = try await platform.call(
            TenantServiceMethods.ListOrganizations.self,
            ListOrganizationsRequest(pageSize: Int32(min(1000, organizations / 2))))
        filling.middlePage = page.nextPageToken
        try filling.save(server.filling)
        await platform.close()
    }

    private func fill(
        _ slug: String, times: Int, _ platform: Client
    ) async throws -> Filling.Organization {
        let made = try await platform.call(
            TenantServiceMethods.CreateOrganization.self,
            CreateOrganizationRequest(
                slug: slug, displayName: "Organization \(slug)", timeZone: "Europe/Berlin",
                ownerEmail: "owner@\(slug).example"))
        // Calls bring their token, so that all organizations share the connections.
        let options = CallOptions(metadata: ["authorization": "Bearer \(made.ownerToken)"])
        try await fillUnits(times * Self.unitCount, platform, options)
        let members = try await spread(0..<times) { number in
            try await platform.call(
                TenantServiceMethods.CreateMember.self,
                CreateMemberRequest(email: "member-\(number)@\(slug).example", roles: [.analyst]),
                options: options
            ).id
        }
        let token = try await platform.call(
            TenantServiceMethods.CreateToken.self,
            CreateTokenRequest(displayName: "second", roles: [.analyst]), options: options)
        try await ingest(times * Self.eventCount, platform, options)
        return Filling.Organization(
            token: made.ownerToken, memberID: members[times / 2], tokenID: token.token?.id ?? "")
    }

    private func fillUnits(_ count: Int, _ client: Client, _ options: CallOptions) async throws {
        for start in stride(from: 0, to: count, by: Self.batchCount) {
            let rows = (start..<min(count, start + Self.batchCount)).map { number in
                BusinessUnitRow(
                    code: "unit-\(number)", displayName: "Unit \(number)",
                    parentCode: number == 0 ? "" : "unit-\((number - 1) / 16)")
            }
            _ = try await client.call(
                TenantServiceMethods.ImportBusinessUnits.self,
                ImportBusinessUnitsRequest(rows: rows), options: options)
        }
    }

    private func ingest(_ count: Int, _ client: Client, _ options: CallOptions) async throws {
        for start in stride(from: 0, to: count, by: Self.batchCount) {
            let events = (start..<min(count, start + Self.batchCount)).map { number in
                Event(
                    id: "event-\(number)", source: "gateway",
                    time: Timestamp(seconds: 1_790_000_000 + Int64(number), nanos: 0),
                    provider: "openai", model: "gpt-4.1",
                    quantities: [Quantity(quantityClass: "input", amount: 1000)],
                    project: "project-\(number % 50)")
            }
            _ = try await client.call(
                IngestionServiceMethods.IngestEvents.self, IngestEventsRequest(events: events),
                options: options)
        }
    }

    /// Does `body` for each number, a few at once, and gives what came of each in their order.
    private func spread<Made: Sendable>(
        _ numbers: Range<Int>, _ body: @escaping @Sendable (Int) async throws -> Made
    ) async throws -> [Made] {
        try await withThrowingTaskGroup(of: (Int, Made).self) { group in
            var made: [(Int, Made)] = []
            for number in numbers {
                if number >= Self.callsAtOnce, let next = try await group.next() {
                    made.append(next)
                }
                group.addTask { (number, try await body(number)) }
            }
            for try await next in group { made.append(next) }
            return made.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

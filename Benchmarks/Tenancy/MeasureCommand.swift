import API
import ArgumentParser
import BenchmarkMeasure
import TallyClient

/// Calls each of some methods over and over, one call at a time, and prints how long they took.
struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Measure listing and lookup, one call at a time.")

    @OptionGroup var server: ServerOptions

    @Option(help: "Seconds of each row.")
    var seconds = 3.0

    @Flag(help: "Only a small organization's list of members, as under a flood.")
    var onlyNeighbour = false

    /// As many as there are of everything beside 9 others, too, so that both sides list as much.
    private static let pageSize: Int32 = 5

    /// Between calls that each bring another token: a server knows a token for a second, and beside 9 others 9
    /// tokens take turns, so that none is known from its turn before. Beside more there are the same pauses, since a
    /// call after a pause takes longer.
    private static let pause = Duration.milliseconds(125)

    private typealias Call = @Sendable (_ number: Int) async throws -> Void

    func run() async throws {
        let filling = try Filling.load(server.filling)
        let platform = server.client(token: filling.operatorToken)
        let small = server.client(token: filling.small.token)
        let large = server.client(token: filling.large.token)
        let neighbour: Call = { _ in
            _ = try await small.call(
                TenantServiceMethods.ListMembers.self, .init(pageSize: Self.pageSize))
        }
        if onlyNeighbour {
            try await measure("neighbour", neighbour)
        } else {
            try await measurePlatform(platform, filling)
            for (name, client, organization) in [
                ("small", small, filling.small), ("large", large, filling.large),
            ] {
                try await measureOrganization(name, client, organization)
            }
        }
        for client in [platform, small, large] { await client.close() }
    }

    private func measurePlatform(_ platform: Client, _ filling: Filling) async throws {
        for (name, page) in [("first", ""), ("middle", filling.middlePage)] {
            try await measure("organizations-\(name)") { _ in
                _ = try await platform.call(
                    TenantServiceMethods.ListOrganizations.self,
                    ListOrganizationsRequest(pageSize: Self.pageSize, pageToken: page))
            }
        }
        let tokens = filling.smallTokens
        try await measure("organization-of-another-token", pause: Self.pause) { number in
            // Steps that meet all of them before any again, as far as they have no common divisor.
            let token = tokens[number * 7919 % tokens.count]
            _ = try await platform.call(
                TenantServiceMethods.GetOrganization.self, GetOrganizationRequest(),
                options: CallOptions(metadata: ["authorization": "Bearer \(token)"]))
        }
    }

    private func measureOrganization(
        _ name: String, _ client: Client, _ organization: Filling.Organization
    ) async throws {
        try await measure("organization-\(name)") { _ in
            _ = try await client.call(TenantServiceMethods.GetOrganization.self, .init())
        }
        try await measure("members-\(name)") { _ in
            _ = try await client.call(
                TenantServiceMethods.ListMembers.self, .init(pageSize: Self.pageSize))
        }
        try await measure("member-\(name)") { _ in
            _ = try await client.call(
                TenantServiceMethods.GetMember.self, .init(id: organization.memberID))
        }
        try await measure("tokens-\(name)") { _ in
            _ = try await client.call(
                TenantServiceMethods.ListTokens.self, .init(pageSize: Self.pageSize))
        }
        try await measure("token-\(name)") { _ in
            _ = try await client.call(
                TenantServiceMethods.GetToken.self, .init(id: organization.tokenID))
        }
        try await measure("units-\(name)") { _ in
            _ = try await client.call(
                TenantServiceMethods.ListBusinessUnits.self, .init(pageSize: Self.pageSize))
        }
        try await measure("unit-\(name)") { _ in
            _ = try await client.call(
                TenantServiceMethods.GetBusinessUnit.self, .init(code: "unit-1"))
        }
        try await measure("audit-\(name)") { _ in
            _ = try await client.call(
                TenantServiceMethods.ListAuditRecords.self, .init(pageSize: Self.pageSize))
        }
    }

    /// - Parameter pause: before each call; nil for none.
    private func measure(_ row: String, pause: Duration? = nil, _ call: Call) async throws {
        // Those that only warm the server up.
        var number = 0
        while number < (pause == nil ? 20 : 2) {
            try await call(number)
            number += 1
        }
        var latencies = LatencyHistogram()
        let start = ContinuousClock.now
        while start.duration(to: .now) < .seconds(seconds) {
            if let pause { try await Task.sleep(for: pause) }
            let before = ContinuousClock.now
            try await call(number)
            latencies.record(
                nanoseconds: UInt64(before.duration(to: .now) / .nanoseconds(1)))
            number += 1
        }
        let (p50, p99) = (latencies.percentile(0.5), latencies.percentile(0.99))
        print(
            "row=\(row) calls=\(latencies.count) p50_us=\(Double(p50) / 1000) "
                + "p99_us=\(Double(p99) / 1000)")
    }
}

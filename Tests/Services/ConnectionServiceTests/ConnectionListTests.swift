import API
import Core
import Domain
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService

/// Lists of connections: filters, orders, pages.
struct ConnectionListTests {
    private static let orders = [
        "display_name", "provider", "health", "create_time", "last_success_time",
    ]

    /// Three of each provider, whose names, times and health tell the orders apart.
    private func fill(_ bench: ConnectionBench) async throws -> [Connection] {
        let session = try await bench.database.session()
        var made: [Connection] = []
        for (index, name) in ["delta", "Alpha", "charlie", "bravo", "échelle", "alpha"].enumerated()
        {
            let connection = try await bench.service.createConnection(
                CreateConnectionRequest(
                    provider: index % 2 == 0 ? .openai : .anthropic, displayName: name,
                    apiKey: "sk-admin-listed-00\(index)\(index)",
                    labels: index < 2
                        ? [Label(key: "team", value: "ml"), Label(key: "n", value: "\(index)")]
                        : [], recordOf: index == 3 ? .attribution : .both), bench.call())
            try await session.execute(
                """
                UPDATE connections SET health = \(1 + index % 4),
                    created_at = '2026-11-0\(1 + (index * 5) % 6)Z',
                    last_success_at = \(index == 2 ? "NULL" : "'2026-11-0\(1 + index / 2)Z'")
                WHERE id = '\(connection.id)'
                """)
            made.append(connection)
        }
        await session.close()
        return made
    }

    private func list(
        _ bench: ConnectionBench, _ request: ListConnectionsRequest
    ) async throws -> [Connection] {
        try await bench.service.listConnections(request, bench.call()).connections
    }

    /// The oracle sorts what was shown on one page; pages of every size show the same.
    @Test func pagesOfEveryOrderShowEachConnectionOnce() async throws {
        try await ConnectionBench.with { bench in
            let made = try await fill(bench)
            for field in Self.orders {
                for direction in ["", " asc", " desc"] {
                    let order = field + direction
                    let whole = try await list(bench, ListConnectionsRequest(orderBy: order))
                    #expect(Set(whole.map(\.id)) == Set(made.map(\.id)), "\(order)")
                    let sorted = whole.sorted { left, right in
                        let (one, other) = (Self.key(left, field), Self.key(right, field))
                        if one.utf8.elementsEqual(other.utf8) { return left.id < right.id }
                        let isBefore = one.utf8.lexicographicallyPrecedes(other.utf8)
                        return direction == " desc" ? !isBefore : isBefore
                    }
                    #expect(whole.map(\.id) == sorted.map(\.id), "\(order)")
                    for size in [Int32(1), 4] {
                        var found: [String] = []
                        var token = ""
                        repeat {
                            let page = try await bench.service.listConnections(
                                ListConnectionsRequest(
                                    pageSize: size, pageToken: token, orderBy: order),
                                bench.call())
                            found += page.connections.map(\.id)
                            token = page.nextPageToken
                        } while !token.isEmpty && found.count <= made.count
                        #expect(found == whole.map(\.id), "\(order) by \(size)")
                    }
                }
            }
        }
    }

    private static func key(_ connection: Connection, _ field: String) -> String {
        switch field {
        case "provider": connection.provider == .openai ? "openai" : "anthropic"
        case "health": "\(connection.health.rawValue)"
        case "create_time": time(connection.createTime)
        case "last_success_time": time(connection.lastSuccessTime)
        default: connection.displayName
        }
    }

    private static func time(_ timestamp: Timestamp?) -> String {
        timestamp.map { "\($0.seconds)" } ?? ""
    }

    @Test func whatIsMadeAndDeletedBetweenPagesShiftsNothing() async throws {
        try await ConnectionBench.with { bench in
            let made = try await fill(bench)
            let request = ListConnectionsRequest(pageSize: 3, orderBy: "provider")
            let first = try await bench.service.listConnections(request, bench.call())
            _ = try await bench.create("new", provider: .anthropic)
            let gone = first.connections[2]
            _ = try await bench.service.deleteConnection(
                DeleteConnectionRequest(id: gone.id, confirmDisplayName: gone.displayName),
                bench.call())
            var next = request
            next.pageToken = first.nextPageToken
            next.pageSize = 100
            let rest = try await list(bench, next)
            let shown = first.connections.map(\.id) + rest.map(\.id)
            #expect(Set(shown).isSuperset(of: made.map(\.id)))
            #expect(Set(shown).count == shown.count)
            // A token is of its order.
            next.orderBy = "health"
            let error = await #expect(throws: ServiceError.self) { try await list(bench, next) }
            #expect(error?.reason == "PAGE_TOKEN_INVALID")
        }
    }

    @Test func filtersShowWhatPassesAllOfThem() async throws {
        try await ConnectionBench.with { bench in
            let made = try await fill(bench)
            _ = try await bench.service.pauseConnection(
                PauseConnectionRequest(id: made[4].id), bench.call())
            _ = try await bench.service.deleteConnection(
                DeleteConnectionRequest(id: made[5].id, confirmDisplayName: "alpha"),
                bench.call())
            let cases: [(ConnectionFilter, Bool, [Int])] = [
                (.init(), false, [0, 1, 2, 3, 4]), (.init(), true, [0, 1, 2, 3, 4, 5]),
                (.init(providers: [.openai]), false, [0, 2, 4]),
                (.init(providers: [.openai, .anthropic]), false, [0, 1, 2, 3, 4]),
                (.init(healths: [.pending]), false, [0]),
                (.init(healths: [.paused, .healthy]), false, [1, 4]),
                (.init(healths: [.deleted]), true, [5]),
                (.init(healths: [.deleted]), false, []),
                (.init(labels: [Label(key: "team", value: "ml")]), false, [0, 1]),
                (.init(labels: [Label(key: "n", value: "")]), false, [0, 1]),
                (
                    .init(labels: [
                        Label(key: "team", value: "ml"), Label(key: "n", value: "1"),
                    ]), false, [1]
                ),
                (.init(labels: [Label(key: "team", value: "other")]), false, []),
                (.init(recordOf: .billing), false, [0, 1, 2, 4]),
                (.init(recordOf: .attribution), false, [0, 1, 2, 3, 4]),
                (.init(recordOf: .both), false, [0, 1, 2, 4]),
                (.init(search: "LPH"), true, [1, 5]), (.init(search: "0033"), false, [3]),
                // No pattern.
                (.init(search: "%"), false, []), (.init(search: "_"), false, []),
                (.init(providers: [.anthropic], search: "a"), false, [1, 3]),
            ]
            for (filter, showsDeleted, expected) in cases {
                let found = try await list(
                    bench, ListConnectionsRequest(filter: filter, showDeleted: showsDeleted))
                #expect(
                    Set(found.map(\.id)) == Set(expected.map { made[$0].id }), "\(filter)")
            }
        }
    }

    @Test(arguments: [
        (
            ListConnectionsRequest(filter: .init(providers: [.unspecified])),
            "PROVIDER_UNKNOWN filter.providers[0]"
        ),
        (
            ListConnectionsRequest(filter: .init(healths: [.init(rawValue: 99)])),
            "CONNECTION_HEALTH_UNKNOWN filter.healths[0]"
        ),
        (
            ListConnectionsRequest(filter: .init(labels: [Label(key: "?", value: "")])),
            "LABEL_KEY_MALFORMED filter.labels[0].key"
        ),
        (
            ListConnectionsRequest(filter: .init(recordOf: .init(rawValue: 9))),
            "RECORD_OF_UNKNOWN filter.record_of"
        ),
        (
            ListConnectionsRequest(filter: .init(search: "a\u{0}")),
            "SEARCH_MALFORMED filter.search"
        ),
        (
            ListConnectionsRequest(filter: .init(search: String(repeating: "s", count: 201))),
            "SEARCH_MALFORMED filter.search"
        ),
        (ListConnectionsRequest(orderBy: "sealed_key"), "ORDER_BY_UNKNOWN order_by"),
        (ListConnectionsRequest(orderBy: "health down"), "ORDER_BY_UNKNOWN order_by"),
        (ListConnectionsRequest(orderBy: "health desc asc"), "ORDER_BY_UNKNOWN order_by"),
    ])
    func listsAreCheckedFieldByField(_ request: ListConnectionsRequest, _ expected: String) {
        let error = #expect(throws: ServiceError.self) {
            try ConnectionSelection(wire: request)
        }
        #expect("\(error?.reason.rawValue ?? "") \(error?.field ?? "")" == expected)
    }
}

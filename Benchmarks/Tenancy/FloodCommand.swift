import API
import ArgumentParser
import TallyClient

/// Sends as many calls of the large organization as it can, whatever becomes of them.
struct FloodCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flood", abstract: "Flood the server with calls of one organization.")

    @OptionGroup var server: ServerOptions

    @Option(help: "Calls in flight.")
    var inFlight = 256

    @Option(help: "Seconds until it ends.")
    var seconds = 5.0

    func run() async throws {
        let filling = try Filling.load(server.filling)
        let client = server.client(token: filling.large.token, retries: 0)
        let end = ContinuousClock.now.advanced(by: .seconds(seconds))
        let counts = try await withThrowingTaskGroup(of: (served: Int, refused: Int).self) {
            group in
            for _ in 0..<inFlight {
                group.addTask { try await Self.flood(client, until: end) }
            }
            return try await group.reduce(into: (served: 0, refused: 0)) {
                $0 = ($0.served + $1.served, $0.refused + $1.refused)
            }
        }
        await client.close()
        print("row=flood served=\(counts.served) refused=\(counts.refused) seconds=\(seconds)")
    }

    private static func flood(
        _ client: Client, until end: ContinuousClock.Instant
    ) async throws -> (served: Int, refused: Int) {
        var counts = (served: 0, refused: 0)
        while ContinuousClock.now < end {
            do {
                _ = try await client.call(
                    TenantServiceMethods.ListMembers.self, .init(pageSize: 50))
                counts.served += 1
            } catch let error as TallyError where error.code == .resourceExhausted {
                counts.refused += 1
            }
        }
        return counts
    }
}

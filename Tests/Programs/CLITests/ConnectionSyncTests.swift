import API
import Testing

@testable import CLI

/// Whom `tally connection sync --wait` does not wait for.
@Suite struct ConnectionSyncTests {
    private static func connection(
        _ change: (inout Connection) -> Void = { _ in }
    ) -> Connection {
        var connection = Connection(
            displayName: "OpenAI",
            reports: [
                ConnectionReport(name: "costs", running: true), ConnectionReport(name: "usage"),
                ConnectionReport(name: "names/users", setAsideReason: "KEY_REFUSED"),
            ])
        change(&connection)
        return connection
    }

    @Test func nobodyWaitsForWhatWillNotEnd() throws {
        let awaited: Set = ["costs", "usage"]
        #expect(ConnectionSync.standstill(of: Self.connection(), awaited) == nil)
        let paused = ConnectionSync.standstill(
            of: Self.connection { $0.pauseTime = Timestamp(seconds: 1) }, awaited)
        #expect(paused?.problem.contains("paused") == true)
        let deleted = ConnectionSync.standstill(
            of: Self.connection {
                $0.pauseTime = Timestamp(seconds: 1)
                $0.deleteTime = Timestamp(seconds: 1)
            }, awaited)
        #expect(deleted?.problem.contains("deleted") == true)
        let setAside = ConnectionSync.standstill(
            of: Self.connection(), awaited.union(["names/users"]))
        #expect(setAside?.problem == "names/users was set aside: KEY_REFUSED.")
        let gone = ConnectionSync.standstill(
            of: Self.connection { $0.reports.removeFirst() }, awaited)
        #expect(gone?.problem == "costs is not pulled any more.")
    }
}

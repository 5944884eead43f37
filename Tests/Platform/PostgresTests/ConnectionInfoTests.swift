import Core
import Logging
import Postgres
import Testing

/// libpq quotes what it cannot read, and logs show its words.
@Suite struct ConnectionInfoTests {
    @Test(arguments: [
        "postgresql://tally:horse%zz@localhost:1/tally",
        "postgresql://tally:x@horse:battery/tally",
        "postgresql://tally:horse/battery@localhost:1/tally",
        "postgresql://tally:1/horse@localhost:1/tally",
        "postgresql://tally:x@horse@localhost:1/tally",
        "host=localhost password='horse battery", "horse",
        "postgresql://tally@localhost:horse/tally", "postgresql://tally@localhost:99999/horse",
    ])
    func malformedAddressesAreNotQuoted(_ url: String) async {
        #expect(!PostgresConfiguration.isWellFormed(url: url))
        await expectSilence(url, about: "horse")
    }

    @Test(arguments: [
        "postgresql://tally:horse@127.0.0.1:1/tally", "postgresql://tally:horse@/tally?host=/none",
        "host=/none user=tally password=horse", "postgresql://tally:p%40horse@127.0.0.1:1/tally",
        "postgresql://tally:horse?battery@localhost:1/tally",
        "postgresql://tally:horse@127.0.0.1:1,127.0.0.1:2/tally", "host=@horse password=horse",
    ])
    func wellFormedAddressesKeepTheirPassword(_ url: String) async {
        #expect(PostgresConfiguration.isWellFormed(url: url))
        await expectSilence(url, about: "horse")
    }

    private func expectSilence(
        _ url: String, about secret: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let pool = PostgresPool(
            configuration: PostgresConfiguration(url: url), logger: Logger(label: "test"))
        let error = await #expect(throws: PostgresError.self, sourceLocation: sourceLocation) {
            try await pool.transaction { _ in }
        }
        #expect(error?.sqlState == .cannotConnect, sourceLocation: sourceLocation)
        #expect(
            error.map { !String(reflecting: $0).contains(secret) } ?? false,
            sourceLocation: sourceLocation)
        await pool.shutdown()
    }
}

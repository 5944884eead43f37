import TestSupport
import Testing

@testable import Postgres

@Suite struct ConnectionHandleTests {
    /// It would stay in pipeline mode, or leave answers for whoever asks next.
    @Test func connectionWhosePipelineFailedIsNotAlive() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let handle = try ConnectionHandle(configuration: database.configuration())
            #expect(try handle.pipeline([], then: "SELECT 1").count == 1)
            #expect(handle.isIdle)
            try handle.execute("CREATE TEMPORARY TABLE things (id bigint)")
            // libpq begins no pipeline while rows are awaited.
            #expect(try handle.execute("COPY things FROM STDIN").outcome == .copyIn)
            #expect(throws: PostgresError.self) {
                try handle.pipeline([], then: "SELECT 1")
            }
            #expect(!handle.isAlive && !handle.isIdle)
        }
    }
}

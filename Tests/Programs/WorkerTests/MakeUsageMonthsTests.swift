import TestSupport
import Testing

@testable import Worker

@Suite struct MakeUsageMonthsTests {
    /// The job is there from the migration on, and goes on for ever.
    @Test func monthsAreMadeAhead() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { worker in
            let parts = {
                try await worker.texts(
                    """
                    SELECT count(*) FROM pg_class WHERE relkind = 'r'
                        AND relname ~ ('^usage_(entries|event_blocks)_h[0-7]_' || to_char(
                            (now() + interval '3 months') AT TIME ZONE 'UTC', 'YYYY_MM') || '$')
                    """)
            }
            #expect(try await parts() == [["0"]])
            #expect(try await worker.readOnce())
            #expect(try await parts() == [["16"]])
            let job = try await worker.texts(
                """
                SELECT due_at > now() + interval '5 hours', last_error FROM jobs
                WHERE kind = 'make_usage_months'
                """)
            #expect(job == [["t", nil]])
        }
    }
}

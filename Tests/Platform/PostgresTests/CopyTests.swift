import Core
import Postgres
import TestSupport
import Testing

@Suite struct CopyTests {
    private struct CreateStage: PostgresStatement {
        typealias Row = Void
        static let sql = """
            CREATE TEMP TABLE stage (
                a bigint, b integer, c smallint, d boolean, e text, f bytea, g uuid,
                h timestamptz, i numeric(38,0), j jsonb) ON COMMIT DROP
            """
    }

    private struct ReadStage: PostgresStatement {
        static let sql = """
            SELECT concat_ws('|', a, b, c, d, e, f, g, h, i, j) FROM stage ORDER BY a
            """
        static func decode(_ row: PostgresRow) throws -> String { try row.string(0) }
    }

    private static let columns = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]

    @Test func copiedRowsAreWhatWasAppended() async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            var rows = PostgresCopyRows(columnCount: 10)
            rows.beginRow()
            rows.append(Int64(1))
            rows.append(Int32(-2))
            rows.append(Int16(3))
            rows.append(true)
            rows.append("ü|")
            rows.append([0xAB])
            rows.append(PostgresUUID(high: 0, low: 1))
            rows.append(Instant(seconds: 0))
            rows.append(Int128(-12_345_678_901_234_567_890))
            rows.append(json: #"{"k": 1}"#)
            rows.beginRow()
            rows.append(Int64(2))
            rows.append(nil as Int32?)
            rows.append(nil as Int16?)
            rows.append(nil as Bool?)
            rows.append(nil as String?)
            rows.append(nil as [UInt8]?)
            rows.append(nil as PostgresUUID?)
            rows.append(nil as Instant?)
            rows.append(nil as Int128?)
            rows.append(json: nil)
            let two = rows
            let read = try await pool.transaction(TransactionOptions(role: "tally_service")) {
                try await $0.execute(CreateStage())
                let count = try await $0.copy(
                    intoTable: "stage", columns: Self.columns, rows: two)
                #expect(count == 2)
                return try await $0.run(ReadStage())
            }
            #expect(
                read == [
                    "1|-2|3|t|ü||\\xab|00000000-0000-0000-0000-000000000001|"
                        + "1970-01-01 00:00:00+00|-12345678901234567890|{\"k\": 1}",
                    "2",
                ])
            await pool.shutdown()
        }
    }

    @Test func largeCopiesArriveWhole() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let pool = database.pool()
            var rows = PostgresCopyRows(columnCount: 2, expectedRows: 20_000)
            for number in 0..<20_000 {
                rows.beginRow()
                rows.append(Int64(number))
                rows.append("text of row \(number)")
            }
            let all = rows
            let count = try await pool.transaction {
                try await $0.execute(CreateStage())
                return try await $0.copy(intoTable: "stage", columns: ["a", "e"], rows: all)
            }
            #expect(count == 20_000)
            await pool.shutdown()
        }
    }

    @Test func instantsThatDoNotFitFailTheCopy() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let pool = database.pool()
            var rows = PostgresCopyRows(columnCount: 1)
            rows.beginRow()
            rows.append(Instant(microseconds: .min))
            rows.beginRow()
            rows.append(Instant(seconds: 0))
            let bad = rows
            await expect(state: .numericOutOfRange) {
                try await pool.transaction {
                    try await $0.execute(CreateStage())
                    return try await $0.copy(intoTable: "stage", columns: ["h"], rows: bad)
                }
            }
            await pool.shutdown()
        }
    }

    @Test func refusedCopyLeavesAConnectionThatWorks() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let pool = database.pool(connectionsMax: 1)
            var rows = PostgresCopyRows(columnCount: 1)
            rows.beginRow()
            rows.append("not a number")
            let bad = rows
            await #expect(throws: PostgresError.self) {
                try await pool.transaction {
                    try await $0.execute(CreateStage())
                    return try await $0.copy(intoTable: "stage", columns: ["a"], rows: bad)
                }
            }
            await expect(state: .invalidParameter) {
                try await pool.transaction {
                    try await $0.copy(intoTable: "stage; --", columns: ["a"], rows: bad)
                }
            }
            let read = try await pool.transaction {
                try await $0.execute(CreateStage())
                return try await $0.run(ReadStage())
            }
            #expect(read.isEmpty)
            await pool.shutdown()
        }
    }
}

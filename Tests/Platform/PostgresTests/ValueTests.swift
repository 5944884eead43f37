import Core
import Postgres
import TestSupport
import Testing

/// Every kind of value goes to the server and back as it was.
@Suite struct ValueTests {
    private struct Echo: PostgresStatement {
        struct Row: Sendable, Equatable {
            var integer: Int64?
            var small: Int32?
            var flag: Bool?
            var text: String?
            var bytes: [UInt8]?
            var uuid: PostgresUUID?
            var instant: Instant?
            var number: Int128?
            var json: String?
        }

        static let sql = """
            SELECT $1::bigint, $2::smallint, $3::boolean, $4::text, $5::bytea, $6::uuid,
                $7::timestamptz, $8::numeric, $9::jsonb
            """

        var row: Row

        func bind(into bindings: inout PostgresBindings) {
            bindings.append(row.integer)
            bindings.append(row.small)
            bindings.append(row.flag)
            bindings.append(row.text)
            bindings.append(row.bytes)
            bindings.append(row.uuid)
            bindings.append(row.instant)
            bindings.append(row.number)
            bindings.append(row.json)
        }

        static func decode(_ row: PostgresRow) throws -> Row {
            Row(
                integer: try row.optionalInt64(0), small: try row.optionalInt32(1),
                flag: try row.optionalBool(2), text: try row.optionalString(3),
                bytes: try row.optionalBytes(4), uuid: try row.optionalUUID(5),
                instant: try row.optionalInstant(6), number: try row.optionalInt128(7),
                json: try row.optionalString(8))
        }
    }

    @Test func valuesComeBackAsTheyWere() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let pool = database.pool()
            let rows = [
                Echo.Row(),
                Echo.Row(
                    integer: .min, small: -32768, flag: true, text: "", bytes: [],
                    uuid: PostgresUUID(high: 0, low: .max), instant: Instant(seconds: 0),
                    number: 0, json: "{}"),
                Echo.Row(
                    integer: .max, small: 32767, flag: false, text: "é€😀'\"\\;--",
                    bytes: [0, 255, 1], uuid: PostgresUUID(high: .max, low: 1),
                    instant: Instant(microseconds: -1), number: 10_000, json: #"{"a": [1, "x"]}"#),
            ]
            for row in rows {
                let back = try await pool.transaction { try await $0.first(Echo(row: row)) }
                #expect(back == row)
            }
            await pool.shutdown()
        }
    }

    private struct Numbers: PostgresStatement {
        static let sql = """
            SELECT number::numeric(38,0), number::numeric(38,0)::text
            FROM unnest($1::numeric[]) WITH ORDINALITY AS given (number, place) ORDER BY place
            """
        let numbers: [Int128]
        func bind(into bindings: inout PostgresBindings) { bindings.append(numbers) }
        static func decode(_ row: PostgresRow) throws -> [String] {
            [try row.int128(0).description, try row.string(1)]
        }
    }

    @Test func wholeNumbersOf38DigitsAreExactBothWays() async throws {
        var random = SeededRandom(seed: 20_261_121)
        let limit: Int128 = 99_999_999_999_999_999_999_999_999_999_999_999_999
        var numbers: [Int128] = [0, 1, -1, 9999, 10_000, -10_000, 100_000_000, limit, -limit]
        for digits in 1...38 {
            var power: Int128 = 1
            for _ in 1..<digits { power *= 10 }
            numbers += [
                power, -power, power + 1, Int128.random(in: -power...power, using: &random),
            ]
        }
        let all = numbers
        try await ScratchDatabase.with(migrated: false) { database in
            let pool = database.pool()
            let back = try await pool.transaction { try await $0.run(Numbers(numbers: all)) }
            #expect(back == all.map { [$0.description, $0.description] })
            await pool.shutdown()
        }
    }

    private struct Arrays: PostgresStatement {
        static let sql = "SELECT $1::text[], $2::bigint[], $3::uuid[], cardinality($4::text[])"
        let texts: [String]
        let numbers: [Int64]
        let uuids: [PostgresUUID]
        func bind(into bindings: inout PostgresBindings) {
            bindings.append(texts)
            bindings.append(numbers)
            bindings.append(uuids)
            bindings.append([nil, "x"] as [String?])
        }
        static func decode(_ row: PostgresRow) throws -> [String] {
            try row.strings(0) + row.int64s(1).map(String.init) + row.uuids(2).map(\.text)
                + [String(try row.int64(3))]
        }
    }

    @Test func arraysComeBackAsTheyWere() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let pool = database.pool()
            let uuid = try #require(PostgresUUID(text: "01934f5e-7c3a-7c21-9b62-0a3d5a5f8a11"))
            let back = try await pool.transaction {
                try await $0.first(Arrays(texts: ["", "a,b", "{}"], numbers: [-1], uuids: [uuid]))
            }
            #expect(back == ["", "a,b", "{}", "-1", "01934f5e-7c3a-7c21-9b62-0a3d5a5f8a11", "2"])
            let empty = try await pool.transaction {
                try await $0.first(Arrays(texts: [], numbers: [], uuids: []))
            }
            #expect(empty == ["2"])
            await pool.shutdown()
        }
    }

    private struct Narrow: PostgresStatement {
        static let sql = "SELECT $1::smallint"
        let number: Int64
        func bind(into bindings: inout PostgresBindings) { bindings.append(number) }
        static func decode(_ row: PostgresRow) throws -> Int64 { try row.int64(0) }
    }

    private struct Fraction: PostgresStatement {
        static let sql = "SELECT 1.5::numeric"
        static func decode(_ row: PostgresRow) throws -> Int128 { try row.int128(0) }
    }

    private struct Null: PostgresStatement {
        static let sql = "SELECT NULL::text"
        static func decode(_ row: PostgresRow) throws -> String { try row.string(0) }
    }

    @Test func valuesThatDoNotFitAreErrorsNotGuesses() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let pool = database.pool()
            await expect(state: .numericOutOfRange) {
                try await pool.transaction { try await $0.first(Narrow(number: 32768)) }
            }
            // Below what 64 bits hold, and the number that stands for -infinity.
            for microseconds: Int64 in [.min, .min + 946_684_800_000_000] {
                await expect(state: .numericOutOfRange) {
                    try await pool.transaction {
                        let instant = Instant(microseconds: microseconds)
                        return try await $0.first(Echo(row: Echo.Row(instant: instant)))
                    }
                }
            }
            await expect(state: .unexpectedValue) {
                try await pool.transaction { try await $0.first(Fraction()) }
            }
            await expect(state: .unexpectedValue) {
                try await pool.transaction { try await $0.first(Null()) }
            }
            await expect(state: .characterNotInRepertoire) {
                try await pool.transaction {
                    try await $0.first(Echo(row: Echo.Row(text: "a\u{0}b")))
                }
            }
            await pool.shutdown()
        }
    }

    @Test func canonicalTextOfAUUIDIsReadAndNothingElse() {
        let text = "01934f5e-7c3a-7c21-9b62-0a3d5a5f8a11"
        #expect(PostgresUUID(text: text)?.text == text)
        #expect(PostgresUUID(text: text.uppercased())?.text == text)
        for bad in ["", "01934f5e7c3a7c219b620a3d5a5f8a11", text + "0", "{\(text)}", "'; SELECT 1"]
        {
            #expect(PostgresUUID(text: bad) == nil)
        }
    }
}

/// Expects a `PostgresError` of the given state.
func expect(
    state: SQLState, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> some Sendable
) async {
    do {
        _ = try await body()
        Issue.record("no error", sourceLocation: sourceLocation)
    } catch let error as PostgresError {
        #expect(error.sqlState == state, sourceLocation: sourceLocation)
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
}

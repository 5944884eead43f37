package import Core

/// Rows in the binary form of `COPY`, built up field by field.
///
/// Nothing converts a field here: each must be of exactly its column's type. An `Int64` fits
/// `bigint`, an `Int32` `integer`, an `Int16` `smallint`, an `Int128` `numeric`. Call `beginRow()`,
/// then one `append` for each column.
package struct PostgresCopyRows: Sendable {
    private(set) var bytes: [UInt8]
    /// Rows begun so far.
    package private(set) var count = 0
    private let columnCount: Int
    private var fieldsInRow: Int
    /// What was appended that no column can hold.
    private var failure: PostgresError?

    /// - Parameter bytesPerRow: a guess, to grow the buffer once.
    package init(columnCount: Int, expectedRows: Int = 0, bytesPerRow: Int = 128) {
        self.columnCount = columnCount
        self.fieldsInRow = columnCount
        bytes = []
        bytes.reserveCapacity(32 + expectedRows * bytesPerRow)
        bytes.append(contentsOf: "PGCOPY\n".utf8)
        bytes.append(contentsOf: [0xFF, 0x0D, 0x0A, 0x00])
        bytes.appendBigEndian(Int32(0))  // flags
        bytes.appendBigEndian(Int32(0))  // length of the header's extension
    }

    package mutating func beginRow() {
        precondition(fieldsInRow == columnCount, "the row before this one lacks fields")
        count += 1
        fieldsInRow = 0
        bytes.appendBigEndian(Int16(columnCount))
    }

    package mutating func append(_ value: Int64?) { field(value, 8) { $1.appendBigEndian($0) } }
    package mutating func append(_ value: Int32?) { field(value, 4) { $1.appendBigEndian($0) } }
    package mutating func append(_ value: Int16?) { field(value, 2) { $1.appendBigEndian($0) } }
    package mutating func append(_ value: Bool?) { field(value, 1) { $1.append($0 ? 1 : 0) } }

    /// `text`, `varchar`, `char(n)` padded by the caller, `json`. May not hold a zero character:
    /// the server then refuses the whole copy.
    package mutating func append(_ value: String?) {
        field(value, value?.utf8.count ?? 0) { $1.append(contentsOf: $0.utf8) }
    }

    /// `jsonb`, from its text.
    package mutating func append(json value: String?) {
        field(value, 1 + (value?.utf8.count ?? 0)) {
            $1.append(1)
            $1.append(contentsOf: $0.utf8)
        }
    }

    package mutating func append(_ value: [UInt8]?) {
        field(value, value?.count ?? 0) { $1.append(contentsOf: $0) }
    }

    package mutating func append(_ value: PostgresUUID?) {
        field(value, 16) {
            $1.appendBigEndian($0.high)
            $1.appendBigEndian($0.low)
        }
    }

    /// An instant too early for `timestamptz` fails the whole copy.
    package mutating func append(_ value: Instant?) {
        let count = value.flatMap { PostgresType.timestamp($0) }
        if value != nil, count == nil {
            failure = PostgresError(
                .numericOutOfRange, message: "an instant too early for its column")
        }
        append(count)
    }

    /// A whole `numeric`.
    package mutating func append(_ value: Int128?) {
        guard let value else { return field(value, 0) { _, _ in } }
        var number: [UInt8] = []
        PostgresNumeric.append(value, to: &number)
        append(number)
    }

    /// The rows with their end mark.
    func finished() throws(PostgresError) -> [UInt8] {
        precondition(fieldsInRow == columnCount, "the last row lacks fields")
        if let failure { throw failure }
        var bytes = bytes
        bytes.appendBigEndian(Int16(-1))
        return bytes
    }

    private mutating func field<Value>(
        _ value: Value?, _ length: Int, _ write: (Value, inout [UInt8]) -> Void
    ) {
        precondition(fieldsInRow < columnCount, "more fields than columns")
        fieldsInRow += 1
        guard let value else {
            bytes.appendBigEndian(Int32(-1))
            return
        }
        bytes.appendBigEndian(Int32(length))
        write(value, &bytes)
    }
}

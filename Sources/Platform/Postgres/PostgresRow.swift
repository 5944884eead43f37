internal import CLibPQ
package import Core

/// One row of a result, read by column number from 0.
///
/// Valid only while `decode` runs. A null where none is expected, or a column of another type, is
/// a `PostgresError` with the state `unexpectedValue`.
package struct PostgresRow {
    private let result: PostgresResult
    private let index: Int32

    init(_ result: PostgresResult, index: Int) {
        self.result = result
        self.index = Int32(index)
    }

    /// `bigint`, `integer`, `smallint`, or a whole `numeric` in range.
    package func int64(_ column: Int) throws -> Int64 {
        try required(optionalInt64(column), column)
    }

    package func optionalInt64(_ column: Int) throws -> Int64? {
        try value(column) { bytes, type in
            PostgresRow.integer(bytes, type)
        }
    }

    package func int(_ column: Int) throws -> Int { Int(try int64(column)) }
    package func optionalInt(_ column: Int) throws -> Int? {
        try optionalInt64(column).map { Int($0) }
    }

    package func int32(_ column: Int) throws -> Int32 {
        try required(optionalInt32(column), column)
    }

    package func optionalInt32(_ column: Int) throws -> Int32? {
        guard let number = try optionalInt64(column) else { return nil }
        return try required(Int32(exactly: number), column)
    }

    /// A whole `numeric`, or any integer.
    package func int128(_ column: Int) throws -> Int128 {
        try required(optionalInt128(column), column)
    }

    package func optionalInt128(_ column: Int) throws -> Int128? {
        try value(column) { bytes, type in
            type == PostgresType.numeric
                ? PostgresNumeric.decode(bytes)
                : PostgresRow.integer(bytes, type).map { Int128($0) }
        }
    }

    package func bool(_ column: Int) throws -> Bool { try required(optionalBool(column), column) }

    package func optionalBool(_ column: Int) throws -> Bool? {
        try value(column) { bytes, type in
            type == PostgresType.bool && bytes.count == 1 ? bytes[0] != 0 : nil
        }
    }

    /// Any text type, `json` and `jsonb`.
    package func string(_ column: Int) throws -> String {
        try required(optionalString(column), column)
    }

    package func optionalString(_ column: Int) throws -> String? {
        try value(column) { bytes, type in PostgresRow.text(bytes, type) }
    }

    package func bytes(_ column: Int) throws -> [UInt8] {
        try required(optionalBytes(column), column)
    }

    package func optionalBytes(_ column: Int) throws -> [UInt8]? {
        try value(column) { bytes, type in
            type == PostgresType.bytes ? [UInt8](bytes) : nil
        }
    }

    package func uuid(_ column: Int) throws -> PostgresUUID {
        try required(optionalUUID(column), column)
    }

    package func optionalUUID(_ column: Int) throws -> PostgresUUID? {
        try value(column) { bytes, type in PostgresRow.uuid(bytes, type) }
    }

    /// `timestamptz`; an infinite one is refused.
    package func instant(_ column: Int) throws -> Instant {
        try required(optionalInstant(column), column)
    }

    package func optionalInstant(_ column: Int) throws -> Instant? {
        try value(column) { bytes, type in
            guard type == PostgresType.timestamptz, bytes.count == 8 else { return nil }
            let microseconds = PostgresRow.word(bytes, as: Int64.self)
            guard microseconds != .max, microseconds != .min else { return nil }
            let (sum, overflow) = microseconds.addingReportingOverflow(
                PostgresType.epochOffsetMicroseconds)
            return overflow ? nil : Instant(microseconds: sum)
        }
    }

    /// An array of texts without nulls.
    package func strings(_ column: Int) throws -> [String] {
        try array(column) { bytes, type in PostgresRow.text(bytes, type) }
    }

    /// An array of integers without nulls.
    package func int64s(_ column: Int) throws -> [Int64] {
        try array(column) { bytes, type in PostgresRow.integer(bytes, type) }
    }

    /// An array of UUIDs without nulls.
    package func uuids(_ column: Int) throws -> [PostgresUUID] {
        try array(column) { bytes, type in PostgresRow.uuid(bytes, type) }
    }

    package func isNull(_ column: Int) -> Bool {
        PQgetisnull(result.pointer, index, Int32(column)) != 0
    }

    // MARK: - Reading

    private func value<Value>(
        _ column: Int, _ read: (UnsafeRawBufferPointer, UInt32) -> Value?
    ) throws(PostgresError) -> Value? {
        guard column >= 0, column < Int(PQnfields(result.pointer)) else {
            throw PostgresError(.unexpectedValue, message: "no column \(column)")
        }
        if isNull(column) { return nil }
        let length = Int(PQgetlength(result.pointer, index, Int32(column)))
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result.pointer, index, Int32(column)), count: length)
        return try required(read(bytes, PQftype(result.pointer, Int32(column))), column)
    }

    private func array<Value>(
        _ column: Int, _ read: (UnsafeRawBufferPointer, UInt32) -> Value?
    ) throws(PostgresError) -> [Value] {
        let values = try value(column) { bytes, _ -> [Value]? in
            guard bytes.count >= 12 else { return nil }
            let dimensions = PostgresRow.word(bytes, as: Int32.self)
            let type = PostgresRow.word(bytes, at: 8, as: UInt32.self)
            guard dimensions > 0 else { return [] }
            guard dimensions == 1, bytes.count >= 20 else { return nil }
            let count = Int(PostgresRow.word(bytes, at: 12, as: Int32.self))
            var values: [Value] = []
            values.reserveCapacity(count)
            var offset = 20
            for _ in 0..<count {
                guard offset + 4 <= bytes.count else { return nil }
                let length = Int(PostgresRow.word(bytes, at: offset, as: Int32.self))
                offset += 4
                guard length >= 0, offset + length <= bytes.count else { return nil }
                let slice = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)])
                guard let value = read(slice, type) else { return nil }
                values.append(value)
                offset += length
            }
            return values
        }
        return try required(values, column)
    }

    private func required<Value>(_ value: Value?, _ column: Int) throws(PostgresError) -> Value {
        guard let value else {
            let name = PQfname(result.pointer, Int32(column)).map { String(cString: $0) } ?? "?"
            throw PostgresError(
                .unexpectedValue, message: "column \(column) (\(name)) is null or of another type")
        }
        return value
    }

    private static func word<Word: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, at offset: Int = 0, as type: Word.Type
    ) -> Word {
        Word(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Word.self))
    }

    private static func integer(_ bytes: UnsafeRawBufferPointer, _ type: UInt32) -> Int64? {
        switch (type, bytes.count) {
        case (PostgresType.int8, 8): word(bytes, as: Int64.self)
        case (PostgresType.int4, 4): Int64(word(bytes, as: Int32.self))
        case (PostgresType.int2, 2): Int64(word(bytes, as: Int16.self))
        case (PostgresType.numeric, _): PostgresNumeric.decode(bytes).flatMap { Int64(exactly: $0) }
        default: nil
        }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer, _ type: UInt32) -> String? {
        if type == PostgresType.jsonb {
            guard bytes.first == 1 else { return nil }
            return text(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()))
        }
        guard PostgresType.isText(type) else { return nil }
        return text(bytes)
    }

    /// Most are empty or of ASCII, which is valid; the library's check takes several times as long.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        bytes.contains { $0 >= 0x80 }
            ? String(validating: bytes, as: UTF8.self) : String(decoding: bytes, as: UTF8.self)
    }

    private static func uuid(_ bytes: UnsafeRawBufferPointer, _ type: UInt32) -> PostgresUUID? {
        guard type == PostgresType.uuid, bytes.count == 16 else { return nil }
        return PostgresUUID(
            high: word(bytes, as: UInt64.self), low: word(bytes, at: 8, as: UInt64.self))
    }
}

package import Domain
import Wire

/// An event read where it lies in a serialized request, but for its dimensions: those stay the bytes that they
/// are, by which whoever has read the same before knows them again.
///
/// Of an event twenty texts of thirty fields are dimensions, and most events bring those of another one. What
/// senders rarely write is not read so: for that there is `Event`, which also says what is wrong.
package struct ScannedEvent {
    // The fields of `Event` that are read here, and not one of those: to make and to give back all of its texts would
    // take longer than to read these.
    package private(set) var id = ""
    package private(set) var time: Timestamp?
    package private(set) var quantities = UsageQuantities()
    package private(set) var usageState = UsageState.unspecified
    package private(set) var totalTokens: Int64 = 0
    package private(set) var status = EventStatus.unspecified
    package private(set) var latencyMs: Int64 = 0
    package private(set) var attempt: Int32 = 0
    package private(set) var session = ""
    package private(set) var run = ""
    package private(set) var providerRequestID = ""

    private enum Field {
        static let id: UInt64 = 1
        static let time: UInt64 = 3
        static let quantities: UInt64 = 10
        static let usageState: UInt64 = 11
        static let totalTokens: UInt64 = 12
        static let status: UInt64 = 13
        static let latency: UInt64 = 14
        static let attempt: UInt64 = 15
        static let session: UInt64 = 19
        static let run: UInt64 = 20
        static let providerRequestID: UInt64 = 30

        /// A bit for the number of each field that is a dimension: source, provider to service_tier, project
        /// to user, feature to connection.
        static let dimensions: UInt64 =
            1 << 2 | 0b11_1111 << 4 | 0b111 << 16 | 0b11_1111 << 21

        static func isDimension(_ number: UInt64) -> Bool {
            number < 64 && dimensions & 1 << number != 0
        }
    }

    /// Nil for what `Event` has to read: malformed bytes, texts that are none, quantities that are not of the token
    /// classes or not well given, and fields that are neither known here nor a dimension.
    /// - Parameter dimensions: Their fields are appended, as they lie there. Nothing is said of whether they
    ///   are good; the same bytes always mean the same.
    package init?(_ bytes: UnsafeRawBufferPointer, appendingDimensionsTo dimensions: inout [UInt8])
    {
        var cursor = FieldCursor(bytes)
        do throws(FieldCursor.Malformed) {
            while true {
                // Dimensions mostly stand side by side, and are copied together.
                let start = cursor.offset
                try cursor.skipLengthDelimited(numbered: Field.dimensions)
                let neighbours = start..<cursor.offset
                if !neighbours.isEmpty {
                    dimensions.append(
                        contentsOf: UnsafeRawBufferPointer(rebasing: bytes[neighbours]))
                }
                guard let (number, type) = try cursor.next() else { break }
                // A dimension would be one that is written as a number.
                guard !Field.isDimension(number), try read(number, type, &cursor) else {
                    return nil
                }
            }
        } catch {
            return nil
        }
    }

    /// Where a field comes again, the last one counts, as in `Event`; but what is a message would be merged.
    @inline(__always)
    private mutating func read(
        _ number: UInt64, _ type: FieldCursor.WireType, _ cursor: inout FieldCursor
    ) throws(FieldCursor.Malformed) -> Bool {
        switch (number, type) {
        case (Field.id, .bytes): return Self.read(try cursor.lengthDelimited(), into: &id)
        case (Field.session, .bytes):
            return Self.read(try cursor.lengthDelimited(), into: &session)
        case (Field.run, .bytes): return Self.read(try cursor.lengthDelimited(), into: &run)
        case (Field.providerRequestID, .bytes):
            return Self.read(try cursor.lengthDelimited(), into: &providerRequestID)
        case (Field.time, .bytes):
            guard time == nil else { return false }
            return try readTime(try cursor.lengthDelimited())
        case (Field.quantities, .bytes): return try readQuantity(try cursor.lengthDelimited())
        case (Field.usageState, .varint):
            usageState = UsageState(
                rawValue: Int32(truncatingIfNeeded: try cursor.varint()))
        case (Field.totalTokens, .varint):
            totalTokens = Int64(bitPattern: try cursor.varint())
        case (Field.status, .varint):
            status = EventStatus(rawValue: Int32(truncatingIfNeeded: try cursor.varint()))
        case (Field.latency, .varint):
            latencyMs = Int64(bitPattern: try cursor.varint())
        case (Field.attempt, .varint):
            attempt = Int32(truncatingIfNeeded: try cursor.varint())
        default: return false
        }
        return true
    }

    private static func read(_ bytes: UnsafeRawBufferPointer, into field: inout String) -> Bool {
        // Without branches, so that many bytes are looked at together. Texts are mostly ASCII, and looking through others
        // takes longer than all else that is done for an id.
        var all: UInt8 = 0
        var zeros: UInt8 = 0
        for byte in bytes {
            all |= byte
            zeros |= byte == 0 ? 1 : 0
        }
        guard zeros == 0 else { return false }
        guard all >= 0x80 else {
            field = String(decoding: bytes, as: UTF8.self)
            return true
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return false
        }
        field = text
        return true
    }

    private mutating func readTime(
        _ bytes: UnsafeRawBufferPointer
    ) throws(FieldCursor.Malformed) -> Bool {
        var time = Timestamp()
        var cursor = FieldCursor(bytes)
        while let (number, type) = try cursor.next() {
            guard type == .varint else { return false }
            switch number {
            case 1: time.seconds = Int64(bitPattern: try cursor.varint())
            case 2: time.nanos = Int32(truncatingIfNeeded: try cursor.varint())
            default: return false
            }
        }
        self.time = time
        return true
    }

    private mutating func readQuantity(
        _ bytes: UnsafeRawBufferPointer
    ) throws(FieldCursor.Malformed) -> Bool {
        var index: Int?
        var amount: Int64 = 0
        var cursor = FieldCursor(bytes)
        while let (number, type) = try cursor.next() {
            switch (number, type) {
            case (1, .bytes):
                index = QuantityClass.tokenIndex(ofName: try cursor.lengthDelimited())
            case (2, .varint): amount = Int64(bitPattern: try cursor.varint())
            default: return false
            }
        }
        guard let index, quantities.token(index) == nil,
            (0...UsageObject.countMax).contains(amount)
        else { return false }
        quantities.setToken(index, amount)
        return true
    }
}

extension IngestEventsRequest {
    /// Where the events of a serialized request lie; nil where it has more than so many, or anything else.
    package static func eventRanges(
        in bytes: UnsafeRawBufferPointer, countMax: Int
    ) -> [Range<Int>]? {
        var ranges: [Range<Int>] = []
        var cursor = FieldCursor(bytes)
        do throws(FieldCursor.Malformed) {
            while let (number, type) = try cursor.next() {
                guard number == 1, type == .bytes, ranges.count < countMax else { return nil }
                let count = try cursor.lengthDelimited().count
                ranges.append(cursor.offset - count..<cursor.offset)
            }
        } catch {
            return nil
        }
        return ranges
    }
}

import Core
import TestSupport
import Testing

@testable import Domain

extension AuditRecord {
    /// A row with something in every field but one.
    static let sample = AuditRecord(
        organizationID: "0192f0c1-2d3e-7a4b-8c5d-6e7f8091a2b3", sequence: 1,
        id: "0192f0c1-2d3e-7a4b-8c5d-6e7f8091a2b4",
        recordedAt: Instant(microseconds: 1_795_264_496_123_456), tokenID: "abcdefghijklmnop",
        roles: "owner", method: "tally.v1.TenantService/CreateMember", objectType: "member",
        objectID: "0192f0c1-2d3e-7a4b-8c5d-6e7f8091a2b5",
        traceID: "4bf92f3577b34da6a3ce929d0e0e4736",
        personalHash: [UInt8](repeating: 7, count: AuditRecord.hashByteCount),
        previousHash: AuditRecord.firstPreviousHash,
        onBehalfOfKey: [UInt8](repeating: 9, count: AuditRecord.hashByteCount))
}

@Suite struct AuditRecordTests {
    private typealias TextField = WritableKeyPath<AuditRecord, String>

    private static var texts: [TextField] {
        [
            \.organizationID, \.id, \.tokenID, \.roles, \.method, \.objectType, \.objectID,
            \.traceID,
        ]
    }

    @Test func everyFieldIsHashed() {
        let bytes = AuditRecord.sample.chainBytes
        for field in Self.texts {
            var other = AuditRecord.sample
            other[keyPath: field] += "x"
            #expect(other.chainBytes != bytes, "\(field)")
        }
        var later = AuditRecord.sample
        later.sequence += 1
        #expect(later.chainBytes != bytes)
        var slower = AuditRecord.sample
        slower.recordedAt = Instant(microseconds: slower.recordedAt.microseconds + 1)
        #expect(slower.chainBytes != bytes)
        var moved = AuditRecord.sample
        moved.previousHash[31] = 1
        #expect(moved.chainBytes != bytes)
        var altered = AuditRecord.sample
        altered.personalHash[31] = 1
        #expect(altered.chainBytes != bytes)
        var hidden = AuditRecord.sample
        hidden.onBehalfOfKey = []
        #expect(hidden.chainBytes != bytes)
        var older = AuditRecord.sample
        older.version = AuditRecord.firstVersion
        #expect(older.chainBytes != bytes)
    }

    /// Rows of before are hashed as they were.
    @Test func rowsOfTheFirstVersionLeaveThePersonOut() {
        var row = AuditRecord.sample
        row.version = AuditRecord.firstVersion
        let bytes = row.chainBytes
        #expect(bytes.count == 348)
        #expect(bytes[4..<17].elementsEqual("tally audit 2".utf8))
        row.onBehalfOfKey = []
        #expect(row.chainBytes == bytes)
    }

    /// What moves from the end of one field to the beginning of the next makes another row.
    @Test func noTwoRowsHaveTheSameBytes() {
        var random = SeededRandom(seed: 4)
        for _ in 0..<500 {
            var (left, right) = (AuditRecord.sample, AuditRecord.sample)
            let index = Int.random(in: 0..<(Self.texts.count - 1), using: &random)
            let text = String(
                (0..<8).map { _ in "ab,:\u{0}é".randomElement(using: &random) ?? "a" })
            let (first, second) = (
                Int.random(in: 0...8, using: &random), Int.random(in: 0...8, using: &random)
            )
            left[keyPath: Self.texts[index]] = String(text.prefix(first))
            left[keyPath: Self.texts[index + 1]] = String(text.dropFirst(first))
            right[keyPath: Self.texts[index]] = String(text.prefix(second))
            right[keyPath: Self.texts[index + 1]] = String(text.dropFirst(second))
            #expect((left.chainBytes == right.chainBytes) == (first == second))
        }
    }

    @Test func lengthsStandBeforeTheParts() {
        let bytes = AuditRecord.sample.chainBytes
        #expect(bytes.count == 384)
        #expect(Array(bytes.prefix(4)) == [0, 0, 0, 13])
        #expect(bytes[4..<17].elementsEqual("tally audit 3".utf8))
    }
}

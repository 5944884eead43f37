import TestSupport
import Testing

@testable import Domain

@Suite struct AuditPersonalFieldsTests {
    private static let sample = AuditPersonalFields(
        salt: Array(0..<16), onBehalfOf: "zoë@acme.example", before: "",
        after: #"{"email":"jo@acme.example"}"#, peerAddress: "192.0.2.7", peerSubject: "CN=x")

    private typealias TextField = WritableKeyPath<AuditPersonalFields, String>
    private static var texts: [TextField] {
        [\.onBehalfOf, \.before, \.after, \.peerAddress, \.peerSubject]
    }

    /// What is sealed is what is hashed, and what comes back.
    @Test func whatIsWrittenIsReadAgain() {
        var random = SeededRandom(seed: 18)
        for _ in 0..<500 {
            var fields = AuditPersonalFields(
                salt: (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) },
                peerAddress: "")
            for field in Self.texts {
                let count = Int.random(in: 0...12, using: &random)
                fields[keyPath: field] = String(
                    (0..<count).map { _ in "ab,:\u{0}é".randomElement(using: &random) ?? "a" })
            }
            #expect(AuditPersonalFields(bytes: fields.bytes) == fields)
        }
    }

    @Test func everyFieldCounts() {
        for field in Self.texts {
            var other = Self.sample
            other[keyPath: field] += "x"
            #expect(other.bytes != Self.sample.bytes)
        }
        var salted = Self.sample
        salted.salt[0] ^= 1
        #expect(salted.bytes != Self.sample.bytes)
    }

    @Test func otherBytesAreNone() {
        let bytes = Self.sample.bytes
        for count in 0..<bytes.count {
            #expect(AuditPersonalFields(bytes: Array(bytes.prefix(count))) == nil)
        }
        #expect(AuditPersonalFields(bytes: bytes + [0, 0, 0, 0]) == nil)
        var other = bytes
        other[4] ^= 1
        #expect(AuditPersonalFields(bytes: other) == nil)
    }
}

import Core
import RPC
import TestSupport
import Testing

/// Rule 11 of the protocol.
@Suite(.rule(11))
struct CallMetadataTests {
    private func entry(_ key: String, _ value: String = "v") -> CallMetadata.Entry {
        (key, Array(value.utf8))
    }

    private func check(
        hello: [CallMetadata.Entry] = [], open: [CallMetadata.Entry] = []
    ) -> String? {
        do {
            _ = try CallMetadata(hello: hello, open: open)
            return nil
        } catch {
            return "\(error.code) \(error.reason.rawValue)"
        }
    }

    private let invalid = "INVALID_ARGUMENT METADATA_INVALID"

    @Test func openReplacesAndEmptyRemoves() throws {
        let metadata = try CallMetadata(
            hello: [entry("a", "1"), entry("b", "2"), entry("c", "3"), entry("d", "")],
            open: [entry("b", "two"), entry("c", ""), entry("e", "5")])
        #expect(metadata.keys == ["a", "b", "e"])
        #expect(metadata.string("b") == "two")
        #expect(metadata["c"] == nil)
    }

    @Test func idempotencyKeyIsTakenOnOpenOnly() throws {
        let fromHello = try CallMetadata(hello: [entry("idempotency-key")], open: [])
        #expect(fromHello.string("idempotency-key") == nil)
        let fromOpen = try CallMetadata(hello: [], open: [entry("idempotency-key", "k")])
        #expect(fromOpen.string("idempotency-key") == "k")
    }

    @Test(arguments: ["a", "tally-org", "0-9", String(repeating: "k", count: 64)])
    func keysThatMatch(key: String) {
        #expect(check(open: [entry(key)]) == nil)
    }

    @Test(arguments: [
        "", "A", "a_b", "a b", "ä", "a.b", "a\0", String(repeating: "k", count: 65),
    ])
    func keysThatDoNotMatch(key: String) {
        #expect(check(open: [entry(key)]) == invalid)
        #expect(check(hello: [entry(key)]) == invalid)
    }

    @Test func keysStandOnce() {
        #expect(check(open: [entry("a"), entry("a")]) == invalid)
        #expect(check(hello: [entry("a")], open: [entry("a")]) == nil)
    }

    @Test func entriesAreLimited() {
        let most = (0..<64).map { entry("k\($0)") }
        #expect(check(hello: most, open: most) == nil)
        #expect(check(open: most + [entry("one-more")]) == invalid)
    }

    @Test func bytesAreLimited() {
        let most = String(repeating: "x", count: 16_384 - 1)
        #expect(check(open: [entry("a", most)]) == nil)
        #expect(check(open: [entry("ab", most)]) == invalid)
    }

    @Test func valuesDoNotShow() throws {
        let metadata = try CallMetadata(hello: [entry("authorization", "Bearer x")], open: [])
        #expect(!"\(metadata)".contains("Bearer"))
        #expect(!String(reflecting: metadata).contains("Bearer"))
        var dumped = ""
        dump(metadata, to: &dumped)
        #expect(!dumped.contains("66"), "66 is B in decimal")
    }
}

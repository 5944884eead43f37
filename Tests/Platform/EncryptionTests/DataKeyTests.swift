import Core
import TestSupport
import Testing

@testable import Encryption

@Suite struct DataKeyTests {
    private static func bytes(_ key: SecretKey) -> [UInt8] {
        key.withBytes { Array(UnsafeRawBufferPointer(start: $0, count: SecretKey.byteCount)) }
    }

    /// However bindings resemble each other, no two have the same key, and none has the data key.
    @Test func eachBindingHasAKeyOfItsOwn() throws {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        let key = try DataKey(identified: IdentifiedKey(SecretKey.random()))
        var keys: [[UInt8]: Binding] = [Self.bytes(key.identified.key): Binding(purpose: "", [])]
        for _ in 0..<2000 {
            let parts = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                String(
                    (0..<Int.random(in: 0...3, using: &random)).map { _ in
                        "ab".randomElement(using: &random) ?? "a"
                    })
            }
            let binding = Binding(purpose: Bool.random(using: &random) ? "a" : "", parts)
            let made = Self.bytes(try key.key(of: binding))
            #expect(keys[made] == nil || keys[made] == binding, "seed \(random.seed)")
            #expect(made != Self.bytes(key.identified.key))
            keys[made] = binding
        }
        #expect(keys.count > 500)
    }

    /// What the data key itself sealed, as it did before bindings had keys.
    @Test func textsOfTheFirstVersionOpen() throws {
        let key = try DataKey(identified: IdentifiedKey(SecretKey.random()))
        let binding = Binding(purpose: "row", ["1"])
        let sealed = try SealedBlob.seal(
            [1, 2, 3], kind: .secret, with: key.identified, boundTo: binding)
        #expect(sealed[0] == 1)
        #expect(try key.open(sealed, boundTo: binding).reveal() == [1, 2, 3])
        #expect(try key.seal(Secret([1, 2, 3]), boundTo: binding)[0] == 2)
        // Neither opens as the other.
        for text in [sealed, try key.seal(Secret([1, 2, 3]), boundTo: binding)] {
            var other = text
            other[0] = 3 - other[0]
            #expect(throws: EncryptionError.notAuthentic) {
                try key.open(other, boundTo: binding)
            }
        }
    }
}

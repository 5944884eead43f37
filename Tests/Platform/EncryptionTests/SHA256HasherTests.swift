import Encryption
import TestSupport
import Testing

@Suite struct SHA256HasherTests {
    /// However bytes are cut, their hash is that of the whole; and the next one begins anew.
    @Test func partsComeToTheHashOfTheWhole() throws {
        var random = SeededRandom(seed: 20_261_123)
        var hasher = try SHA256Hasher()
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = rest.prefix(Int.random(in: 1...100, using: &random))
                try hasher.update(Array(part))
                rest = rest.dropFirst(part.count)
            }
            #expect(try hasher.finish() == SHA256.digest(bytes), "seed \(random.seed)")
        }
    }
}

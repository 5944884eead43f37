package import Core
import Encryption

/// A token as its holder has it: `tly_<id>_<secret>`, both parts in lower-case base32 (RFC 4648).
package struct TokenText: Sendable {
    /// 80 random bits in 16 characters; public, it names the token in lists and logs.
    package let id: String
    /// 256 random bits in 52 characters; shown once and stored nowhere.
    package let secret: Secret<String>

    package static let idLength = 16
    package static let secretLength = 52
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    /// Nil for anything that is not of the form; why is not said, since a guesser would listen.
    package init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "tly", parts[1].utf8.count == Self.idLength,
            parts[2].utf8.count == Self.secretLength,
            parts.dropFirst().allSatisfy({ $0.utf8.allSatisfy(Self.alphabet.contains) })
        else { return nil }
        id = String(parts[1])
        secret = Secret(String(parts[2]))
    }

    /// A new random token.
    package init() throws {
        id = Self.base32(try SecureRandom.bytes(10))
        secret = Secret(Self.base32(try SecureRandom.bytes(32)))
    }

    /// The whole token, to be shown once.
    package var text: Secret<String> {
        Secret("tly_\(id)_\(secret.reveal())")
    }

    /// What `KeyedHash` hashes: the id binds the hash to its row.
    package var hashed: [UInt8] {
        Array("\(id)_\(secret.reveal())".utf8)
    }

    /// RFC 4648 base32 in lower case, without padding.
    private static func base32(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(buffer >> UInt32(bits)) & 31])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << UInt32(5 - bits)) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }
}

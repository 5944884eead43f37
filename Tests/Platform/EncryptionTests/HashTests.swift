import Testing

@testable import Encryption

@Suite struct HashTests {
    /// FIPS 180-4's examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func digestsEqualPublishedVectors(text: String, digest: String) throws {
        #expect(hex(try SHA256.digest(Array(text.utf8))) == digest)
    }

    /// RFC 4231, cases 1 to 4, 6 and 7. HMAC fills short keys with zeros and hashes long ones, so
    /// all of them can be written with keys of 32 bytes.
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array(UInt8(1)...25), [UInt8](repeating: 0xcd, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array(
                    ("This is a test using a larger than block-size key and a larger than "
                        + "block-size data. The key needs to be hashed before being used by the HMAC "
                        + "algorithm.").utf8),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ] as [([UInt8], [UInt8], String)])
    func keyedHashesEqualPublishedVectors(
        key: [UInt8], message: [UInt8], expected: String
    ) throws {
        var padded =
            key.count > 64
            ? try SHA256.digest(key) : key + [UInt8](repeating: 0, count: 32 - key.count)
        let hash = KeyedHash(key: SecretKey(consuming: &padded))
        #expect(hex(try hash.hash(message)) == expected)
        #expect(try hash.matches(bytes(hex: expected), message))
        #expect(try !hash.matches(bytes(hex: expected), message + [0]))
        #expect(try !hash.matches([], message))
    }

    @Test func hashesEqualThoseOfTheOpenSSLProgram() throws {
        var keyBytes = try SecureRandom.bytes(32)
        let keyText = hex(keyBytes)
        let message = try SecureRandom.bytes(5000)
        let digest = try OpenSSLProgram.run(["dgst", "-sha256", "-binary"], input: message)
        #expect(try SHA256.digest(message) == digest)
        let hash = try KeyedHash(key: SecretKey(consuming: &keyBytes)).hash(message)
        let foreign = try OpenSSLProgram.run(
            ["dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:\(keyText)", "-binary"],
            input: message)
        #expect(hash == foreign)
    }

    @Test func equalityLooksAtEveryByte() {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([0, 2, 3], [1, 2, 3]))
    }
}

import Testing

@testable import Encryption

@Suite struct AESGCMTests {
    struct Vector {
        var key: String
        var nonce: String
        var plaintext = ""
        var associatedData = ""
        var ciphertext = ""
        var tag: String
    }

    /// Test cases 13 to 16 (AES-256) of "The Galois/Counter Mode of Operation", submitted to NIST.
    static let vectors = [
        Vector(
            key: String(repeating: "0", count: 64), nonce: String(repeating: "0", count: 24),
            tag: "530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            key: String(repeating: "0", count: 64), nonce: String(repeating: "0", count: 24),
            plaintext: "00000000000000000000000000000000",
            ciphertext: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919"),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
            ciphertext: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
            tag: "b094dac5d93471bdec1a502270e3cc6c"),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            associatedData: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            ciphertext: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    @Test(arguments: vectors)
    func resultsEqualPublishedVectors(vector: Vector) throws {
        var keyBytes = bytes(hex: vector.key)
        let key = SecretKey(consuming: &keyBytes)
        #expect(keyBytes == [UInt8](repeating: 0, count: 32), "the caller's copy is wiped")
        let sealed = try AESGCM.seal(
            bytes(hex: vector.plaintext), key: key, nonce: bytes(hex: vector.nonce),
            associatedData: bytes(hex: vector.associatedData))
        #expect(hex(sealed) == vector.ciphertext + vector.tag)
        let opened = try AESGCM.open(
            sealed, key: key, nonce: bytes(hex: vector.nonce),
            associatedData: bytes(hex: vector.associatedData))
        #expect(hex(opened) == vector.plaintext)
    }

    /// The program has no GCM for files, but its parts: the ciphertext is CTR from counter 2, and
    /// the tag over associated data alone is GMAC.
    @Test func resultsEqualThoseOfTheOpenSSLProgram() throws {
        var keyBytes = try SecureRandom.bytes(32)
        let keyText = hex(keyBytes)
        let key = SecretKey(consuming: &keyBytes)
        let nonce = try SecureRandom.bytes(12)
        let plaintext = try SecureRandom.bytes(1000)
        let associatedData = try SecureRandom.bytes(100)

        let sealed = try AESGCM.seal(
            plaintext, key: key, nonce: nonce, associatedData: associatedData)
        let decrypted = try OpenSSLProgram.run(
            ["enc", "-d", "-aes-256-ctr", "-K", keyText, "-iv", hex(nonce) + "00000002"],
            input: Array(sealed.dropLast(16)))
        #expect(decrypted == plaintext)

        let tag = try AESGCM.seal([], key: key, nonce: nonce, associatedData: associatedData)
        let foreign = try OpenSSLProgram.run(
            [
                "mac", "-binary", "-cipher", "AES-256-GCM", "-macopt", "hexkey:\(keyText)",
                "-macopt", "hexiv:\(hex(nonce))", "GMAC",
            ], input: associatedData)
        #expect(foreign == tag)
    }
}

import Core
import Encryption
import Testing

@Suite struct EnvelopeCipherTests {
    let owner = Binding(purpose: "data-key", ["organization-1"])
    let connection = Binding(purpose: "connection-key", ["organization-1", "connection-1", "1"])
    let secret = Array("sk-admin-0123456789".utf8)

    @Test func sealedSecretsOpenUnderTheirOwnBindingAlone() throws {
        let cipher = EnvelopeCipher(current: try MasterKey(SecretKey.random()))
        let (key, wrapped) = try cipher.makeDataKey(boundTo: owner)
        let sealed = try key.seal(Secret(secret), boundTo: connection)

        let unwrapped = try cipher.unwrapDataKey(wrapped, boundTo: owner)
        #expect(try unwrapped.open(sealed, boundTo: connection).reveal() == secret)

        for other in [
            Binding(purpose: "connection-key", ["organization-2", "connection-1", "1"]),
            Binding(purpose: "connection-key", ["organization-1", "connection-2", "1"]),
            Binding(purpose: "connection-key", ["organization-1", "connection-1", "2"]),
            Binding(purpose: "connection-key", ["organization-1connection-1", "1"]),
            Binding(purpose: "connection-key", ["organization-1", "connection-1"]),
            Binding(purpose: "webhook-key", ["organization-1", "connection-1", "1"]),
        ] {
            #expect(throws: EncryptionError.notAuthentic) {
                try unwrapped.open(sealed, boundTo: other)
            }
        }
        #expect(throws: EncryptionError.notAuthentic) {
            try cipher.unwrapDataKey(
                wrapped, boundTo: Binding(purpose: "data-key", ["organization-2"]))
        }
    }

    @Test func everyChangedBitIsRefused() throws {
        let cipher = EnvelopeCipher(current: try MasterKey(SecretKey.random()))
        let (key, wrapped) = try cipher.makeDataKey(boundTo: owner)
        let sealed = try key.seal(Secret(secret), boundTo: connection)
        for position in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[position / 8] ^= 1 << (position % 8)
            #expect(throws: EncryptionError.self) { try key.open(changed, boundTo: connection) }
        }
        for position in 0..<(wrapped.count * 8) {
            var changed = wrapped
            changed[position / 8] ^= 1 << (position % 8)
            #expect(throws: EncryptionError.self) {
                try cipher.unwrapDataKey(changed, boundTo: owner)
            }
        }
        for count in 0..<sealed.count {
            #expect(throws: EncryptionError.self) {
                try key.open(Array(sealed.prefix(count)), boundTo: connection)
            }
        }
        #expect(throws: EncryptionError.malformedBlob) { try key.open(wrapped, boundTo: owner) }
    }

    @Test func sealingTwiceGivesDifferentBlobs() throws {
        let cipher = EnvelopeCipher(current: try MasterKey(SecretKey.random()))
        let (key, _) = try cipher.makeDataKey(boundTo: owner)
        let first = try key.seal(Secret(secret), boundTo: connection)
        let second = try key.seal(Secret(secret), boundTo: connection)
        #expect(first != second)
        #expect(first.count == 38 + secret.count)
        #expect(!first.indices.contains { Array(first[$0...].prefix(secret.count)) == secret })
    }

    @Test func retiredMasterKeysStillUnwrap() throws {
        let old = try MasterKey(SecretKey.random())
        let new = try MasterKey(SecretKey.random())
        let (_, wrapped) = try EnvelopeCipher(current: old).makeDataKey(boundTo: owner)
        _ = try EnvelopeCipher(current: new, retired: [old])
            .unwrapDataKey(wrapped, boundTo: owner)
        #expect(throws: EncryptionError.unknownKey) {
            try EnvelopeCipher(current: new).unwrapDataKey(wrapped, boundTo: owner)
        }
    }

    @Test func secretsOfAnotherDataKeyAreRefused() throws {
        let cipher = EnvelopeCipher(current: try MasterKey(SecretKey.random()))
        let (first, _) = try cipher.makeDataKey(boundTo: owner)
        let (second, _) = try cipher.makeDataKey(boundTo: owner)
        let sealed = try first.seal(Secret(secret), boundTo: connection)
        #expect(throws: EncryptionError.unknownKey) {
            try second.open(sealed, boundTo: connection)
        }
    }

    @Test func secretsAreBoundedAndEmptyOnesAreAllowed() throws {
        let cipher = EnvelopeCipher(current: try MasterKey(SecretKey.random()))
        let (key, _) = try cipher.makeDataKey(boundTo: owner)
        let most = [UInt8](repeating: 7, count: DataKey.plaintextByteCountMax)
        for plaintext in [[], most] {
            let sealed = try key.seal(Secret(plaintext), boundTo: connection)
            #expect(try key.open(sealed, boundTo: connection).reveal() == plaintext)
        }
        #expect(throws: EncryptionError.plaintextTooLong) {
            try key.seal(Secret(most + [7]), boundTo: connection)
        }
    }

    @Test func keysAndErrorsPrintNothingSecret() throws {
        let key = try SecretKey.random()
        #expect("\(key)" == "<redacted>")
        #expect(String(reflecting: key) == "<redacted>")
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("0x"))
        #expect(EncryptionError.notAuthentic.description.contains("changed"))
    }
}

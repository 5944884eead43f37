package import Core
package import Encryption

/// Keys of personal fields for tests that have no database of keys: one owner's, of one data key.
package struct TestKeys: PersonalFieldKeys {
    private let key: DataKey

    package init() throws {
        let cipher = EnvelopeCipher(current: try MasterKey(SecretKey.random()))
        key = try cipher.makeDataKey(boundTo: Binding(purpose: "test", [])).key
    }

    package func seal(_ text: String, in place: Binding) throws -> [UInt8] {
        try key.seal(Secret(Array(text.utf8)), boundTo: place)
    }

    package func text(_ sealed: [UInt8], in place: Binding) throws -> String {
        String(decoding: try open(sealed, in: place).reveal(), as: UTF8.self)
    }

    package func open(_ sealed: [UInt8], in place: Binding) throws -> Secret<[UInt8]> {
        try key.open(sealed, boundTo: place)
    }

    package func blindIndex(of text: String, in column: Binding) throws -> [UInt8] {
        try key.keyedHash(of: Array(text.utf8), boundTo: column)
    }

    package func mustNotBeAway() {}
}

/// Keys that are away: what needs them fails, and what is shown without them says so.
package struct AwayKeys: PersonalFieldKeys {
    package static let shownText = "[away]"
    package static let error = ServiceError(.unavailable, "KEYS_DATABASE_UNAVAILABLE", "Away.")

    package init() {}

    package func seal(_ text: String, in place: Binding) throws -> [UInt8] { throw Self.error }

    package func text(_ sealed: [UInt8], in place: Binding) -> String { Self.shownText }

    package func open(_ sealed: [UInt8], in place: Binding) throws -> Secret<[UInt8]> {
        throw Self.error
    }

    package func blindIndex(of text: String, in column: Binding) throws -> [UInt8] {
        throw Self.error
    }

    package func mustNotBeAway() throws(ServiceError) { throw Self.error }
}

package import Core

/// What seals, opens and finds the personal fields in one owner's rows, for those who store such fields and
/// know nothing of where keys come from.
package protocol PersonalFieldKeys: Sendable {
    /// The stored form of a personal field.
    func seal(_ text: String, in place: Binding) throws -> [UInt8]
    /// A personal field, as far as it can be had: words that say why not where the key was destroyed or is
    /// away.
    func text(_ sealed: [UInt8], in place: Binding) throws -> String
    /// A personal field for who stores it again; an error where it cannot be had.
    func open(_ sealed: [UInt8], in place: Binding) throws -> Secret<[UInt8]>
    /// What a personal field is found by: equal for equal texts in the same column, and nothing else is
    /// told by it.
    func blindIndex(of text: String, in column: Binding) throws -> [UInt8]
    /// For answers that depend on what is sealed.
    /// - Throws: `KEYS_DATABASE_UNAVAILABLE`.
    func mustNotBeAway() throws(ServiceError)
}

import Core
import Encryption

/// The kind of an object that calls change, as the audit log names it; the services name theirs.
package struct AuditedObject: Sendable, Hashable {
    /// Lower case with underscores, such as `business_unit`.
    package let name: String

    package init(_ name: String) {
        self.name = name
    }
}

/// What a call did to one object.
package struct AuditChange: Sendable {
    let object: AuditedObject
    let id: String
    /// JSON of the contract's message, without secrets; empty where there was none.
    let before: String
    /// Empty where there is none any more.
    let after: String

    /// A row must fit a frame with what is before and after, so larger texts are named instead.
    static let textByteCountMax = 256 * 1024

    package init(_ object: AuditedObject, _ id: String, before: String?, after: String?) throws {
        self.object = object
        self.id = id
        self.before = try Self.bounded(before ?? "")
        self.after = try Self.bounded(after ?? "")
    }

    private static func bounded(_ text: String) throws(EncryptionError) -> String {
        guard text.utf8.count > textByteCountMax else { return text }
        let digest = try SHA256.digest(Array(text.utf8))
        return #"{"byteCount":\#(text.utf8.count),"sha256":"\#(digest.hexDigits)"}"#
    }
}

package import Domain
import Encryption

/// A member's e-mail address as it is kept.
package struct SealedEmail: Sendable {
    package let sealed: [UInt8]
    /// Equal for equal addresses of the organization, without regard to case.
    package let key: [UInt8]
}

extension OrganizationKeys {
    package func seal(email: String, of member: MemberID) throws -> SealedEmail {
        SealedEmail(
            sealed: try seal(email, in: Self.place(of: member)), key: try key(ofEmail: email))
    }

    /// - Returns: `destroyedText` where the key was destroyed.
    package func email(_ sealed: [UInt8], of member: MemberID) throws -> String {
        try text(sealed, in: Self.place(of: member))
    }

    /// What a member is found by.
    package func key(ofEmail email: String) throws -> [UInt8] {
        try blindIndex(of: email.lowercased(), in: Binding(purpose: "members.email", []))
    }

    private static func place(of member: MemberID) -> Binding {
        Binding(purpose: "members.sealed_email", [member.text])
    }
}

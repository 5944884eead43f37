import Domain
import Encryption
import ServiceRuntime

extension OrganizationKeys {
    /// The stored form of the address of a version's owner; empty where nobody is named.
    func seal(
        ownerEmail email: String, of code: BusinessUnitCode, from day: CivilDate
    ) throws -> [UInt8] {
        email.isEmpty ? [] : try seal(email, in: Self.place(code, day))
    }

    /// - Returns: `destroyedText` where the key was destroyed.
    func ownerEmail(
        _ sealed: [UInt8], of code: BusinessUnitCode, from day: CivilDate
    ) throws -> String {
        sealed.isEmpty ? "" : try text(sealed, in: Self.place(code, day))
    }

    private static func place(_ code: BusinessUnitCode, _ day: CivilDate) -> Binding {
        Binding(
            purpose: "business_unit_versions.sealed_owner_email",
            [code.text, String(day.dayNumber)])
    }
}

import API
import Core
import Domain
import ServiceRuntime

/// A member as it is kept.
struct StoredMember: Sendable {
    let id: MemberID
    let email: String
    var grant: Grant
    let createTime: Instant
    /// Grows with every change.
    var revision: Int64

    /// Says which of the member's states a caller has read.
    var etag: String { "\(revision)" }

    var message: Member {
        Member(
            id: id.text, email: email, roles: grant.roles.wire, createTime: Timestamp(createTime),
            unitCodes: grant.units.codes, etag: etag)
    }

    /// `ETAG_MISMATCH` unless the caller read this state, or does not care.
    func mustMatch(etag given: String) throws(ServiceError) {
        guard given.isEmpty || given == etag else {
            throw ServiceError(
                .aborted, "ETAG_MISMATCH", field: "etag",
                "The member was changed since it was read. Read it again, and decide anew.")
        }
    }

    static var notFound: ServiceError {
        ServiceError(
            .notFound, "MEMBER_NOT_FOUND", field: "id",
            "The organization has no member with this id; list its members.")
    }

    /// The id of a request that names a member; `ID_MALFORMED`.
    static func id(_ text: String) throws(ServiceError) -> MemberID {
        try ServiceError.naming("id") { () throws(ServiceError) in try MemberID(text) }
    }
}

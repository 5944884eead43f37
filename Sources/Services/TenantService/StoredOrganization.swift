import API
import Core
import Domain
import ServiceRuntime

/// An organization as it is kept.
struct StoredOrganization: Sendable, Hashable {
    /// What its plan allows; nil: the server's own limit.
    struct Limits: Sendable, Hashable {
        var connectionsMax: Int?
        var eventsPerDayMax: Int64?
        var callsPerSecondMax: Int?
    }

    struct Suspension: Sendable, Hashable {
        let since: Instant
        /// For the organization to read.
        var reason: String
    }

    let id: OrganizationID
    let slug: String
    var displayName: String
    var zone: String
    var reportingCurrency: String
    let createTime: Instant
    var fiscalYearStartMonth: Int
    var retentionMonths: Int
    var limits: Limits
    var suspension: Suspension?
    /// When its deletion becomes irrevocable.
    var deleteAfter: Instant?
    /// Whether its erasure began.
    let isErased: Bool
    /// Since it was older than the organization wants it kept; nil where nothing was removed.
    let usageRemovedBefore: Instant?
    /// Grows with every change.
    var revision: Int64

    /// Says which of the organization's states a caller has read.
    var etag: String { "\(revision)" }

    var state: Organization.State {
        if isErased { return .deleted }
        if deleteAfter != nil { return .deleting }
        return suspension == nil ? .active : .suspended
    }

    func message(_ terms: DeletionTerms) -> Organization {
        Organization(
            id: id.text, slug: slug, displayName: displayName, timeZone: zone,
            reportingCurrency: reportingCurrency, createTime: Timestamp(createTime),
            fiscalYearStartMonth: Int32(fiscalYearStartMonth),
            retentionMonths: Int32(retentionMonths),
            limits: PlanLimits(
                connectionsMax: Int32(limits.connectionsMax ?? 0),
                eventsPerDayMax: limits.eventsPerDayMax ?? 0,
                callsPerSecondMax: Int32(limits.callsPerSecondMax ?? 0)),
            state: state, suspendTime: suspension.map { Timestamp($0.since) },
            suspensionReason: suspension?.reason ?? "",
            purgeTime: deleteAfter.map { Timestamp($0) },
            backupExpireTime: deleteAfter.map { Timestamp(terms.backupEnd(after: $0)) },
            etag: etag, usageRemovedBeforeTime: usageRemovedBefore.map { Timestamp($0) },
            keysBackupExpireTime: deleteAfter.map { Timestamp(terms.keysBackupEnd(after: $0)) })
    }

    /// `ETAG_MISMATCH` unless the caller read this state, or does not care.
    func mustMatch(etag given: String) throws(ServiceError) {
        guard given.isEmpty || given == etag else {
            throw ServiceError(
                .aborted, "ETAG_MISMATCH", field: "etag",
                "The organization was changed since it was read. Read it again, and decide anew.")
        }
    }

    /// `ORGANIZATION_DELETED` from the moment on that nothing brings it back.
    func mustNotBeErased(at now: Instant) throws(ServiceError) {
        let isOver = deleteAfter.map { $0 <= now } ?? false
        guard !isErased, !isOver else { throw Self.erased }
    }

    static let erased = ServiceError(
        .failedPrecondition, "ORGANIZATION_DELETED",
        "The organization was deleted, and nothing brings it back.")

    /// Of every organization that the caller may not name, whether it exists or not.
    static let notFound = ServiceError(
        .notFound, "ORGANIZATION_NOT_FOUND", field: "organization",
        "There is no organization of that id or slug that you may name. Operators may name any; a "
            + "token of an organization may leave it out.")
}

extension StoredOrganization {
    /// One that is new.
    init(id: OrganizationID, _ organization: NewOrganization, createTime: Instant) {
        self.init(
            id: id, slug: organization.slug.text, displayName: organization.displayName.text,
            zone: organization.zone.identifier,
            reportingCurrency: organization.reportingCurrency.code, createTime: createTime,
            fiscalYearStartMonth: organization.fiscalYearStartMonth,
            retentionMonths: organization.retentionMonths, limits: organization.limits,
            suspension: nil,
            deleteAfter: nil, isErased: false, usageRemovedBefore: nil, revision: 1)
    }
}

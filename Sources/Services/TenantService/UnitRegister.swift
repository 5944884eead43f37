import API
import Core
import Domain

/// An organization's business units while a call changes them: what was read, and what becomes of it.
///
/// Pure: the same register, day and request give the same outcome. A change that throws leaves
/// nothing that may be stored.
struct UnitRegister: Sendable {
    /// What of a unit never changes, and how often the rest has.
    struct Identity: Sendable, Hashable {
        let id: BusinessUnitID
        let createTime: Instant
        var revision: Int64
    }

    /// As it was read.
    let stored: UnitHistory
    private(set) var identities: [BusinessUnitCode: Identity]
    var history: UnitHistory
    /// In the organization's time zone.
    let today: CivilDate
    /// The day after the last closed month; the beginning where none is closed.
    let firstOpenDay: CivilDate

    /// Units of an organization, ended ones included.
    static let unitCountMax = 100_000
    /// Days on which one unit changes.
    static let versionCountMax = 1000
    /// Versions of all units of an organization together: what one change reads.
    static let versionTotalMax = 250_000

    private var versionTotal: Int

    init(
        _ stored: UnitHistory, identities: [BusinessUnitCode: Identity], today: CivilDate,
        firstOpenDay: CivilDate = UnitHistory.beginning
    ) {
        self.stored = stored
        self.identities = identities
        self.today = today
        self.firstOpenDay = firstOpenDay
        history = stored
        versionTotal = stored.versions.values.reduce(0) { $0 + $1.count }
    }

    // MARK: - Days

    /// The first day of a change; without one that was asked for, today.
    /// - Throws: `PERIOD_CLOSED`.
    func day(_ asked: CivilDate?) throws(ServiceError) -> CivilDate {
        let day = asked ?? today
        guard day >= firstOpenDay else {
            throw Self.periodClosed(firstOpenDay: "The first open day is \(firstOpenDay)")
        }
        return day
    }

    static func periodClosed(firstOpenDay: String) -> ServiceError {
        ServiceError(
            .failedPrecondition, "PERIOD_CLOSED", field: "effective_date",
            "A month that the change would reach is closed. \(firstOpenDay); choose it or a later "
                + "one.")
    }

    /// The first day of a new unit; without one that was asked for, today, so that no day that has
    /// passed changes, or the first of its parent where that is yet to come.
    func firstDay(
        of details: UnitDetails, asked: CivilDate?
    ) throws(ServiceError) -> CivilDate {
        let today = try day(asked)
        guard asked == nil, let parent = details.parent,
            let first = history.firstDay(of: parent)
        else { return today }
        return max(first, today)
    }

    // MARK: - Looking

    /// The details of a unit that must exist on a day.
    /// - Throws: `BUSINESS_UNIT_NOT_FOUND`, `BUSINESS_UNIT_BEGINS_LATER`.
    @discardableResult
    func details(
        of code: BusinessUnitCode, on day: CivilDate
    ) throws(ServiceError) -> UnitDetails {
        guard let first = history.firstDay(of: code) else { throw Self.notFound }
        guard let details = history.details(of: code, on: day) else {
            throw ServiceError(
                .failedPrecondition, "BUSINESS_UNIT_BEGINS_LATER", field: "effective_date",
                "The business unit exists from \(first) on; choose that day or a later one.")
        }
        return details
    }

    /// `BUSINESS_UNIT_CHANGED` where the unit is not as the caller read it; empty is anything.
    func check(etag: String, of code: BusinessUnitCode) throws(ServiceError) {
        guard let identity = identities[code] else { throw Self.notFound }
        guard etag.isEmpty || etag == identity.etag else {
            throw ServiceError(
                .aborted, "BUSINESS_UNIT_CHANGED", field: "etag",
                "Someone else changed the business unit; read it again, then send your change.")
        }
    }

    static let notFound = ServiceError(
        .notFound, "BUSINESS_UNIT_NOT_FOUND", field: "code",
        "The organization has no business unit with this code.")

    // MARK: - Changing

    /// - Throws: `BUSINESS_UNIT_CODE_TAKEN`, `TOO_MANY_BUSINESS_UNITS`.
    mutating func begin(
        _ code: BusinessUnitCode, _ details: UnitDetails, from day: CivilDate, identity: Identity
    ) throws(ServiceError) {
        guard identities[code] == nil else { throw InsertBusinessUnits.codeTaken }
        guard identities.count < Self.unitCountMax else {
            throw ServiceError(
                .resourceExhausted, "TOO_MANY_BUSINESS_UNITS",
                "An organization has at most \(Self.unitCountMax) business units, retired ones "
                    + "included.")
        }
        identities[code] = identity
        history.begin(code, details, from: day)
        try count(1)
    }

    /// - Throws: `TOO_MANY_VERSIONS`, `TOO_MANY_UNIT_VERSIONS`.
    mutating func change(
        _ code: BusinessUnitCode, from day: CivilDate, _ change: UnitChange
    ) throws(ServiceError) {
        let before = history.versions[code]?.count ?? 0
        history.change(code, from: day, change)
        try count((history.versions[code]?.count ?? 0) - before)
        guard history.versions[code]?.count ?? 0 <= Self.versionCountMax else {
            throw ServiceError(
                .resourceExhausted, "TOO_MANY_VERSIONS", field: "effective_date",
                "A business unit changes on at most \(Self.versionCountMax) days; choose a day on "
                    + "which it changes already.")
        }
    }

    private mutating func count(_ more: Int) throws(ServiceError) {
        versionTotal += more
        guard more <= 0 || versionTotal <= Self.versionTotalMax else {
            throw ServiceError(
                .resourceExhausted, "TOO_MANY_UNIT_VERSIONS", field: "effective_date",
                "The business units of an organization change \(Self.versionTotalMax) times at "
                    + "most; choose a day on which the unit changes already.")
        }
    }

    /// What became of one unit: what held and what holds on each day on which a version is new or
    /// another.
    struct Revision: Sendable {
        let code: BusinessUnitCode
        /// In the order of their days; empty for a new unit.
        let before: [BusinessUnit]
        let after: [BusinessUnit]
    }

    /// Counts a revision of each unit whose versions differ from what was read; they come by code.
    mutating func countRevisions() -> [Revision] {
        var days: [BusinessUnitCode: [CivilDate]] = [:]
        for (code, version) in history.versions(notIn: stored) {
            days[code, default: []].append(version.day)
        }
        return days.sorted { $0.key < $1.key }.map { code, days in
            var before: [BusinessUnit] = []
            for day in days {
                // One version may have held on several of the days.
                guard let held = message(code, on: day, in: stored), held != before.last else {
                    continue
                }
                before.append(held)
            }
            if stored.versions[code] != nil { identities[code]?.revision += 1 }
            return Revision(
                code: code, before: before, after: days.compactMap { message(code, on: $0) })
        }
    }

    /// A unit as callers see it on a day; nil before its first.
    func message(_ code: BusinessUnitCode, on day: CivilDate) -> BusinessUnit? {
        message(code, on: day, in: history)
    }

    private func message(
        _ code: BusinessUnitCode, on day: CivilDate, in history: UnitHistory
    ) -> BusinessUnit? {
        guard let identity = identities[code], let versions = history.versions[code],
            let index = UnitHistory.index(in: versions, on: day)
        else { return nil }
        let next = index + 1 < versions.count ? versions[index + 1].day : nil
        return BusinessUnit(code, identity, versions[index], end: next)
    }
}

extension UnitRegister.Identity {
    var etag: String { String(revision) }
}

extension BusinessUnit {
    /// - Parameter end: the first day on which other details hold.
    init(
        _ code: BusinessUnitCode, _ identity: UnitRegister.Identity, _ version: UnitVersion,
        end: CivilDate?
    ) {
        let details = version.details
        let state: State =
            switch details.status {
            case .active: .active
            case .retired: .retired
            case .merged: .merged
            }
        self.init(
            id: identity.id.text, code: code.text, displayName: details.displayName,
            parentCode: details.parent?.text ?? "", ownerEmail: details.ownerEmail,
            createTime: Timestamp(identity.createTime), kind: Kind(details.kind),
            costCenterCode: details.costCenterCode, state: state,
            successorCode: details.status.successor?.text ?? "",
            effectiveDate: version.day == UnitHistory.beginning ? nil : Date(version.day),
            endDate: end.map { Date($0) }, etag: identity.etag)
    }
}

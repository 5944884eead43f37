import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension UnitRegister {
    /// Reads all units of the organization, as they are known to the transaction.
    /// - Parameter keys: The organization's.
    static func read(
        of organization: OrganizationID, now: Instant, keys: OrganizationKeys,
        in transaction: PostgresTransaction
    ) async throws -> UnitRegister {
        let zone = try await transaction.zone(of: organization)
        let firstOpenDay = try await transaction.first(
            SelectFirstOpenDay(organization: organization))
        let units = try await transaction.run(SelectBusinessUnits(organization: organization))
        let versions = try await transaction.run(SelectUnitVersions(organization: organization))
            .map { try $0.opened(keys) }
        return UnitRegister(
            UnitHistory(versions),
            identities: Dictionary(
                units.map { ($0.code, $0.identity) }, uniquingKeysWith: { first, _ in first }),
            today: zone.day(containing: now),
            firstOpenDay: firstOpenDay ?? UnitHistory.beginning)
    }

    /// Stores what differs from what was read; answers with what became of which units.
    /// - Parameter keys: The organization's.
    mutating func write(
        of organization: OrganizationID, now: Instant, keys: OrganizationKeys,
        in transaction: PostgresTransaction
    ) async throws -> [Revision] {
        let revisions = countRevisions()
        let new = revisions.filter { stored.versions[$0.code] == nil }
        let units = new.compactMap { revision in
            identities[revision.code].map { (code: revision.code, id: $0.id) }
        }
        if !units.isEmpty {
            try await transaction.insert(
                InsertBusinessUnits(organization: organization, units: units, createTime: now))
        }
        let known = revisions.map(\.code).filter { stored.versions[$0] != nil }
        if !known.isEmpty {
            try await transaction.execute(
                CountUnitRevisions(organization: organization, codes: known))
        }
        let versions = history.versions(notIn: stored)
        if !versions.isEmpty {
            try await transaction.insert(
                UpsertUnitVersions(organization: organization, versions: versions, keys: keys))
        }
        return revisions
    }
}

extension PostgresTransaction {
    /// The time zone that cuts the organization's days.
    func zone(of organization: OrganizationID) async throws -> OrganizationZone {
        guard let zone = try await first(SelectTimeZone(organization: organization)) else {
            throw ServiceError(
                .notFound, "ORGANIZATION_NOT_FOUND", "The token's organization does not exist.")
        }
        return zone
    }
}

extension Service {
    /// Changes the organization's units, one call after another, and stores the outcome whole or not
    /// at all.
    func changeUnits<Value: Sendable>(
        _ call: Call, _ change: @Sendable (inout UnitRegister) throws -> Value
    ) async throws -> (value: Value, register: UnitRegister) {
        let organization = try call.organizationID
        let now = call.clock.now
        let keys = try await call.keysToSeal()
        return try await call.transaction { transaction in
            try await transaction.execute(LockUnitTree(organization: organization))
            var register = try await UnitRegister.read(
                of: organization, now: now, keys: keys, in: transaction)
            let value = try change(&register)
            let revisions = try await register.write(
                of: organization, now: now, keys: keys, in: transaction)
            for revision in revisions {
                try call.changed(
                    .businessUnit, revision.code.text,
                    from: revision.before.isEmpty ? nil : Self.json(revision.before),
                    to: Self.json(revision.after))
            }
            return (value, register)
        }
    }

    private static func json(_ versions: [BusinessUnit]) throws -> String {
        try ListBusinessUnitVersionsResponse(versions: versions).json()
    }

    /// Changes one unit and answers with it as it is on the first day of the change.
    func changeUnit(
        _ code: BusinessUnitCode, _ call: Call,
        _ change: @Sendable (inout UnitRegister) throws -> CivilDate
    ) async throws -> BusinessUnit {
        let (day, register) = try await changeUnits(call, change)
        guard let unit = register.message(code, on: day) else { throw UnitRegister.notFound }
        return unit
    }
}

extension Optional where Wrapped == API.Date {
    /// The day that a field names, if any; the error names the field.
    func day(_ field: String) throws(ServiceError) -> CivilDate? {
        guard let date = self else { return nil }
        return try ServiceError.naming(field) { () throws(ServiceError) in
            try CivilDate(wire: date)
        }
    }
}

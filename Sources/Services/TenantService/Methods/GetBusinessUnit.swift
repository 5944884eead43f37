import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    /// A unit on a day. One that did not exist then is `BUSINESS_UNIT_BEGINS_LATER`; to who is limited
    /// to some units one that stood elsewhere then is not there.
    func getBusinessUnit(
        _ request: GetBusinessUnitRequest, _ call: Call
    ) async throws -> BusinessUnit {
        let code = try ServiceError.naming("code") { () throws(ServiceError) in
            try BusinessUnitCode(request.code)
        }
        let asked = try request.asOf.day("as_of")
        let organization = try call.organizationID
        let now = call.clock.now
        let keys = try await call.keys()
        return try await call.snapshot { transaction in
            let register = try await UnitRegister.read(
                code, of: organization, keys: keys, in: transaction,
                today: transaction.zone(of: organization).day(containing: now))
            let day = asked ?? register.today
            let visible = try await call.visibleUnits(
                on: day, today: register.today, in: transaction)
            guard visible?.codes.contains(code) ?? true else { throw UnitRegister.notFound }
            do throws(ServiceError) {
                try register.details(of: code, on: day)
            } catch {
                var error = error
                if error.field == "effective_date" { error.field = "as_of" }
                throw error
            }
            guard let unit = register.message(code, on: day) else { throw UnitRegister.notFound }
            return visible.map { unit.naming(only: $0.contains) } ?? unit
        }
    }
}

extension UnitRegister {
    /// Reads one unit, to show it; without it where the organization has none of this code.
    static func read(
        _ code: BusinessUnitCode, of organization: OrganizationID, keys: OrganizationKeys,
        in transaction: PostgresTransaction, today: CivilDate
    ) async throws -> UnitRegister {
        let versions = try await transaction.run(
            SelectVersionsOfUnit(organization: organization, code: code)
        ).map { try $0.opened(keys) }
        let identity = try await transaction.first(
            SelectBusinessUnit(organization: organization, code: code))
        var identities: [BusinessUnitCode: Identity] = [:]
        identities[code] = identity
        return UnitRegister(UnitHistory(versions), identities: identities, today: today)
    }
}

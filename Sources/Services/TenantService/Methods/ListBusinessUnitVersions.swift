import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    /// All versions of a unit. Who is limited to some units is shown those of days on which the unit
    /// stood there, and what is planned for one that stands there today.
    func listBusinessUnitVersions(
        _ request: ListBusinessUnitVersionsRequest, _ call: Call
    ) async throws -> ListBusinessUnitVersionsResponse {
        let code = try ServiceError.naming("code") { () throws(ServiceError) in
            try BusinessUnitCode(request.code)
        }
        let organization = try call.organizationID
        let scope = call.unitScope
        let now = call.clock.now
        let keys = try await call.keys()
        let versions = try await call.snapshot { transaction in
            guard scope.isWholeOrganization else {
                return try await UnitRegister.read(
                    of: organization, now: now, keys: keys, in: transaction
                ).versions(of: code, inside: scope)
            }
            let register = try await UnitRegister.read(
                code, of: organization, keys: keys, in: transaction, today: UnitHistory.beginning)
            return register.messages(of: code)
        }
        guard !versions.isEmpty else { throw UnitRegister.notFound }
        return ListBusinessUnitVersionsResponse(versions: versions)
    }
}

extension UnitRegister {
    /// All versions of a unit as callers see them; none where there is no such unit.
    func messages(of code: BusinessUnitCode) -> [BusinessUnit] {
        (history.versions[code] ?? []).compactMap { message(code, on: $0.day) }
    }

    /// The versions of a unit of days on which it stands in a part of the organization; other units
    /// are named where they stand there on such a day, too. Days ahead are seen as today.
    func versions(of code: BusinessUnitCode, inside scope: UnitScope) -> [BusinessUnit] {
        var shapeDays = history.shapeDays(
            within: UnitHistory.beginning..<today.advanced(byDays: 1))[...]
        let versions = history.versions[code] ?? []
        var shown: [BusinessUnit] = []
        for (index, version) in versions.enumerated() {
            let end = index + 1 < versions.count ? versions[index + 1].day : nil
            let first = min(version.day, today)
            shapeDays = shapeDays.drop { $0 <= first }
            let later = shapeDays.prefix { day in end.map { day < $0 } ?? true }
            let days = ([first] + later).filter { stands(code, inside: scope, on: $0) }
            guard !days.isEmpty, let message = message(code, on: version.day) else { continue }
            shown.append(
                message.naming { other in
                    guard let other = try? BusinessUnitCode(other) else { return false }
                    return days.contains { stands(other, inside: scope, on: $0) }
                })
        }
        return shown
    }

    private func stands(
        _ code: BusinessUnitCode, inside scope: UnitScope, on day: CivilDate
    ) -> Bool {
        history.stands(code, inside: scope.units, on: day)
    }
}

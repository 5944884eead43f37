import API
import Core
import Domain
import ServiceRuntime
import TestSupport
import Testing

@testable import TenantService

@Suite struct GrantTests {
    /// What each role may hand out, written out.
    @Test(
        arguments: [
            (CallerRole.owner, CallerRoles.all.subtracting(.operator)),
            (.admin, [.admin, .finance, .analyst, .unitOwner, .auditor, .ingest, .gateway]),
            (.finance, [.finance, .analyst, .unitOwner]), (.analyst, [.analyst, .unitOwner]),
            (.auditor, [.auditor, .analyst, .unitOwner]), (.unitOwner, .unitOwner),
            (.gateway, [.gateway, .ingest]), (.ingest, .ingest), (.frontend, []), (.operator, []),
        ] as [(CallerRole, CallerRoles)])
    func nobodyHandsOutMoreThanTheyMay(_ caller: CallerRole, _ allowed: CallerRoles) {
        for role in CallerRole.allCases {
            let refusal = reason {
                try Grant(stored: CallerRoles(caller), .wholeOrganization).mustCover(
                    Grant(stored: CallerRoles(role), .wholeOrganization))
            }
            let isAllowed = allowed.contains(CallerRoles(role))
            #expect(refusal == (isAllowed ? "" : "ROLE_ABOVE_CALLER roles"), "\(caller) \(role)")
        }
    }

    /// Whatever the roles and units: what is handed out stays with those who cover each role, and
    /// within the units of who hands it out.
    @Test func whatIsHandedOutIsCovered() throws {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        let codes = try ["a", "b", "c"].map { try BusinessUnitCode($0) }
        for _ in 0..<5000 {
            let grant = { (random: inout SeededRandom) in
                Grant(
                    stored: CallerRoles(
                        rawValue: UInt32.random(in: 1..<1024, using: &random) << 1),
                    UnitScope(codes.filter { _ in Bool.random(using: &random) }))
            }
            let (caller, other) = (grant(&random), grant(&random))
            let isCovered = other.roles.roles.allSatisfy { role in
                caller.roles.roles.contains {
                    Grant.grantable(by: $0).contains(CallerRoles(role))
                }
            }
            let isWithin =
                caller.units.isWholeOrganization
                || !other.units.isWholeOrganization
                    && other.units.units.allSatisfy(caller.units.units.contains)
            let refusal = reason { try caller.mustCover(other) }
            let expected =
                !isCovered
                ? "ROLE_ABOVE_CALLER roles" : isWithin ? "" : "UNITS_BEYOND_CALLER unit_codes"
            #expect(refusal == expected, "seed \(random.seed)")
        }
    }

    @Test(
        arguments: [
            ([Role.frontend, .analyst], [], "FRONTEND_STANDS_ALONE roles"),
            ([.frontend], ["a"], "ROLE_HAS_NO_UNITS unit_codes"),
            ([.owner], ["a"], "ROLE_HAS_NO_UNITS unit_codes"),
            ([.ingest], ["a"], "ROLE_HAS_NO_UNITS unit_codes"),
            ([.gateway, .analyst], ["a"], "ROLE_HAS_NO_UNITS unit_codes"),
            ([.unitOwner], [], "UNIT_REQUIRED unit_codes"),
            ([.unitOwner, .analyst], [], "UNIT_REQUIRED unit_codes"),
            ([.unitOwner], ["A B"], "BUSINESS_UNIT_CODE_MALFORMED unit_codes"),
            ([.unitOwner], [""], "BUSINESS_UNIT_CODE_MALFORMED unit_codes"),
            ([], [], "ROLE_REQUIRED roles"), ([.unspecified], [], "ROLE_UNSPECIFIED roles"),
            ([.owner, .operator], [], "ROLE_BELONGS_TO_THE_PLATFORM roles"),
            ([.owner, Role(rawValue: 11)], [], "ROLE_UNKNOWN roles"),
            ([.frontend], [], ""), ([.unitOwner, .unitOwner], ["a", "a"], ""),
            ([.gateway, .analyst], [], ""), ([.auditor, .analyst], ["a"], ""),
        ] as [([Role], [String], String)])
    func rolesAndUnitsFitEachOther(_ roles: [Role], _ units: [String], _ expected: String) {
        let refusal = reason {
            _ = try Grant(roles: CallerRoles(wire: roles), unitCodes: units)
        }
        #expect(refusal == expected)
    }

    @Test func unitsAreBounded() {
        let codes = (0...100).map { "u\($0)" }
        let check = { (codes: [String]) in
            reason { _ = try Grant(roles: .analyst, unitCodes: codes) }
        }
        #expect(check(Array(codes.prefix(100))) == "")
        #expect(check(codes) == "TOO_MANY_UNITS unit_codes")
    }

    @Test(arguments: [
        (Role.ingest, "ROLE_IS_FOR_PROGRAMS roles"), (.gateway, "ROLE_IS_FOR_PROGRAMS roles"),
        (.frontend, "ROLE_IS_FOR_PROGRAMS roles"), (.auditor, ""), (.owner, ""),
    ])
    func peopleHaveRolesOfPeople(_ role: Role, _ expected: String) {
        let request = CreateMemberRequest(email: "a@b.example", roles: [role])
        #expect(reason { _ = try NewMember(wire: request, caller: .owner) } == expected)
    }
}

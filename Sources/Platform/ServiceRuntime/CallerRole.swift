/// What a caller may do; the numbers are those of `tally.v1.Role`.
package enum CallerRole: Int16, Sendable, Hashable, CaseIterable {
    case owner = 1
    case admin = 2
    case finance = 3
    case analyst = 4
    case ingest = 5
    case `operator` = 6
    case unitOwner = 7
    case auditor = 8
    case gateway = 9
    case frontend = 10

    /// As the contract has it, in lower case.
    package var name: String {
        self == .unitOwner ? "unit_owner" : "\(self)"
    }
}

/// Roles that a caller has at once: it may do what any of them may.
///
/// The raw value has the bit of each role's number, as the database has it.
package struct CallerRoles: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package init(_ role: CallerRole) {
        rawValue = 1 << UInt32(role.rawValue)
    }

    package init(_ roles: some Sequence<CallerRole>) {
        self = roles.reduce(into: []) { $0.formUnion(CallerRoles($1)) }
    }

    /// The roles that a column holds; nil where it holds none, or a bit that is no role's.
    package init?(stored bits: Int32) {
        guard let bits = UInt32(exactly: bits) else { return nil }
        self.init(rawValue: bits)
        guard !isEmpty, isSubset(of: .all) else { return nil }
    }

    /// As a column holds them.
    package var stored: Int32 { Int32(truncatingIfNeeded: rawValue) }

    package static let owner = CallerRoles(.owner)
    package static let admin = CallerRoles(.admin)
    package static let finance = CallerRoles(.finance)
    package static let analyst = CallerRoles(.analyst)
    package static let ingest = CallerRoles(.ingest)
    package static let `operator` = CallerRoles(.operator)
    package static let unitOwner = CallerRoles(.unitOwner)
    package static let auditor = CallerRoles(.auditor)
    package static let gateway = CallerRoles(.gateway)
    package static let frontend = CallerRoles(.frontend)

    package static let all = CallerRoles(CallerRole.allCases)

    package var names: [String] { roles.map(\.name) }

    /// The single roles, by number.
    package var roles: [CallerRole] {
        CallerRole.allCases.filter { contains(CallerRoles($0)) }
    }
}

extension CallerRoles: CustomStringConvertible {
    package var description: String { names.joined(separator: ", ") }
}

import RPC

/// Which role may call which method, and for which organizations: one table for all services.
///
/// A method without a line is refused to everyone, and `ServiceRegistry` refuses to start with one.
package struct MethodPermissions: Sendable {
    /// Who may call a method.
    package struct Line: Sendable {
        /// Empty: it needs no token.
        let roles: CallerRoles
        /// Whether it serves callers who are limited to some units.
        let servesUnits: Bool
        /// What may stand against an organization, all of it together, and it is still served.
        var servesDespite: Set<OrganizationStanding.Obstacles> = []

        /// It is served without a token.
        package static let open = Line(roles: [], servesUnits: false)

        /// It is about the whole organization: who is limited to some units may not call it.
        package static func whole(_ roles: CallerRoles) -> Line {
            Line(roles: roles, servesUnits: false)
        }

        /// It shows to those who are limited to some units what is theirs, and no more.
        package static func units(_ roles: CallerRoles) -> Line {
            Line(roles: roles, servesUnits: true)
        }

        /// It serves organizations, too, against which just one of these stands.
        package func despite(_ obstacles: OrganizationStanding.Obstacles...) -> Line {
            var line = self
            line.servesDespite = Set(obstacles)
            return line
        }
    }

    /// What keeps a caller from a method.
    enum Refusal {
        case suspension
        case deletion
        case erasure
        case role
        case unitScope
    }

    private let names: MethodNames
    /// By the name's number.
    private let lines: [Line]

    /// - Parameter lines: by the method's name on the wire.
    package init(_ lines: [String: Line]) {
        names = MethodNames(lines.keys)
        self.lines = names.all.map { lines[$0] ?? .whole([]) }
    }

    /// Names of the methods that have a line.
    package var methodNames: Set<String> { Set(names.all) }

    /// Who may call `method`; nil where nobody may.
    func line(of method: String) -> Line? {
        names[method].map { lines[$0] }
    }

    /// Whether `method` is served without a token.
    package func isOpen(_ method: String) -> Bool {
        line(of: method)?.isOpen ?? false
    }
}

extension MethodPermissions.Line {
    /// Whether it needs no token.
    var isOpen: Bool { roles.isEmpty }

    /// Why a caller may not call; nil where it may.
    func refusal(of caller: Caller) -> MethodPermissions.Refusal? {
        let obstacles = caller.standing.obstacles
        // Of most organizations nothing holds.
        if !obstacles.isEmpty, !servesDespite.contains(obstacles) {
            if obstacles.contains(.erasure) { return .erasure }
            if obstacles.contains(.suspension) { return .suspension }
            return .deletion
        }
        guard !roles.isDisjoint(with: caller.roles) else { return .role }
        return servesUnits || caller.units.isWholeOrganization ? nil : .unitScope
    }
}

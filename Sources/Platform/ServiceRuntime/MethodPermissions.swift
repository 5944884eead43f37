import RPC

/// Which role may call which method: one table for all services.
///
/// A method without a line is refused to everyone, and `ServiceRegistry` refuses to start with one.
package struct MethodPermissions: Sendable {
    private let names: MethodNames
    /// Bits of the roles, by the name's number.
    private let roles: [UInt64]

    /// - Parameter roles: by the method's name on the wire. An empty set needs no token at all.
    package init(_ roles: [String: Set<CallerRole>]) {
        names = MethodNames(roles.keys)
        self.roles = names.all.map { name in
            roles[name, default: []].reduce(0) { $0 | Self.bit($1) }
        }
    }

    /// Names of the methods that have a line.
    package var methodNames: Set<String> { Set(names.all) }

    /// Who may call a method.
    struct Callers {
        fileprivate let bits: UInt64

        /// Whether it needs no token.
        var isEverybody: Bool { bits == 0 }

        func contains(_ role: CallerRole) -> Bool { bits & MethodPermissions.bit(role) != 0 }
    }

    /// Who may call `method`; nil where nobody may.
    func callers(of method: String) -> Callers? {
        names[method].map { Callers(bits: roles[$0]) }
    }

    /// Whether `method` is served without a token.
    package func isOpen(_ method: String) -> Bool {
        callers(of: method)?.isEverybody ?? false
    }

    fileprivate static func bit(_ role: CallerRole) -> UInt64 {
        1 << UInt64(role.rawValue)
    }
}

/// Which role may call which method: one table for all services.
///
/// A method without a line is refused to everyone, and `ServiceRegistry` refuses to start with one.
package struct MethodPermissions: Sendable {
    private let roles: [String: Set<CallerRole>]

    /// - Parameter roles: by the method's name on the wire. An empty set needs no token at all.
    package init(_ roles: [String: Set<CallerRole>]) {
        self.roles = roles
    }

    /// Names of the methods that have a line.
    package var methodNames: Set<String> { Set(roles.keys) }

    /// Whether `method` is served without a token.
    package func isOpen(_ method: String) -> Bool {
        roles[method]?.isEmpty == true
    }

    package func allows(_ role: CallerRole, _ method: String) -> Bool {
        roles[method]?.contains(role) == true
    }
}

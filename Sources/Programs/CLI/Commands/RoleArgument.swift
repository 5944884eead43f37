import API
import ArgumentParser

/// Roles as the command line has them.
enum RoleArgument: String, ExpressibleByArgument, CaseIterable {
    case owner, admin, finance, analyst, auditor
    case unitOwner = "unit-owner"
    case ingest, gateway, frontend, `operator`

    var role: Role {
        switch self {
        case .owner: .owner
        case .admin: .admin
        case .finance: .finance
        case .analyst: .analyst
        case .auditor: .auditor
        case .unitOwner: .unitOwner
        case .ingest: .ingest
        case .gateway: .gateway
        case .frontend: .frontend
        case .operator: .operator
        }
    }

    static func text(_ roles: [Role]) -> String {
        roles.map { role in
            allCases.first { $0.role == role }?.rawValue ?? role.name ?? "\(role.rawValue)"
        }.joined(separator: " ")
    }
}

/// The options of commands that give somebody roles.
struct GrantOptions: ParsableArguments {
    @Option(
        name: .customLong("role"),
        help:
            "What it may do; several options for several roles. One of: \(GrantOptions.roleNames).")
    var roles: [RoleArgument]
    @Option(
        name: .customLong("unit"),
        help: """
            Code of a unit that the roles are limited to, with all below it; several options for \
            several units. Default: the whole organization.
            """)
    var units: [String] = []

    static let roleNames = RoleArgument.allCases.filter { $0 != .operator }
        .map(\.rawValue).joined(separator: ", ")
}

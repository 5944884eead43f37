import API
import ArgumentParser
import Core
import Domain

/// `tally unit`.
struct UnitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unit", abstract: "Business units.",
        subcommands: [UnitCreate.self, UnitList.self])
}

struct UnitCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Add a business unit.",
        discussion: """
            Example:
              tally unit create search --name Search --parent product
            """)

    @Argument(help: "Code: a-z, 0-9 and -. It never changes.")
    var code: String
    @Option(help: "Name for people. Default: the code.")
    var name: String?
    @Option(help: "Code of the unit above. Default: none.")
    var parent = ""
    @Option(help: "E-mail of who answers for its spend.")
    var ownerEmail = ""

    func run() async throws {
        let unit = try await Session.run {
            try await $0.write(
                TenantServiceMethods.CreateBusinessUnit.self,
                CreateBusinessUnitRequest(
                    code: code, displayName: name ?? code, parentCode: parent,
                    ownerEmail: ownerEmail))
        }
        print("Created unit \(unit.code).")
    }
}

struct UnitList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Business units by code.")

    @OptionGroup var output: FormatOption

    func run() async throws {
        let units = try await Session.run { try await $0.units() }
        try output.print(
            ListBusinessUnitsResponse(businessUnits: units),
            table: {
                var table = Table([
                    .init("Code"), .init("Name"), .init("Parent"), .init("Owner"),
                ])
                for unit in units {
                    table.add([unit.code, unit.displayName, unit.parentCode, unit.ownerEmail])
                }
                return table.text
            },
            csv: {
                [["code", "display_name", "parent_code", "owner_email"]]
                    + units.map { [$0.code, $0.displayName, $0.parentCode, $0.ownerEmail] }
            })
    }
}

/// Roles as the command line has them.
enum RoleArgument: String, ExpressibleByArgument, CaseIterable {
    case owner, admin, finance, analyst, ingest, `operator`

    var role: Role {
        switch self {
        case .owner: .owner
        case .admin: .admin
        case .finance: .finance
        case .analyst: .analyst
        case .ingest: .ingest
        case .operator: .operator
        }
    }

    static func text(_ role: Role) -> String {
        allCases.first { $0.role == role }?.rawValue ?? role.name ?? "\(role.rawValue)"
    }
}

/// `tally member`.
struct MemberCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member", abstract: "People of the organization.",
        subcommands: [MemberCreate.self, MemberList.self])
}

struct MemberCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Add a person.",
        discussion: """
            Example:
              tally member create ada@acme.example --role finance
            """)

    @Argument(help: "E-mail address.")
    var email: String
    @Option(help: "owner, admin, finance, analyst or ingest.")
    var role: RoleArgument

    func run() async throws {
        let member = try await Session.run {
            try await $0.write(
                TenantServiceMethods.CreateMember.self,
                CreateMemberRequest(email: email, role: role.role))
        }
        print("Added \(member.email) as \(RoleArgument.text(member.role)).")
    }
}

struct MemberList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "People by e-mail.")

    @OptionGroup var output: FormatOption

    func run() async throws {
        let members = try await Session.run {
            try await $0.pages(
                TenantServiceMethods.ListMembers.self, { ListMembersRequest(pageToken: $0) },
                items: { ($0.members, $0.nextPageToken) })
        }
        try output.print(
            ListMembersResponse(members: members),
            table: {
                var table = Table([.init("E-mail"), .init("Role"), .init("Id")])
                for member in members {
                    table.add([member.email, RoleArgument.text(member.role), member.id])
                }
                return table.text
            },
            csv: {
                [["id", "email", "role"]]
                    + members.map { [$0.id, $0.email, RoleArgument.text($0.role)] }
            })
    }
}

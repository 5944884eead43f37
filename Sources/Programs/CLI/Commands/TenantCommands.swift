import API
import ArgumentParser
import Core
import Domain

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

import API
import ArgumentParser
import Domain

/// `tally member`.
struct MemberCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member", abstract: "People of the organization.",
        subcommands: [
            MemberAdd.self, MemberList.self, MemberGet.self, MemberUpdate.self, MemberRemove.self,
        ])
}

struct MemberAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a person.",
        discussion: """
            Examples:
              tally member add ada@acme.example --role finance
              tally member add grace@acme.example --role unit-owner --unit search
            """,
        aliases: ["create"])

    @Argument(help: "E-mail address.")
    var email: String
    @OptionGroup var grant: GrantOptions
    @OptionGroup var output: FormatOption

    func run() async throws {
        let member = try await Session.run {
            try await $0.write(
                TenantServiceMethods.CreateMember.self,
                CreateMemberRequest(
                    email: email, roles: grant.roles.map(\.role), unitCodes: grant.units))
        }
        try output.print(
            member, table: { "Added \(member.email) as \(RoleArgument.text(member.roles))." },
            csv: { MemberRows.csv([member]) })
    }
}

struct MemberList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "People by e-mail.")

    @OptionGroup var output: FormatOption

    func run() async throws {
        let members = try await Session.run { try await $0.members() }
        try output.print(
            ListMembersResponse(members: members),
            table: { MemberRows.table(members) }, csv: { MemberRows.csv(members) })
    }
}

struct MemberGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "One person.",
        discussion: """
            Example:
              tally member get ada@acme.example --format json
            """,
        aliases: ["show"])

    @Argument(help: "E-mail address, or id.")
    var member: String
    @OptionGroup var output: FormatOption

    func run() async throws {
        let found = try await Session.run { try await $0.member(member) }
        try output.print(
            found, table: { MemberRows.table([found]) }, csv: { MemberRows.csv([found]) })
    }
}

struct MemberUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Give a person other roles, or other units.",
        discussion: """
            The roles named replace those of before, and so do the units; what is not named stays.

            Examples:
              tally member update ada@acme.example --role admin
              tally member update grace@acme.example --unit ads --unit search
              tally member update grace@acme.example --role finance --whole-organization
            """)

    @Argument(help: "E-mail address, or id.")
    var member: String
    @Option(
        name: .customLong("role"),
        help: """
            What the person may do; several options for several roles. One of: \
            \(GrantOptions.roleNames). Default: as before.
            """)
    var roles: [RoleArgument] = []
    @Option(
        name: .customLong("unit"),
        help: """
            Code of a unit that the roles are limited to, with all below it; several options for \
            several units. Default: as before.
            """)
    var units: [String] = []
    @Flag(help: "Limit the roles to no units.")
    var wholeOrganization = false
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard !roles.isEmpty || !units.isEmpty || wholeOrganization else {
            throw ValidationError("Name a --role, a --unit, or --whole-organization.")
        }
        guard units.isEmpty || !wholeOrganization else {
            throw ValidationError("--unit and --whole-organization exclude each other.")
        }
    }

    func run() async throws {
        let changed = try await Session.run { session in
            let known = try await session.member(member)
            return try await session.write(
                TenantServiceMethods.UpdateMember.self,
                UpdateMemberRequest(
                    id: known.id, roles: roles.map(\.role), unitCodes: units,
                    updateMask: (roles.isEmpty ? [] : ["roles"])
                        + (units.isEmpty && !wholeOrganization ? [] : ["unit_codes"]),
                    etag: known.etag))
        }
        let limit =
            changed.unitCodes.isEmpty
            ? "" : " for \(changed.unitCodes.joined(separator: ", "))"
        try output.print(
            changed,
            table: { "\(changed.email) is \(RoleArgument.text(changed.roles))\(limit) now." },
            csv: { MemberRows.csv([changed]) })
    }
}

struct MemberRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a person out. The last owner stays.",
        discussion: """
            Example:
              tally member remove ada@acme.example
            """)

    @Argument(help: "E-mail address, or id.")
    var member: String
    @OptionGroup var output: FormatOption

    func run() async throws {
        let removed = try await Session.run { session in
            let known = try await session.member(member)
            _ = try await session.write(
                TenantServiceMethods.RemoveMember.self,
                RemoveMemberRequest(id: known.id, etag: known.etag))
            return known
        }
        // For programs, who it was.
        try output.print(
            removed, table: { "Removed \(removed.email)." }, csv: { MemberRows.csv([removed]) })
    }
}

/// Members as people and spreadsheets read them.
private enum MemberRows {
    static func table(_ members: [Member]) -> String {
        var table = Table([
            .init("E-mail"), .init("Roles"), .init("Units"), .init("Id"),
        ])
        for member in members {
            table.add([
                member.email, RoleArgument.text(member.roles),
                member.unitCodes.joined(separator: " "), member.id,
            ])
        }
        return table.text
    }

    static func csv(_ members: [Member]) -> [[String]] {
        [["id", "email", "roles", "unit_codes"]]
            + members.map {
                [
                    $0.id, $0.email, RoleArgument.text($0.roles),
                    $0.unitCodes.joined(separator: " "),
                ]
            }
    }
}

extension Session {
    /// The organization's members by e-mail.
    func members() async throws -> [Member] {
        try await pages(
            TenantServiceMethods.ListMembers.self, { ListMembersRequest(pageToken: $0) },
            items: { ($0.members, $0.nextPageToken) }
        ).sorted { $0.email.lowercased() < $1.email.lowercased() }
    }

    /// The member that a person names by e-mail, without case, or by id.
    func member(_ name: String) async throws -> Member {
        if let id = try? MemberID(name.lowercased()) {
            return try await read(
                TenantServiceMethods.GetMember.self, GetMemberRequest(id: id.text))
        }
        let found = try await read(
            TenantServiceMethods.ListMembers.self, ListMembersRequest(email: name))
        // A server that does not know the filter yet sends others, too.
        let member = found.members.first { $0.email.lowercased() == name.lowercased() }
        guard let member else {
            throw Failure(
                "The organization has no member \(name).", remedy: "See tally member list.")
        }
        return member
    }
}

import API
import ArgumentParser
import Core
import Domain

struct UnitUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a business unit from a day on.",
        discussion: """
            What is not named stays as it is. Each detail keeps its new value up to the day,
            if any, on which it was going to change anyway.

            Example:
              tally unit update search --owner-email ada@acme.example --from 2026-12-01
              tally unit update search --cost-center ""
            """)

    @Argument(help: "The unit's code.")
    var code: String
    @Option(help: "Name for people.")
    var name: String?
    @Option(help: "Code of the unit above; \"\" for the top.")
    var parent: String?
    @Option(help: "E-mail of who answers for its spend; \"\" for nobody.")
    var ownerEmail: String?
    @Option(help: .init(stringLiteral: UnitKindArgument.help))
    var kind: UnitKindArgument?
    @Option(help: "What bookkeeping calls it; \"\" for nothing.")
    var costCenter: String?
    @OptionGroup var effective: EffectiveOption
    @OptionGroup var etag: EtagOption
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard !request.updateMask.isEmpty else {
            throw ValidationError(
                "Name what to change: --name, --parent, --owner-email, --kind or --cost-center.")
        }
    }

    var request: UpdateBusinessUnitRequest {
        var request = UpdateBusinessUnitRequest(
            code: code, effectiveDate: effective.date, etag: etag.etag)
        if let name {
            request.displayName = name
            request.updateMask.append("display_name")
        }
        if let parent {
            request.parentCode = parent
            request.updateMask.append("parent_code")
        }
        if let ownerEmail {
            request.ownerEmail = ownerEmail
            request.updateMask.append("owner_email")
        }
        if let kind {
            request.kind = kind.kind
            request.updateMask.append("kind")
        }
        if let costCenter {
            request.costCenterCode = costCenter
            request.updateMask.append("cost_center_code")
        }
        return request
    }

    func run() async throws {
        let request = request
        let unit = try await Session.run {
            try await $0.write(TenantServiceMethods.UpdateBusinessUnit.self, request)
        }
        try output.print(unit) { "Changed unit \(unit.code).\n\n\(UnitText.details(unit))" }
    }
}

struct UnitRename: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Give a business unit another name from a day on.",
        discussion: """
            Example:
              tally unit rename search "Search and ads" --from 2027-01-01
            """)

    @Argument(help: "The unit's code.")
    var code: String
    @Argument(help: "Name for people.")
    var name: String
    @OptionGroup var effective: EffectiveOption
    @OptionGroup var etag: EtagOption
    @OptionGroup var output: FormatOption

    func run() async throws {
        let unit = try await Session.run {
            try await $0.write(
                TenantServiceMethods.UpdateBusinessUnit.self,
                UpdateBusinessUnitRequest(
                    code: code, displayName: name, updateMask: ["display_name"],
                    effectiveDate: effective.date, etag: etag.etag))
        }
        try output.print(unit) {
            "Unit \(unit.code) is \(Table.printable(unit.displayName))."
        }
    }
}

struct UnitMove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Put a business unit below another one from a day on.",
        discussion: """
            Spend counts for the unit above on the day it was spent: months before the move
            stay as they are, and one that it cuts counts for both, each for its days.

            Examples:
              tally unit move search platform --from 2027-01-01
              tally unit move search --top
            """)

    @Argument(help: "The unit's code.")
    var code: String
    @Argument(help: "Code of the unit above from then on.")
    var parent: String?
    @Flag(help: "To the top instead.")
    var top = false
    @OptionGroup var effective: EffectiveOption
    @OptionGroup var etag: EtagOption
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard (parent == nil) == top else {
            throw ValidationError("Give the code of the unit above, or --top.")
        }
    }

    func run() async throws {
        let unit = try await Session.run {
            try await $0.write(
                TenantServiceMethods.UpdateBusinessUnit.self,
                UpdateBusinessUnitRequest(
                    code: code, parentCode: parent ?? "", updateMask: ["parent_code"],
                    effectiveDate: effective.date, etag: etag.etag))
        }
        let place = unit.parentCode.isEmpty ? "at the top" : "below \(unit.parentCode)"
        try output.print(unit) { "Unit \(unit.code) stands \(place)." }
    }
}

struct UnitRetire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "End a business unit from a day on.",
        discussion: """
            It must have no units below it then. What rules give to it goes to its
            successor from that day on; without one, to the nearest unit above.

            Example:
              tally unit retire search --successor platform --from 2027-01-01
            """)

    @Argument(help: "The unit's code.")
    var code: String
    @Option(help: "Code of the unit that takes over. Default: the nearest one above.")
    var successor = ""
    @OptionGroup var effective: EffectiveOption
    @OptionGroup var etag: EtagOption
    @OptionGroup var output: FormatOption

    func run() async throws {
        let unit = try await Session.run {
            try await $0.write(
                TenantServiceMethods.RetireBusinessUnit.self,
                RetireBusinessUnitRequest(
                    code: code, effectiveDate: effective.date, successorCode: successor,
                    etag: etag.etag))
        }
        try output.print(unit) { "Unit \(unit.code) is \(UnitText.state(unit))." }
    }
}

struct UnitMerge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "End a business unit in favour of another one.",
        discussion: """
            The other unit takes over what rules give to it and the units directly below it.

            Example:
              tally unit merge search platform --from 2027-01-01
            """)

    @Argument(help: "Code of the unit that ends.")
    var code: String
    @Argument(help: "Code of the unit that takes over.")
    var into: String
    @OptionGroup var effective: EffectiveOption
    @OptionGroup var etag: EtagOption
    @OptionGroup var output: FormatOption

    func run() async throws {
        let unit = try await Session.run {
            try await $0.write(
                TenantServiceMethods.MergeBusinessUnit.self,
                MergeBusinessUnitRequest(
                    code: code, intoCode: into, effectiveDate: effective.date, etag: etag.etag))
        }
        try output.print(unit) { "Unit \(unit.code) is \(UnitText.state(unit))." }
    }
}

struct UnitRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Take a unit back that was retired or merged.",
        discussion: """
            Example:
              tally unit restore search
            """)

    @Argument(help: "The unit's code.")
    var code: String
    @OptionGroup var effective: EffectiveOption
    @OptionGroup var etag: EtagOption
    @OptionGroup var output: FormatOption

    func run() async throws {
        let unit = try await Session.run {
            try await $0.write(
                TenantServiceMethods.RestoreBusinessUnit.self,
                RestoreBusinessUnitRequest(
                    code: code, effectiveDate: effective.date, etag: etag.etag))
        }
        try output.print(unit) { "Unit \(unit.code) is \(UnitText.state(unit))." }
    }
}

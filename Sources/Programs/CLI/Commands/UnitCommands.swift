import API
import ArgumentParser
import Core
import Domain

/// `tally unit`.
struct UnitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unit", abstract: "Business units: a tree that changes from day to day.",
        subcommands: [
            UnitCreate.self, UnitGet.self, UnitList.self, UnitUpdate.self, UnitRename.self,
            UnitMove.self, UnitRetire.self, UnitMerge.self, UnitRestore.self, UnitHistory.self,
            UnitImport.self, UnitExport.self,
        ])
}

struct UnitCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Add a business unit.",
        discussion: """
            Example:
              tally unit create search --name Search --parent product --kind team
              tally unit create labs --from 2027-01-01
            """)

    @Argument(help: "Code: a-z, 0-9 and -. It never changes.")
    var code: String
    @Option(help: "Name for people. Default: the code.")
    var name: String?
    @Option(help: "Code of the unit above. Default: none.")
    var parent = ""
    @Option(help: "E-mail of who answers for its spend.")
    var ownerEmail = ""
    @Option(help: .init(stringLiteral: UnitKindArgument.help))
    var kind: UnitKindArgument = .other
    @Option(help: "What bookkeeping calls it.")
    var costCenter = ""
    @Option(help: "First day on which it exists, YYYY-MM-DD. Default: today.")
    var from: DayArgument?
    @OptionGroup var output: FormatOption

    func run() async throws {
        let unit = try await Session.run {
            try await $0.write(
                TenantServiceMethods.CreateBusinessUnit.self,
                CreateBusinessUnitRequest(
                    code: code, displayName: name ?? code, parentCode: parent,
                    ownerEmail: ownerEmail, kind: kind.kind, costCenterCode: costCenter,
                    effectiveDate: from.map { API.Date($0.date) }))
        }
        try output.print(unit) { "Created unit \(unit.code), from \(UnitText.from(unit))." }
    }
}

struct UnitGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "One business unit as it is on a day.",
        discussion: """
            Example:
              tally unit get search --as-of 2026-10-01
            """)

    @Argument(help: "The unit's code.")
    var code: String
    @Option(help: "The day, YYYY-MM-DD. Default: today.")
    var asOf: DayArgument?
    @OptionGroup var output: FormatOption

    func run() async throws {
        let unit = try await Session.run {
            try await $0.read(
                TenantServiceMethods.GetBusinessUnit.self,
                GetBusinessUnitRequest(code: code, asOf: asOf.map { API.Date($0.date) }))
        }
        try output.print(
            unit, table: { UnitText.details(unit) }, csv: { UnitText.rows([unit]) })
    }
}

struct UnitList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Business units as they are on a day.",
        discussion: """
            Examples:
              tally unit list
              tally unit list --as-of 2026-10-01 --retired --format json
            """)

    @Option(help: "The day, YYYY-MM-DD. Default: today.")
    var asOf: DayArgument?
    @Flag(help: "Also those that were retired or merged by that day.")
    var retired = false
    @OptionGroup var output: FormatOption

    func run() async throws {
        let units = try await Session.run {
            try await $0.units(asOf: asOf?.date, showRetired: retired)
        }
        try output.print(
            ListBusinessUnitsResponse(businessUnits: units), table: { UnitText.table(units) },
            csv: { UnitText.rows(units) })
    }
}

struct UnitHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "What a business unit was, is and is planned to be.",
        discussion: """
            Example:
              tally unit history search
            """)

    @Argument(help: "The unit's code.")
    var code: String
    @OptionGroup var output: FormatOption

    func run() async throws {
        let response = try await Session.run {
            try await $0.read(
                TenantServiceMethods.ListBusinessUnitVersions.self,
                ListBusinessUnitVersionsRequest(code: code))
        }
        try output.print(
            response, table: { UnitText.history(response.versions) },
            csv: { UnitText.historyRows(response.versions) })
    }
}

struct UnitExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Business units as CSV that tally unit import reads.",
        discussion: """
            A cell that a spreadsheet would take for a formula begins with an apostrophe,
            which tally unit import takes off again.

            Example:
              tally unit export --as-of 2026-10-01 > units.csv
            """)

    @Option(help: "The day, YYYY-MM-DD. Default: today.")
    var asOf: DayArgument?

    func run() async throws {
        let units = try await Session.run { try await $0.units(asOf: asOf?.date) }
        StandardOutput.write(CSVText.text(UnitText.rows(units)), terminator: "")
    }
}

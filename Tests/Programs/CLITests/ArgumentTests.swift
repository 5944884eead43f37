import API
import ArgumentParser
import Domain
import Testing

@testable import CLI

@Suite struct ArgumentTests {
    @Test func monthsAreReadStrictly() {
        #expect(MonthArgument(argument: "this") == .this)
        #expect(MonthArgument(argument: "last") == .last)
        #expect(MonthArgument(argument: "2026-10") != nil)
        for text in ["2026-13", "2026-1", "26-10", "2026", "2026-10-01", ""] {
            #expect(MonthArgument(argument: text) == nil)
        }
    }

    @Test func daysAreReadStrictly() {
        #expect(DayArgument(argument: "2026-02-28") != nil)
        for text in ["2026-02-29", "2026-2-28", "28.02.2026", ""] {
            #expect(DayArgument(argument: text) == nil)
        }
    }

    @Test func spansEndTodayAndCountIt() async throws {
        let today = try CivilDate(year: 2026, month: 3, day: 2)
        let week = try await SpanOptions.parse(["--days", "7"]).span { today }
        #expect("\(week.0) \(week.1)" == "2026-02-24 2026-03-02")
        let month = try await SpanOptions.parse(["--month", "last"]).span { today }
        #expect("\(month.0) \(month.1)" == "2026-02-01 2026-02-28")
        for arguments in [
            ["--days", "0"], ["--from", "2026-01-01"], ["--days", "1", "--month", "this"],
        ] {
            #expect(throws: (any Error).self) { try SpanOptions.parse(arguments) }
        }
    }

    @Test func filtersOfOneDimensionAreOneFilter() throws {
        let command = try UsageSummary.parse([
            "--by", "team", "--filter", "team=a=b", "--filter", "model=", "--filter", "team=c",
            "--without", "team", "--without", "user",
        ])
        #expect(
            command.filter.filters == [
                UsageFilter(dimension: "team", values: ["a=b", "c"], orAbsent: true),
                UsageFilter(dimension: "model", values: [""]),
                UsageFilter(dimension: "user", orAbsent: true),
            ])
        for wrong in [["--filter", "team"], ["--filter", "=x"], ["--limit", "1001"]] {
            #expect(throws: (any Error).self) { try UsageSummary.parse(wrong) }
        }
        let demand = ["--filter", "team=a"]
        #expect(
            try ReportTrend.parse(demand).filter.filters == [
                UsageFilter(dimension: "team", values: ["a"])
            ])
        #expect(
            try ReportModels.parse(demand).filter.filters == [
                UsageFilter(dimension: "team", values: ["a"])
            ])
        #expect(try ReportTrend.parse(["--by", "hour"]).step == .hour)
        #expect(throws: (any Error).self) { try ReportTrend.parse(["--by", "minute"]) }
    }

    @Test func rolesAndUnitsAreGivenOneByOne() throws {
        let member = try MemberAdd.parse([
            "a@b.example", "--role", "unit-owner", "--role", "finance", "--unit", "x", "--unit",
            "y",
        ])
        #expect(member.grant.roles.map(\.role) == [.unitOwner, .finance])
        #expect(member.grant.units == ["x", "y"])
        for arguments in [["a@b.example"], ["a@b.example", "--role", "king"]] {
            #expect(throws: (any Error).self) { try MemberAdd.parse(arguments) }
            let change = try MemberUpdate.parse(["ada@acme.example", "--role", "admin"])
            #expect(change.roles == [.admin] && change.units.isEmpty && !change.wholeOrganization)
            for wrong in [[], ["--unit", "a", "--whole-organization"]] {
                #expect(throws: (any Error).self) {
                    try MemberUpdate.parse(["a@b.example"] + wrong)
                }
            }
        }
        #expect(throws: (any Error).self) {
            try TokenRotate.parse(["x", "--overlap-hours", "721"])
        }
        #expect(RoleArgument.text([.unitOwner, .auditor]) == "unit-owner auditor")
    }

    @Test func everyCommandExplainsItselfByExamples() {
        let commands: [any ParsableCommand.Type] = [
            IngestCommand.self, OrganizationCreate.self, OrganizationApply.self,
            ReportChargeback.self, ReportTrend.self, ReportModels.self, ReportBudget.self,
            UsageSummary.self, UsageTags.self, UsageExport.self,
            RulesSet.self, BudgetSet.self, TokenCreate.self, TokenGet.self, TokenRotate.self,
            TokenRevoke.self, MemberAdd.self, MemberUpdate.self, MemberRemove.self,
            ConnectionCreate.self, ConnectionImport.self, ConnectionTest.self,
            ConnectionUpdate.self, ConnectionPause.self,
            ConnectionResume.self, ConnectionDelete.self, ConnectionList.self, ConnectionShow.self,
            CallCommand.self, SchemaCommand.self, UnitCreate.self, UnitGet.self, UnitList.self,
            UnitHistory.self, UnitUpdate.self, UnitRename.self, UnitMove.self, UnitRetire.self,
            UnitMerge.self, UnitRestore.self, UnitImport.self, UnitExport.self,
        ]
        for command in commands {
            let help = TallyCommand.helpMessage(for: command, columns: 80)
            #expect(help.contains("Example"), "\(command)")
        }
        // A line that had to be broken is no example any more.
        for command in Self.all(below: TallyCommand.self) {
            for line in command.configuration.discussion.split(separator: "\n")
            where line.hasPrefix("  ") && !line.contains(Self.endOfAnAuditLog) {
                #expect(line.count < 80, "\(command): \(line)")
            }
        }
    }

    /// A script needs no words for people: of these commands each has a result in JSON, but those that
    /// write a file in a format of its own.
    @Test func everyCommandOfTenancyAnswersPrograms() {
        let nouns: [any ParsableCommand.Type] = [
            OrganizationCommand.self, UnitCommand.self, MemberCommand.self, TokenCommand.self,
            AuditCommand.self,
        ]
        let withFormatsOfTheirOwn: [any ParsableCommand.Type] = [
            OrganizationExport.self, UnitExport.self, AuditExport.self,
        ]
        let commands = nouns.flatMap { Self.all(below: $0) }
            .filter { $0.configuration.subcommands.isEmpty }
        #expect(commands.count > 30)
        for command in commands {
            let help = TallyCommand.helpMessage(for: command, columns: 80)
            let isFile = withFormatsOfTheirOwn.contains { $0 == command }
            #expect(help.contains("--format <format>") != isFile, "\(command)")
        }
    }

    @Test func organizationsAreMadeAsTheFileAndTheOptionsSay() throws {
        let create = try OrganizationCreate.parse([
            "--slug", "acme", "--name", "Acme", "--time-zone", "UTC", "--owner-email",
            "a@b.example",
            "--fiscal-year-start-month", "4", "--retention-months", "24", "--connections-max", "7",
            "--events-per-day-max", "5000000000", "--calls-per-second-max", "3",
        ])
        #expect(
            try create.request()
                == CreateOrganizationRequest(
                    slug: "acme", displayName: "Acme", timeZone: "UTC", ownerEmail: "a@b.example",
                    fiscalYearStartMonth: 4, retentionMonths: 24,
                    limits: PlanLimits(
                        connectionsMax: 7, eventsPerDayMax: 5_000_000_000, callsPerSecondMax: 3)))
        #expect(try OrganizationCreate.parse([]).request().limits == nil)
    }

    /// What cannot be shorter: a number and a hash.
    private static var endOfAnAuditLog: Regex<Substring> { /[0-9]+:[0-9a-f]{64}/ }

    private static func all(
        below command: any ParsableCommand.Type
    ) -> [any ParsableCommand.Type] {
        [command] + command.configuration.subcommands.flatMap { all(below: $0) }
    }
}

import API
import ArgumentParser
import Foundation

/// `tally org`.
struct OrganizationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "org", abstract: "Organizations.",
        subcommands: [
            OrganizationCreate.self, OrganizationShow.self, OrganizationList.self,
            OrganizationUpdate.self, OrganizationSuspend.self, OrganizationResume.self,
            OrganizationDelete.self, OrganizationRestore.self, OrganizationExport.self,
            OrganizationApply.self,
        ])
}

struct OrganizationCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create an organization and its owner; needs an operator's token.",
        discussion: """
            The owner's token is shown once: it goes to --owner-token-file, readable by
            you alone, or to standard output.

            Examples:
              tally org create --slug acme --name "Acme" --time-zone Europe/Berlin \\
                --owner-email owner@acme.example --owner-token-file owner.token
              tally org create --from acme.json --owner-token-file owner.token
              tally org create --from acme.json --connections-max 20 --format json
            """)

    @Option(help: "Definition file whose \"organization\" gives what the options do not.")
    var from: String?
    @Option(help: "Unique on the platform: a-z, 0-9 and -.")
    var slug: String?
    @Option(help: "Name for people.")
    var name: String?
    @Option(help: "IANA time zone, such as Europe/Berlin; cuts days and months.")
    var timeZone: String?
    @Option(help: "ISO 4217 code that reports are in. Default: USD.")
    var currency: String?
    @Option(help: "E-mail of the first owner.")
    var ownerEmail: String?
    @Option(help: "Month that fiscal years begin with, 1 to 12. Default: 1.")
    var fiscalYearStartMonth: Int32?
    @Option(help: "Months of usage to keep, 13 to 1200. Default: for ever.")
    var retentionMonths: Int32?
    @Option(help: "Connections at once. Default: as the server is set up.")
    var connectionsMax: Int32?
    @Option(help: "Events in a day of UTC. Default: as the server is set up.")
    var eventsPerDayMax: Int64?
    @Option(help: "Calls in a second of each server. Default: as that is set up.")
    var callsPerSecondMax: Int32?
    @Option(help: "New file for the owner's token. Default: standard output.")
    var ownerTokenFile: String?
    @OptionGroup var output: FormatOption

    /// What the options say, and the definition file where they do not.
    func request() throws -> CreateOrganizationRequest {
        var request = CreateOrganizationRequest()
        if let from {
            guard let organization = try OrganizationDefinition.load(from).organization else {
                throw Failure("\(from) describes no organization.", field: "organization")
            }
            request = organization
        }
        request.slug = slug ?? request.slug
        request.displayName = name ?? request.displayName
        request.timeZone = timeZone ?? request.timeZone
        request.reportingCurrency = currency ?? request.reportingCurrency
        request.ownerEmail = ownerEmail ?? request.ownerEmail
        request.fiscalYearStartMonth = fiscalYearStartMonth ?? request.fiscalYearStartMonth
        request.retentionMonths = retentionMonths ?? request.retentionMonths
        var limits = request.limits ?? PlanLimits()
        limits.connectionsMax = connectionsMax ?? limits.connectionsMax
        limits.eventsPerDayMax = eventsPerDayMax ?? limits.eventsPerDayMax
        limits.callsPerSecondMax = callsPerSecondMax ?? limits.callsPerSecondMax
        request.limits = limits == PlanLimits() ? nil : limits
        return request
    }

    func run() async throws {
        let complete = try request()
        // The token is shown once only, so where it goes is tried first.
        if let ownerTokenFile { try SecretFile.reserve(ownerTokenFile) }
        var response: CreateOrganizationResponse
        do {
            response = try await Session.run {
                try await $0.write(TenantServiceMethods.CreateOrganization.self, complete)
            }
        } catch {
            if let ownerTokenFile { unlink(ownerTokenFile) }
            throw error
        }
        guard let organization = response.organization else {
            throw Failure("The server answered without the organization.")
        }
        if let ownerTokenFile {
            try SecretFile.fill(ownerTokenFile, with: response.ownerToken)
            // It is there, and nowhere else.
            response.ownerToken = ""
        }
        let answer = response
        guard output.format == .table else {
            return try output.print(
                answer, table: { "" },
                csv: { OrganizationText.rows(organization, ownerToken: answer.ownerToken) })
        }
        if ownerTokenFile == nil {
            StandardError.write("The owner's token, shown only here:")
            StandardOutput.say(answer.ownerToken)
        }
        StandardError.write("Created \(organization.slug) (\(organization.id)).")
    }
}

struct OrganizationShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One organization, with its state and limits.",
        aliases: ["get"])

    @Argument(help: "Id or slug; operators must name one. Default: the token's organization.")
    var organization = ""
    @OptionGroup var output: FormatOption

    func run() async throws {
        let found = try await Session.run {
            try await $0.read(
                TenantServiceMethods.GetOrganization.self,
                GetOrganizationRequest(organization: organization))
        }
        try output.print(found, table: { OrganizationText.details(found) }) {
            OrganizationText.rows([found])
        }
    }
}

struct OrganizationList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Organizations: all for operators, else one's own.")

    @Option(help: "Only those in this state: active, suspended, deleting or deleted.")
    var state: OrganizationState?
    @OptionGroup var output: FormatOption

    func run() async throws {
        let organizations = try await Session.run {
            try await $0.pages(
                TenantServiceMethods.ListOrganizations.self,
                {
                    ListOrganizationsRequest(
                        pageToken: $0, state: state?.state ?? .unspecified)
                },
                items: { ($0.organizations, $0.nextPageToken) })
        }
        try output.print(
            ListOrganizationsResponse(organizations: organizations),
            table: { OrganizationText.table(organizations) },
            csv: { OrganizationText.rows(organizations) })
    }
}

struct OrganizationApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Make units, rules and budgets what a definition file says.",
        discussion: """
            The file is JSON: "organization" (its slug must be the token's
            organization), "units", "rules" and "budgets", all optional. Missing units
            are created, from their "effective_date" on or from today, rules replaced
            where they differ, budgets set where they differ. Nothing is removed; running
            it again changes nothing.

              {"units":   [{"code": "search", "display_name": "Search", "kind": "team",
                            "cost_center_code": "4711", "effective_date": "2026-01-01"}],
               "rules":   [{"id": "search-team",
                            "conditions": [{"dimension": "team", "value": "search"}],
                            "unit": "search"}],
               "budgets": [{"unit": "search", "monthly_amount": "2000.00"}]}

            Example:
              tally org apply acme.json
            """)

    @Argument(help: "Definition file; - for standard input.")
    var file: String
    @OptionGroup var output: FormatOption

    func run() async throws {
        let definition = try OrganizationDefinition.load(file)
        let outcome = try await Session.run {
            try await DefinitionRun(session: $0, definition: definition).apply()
        }
        try output.print(
            outcome.json, table: { outcome.text }, csv: { outcome.rows })
    }
}

import API
import ArgumentParser

struct OrganizationUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change settings of an organization: owners theirs, operators its limits.",
        discussion: """
            Only what is given changes. Time zone and currency can be changed while there
            is no usage.

            Examples:
              tally org update --name "Acme & Co" --fiscal-year-start-month 4
              tally org update acme --connections-max 20 --events-per-day-max 5000000
            """)

    @Argument(help: "Id or slug; operators must name one. Default: the token's organization.")
    var organization = ""
    @Option(help: "Name for people.")
    var name: String?
    @Option(help: "IANA time zone, such as Europe/Berlin.")
    var timeZone: String?
    @Option(help: "ISO 4217 code that reports are in.")
    var currency: String?
    @Option(help: "Month that fiscal years begin with, 1 to 12.")
    var fiscalYearStartMonth: Int32?
    @Option(help: "Months of usage to keep, 13 to 1200; 0: for ever. Older is removed in a week.")
    var retentionMonths: Int32?
    @Option(help: "Connections at once; 0: as the server is set up. Operators only.")
    var connectionsMax: Int32?
    @Option(help: "Events in a day of UTC; 0: as the server is set up. Operators only.")
    var eventsPerDayMax: Int64?
    @Option(help: "Calls in a second of each server; 0: as that is set up. Operators only.")
    var callsPerSecondMax: Int32?
    @Option(help: "The organization's etag as it was read; default: whatever it is.")
    var etag = ""
    @OptionGroup var output: FormatOption

    /// The fields that are given, by their names in the contract.
    var mask: [String] {
        let given: [(String, Bool)] = [
            ("display_name", name != nil), ("time_zone", timeZone != nil),
            ("reporting_currency", currency != nil),
            ("fiscal_year_start_month", fiscalYearStartMonth != nil),
            ("retention_months", retentionMonths != nil),
            ("limits.connections_max", connectionsMax != nil),
            ("limits.events_per_day_max", eventsPerDayMax != nil),
            ("limits.calls_per_second_max", callsPerSecondMax != nil),
        ]
        return given.filter(\.1).map(\.0)
    }

    func validate() throws {
        guard !mask.isEmpty else { throw ValidationError("Give at least one option to change.") }
    }

    func run() async throws {
        let changed = try await Session.run { session in
            try await session.write(
                TenantServiceMethods.UpdateOrganization.self,
                UpdateOrganizationRequest(
                    organization: organization, displayName: name ?? "", timeZone: timeZone ?? "",
                    reportingCurrency: currency ?? "",
                    fiscalYearStartMonth: fiscalYearStartMonth ?? 0,
                    retentionMonths: retentionMonths ?? 0,
                    limits: PlanLimits(
                        connectionsMax: connectionsMax ?? 0, eventsPerDayMax: eventsPerDayMax ?? 0,
                        callsPerSecondMax: callsPerSecondMax ?? 0), updateMask: mask, etag: etag))
        }
        try output.print(changed, table: { OrganizationText.details(changed) }) {
            OrganizationText.rows([changed])
        }
    }
}

struct OrganizationSuspend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend",
        abstract: "Refuse all calls of an organization; needs an operator's token.",
        discussion: """
            Every server refuses them within a second, and its pulls rest. The
            organization can read the reason.

            Example:
              tally org suspend acme --reason "Unpaid since May"
            """)

    @Argument(help: "Id or slug.")
    var organization: String
    @Option(help: "Why, for the organization to read.")
    var reason: String
    @OptionGroup var output: FormatOption

    func run() async throws {
        let changed = try await Session.run {
            try await $0.write(
                TenantServiceMethods.SuspendOrganization.self,
                SuspendOrganizationRequest(organization: organization, reason: reason))
        }
        try output.print(changed, table: { "Suspended \(changed.slug)." }) {
            OrganizationText.rows([changed])
        }
    }
}

struct OrganizationResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Serve an organization again that was suspended; needs an operator's token.")

    @Argument(help: "Id or slug.")
    var organization: String
    @OptionGroup var output: FormatOption

    func run() async throws {
        let changed = try await Session.run {
            try await $0.write(
                TenantServiceMethods.ResumeOrganization.self,
                ResumeOrganizationRequest(organization: organization))
        }
        try output.print(changed, table: { "Resumed \(changed.slug)." }) {
            OrganizationText.rows([changed])
        }
    }
}

struct OrganizationDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete an organization with everything it has, once a grace period is over.",
        discussion: """
            Until then `tally org restore` takes it back, and nothing else is served. Then
            its keys are destroyed and its rows erased, for ever; the command prints not
            before when, and not before when the last backups with its figures, and with its
            data key, are gone.

            Examples:
              tally org delete --confirm acme
              tally org delete acme --confirm acme
            """)

    @Argument(help: "Id or slug; operators must name one. Default: the token's organization.")
    var organization = ""
    @Option(name: .customLong("confirm"), help: "The organization's slug, against mistakes.")
    var confirmSlug: String
    @OptionGroup var output: FormatOption

    func run() async throws {
        let changed = try await Session.run {
            try await $0.write(
                TenantServiceMethods.DeleteOrganization.self,
                DeleteOrganizationRequest(organization: organization, confirmSlug: confirmSlug))
        }
        try output.print(changed, table: { Self.text(changed) }) {
            OrganizationText.rows([changed])
        }
    }

    static func text(_ organization: Organization) -> String {
        let purge = organization.purgeTime.map(CompletenessText.time) ?? "?"
        let backups = organization.backupExpireTime.map(CompletenessText.time) ?? "?"
        let keys = organization.keysBackupExpireTime.map(CompletenessText.time) ?? "?"
        return """
            \(organization.slug) will be erased, not before \(purge); until then `tally org restore` \
            takes it back.
            The last backup that has its figures will be gone, not before \(backups); its personal fields \
            and providers' keys nobody will read in any backup, not before \(keys).
            """
    }
}

struct OrganizationRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Take the deletion of an organization back.")

    @Argument(help: "Id or slug; operators must name one. Default: the token's organization.")
    var organization = ""
    @OptionGroup var output: FormatOption

    func run() async throws {
        let changed = try await Session.run {
            try await $0.write(
                TenantServiceMethods.RestoreOrganization.self,
                RestoreOrganizationRequest(organization: organization))
        }
        try output.print(changed, table: { "Restored \(changed.slug)." }) {
            OrganizationText.rows([changed])
        }
    }
}

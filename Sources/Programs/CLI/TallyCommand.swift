import ArgumentParser

/// `tally`, with all its commands.
struct TallyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tally",
        abstract: "What AI costs, by business unit: the command line of a Tally server.",
        discussion: """
            Where the server is, and who asks, stands in the environment, or in a file
            .local/env (lines NAME=VALUE) of this folder or the nearest one above it:

              TALLY_ADDRESS   host:port, [address]:port or unix:/path
              TALLY_TOKEN     API token
              TALLY_CA_FILE   PEM file of the authority of the server's certificate;
                              the system's authorities without it
              TALLY_ORG       organization id or slug, for tokens that act on more than one
              TALLY_PLAINTEXT 1: no TLS; loopback addresses and Unix sockets only

            A change whose answer was lost is sent again, and made once. Where none came
            at last, the command says the key to run it again with, within 24 hours:

              TALLY_IDEMPOTENCY_KEY   the key of that change

            Exit status: 0 success, 1 failure, 2 arguments that make no sense.

            Examples:
              tally ingest events.jsonl
              tally report chargeback --month 2026-10
              tally report trend --days 90
              tally usage summary --by team --by model
              tally call BudgetingService/GetMonthEndForecast '{}'
            """,
        subcommands: [
            OrganizationCommand.self, UnitCommand.self, MemberCommand.self, TokenCommand.self,
            AuditCommand.self, ConnectionCommand.self, WorkerCommand.self, IngestCommand.self,
            EventCommand.self, SourceCommand.self,
            ReportCommand.self, UsageCommand.self, RulesCommand.self, BudgetCommand.self,
            PricesCommand.self, CallCommand.self, SchemaCommand.self,
        ])
}

import ArgumentParser

/// `tally-server`: the RPC server, and the operators' work on its database.
@main
struct ServerMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tally-server",
        abstract: "Serve Tally RPC, and look after its database.",
        discussion: """
            Settings come from the environment; deploy/README.md lists them. On a new machine:

              tally-server migrate --operator-token-file operator.token
              tally-server prices import deploy/catalogue/prices.csv
              tally-server serve
            """,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, PricesCommand.self, IssueOwnerTokenCommand.self,
            OperatorTokenCommand.self, KeysCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)
}

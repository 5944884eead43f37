import API
import ArgumentParser

/// `tally budget`.
struct BudgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget", abstract: "Monthly budgets of business units.",
        subcommands: [BudgetSet.self, BudgetList.self])
}

struct BudgetSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set a unit's monthly budget, from now on.",
        discussion: """
            Example:
              tally budget set search 2000.00
            """)

    @Argument(help: "The unit's code.")
    var unit: String
    @Argument(help: "Amount a month, in the organization's reporting currency.")
    var amount: String

    func run() async throws {
        let budget = try await Session.run { session in
            let organization = try await session.read(
                TenantServiceMethods.GetOrganization.self, GetOrganizationRequest())
            let money = Money(
                amount: amount, currencyCode: organization.reportingCurrency)
            return try await session.write(
                BudgetingServiceMethods.SetBudget.self,
                SetBudgetRequest(unitCode: unit, monthlyAmount: money))
        }
        let currency = budget.monthlyAmount?.currencyCode ?? ""
        StandardOutput.say(
            "\(budget.unitCode) may spend \(MoneyText.display(budget.monthlyAmount)) \(currency) "
                + "a month.")
    }
}

struct BudgetList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Budgets by unit; tally report budget has the spend.")

    @OptionGroup var output: FormatOption

    func run() async throws {
        let budgets = try await Session.run { try await $0.budgets() }
        try output.print(
            ListBudgetsResponse(budgets: budgets),
            table: {
                var table = Table([
                    .init("Unit"), .init("Monthly amount", .decimal), .init("Currency"),
                ])
                for budget in budgets {
                    table.add([
                        budget.unitCode, MoneyText.display(budget.monthlyAmount),
                        budget.monthlyAmount?.currencyCode ?? "",
                    ])
                }
                return table.text
            },
            csv: {
                [["unit_code", "monthly_amount", "currency"]]
                    + budgets.map {
                        [
                            $0.unitCode, MoneyText.exact($0.monthlyAmount),
                            $0.monthlyAmount?.currencyCode ?? "",
                        ]
                    }
            })
    }
}

import API
import Domain
import TallyClient

/// Makes an organization what a definition says. Run again, it changes nothing.
struct DefinitionRun {
    let session: Session
    let definition: OrganizationDefinition

    func apply() async throws -> DefinitionOutcome {
        let organization = try await session.read(
            TenantServiceMethods.GetOrganization.self, GetOrganizationRequest())
        if let named = definition.organization, named.slug != organization.slug {
            throw Failure(
                "The file describes \(named.slug), the token belongs to \(organization.slug).",
                field: "organization.slug", remedy: "Use the owner's token of \(named.slug).")
        }
        var outcome = DefinitionOutcome(
            organization: organization.slug, unitCount: definition.units.count,
            budgetCount: definition.budgets.count)
        try await applyUnits(&outcome)
        outcome.rules = try await applyRules()
        outcome.budgetsSet = try await applyBudgets(currency: organization.reportingCurrency)
        return outcome
    }

    private func applyUnits(_ outcome: inout DefinitionOutcome) async throws {
        let existing = Dictionary(
            try await session.units(showRetired: true).map { ($0.code, $0) },
            uniquingKeysWith: { $1 })
        for unit in definition.units {
            var found = existing[unit.code]
            if found == nil { found = try await create(unit) }
            guard let known = found else {
                outcome.unitsCreated += 1
                continue
            }
            let isSame =
                known.displayName == unit.displayName && known.parentCode == unit.parentCode
                && known.ownerEmail == unit.ownerEmail && known.kind == unit.kind
                && known.costCenterCode == unit.costCenterCode
            if !isSame { outcome.unitsLeftAsTheyAre.append(unit.code) }
        }
    }

    /// - Returns: What the unit is on its first day where that is yet to come, so that no list of today
    ///   has it; nil where it was made.
    private func create(_ unit: CreateBusinessUnitRequest) async throws -> BusinessUnit? {
        do {
            _ = try await session.write(TenantServiceMethods.CreateBusinessUnit.self, unit)
            return nil
        } catch let error as TallyError where error.reason == "BUSINESS_UNIT_CODE_TAKEN" {
            let versions = try await session.read(
                TenantServiceMethods.ListBusinessUnitVersions.self,
                ListBusinessUnitVersionsRequest(code: unit.code)
            ).versions
            guard let first = versions.first else { throw error }
            return first
        }
    }

    private func applyRules() async throws -> DefinitionOutcome.Rules? {
        guard let rules = definition.rules else { return nil }
        let current = try await session.read(
            AllocationServiceMethods.GetAllocationRules.self, GetAllocationRulesRequest())
        if RuleDefinition.areEqual(current.rules, rules), current.version > 0 || rules.isEmpty {
            return .init(count: rules.count, version: current.version, isChanged: false)
        }
        let set = try await session.write(
            AllocationServiceMethods.SetAllocationRules.self,
            SetAllocationRulesRequest(rules: rules, expectedVersion: current.version))
        return .init(count: rules.count, version: set.version, isChanged: true)
    }

    private func applyBudgets(currency: String) async throws -> Int {
        let existing = Dictionary(
            try await session.budgets().map { ($0.unitCode, $0.monthlyAmount) },
            uniquingKeysWith: { $1 })
        var set = 0
        for budget in definition.budgets {
            let amount = API.Money(amount: budget.monthlyAmount, currencyCode: currency)
            let wanted = try Domain.Money(wire: amount)
            if let known = existing[budget.unit], let money = known,
                try Domain.Money(wire: money) == wanted
            {
                continue
            }
            _ = try await session.write(
                BudgetingServiceMethods.SetBudget.self,
                SetBudgetRequest(unitCode: budget.unit, monthlyAmount: amount))
            set += 1
        }
        return set
    }
}

extension Session {
    /// - Parameter asOf: the day; today without it.
    func units(
        asOf day: CivilDate? = nil, showRetired: Bool = false
    ) async throws -> [BusinessUnit] {
        try await pages(
            TenantServiceMethods.ListBusinessUnits.self,
            {
                ListBusinessUnitsRequest(
                    pageToken: $0, asOf: day.map { API.Date($0) }, showRetired: showRetired)
            },
            items: { ($0.businessUnits, $0.nextPageToken) })
    }

    func budgets() async throws -> [Budget] {
        try await pages(
            BudgetingServiceMethods.ListBudgets.self, { ListBudgetsRequest(pageToken: $0) },
            items: { ($0.budgets, $0.nextPageToken) })
    }
}

import API
import Postgres
import ServiceRuntime

extension Service {
    /// The rules in force; version 0 without rules where none was ever set.
    func getAllocationRules(
        _ request: GetAllocationRulesRequest, _ call: Call
    ) async throws -> API.AllocationRuleSet {
        let organization = try call.organizationID
        let stored = try await call.snapshot { transaction in
            try await transaction.first(SelectAllocationRuleSet(organization: organization))
        }
        return stored?.wire ?? API.AllocationRuleSet()
    }
}

extension StoredRuleSet {
    var wire: API.AllocationRuleSet {
        API.AllocationRuleSet(
            version: version, rules: rules.list.map(\.wire), createTime: Timestamp(createTime))
    }
}

import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    /// Adds a version of the whole set. Two calls at once give two versions; a call that expects a
    /// version that is no longer in force is `RULE_SET_CHANGED`.
    func setAllocationRules(
        _ request: SetAllocationRulesRequest, _ call: Call
    ) async throws -> API.AllocationRuleSet {
        let expected = request.expectedVersion
        guard expected >= 0 else {
            throw ServiceError(
                .invalidArgument, "EXPECTED_VERSION_NEGATIVE", field: "expected_version",
                "expected_version is a version that was read, or 0 for any.")
        }
        let rules = try AllocationRules(wire: request.rules)
        let json = try rules.json
        let organization = try call.organizationID
        let now = call.clock.now
        let stored = try await call.transaction { transaction in
            let units = try await transaction.run(
                SelectBusinessUnitCodes(organization: organization))
            try rules.check(units: Set(units))
            for _ in 0..<Self.attemptCountMax {
                let current = try await transaction.first(
                    SelectAllocationRuleSet(organization: organization))
                guard expected == 0 || expected == current?.version ?? 0 else { break }
                let statement = InsertAllocationRuleSet(
                    organization: organization, version: (current?.version ?? 0) + 1,
                    rulesJSON: json, createTime: now)
                if let version = try await transaction.first(statement) {
                    let stored = StoredRuleSet(version: version, rules: rules, createTime: now)
                    try call.changed(
                        .allocationRules, "\(version)", from: current?.wire.json(),
                        to: stored.wire.json())
                    return stored
                }
            }
            throw ServiceError(
                .aborted, "RULE_SET_CHANGED", field: "expected_version",
                "Someone else changed the rules; read them again, then send yours.")
        }
        return stored.wire
    }

    /// Each attempt that fails means that another call succeeded.
    private static var attemptCountMax: Int { 10 }
}

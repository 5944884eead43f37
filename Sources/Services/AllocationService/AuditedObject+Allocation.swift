import ServiceRuntime

extension AuditedObject {
    static let allocationRules = Self("allocation_rules")
}

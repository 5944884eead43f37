import ServiceRuntime

extension AuditedObject {
    static let budget = Self("budget")
}

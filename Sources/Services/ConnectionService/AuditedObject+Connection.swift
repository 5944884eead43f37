import ServiceRuntime

extension AuditedObject {
    static let connection = Self("connection")
}

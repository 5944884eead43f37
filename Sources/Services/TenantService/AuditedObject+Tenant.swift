package import ServiceRuntime

extension AuditedObject {
    package static let organization = Self("organization")
    static let businessUnit = Self("business_unit")
    static let member = Self("member")
    static let token = Self("token")
}

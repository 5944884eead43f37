import ServiceRuntime

extension PageToken.List {
    static let organizations = Self(number: 1)
    static let businessUnits = Self(number: 2)
    static let members = Self(number: 3)
    static let tokens = Self(number: 4)
    static let auditRecords = Self(number: 9)
}

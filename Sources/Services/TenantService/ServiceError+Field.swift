import Core

extension ServiceError {
    /// Runs a check that does not know which field it looks at, and names the field in its error.
    static func naming<Value>(
        _ field: String, _ check: () throws(ServiceError) -> Value
    ) throws(ServiceError) -> Value {
        do throws(ServiceError) {
            return try check()
        } catch {
            throw error.within(field)
        }
    }
}

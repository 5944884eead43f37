import Core

/// Reason and field of what `check` throws, such as `SLUG_TAKEN slug`; "" where it succeeds.
func reason(_ check: () throws -> Void) -> String {
    do {
        try check()
        return ""
    } catch let error as ServiceError {
        return describe(error)
    } catch {
        return "\(error)"
    }
}

func reason<Value>(_ check: () async throws -> Value) async -> String {
    do {
        _ = try await check()
        return ""
    } catch let error as ServiceError {
        return describe(error)
    } catch {
        return String(reflecting: error)
    }
}

private func describe(_ error: ServiceError) -> String {
    error.reason.rawValue + (error.field.map { " \($0)" } ?? "")
}

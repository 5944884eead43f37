import ConnectionService
import Domain
import Providers
import ServiceRuntime

/// The place that a list of users has reached names one of them, so it is kept sealed.
extension PullConnectionWorker {
    /// A window as the provider knows it.
    func opened(
        _ window: Checkpoint.OpenWindow, of pull: Pull, _ report: ProviderReport
    ) async throws -> Checkpoint.OpenWindow {
        guard report.isOfUsers, let cursor = window.cursor else { return window }
        var opened = window
        opened.cursor = try await keys.keys(of: pull.key.organizationID).listCursor(
            cursor, connection: pull.key.connectionID.text, list: report.name)
        return opened
    }

    /// The next page's cursor as it is kept.
    func kept(
        _ cursor: String?, of pull: Pull, _ report: ProviderReport
    ) async throws -> String? {
        guard report.isOfUsers, let cursor else { return cursor }
        return try await keys.keysToSeal(of: pull.key.organizationID).seal(
            listCursor: cursor, connection: pull.key.connectionID.text, list: report.name)
    }
}

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
        guard report.isOfUsers, window.cursor != nil else { return window }
        let keys = try await keys.keys(of: pull.key.organizationID)
        func open(_ cursor: String?) throws -> String? {
            guard let cursor else { return nil }
            return try keys.listCursor(
                cursor, connection: pull.key.connectionID.text, list: report.name)
        }
        var opened = window
        opened.cursor = try open(window.cursor)
        opened.mark = try open(window.mark)
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

import Foundation
import TestSupport
import Testing

/// What a database answers to a superuser, columns separated by `|`; each statement is a transaction of its own
/// where there is one.
@discardableResult
func query(_ sql: String, _ url: String) async throws -> String {
    let outcome = try await CommandLineTool.run([
        try ScratchCluster.serverPrograms() + "/psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", url,
        "-c", sql,
    ])
    try #require(outcome.status == 0, "\(outcome.output)")
    return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
}

/// One of the two reports that are pulled from a connection, each with its own progress.
package enum PullStream: String, Sendable, CaseIterable, Codable {
    case usage
    case costs
}

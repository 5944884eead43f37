/// Where log lines go.
package protocol LogOutput: Sendable {
    /// Takes one whole line, its line feed included. It never fails: a log has nowhere to complain to.
    /// - Parameter isUrgent: warnings and above, which are the last to be dropped.
    func take(_ line: LogLine, isUrgent: Bool)
}

/// Why JSON is not the message it should be, or bytes are not, and at which field.
package struct ReflectionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Path of the field at fault, such as `events[3].model`; empty for the message itself.
    package let path: String
    package let problem: String

    package init(_ problem: String, at path: String = "") {
        self.path = path
        self.problem = problem
    }

    package var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}

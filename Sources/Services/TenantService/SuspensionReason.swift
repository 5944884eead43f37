import Core
import Domain

/// Why an organization is suspended, for it to read.
struct SuspensionReason: Sendable, Hashable {
    let text: String

    /// A text for people like a name; `SUSPENSION_REASON_REQUIRED`, `SUSPENSION_REASON_MALFORMED`.
    init(_ text: String) throws(ServiceError) {
        guard !text.isEmpty else {
            throw ServiceError(
                .invalidArgument, "SUSPENSION_REASON_REQUIRED", field: "reason",
                "Say why; the organization reads it.")
        }
        do {
            self.text = try DisplayName(text).text
        } catch {
            throw ServiceError(
                .invalidArgument, "SUSPENSION_REASON_MALFORMED", field: "reason",
                "The reason is 1 to \(DisplayName.lengthMax) characters that people can see, in "
                    + "one line, without spaces around it.")
        }
    }
}

package import Core

/// A name for people: 1 to 200 Unicode code points that show what they are.
///
/// Characters that nobody sees, or that turn the text around them, are refused: names stand in
/// reports, terminals and mails, next to amounts.
package struct DisplayName: Sendable, Hashable {
    package let text: String

    /// Code points, as the database counts them; at most 800 bytes.
    package static let lengthMax = 200

    /// Checks in order, for the field `display_name`: `DISPLAY_NAME_REQUIRED`, `DISPLAY_NAME_TOO_LONG`,
    /// `DISPLAY_NAME_HAS_CONTROL_CHARACTERS`, `DISPLAY_NAME_HAS_INVISIBLE_CHARACTERS`,
    /// `DISPLAY_NAME_HAS_OUTER_SPACES`.
    package init(_ text: String) throws(ServiceError) {
        let scalars = text.unicodeScalars
        guard scalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw Self.error("DISPLAY_NAME_REQUIRED", "Give a name of 1 to 200 characters.")
        }
        guard scalars.count <= Self.lengthMax else {
            throw Self.error(
                "DISPLAY_NAME_TOO_LONG",
                "The name has \(scalars.count) characters; \(Self.lengthMax) are allowed.")
        }
        switch UnseenCharacter.first(in: text) {
        case nil: break
        case .control:
            throw Self.error(
                "DISPLAY_NAME_HAS_CONTROL_CHARACTERS",
                "The name has a line break, tab or other control character; leave it out.")
        case .invisible:
            throw Self.error(
                "DISPLAY_NAME_HAS_INVISIBLE_CHARACTERS",
                "The name has a character that is not seen or turns the direction of text; leave "
                    + "it out.")
        }
        guard scalars.first?.properties.isWhitespace == false,
            scalars.last?.properties.isWhitespace == false
        else {
            throw Self.error(
                "DISPLAY_NAME_HAS_OUTER_SPACES", "The name begins or ends with a space.")
        }
        self.text = text
    }

    private static func error(_ reason: ServiceError.Reason, _ message: String) -> ServiceError {
        ServiceError(.invalidArgument, reason, field: "display_name", message)
    }
}

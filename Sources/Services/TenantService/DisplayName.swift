import Core

/// A name for people: 1 to 200 Unicode code points that show what they are.
///
/// Characters that nobody sees, or that turn the text around them, are refused: names stand in
/// reports, terminals and mails, next to amounts.
struct DisplayName: Sendable, Hashable {
    let text: String

    /// Code points, as the database counts them; at most 800 bytes.
    static let lengthMax = 200

    /// Checks in order: `DISPLAY_NAME_REQUIRED`, `DISPLAY_NAME_TOO_LONG`,
    /// `DISPLAY_NAME_HAS_CONTROL_CHARACTERS`, `DISPLAY_NAME_HAS_INVISIBLE_CHARACTERS`,
    /// `DISPLAY_NAME_HAS_OUTER_SPACES`.
    init(_ text: String) throws(ServiceError) {
        let scalars = text.unicodeScalars
        guard scalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw Self.error("DISPLAY_NAME_REQUIRED", "Give a name of 1 to 200 characters.")
        }
        guard scalars.count <= Self.lengthMax else {
            throw Self.error(
                "DISPLAY_NAME_TOO_LONG",
                "The name has \(scalars.count) characters; \(Self.lengthMax) are allowed.")
        }
        guard !scalars.contains(where: Self.isControl) else {
            throw Self.error(
                "DISPLAY_NAME_HAS_CONTROL_CHARACTERS",
                "The name has a line break, tab or other control character; leave it out.")
        }
        guard !scalars.contains(where: Self.isInvisible) else {
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

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// Joiners and variation selectors are needed to write some languages and emoji.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\u{200C}" || scalar == "\u{200D}" || scalar.properties.isVariationSelector {
            return false
        }
        return scalar.properties.isBidiControl || scalar.properties.isDefaultIgnorableCodePoint
            || scalar.properties.isNoncharacterCodePoint
            || scalar.properties.generalCategory == .format
    }

    private static func error(_ reason: ServiceError.Reason, _ message: String) -> ServiceError {
        ServiceError(.invalidArgument, reason, field: "display_name", message)
    }
}

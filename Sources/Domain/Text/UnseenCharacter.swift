/// A character that has no place in a name or a value, since nobody sees it in a report, a terminal or
/// a mail, or since it changes what is seen around it.
package enum UnseenCharacter: Sendable, Hashable {
    /// A line break, a tab or another control character.
    case control
    /// One that takes no room, turns the direction of text, or stands for nothing in Unicode.
    case invisible

    /// The first of them in a text; nil where everything is seen.
    ///
    /// Joiners, variation selectors and tags are no fault where what is before them takes them, as some
    /// languages, emoji and flags need; elsewhere two texts would look the same with and without.
    package static func first(in text: String) -> UnseenCharacter? {
        if isPlain(text) { return nil }
        var reading = UnseenCharacterReading()
        for scalar in text.unicodeScalars {
            if let fault = reading.fault(scalar) { return fault }
        }
        return reading.isWhole ? nil : .invisible
    }

    /// Whether a text is ASCII and has no control character, as nearly every one is: every event has a
    /// dozen, so this alone is fast.
    private static func isPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            // Without branches, so that many bytes are looked at together.
            var faults: UInt8 = 0
            for byte in bytes { faults |= (byte &- 0x20) < 0x5F ? 0 : 1 }
            return faults == 0
        }
    }
}

/// Reads a text scalar by scalar, and knows which of those that take no room the one before takes.
struct UnseenCharacterReading {
    /// What stands before: a scalar that is seen, or one that changes it.
    private var previous: Unicode.Scalar?
    /// Whether `previous` has a variation selector already.
    private var isSelected = false
    /// Whether tags follow a flag, until the one that ends them.
    private var isInTags = false

    /// Whether nothing is missing at the end.
    var isWhole: Bool { !isInTags }

    /// What is wrong with the next scalar; nil where nothing is.
    mutating func fault(_ scalar: Unicode.Scalar) -> UnseenCharacter? {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return .control
        default: break
        }
        if (0xE0020...0xE007F).contains(scalar.value) {
            // Flags of regions are a black flag, tags, and a tag that ends them.
            guard isInTags || previous == "\u{1F3F4}" else { return .invisible }
            isInTags = scalar.value != 0xE007F
            previous = nil
            return nil
        }
        guard !isInTags else { return .invisible }
        if scalar.properties.isVariationSelector {
            guard !isSelected, let previous, Self.takesSelector(previous) else { return .invisible }
            isSelected = true
            return nil
        }
        defer {
            previous = scalar
            isSelected = false
        }
        if scalar == "\u{200C}" || scalar == "\u{200D}" {
            guard let previous else { return .invisible }
            let isTaken =
                Self.joins(previous) || (scalar == "\u{200D}" && Self.isPictured(previous))
            return isTaken ? nil : .invisible
        }
        return Self.isUnseen(scalar) ? .invisible : nil
    }

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        // Signs that enclose Arabic or Syriac numbers: Unicode calls them formats, and shows them.
        let isNumberSign =
            switch scalar.value {
            case 0x0600...0x0605, 0x06DD, 0x070F, 0x0890...0x0891, 0x08E2, 0x110BD, 0x110CD: true
            default: false
            }
        return !isNumberSign
            && (properties.isBidiControl || properties.isDefaultIgnorableCodePoint
                || properties.isNoncharacterCodePoint || properties.generalCategory == .format)
    }

    /// Whether a variation selector after it may change how it looks: emoji, digits of keycaps among
    /// them, symbols, and letters of scripts that have variants.
    private static func takesSelector(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isEmoji { return true }
        switch scalar.properties.generalCategory {
        case .mathSymbol, .otherSymbol: return !scalar.isASCII
        case .otherLetter: return true
        default: return false
        }
    }

    private static func isPictured(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isEmoji && !scalar.isASCII
    }

    /// Whether it is of a script whose letters are written together, or not, by a joiner: those from
    /// Arabic to Myanmar, of the Philippines to Mongolian, and what Unicode has of such elsewhere.
    private static func joins(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0600...0x109F, 0x1700...0x18AF, 0x1900...0x1CFF, 0xA800...0xA8FF, 0xA980...0xAB2F,
            0xABC0...0xABFF, 0xFB50...0xFDFF, 0xFE70...0xFEFE, 0x10A00...0x11FFF,
            0x1E900...0x1E95F:
            switch scalar.properties.generalCategory {
            case .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark: return true
            default: return false
            }
        default: return false
        }
    }
}

import Core

/// What bookkeeping calls a business unit: up to 64 of letters, digits, space and `-_./:` in ASCII,
/// as bookkeeping programs take them. May be empty.
struct CostCenterCode: Sendable, Hashable {
    let text: String

    static let lengthMax = 64
    private static let symbols = Set(" -_./:".utf8)

    /// Anything else is `COST_CENTER_CODE_MALFORMED`, spaces at its ends included.
    init(_ text: String) throws(ServiceError) {
        let space = UInt8(ascii: " ")
        let bytes = text.utf8
        guard bytes.count <= Self.lengthMax, bytes.first != space, bytes.last != space,
            bytes.allSatisfy(Self.isAllowed)
        else {
            throw ServiceError(
                .invalidArgument, "COST_CENTER_CODE_MALFORMED", field: "cost_center_code",
                "A cost center code is at most \(Self.lengthMax) of A-Z, a-z, 0-9, space and "
                    + "-_./: without spaces at its ends.")
        }
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || symbols.contains(byte)
    }
}

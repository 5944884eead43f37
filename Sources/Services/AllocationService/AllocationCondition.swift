import Domain

/// One dimension and what its value must be.
struct AllocationCondition: Hashable, Sendable {
    static let valueByteCountMax = 1024

    let dimension: AllocationDimension
    /// As written: exact, or a prefix where it ends with `*`. Empty matches what has no value.
    let value: String

    /// Whether the row has such a value. Bytes are compared, not letters that look alike.
    func holds(for dimensions: DimensionSet) -> Bool {
        let actual = dimension.value(of: dimensions).utf8
        return value.utf8.last == UInt8(ascii: "*")
            ? actual.starts(with: value.utf8.dropLast()) : actual.elementsEqual(value.utf8)
    }
}

/// Rows of a report summed by the values of the dimensions that the caller groups by; all other
/// dimensions are null. Rows keep the order in which their keys first appeared.
struct GroupedRows<Key: Hashable, Value> {
    private(set) var rows: [(key: Key, value: Value)] = []
    private var indexes: [Key: Int] = [:]

    mutating func add(_ key: Key, initial: Value, _ change: (inout Value) -> Void) {
        if let index = indexes[key] {
            change(&rows[index].value)
        } else {
            var value = initial
            change(&value)
            indexes[key] = rows.count
            rows.append((key, value))
        }
    }
}

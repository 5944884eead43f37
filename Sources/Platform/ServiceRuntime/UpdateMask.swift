package import Core

/// The fields that an update names, which it must: a field that was left out by mistake stays.
package enum UpdateMask {
    /// Checks in order: `UPDATE_MASK_EMPTY`, `UPDATE_MASK_FIELD_UNKNOWN`.
    package static func fields<Field>(_ names: [String]) throws(ServiceError) -> Set<Field>
    where Field: RawRepresentable<String> & CaseIterable & Hashable {
        var all: String { Field.allCases.map(\.rawValue).joined(separator: ", ") }
        guard !names.isEmpty else {
            throw ServiceError(
                .invalidArgument, "UPDATE_MASK_EMPTY", field: "update_mask",
                "Name the fields to change: \(all).")
        }
        var fields: Set<Field> = []
        for (index, name) in names.enumerated() {
            guard let field = Field(rawValue: name) else {
                throw ServiceError(
                    .invalidArgument, "UPDATE_MASK_FIELD_UNKNOWN", field: "update_mask[\(index)]",
                    "The fields that can be changed are \(all).")
            }
            fields.insert(field)
        }
        return fields
    }
}

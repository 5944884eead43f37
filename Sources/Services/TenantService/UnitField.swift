import API
import Core
import Domain

/// A detail of a business unit that callers may change, and what the contract calls it.
enum UnitField: String, CaseIterable, Sendable {
    case displayName = "display_name"
    case parentCode = "parent_code"
    case kind = "kind"
    case costCenterCode = "cost_center_code"
    case ownerEmail = "owner_email"

    /// The detail as differences show it.
    func text(of details: UnitDetails) -> String {
        switch self {
        case .displayName: details.displayName
        case .parentCode: details.parent?.text ?? ""
        case .kind: details.kind == .other ? "" : BusinessUnit.Kind(details.kind).name ?? ""
        case .costCenterCode: details.costCenterCode
        case .ownerEmail: details.ownerEmail
        }
    }
}

/// The details of a request, checked as far as they can be without the tree.
struct UnitInput: Sendable, Hashable {
    let code: BusinessUnitCode
    /// Those of the mask; the others are nil.
    let change: UnitChange

    /// Checks the code, then the fields of `mask` in the order of the contract; a unit that names
    /// itself as its parent is `UNIT_IS_ITS_OWN_PARENT`.
    init(_ row: BusinessUnitRow, mask: Set<UnitField>) throws(ServiceError) {
        let code = try ServiceError.naming("code") { () throws(ServiceError) in
            try BusinessUnitCode(row.code)
        }
        self.code = code
        var change = UnitChange()
        if mask.contains(.displayName) {
            change.displayName = try DisplayName(row.displayName).text
        }
        if mask.contains(.parentCode) {
            change.parent = try Self.parent(row.parentCode, of: code)
        }
        if mask.contains(.kind) {
            change.kind = try UnitKind(wire: row.kind)
        }
        if mask.contains(.costCenterCode) {
            change.costCenterCode = try CostCenterCode(row.costCenterCode).text
        }
        if mask.contains(.ownerEmail) {
            change.ownerEmail =
                row.ownerEmail.isEmpty
                ? ""
                : try ServiceError.naming("owner_email") { () throws(ServiceError) in
                    try EmailAddress(row.ownerEmail).text
                }
        }
        self.change = change
    }

    private static func parent(
        _ text: String, of code: BusinessUnitCode
    ) throws(ServiceError) -> BusinessUnitCode? {
        guard !text.isEmpty else { return nil }
        let parent = try ServiceError.naming("parent_code") { () throws(ServiceError) in
            try BusinessUnitCode(text)
        }
        guard parent != code else {
            throw ServiceError(
                .invalidArgument, "UNIT_IS_ITS_OWN_PARENT", field: "parent_code",
                "A business unit cannot stand above itself.")
        }
        return parent
    }

    /// What a new unit is with these details: those that are nil are empty.
    /// - Throws: `DISPLAY_NAME_REQUIRED`.
    var details: UnitDetails {
        get throws(ServiceError) {
            // A name that is missing is told as one that is empty.
            let name = try DisplayName(change.displayName ?? "")
            return UnitDetails(
                displayName: name.text, parent: change.parent ?? nil,
                ownerEmail: change.ownerEmail ?? "", kind: change.kind ?? .other,
                costCenterCode: change.costCenterCode ?? "")
        }
    }
}

extension UnitKind {
    /// Reads a kind; a number that the contract does not know is `UNIT_KIND_UNKNOWN`.
    init(wire kind: BusinessUnit.Kind) throws(ServiceError) {
        guard let known = UnitKind(rawValue: kind.rawValue) else {
            throw ServiceError(
                .invalidArgument, "UNIT_KIND_UNKNOWN", field: "kind",
                "There is no kind of business unit with the number \(kind.rawValue).")
        }
        self = known
    }
}

extension BusinessUnit.Kind {
    init(_ kind: UnitKind) {
        self.init(rawValue: kind.rawValue)
    }
}

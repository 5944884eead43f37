import API
import Core
import Domain

/// A business unit to create, checked as far as it can be without the tree.
struct NewBusinessUnit: Sendable {
    let code: BusinessUnitCode
    let displayName: DisplayName
    /// Nil at the top.
    let parent: BusinessUnitCode?
    /// Nil where nobody answers for its spend.
    let ownerEmail: EmailAddress?

    /// Levels of the tree, the top included.
    static let levelCountMax = 32

    /// Checks the fields in their order; a unit that names itself is `UNIT_IS_ITS_OWN_PARENT`.
    init(wire request: CreateBusinessUnitRequest) throws(ServiceError) {
        let code = try ServiceError.naming("code") { () throws(ServiceError) in
            try BusinessUnitCode(request.code)
        }
        self.code = code
        displayName = try DisplayName(request.displayName)
        if request.parentCode.isEmpty {
            parent = nil
        } else {
            let parent = try ServiceError.naming("parent_code") { () throws(ServiceError) in
                try BusinessUnitCode(request.parentCode)
            }
            guard parent != code else {
                throw ServiceError(
                    .invalidArgument, "UNIT_IS_ITS_OWN_PARENT", field: "parent_code",
                    "A business unit cannot stand above itself.")
            }
            self.parent = parent
        }
        if request.ownerEmail.isEmpty {
            ownerEmail = nil
        } else {
            ownerEmail = try ServiceError.naming("owner_email") { () throws(ServiceError) in
                try EmailAddress(request.ownerEmail)
            }
        }
    }

    /// Depth below a parent of `parentDepth`, 0 at the top; nil where the parent does not exist.
    ///
    /// `PARENT_UNIT_NOT_FOUND`, `UNIT_TREE_TOO_DEEP`.
    func depth(parentDepth: Int?) throws(ServiceError) -> Int {
        guard parent != nil else { return 0 }
        guard let parentDepth else { throw Self.parentNotFound }
        guard parentDepth + 1 < Self.levelCountMax else {
            throw ServiceError(
                .failedPrecondition, "UNIT_TREE_TOO_DEEP", field: "parent_code",
                "The tree has at most \(Self.levelCountMax) levels; choose a unit further up.")
        }
        return parentDepth + 1
    }

    static let parentNotFound = ServiceError(
        .notFound, "PARENT_UNIT_NOT_FOUND", field: "parent_code",
        "There is no business unit with the parent's code; create it first.")
}

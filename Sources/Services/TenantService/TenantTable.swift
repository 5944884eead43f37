/// A table with rows of organizations, as the catalogue of the database has it.
package struct TenantTable: Sendable, Hashable {
    package let name: String
    /// Tables whose rows its own refer to, itself left out.
    package let references: Set<String>

    package init(name: String, references: Set<String>) {
        self.name = name
        self.references = references
    }

    /// The table of the organizations themselves.
    package static let organizations = "organizations"

    /// Names of the tables in an order in which their rows can be deleted: those that refer to others
    /// before them. The audit log goes near the end; the organization itself, which is not among
    /// them, is to follow.
    package static func erasureOrder(_ tables: [TenantTable]) -> [String] {
        let names = Set(tables.map(\.name)).subtracting([organizations])
        var children: [String: [String]] = [:]
        for table in tables {
            for parent in table.references { children[parent, default: []].append(table.name) }
        }
        var order: [String] = []
        var seen: Set<String> = []
        func visit(_ name: String) {
            guard names.contains(name), seen.insert(name).inserted else { return }
            for child in children[name, default: []].sorted() { visit(child) }
            order.append(name)
        }
        let last = ["audit_log", "audit_chains"]
        for name in names.subtracting(last).sorted() { visit(name) }
        for name in last { visit(name) }
        return order
    }
}

import Core
import Domain
import Encryption
import FoundationEssentials
import ServiceRuntime

/// A row as an export has it: a JSON object on one line.
struct ExportedRow: Sendable {
    /// Where the next rows begin.
    let key: String
    let content: String

    init(key: String, content: String) {
        self.key = key
        self.content = content
    }

    /// Adds what is sealed to the columns that are shown as they are.
    init(_ row: SelectExportRows.Row, of table: ExportedTable, _ keys: OrganizationKeys) throws {
        guard let column = table.opened else {
            self.init(key: row.key, content: row.content)
            return
        }
        let values = try Self.open(column, row, keys)
        // The database has written an object with at least the members of its key.
        var text = row.content.dropLast()
        for (name, value) in zip(column.members, values) {
            text += try ", \(Self.json(name)): \(value.map(Self.json) ?? "null")"
        }
        self.init(key: row.key, content: text + "}")
    }

    /// The sealed column's parts in the order of `members`; nil where it does not open, as after a
    /// change by somebody who has no key.
    private static func open(
        _ column: ExportedTable.SealedColumn, _ row: SelectExportRows.Row, _ keys: OrganizationKeys
    ) throws -> [String?] {
        let key = try JSONDecoder().decode([String].self, from: Data(row.key.utf8))
        guard let sealed = row.sealed else { return column.members.map { _ in nil } }
        do {
            switch (column, key.count) {
            case (.memberEmail, 2):
                return [try keys.email(sealed, of: MemberID(key[1]))]
            case (.ownerEmail, 3):
                guard let day = day(key[2]) else { return [nil] }
                return [try keys.ownerEmail(sealed, of: BusinessUnitCode(key[1]), from: day)]
            case (.auditFields, 2):
                return try auditFields(sealed, Int64(key[1]) ?? 0, keys)
            // Of a name of before, when it was told stands behind.
            case (.providerName, 4), (.providerName, 5):
                let name = try keys.providerObjectName(
                    sealed, connection: key[1], kind: key[2], id: key[3])
                return [name?.name, name?.email, name?.userID]
            case (.codingActor, 3):
                // The database writes bytes as \x and digits.
                return [
                    try keys.codingActor(
                        sealed, connection: key[1], rowKey: String(key[2].dropFirst(2)))
                ]
            case (.accountName, 2):
                return [
                    sealed.isEmpty ? nil : try keys.accountName(sealed, connection: key[1])
                ]
            case (.user, 2):
                return try user(sealed, ofSet: key[1], keys)
            default:
                return column.members.map { _ in nil }
            }
        } catch let error as ServiceError where error.code == .dataLoss {
            return column.members.map { _ in nil }
        }
    }

    private static func auditFields(
        _ sealed: [UInt8], _ sequence: Int64, _ keys: OrganizationKeys
    ) throws -> [String?] {
        guard case .readable(let fields) = try keys.auditFields(sealed, ofRow: sequence) else {
            return ExportedTable.SealedColumn.auditFields.members.map { _ in nil }
        }
        return [
            fields.onBehalfOf, fields.before, fields.after, fields.peerAddress, fields.peerSubject,
            fields.salt.hexDigits,
        ]
    }

    /// The user of a dimension set, and what was sent in its place, as the ledger seals them.
    private static func user(
        _ sealed: [UInt8], ofSet id: String, _ keys: OrganizationKeys
    ) throws -> [String?] {
        guard !sealed.isEmpty else { return [nil, nil] }
        let place = Binding(purpose: "dimension_sets.sealed_user", [id])
        let parts = try keys.open(sealed, in: place).reveal()
            .split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        return [parts.first, parts.count > 1 ? parts[1] : nil]
    }

    /// A date as the database writes it.
    private static func day(_ text: String) -> CivilDate? {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        return try? CivilDate(year: parts[0], month: parts[1], day: parts[2])
    }

    private static func json(_ text: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return String(decoding: try encoder.encode(text), as: UTF8.self)
    }
}

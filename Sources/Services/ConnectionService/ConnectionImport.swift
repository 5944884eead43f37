import API
import Core
import Domain
import ServiceRuntime

/// A detail of a connection that an import may change, and what the contract calls it.
enum ImportField: String, CaseIterable, Sendable {
    case apiKey = "api_key"
    case labels = "labels"
    case recordOf = "record_of"
    case paused = "paused"
}

/// The rows of an import, checked one by one as far as they can be without what is stored.
struct ConnectionImport: Sendable {
    /// Bounds the time that one transaction takes: a connection has a job for each report.
    static let rowCountMax = 200

    struct Row: Sendable {
        /// Which connection: names are unique.
        let displayName: String
        /// Nil where the row does not say.
        let provider: ConnectedProvider?
        /// Nil where the row has none.
        let key: ProviderKey?
        let labels: ConnectionLabels
        let recordOf: RecordKind
        let backfillDays: Int
        let isPaused: Bool
    }

    let rows: [Row]
    let mask: Set<ImportField>

    /// Checks in order: `ROWS_MISSING`, `TOO_MANY_ROWS`, the mask, then row by row its fields and
    /// `ROW_NAME_DUPLICATE`.
    init(wire request: ImportConnectionsRequest) throws(ServiceError) {
        guard !request.rows.isEmpty else {
            throw ServiceError(
                .invalidArgument, "ROWS_MISSING", field: "rows",
                "An import has one row at least.")
        }
        guard request.rows.count <= Self.rowCountMax else {
            throw ServiceError(
                .invalidArgument, "TOO_MANY_ROWS", field: "rows",
                "An import has at most \(Self.rowCountMax) rows.")
        }
        mask =
            try request.updateMask.isEmpty
            ? Set(ImportField.allCases) : UpdateMask.fields(request.updateMask)
        var rows: [Row] = []
        var names: Set<String> = []
        for (index, wire) in request.rows.enumerated() {
            let row: Row
            do throws(ServiceError) {
                row = try Row(wire: wire)
            } catch {
                throw error.within("rows[\(index)]")
            }
            guard names.insert(row.displayName).inserted else {
                throw ServiceError(
                    .invalidArgument, "ROW_NAME_DUPLICATE", field: "rows[\(index)].display_name",
                    "Each connection has one row.")
            }
            rows.append(row)
        }
        self.rows = rows
    }

    /// What a row says of a connection that is there, field by field; `PROVIDER_OF_ANOTHER` where it is
    /// one of another provider.
    func apply(
        _ row: Row, to connection: ConnectionRecord, now: Instant
    ) throws(ServiceError) -> ConnectionRecord {
        guard row.provider == nil || row.provider == connection.provider else {
            throw ServiceError(
                .invalidArgument, "PROVIDER_OF_ANOTHER", field: "provider",
                "The connection of this name is to an account of another provider.")
        }
        var after = connection
        if mask.contains(.labels) { after.labels = row.labels }
        if mask.contains(.recordOf) { after.recordOf = row.recordOf }
        if mask.contains(.paused) {
            after.pausedAt = row.isPaused ? connection.pausedAt ?? now : nil
        }
        return after
    }
}

extension ConnectionImport.Row {
    init(wire row: ConnectionRow) throws(ServiceError) {
        displayName = try DisplayName(row.displayName).text
        provider =
            row.provider == .unspecified ? nil : try ConnectionDraft.provider(row.provider)
        key = row.apiKey.isEmpty ? nil : try ProviderKey(row.apiKey)
        labels = try ConnectionLabels(wire: row.labels)
        recordOf = try RecordKind(wire: row.recordOf)
        backfillDays = try ConnectionDraft.backfillDays(row.backfillDays)
        isPaused = row.paused
    }

    /// What a new connection is made of.
    /// - Throws: `PROVIDER_UNKNOWN`, `API_KEY_TOO_SHORT` where the row does not say.
    var draft: ConnectionDraft {
        get throws(ServiceError) {
            guard let provider else {
                throw ServiceError(
                    .invalidArgument, "PROVIDER_UNKNOWN", field: "provider",
                    "There is no connection of this name. Say whose account is to be connected.")
            }
            guard let key else { throw ProviderKey.missing }
            return ConnectionDraft(
                provider: provider, displayName: displayName, key: key,
                backfillDays: backfillDays, labels: labels, recordOf: recordOf)
        }
    }
}

/// What an import does to one connection.
struct ConnectionStep: Sendable {
    enum Change: Sendable {
        case create(ConnectionDraft)
        /// - Parameter hasOtherKey: Whether the row's key is another one than the stored.
        case update(from: ConnectionRecord, to: ConnectionRecord, hasOtherKey: Bool)
    }

    /// Of its row.
    let index: Int
    let row: ConnectionImport.Row
    let change: Change
    /// Names of other connections with the key that it gets.
    var sameKeyAs: [String] = []

    static let sameKeyMax = 100

    var provider: ConnectedProvider {
        switch change {
        case .create(let draft): draft.provider
        case .update(let before, _, _): before.provider
        }
    }

    /// Whether it gets a key that it does not have.
    var getsKey: Bool {
        switch change {
        case .create: true
        case .update(_, _, let hasOtherKey): hasOtherKey
        }
    }

    /// Whether a pull under way must end.
    var affectsPulls: Bool {
        switch change {
        case .create: false
        case .update(let before, let after, let hasOtherKey):
            hasOtherKey || !after.isPulledLike(before)
        }
    }

    var difference: ConnectionDifference {
        switch change {
        case .create(let draft):
            ConnectionDifference(
                displayName: row.displayName, action: .created,
                fields: Self.differences(
                    nil,
                    [
                        ("provider", draft.provider.rawValue), ("api_key", "…\(draft.key.hint)"),
                        ("labels", draft.labels.text), ("record_of", draft.recordOf.text),
                        ("paused", row.isPaused ? "true" : ""),
                    ]), sameKeyAs: sameKeyAs)
        case .update(let before, let after, let hasOtherKey):
            ConnectionDifference(
                displayName: row.displayName, action: .changed,
                fields: Self.differences(
                    [
                        "…\(before.keyHint)", before.labels.text, before.recordOf.text,
                        before.pausedAt == nil ? "" : "true",
                    ],
                    [
                        (
                            "api_key",
                            "…\(hasOtherKey ? row.key?.hint ?? before.keyHint : before.keyHint)"
                        ),
                        ("labels", after.labels.text), ("record_of", after.recordOf.text),
                        ("paused", after.pausedAt == nil ? "" : "true"),
                    ], isForced: { $0 == "api_key" && hasOtherKey }), sameKeyAs: sameKeyAs)
        }
    }

    private static func differences(
        _ before: [String]?, _ after: [(field: String, text: String)],
        isForced: (String) -> Bool = { _ in false }
    ) -> [FieldDifference] {
        after.enumerated().compactMap { index, after in
            let old = before?[index] ?? ""
            guard isForced(after.field) || !old.utf8.elementsEqual(after.text.utf8) else {
                return nil
            }
            return FieldDifference(field: after.field, before: old, after: after.text)
        }
    }
}

extension ConnectionLabels {
    /// As differences show them.
    fileprivate var text: String { wire.map { "\($0.key)=\($0.value)" }.joined(separator: " ") }
}

extension RecordKind {
    fileprivate var text: String { "\(self)" }
}

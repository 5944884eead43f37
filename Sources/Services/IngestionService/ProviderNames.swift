import API
import Core
import Domain
import Postgres
import ServiceRuntime

/// Says beside ids what providers call them now.
enum ProviderNames {
    private struct Object: Hashable {
        let kind: String
        let id: String
    }

    /// The response with the names of its projects, API keys and users; where nobody knows one, or the
    /// organization's keys cannot be had, the id stands alone.
    static func naming(
        _ response: UsageSummaryResponse, by breakdown: UsageBreakdown, _ call: Call
    ) async throws -> UsageSummaryResponse {
        let kinds = breakdown.parts.map(\.providerObjectKind)
        var asked: Set<Object> = []
        for row in response.rows {
            for (kind, value) in zip(kinds, row.values) where !value.absent {
                if let kind { asked.insert(Object(kind: kind, id: value.value)) }
            }
        }
        guard !asked.isEmpty else { return response }
        let names = try await names(of: Array(asked), call)
        guard !names.isEmpty else { return response }
        var named = response
        for row in named.rows.indices {
            for (part, kind) in kinds.enumerated() {
                guard let kind else { continue }
                let object = Object(kind: kind, id: named.rows[row].values[part].value)
                if let name = names[object] { named.rows[row].values[part].displayName = name }
            }
        }
        return named
    }

    private static func names(of asked: [Object], _ call: Call) async throws -> [Object: String] {
        // Figures are worth more than names: they go out while the keys' database is away.
        let keys = try await call.keysUnlessAway()
        guard !keys.areAway, !keys.areDestroyed else { return [:] }
        let select = SelectProviderNames(
            organization: try call.organizationID.postgresUUID, kinds: asked.map(\.kind),
            ids: asked.map(\.id),
            keys: try asked.map { $0.kind == "user" ? try keys.providerUserKey(of: $0.id) : "" })
        let rows = try await call.snapshot { try await $0.run(select) }
        var names: [Object: String] = [:]
        for row in rows {
            let known = try keys.providerObjectName(
                row.sealedName, connection: row.connection.text, kind: row.kind, id: row.storedID)
            guard let known else { continue }
            let name = known.name.isEmpty ? known.email : known.name
            if !name.isEmpty { names[Object(kind: row.kind, id: row.id)] = name }
        }
        return names
    }
}

extension UsageBreakdown.Part {
    /// As names are stored of what it tells apart; nil where providers name none.
    fileprivate var providerObjectKind: String? {
        switch self {
        case .dimension(.named(.project)): "project"
        case .dimension(.named(.apiKeyID)): "api_key"
        case .dimension(.named(.user)): "user"
        default: nil
        }
    }
}

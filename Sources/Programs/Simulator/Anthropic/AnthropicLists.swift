/// Anthropic's lists: workspaces, API keys and users.
struct AnthropicLists: Sendable {
    func workspaces(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        let query = try reader(
            request, ["include_archived", "include_default"], lists: ["ids"])
        let includeArchived = try query.boolean("include_archived") ?? false
        let includeDefault = try query.boolean("include_default") ?? false
        let ids = query.filter("ids")
        guard ids?.count ?? 0 <= 100 else { throw .badRequest("ids", "ids: at most 100") }
        var items = AnthropicWorld.workspaces.filter { includeArchived || $0.archivedAt == nil }
        if includeDefault { items.append(.init(id: "wrkspc_default", name: "Default")) }
        items = items.filter { ids?.contains($0.id) ?? true }
        return try page(query, items.map { Item(id: $0.id, json: json($0)) })
    }

    func keys(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        let query = try reader(request, ["status", "workspace_id", "created_by_user_id"])
        let status = query.text("status")
        guard ["active", "inactive", "archived", "expired", nil].contains(status) else {
            throw .badRequest("status", "status: must be active, inactive, archived or expired")
        }
        let workspace = query.text("workspace_id")
        let creator = query.text("created_by_user_id")
        let items = AnthropicWorld.keys.filter { key in
            key.isListed && (status == nil || key.status == status)
                && (workspace == nil || key.workspace == workspace)
                && (creator == nil || key.creator == creator)
        }
        return try page(query, items.map { Item(id: $0.id, json: json($0)) })
    }

    func users(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        let query = try reader(request, ["email"])
        let email = query.text("email")
        let items = AnthropicWorld.users.filter { email == nil || self.email($0) == email }
        return try page(query, items.map { Item(id: $0.id, json: json($0)) })
    }

    private struct Item {
        var id: String
        var json: JSONValue
    }

    private func reader(
        _ request: SimulatedRequest, _ names: Set<String>, lists: Set<String> = []
    ) throws(Refusal) -> QueryReader {
        try QueryReader(
            request.query, single: names.union(["limit", "after_id", "before_id"]), lists: lists,
            form: .bracket)
    }

    private func page(_ query: QueryReader, _ items: [Item]) throws(Refusal) -> JSONValue {
        let limit = Int(try query.limit(default: 20, maximum: 1000))
        let after = query.text("after_id")
        let before = query.text("before_id")
        guard after == nil || before == nil else {
            throw .badRequest("before_id", "before_id: cannot be combined with after_id")
        }
        for (name, id) in [("after_id", after), ("before_id", before)] where id != nil {
            guard items.contains(where: { $0.id == id }) else {
                throw .badRequest(name, "\(name): not found")
            }
        }
        var rest = items[...]
        if let index = items.firstIndex(where: { $0.id == after }) { rest = items[(index + 1)...] }
        if let index = items.firstIndex(where: { $0.id == before }) { rest = items[..<index] }
        let page = before == nil ? rest.prefix(limit) : rest.suffix(limit)
        return [
            "data": .array(page.map(\.json)), "first_id": JSONValue(page.first?.id),
            "last_id": JSONValue(page.last?.id), "has_more": .boolean(page.count < rest.count),
        ]
    }

    private func json(_ workspace: AnthropicWorld.Workspace) -> JSONValue {
        [
            "id": .string(workspace.id), "type": "workspace", "name": .string(workspace.name),
            "created_at": "2026-01-05T09:00:00Z", "archived_at": JSONValue(workspace.archivedAt),
            "display_color": "#6C5BB9", "tags": [:], "data_residency": [:],
        ]
    }

    private func json(_ key: AnthropicWorld.Key) -> JSONValue {
        [
            "id": .string(key.id), "type": "api_key", "name": .string(key.name),
            "status": .string(key.status), "created_at": "2026-02-01T08:30:00Z",
            "expires_at": JSONValue(key.expiresAt),
            "created_by": ["id": .string(key.creator), "type": "user"],
            "partial_key_hint": "sk-ant-api03-sim...0000",
            "workspace_id": JSONValue(key.workspace),
        ]
    }

    private func json(_ user: AnthropicWorld.User) -> JSONValue {
        [
            "id": .string(user.id), "type": "user", "email": .string(email(user)),
            "name": .string(user.name), "role": .string(user.role),
            "added_at": "2026-01-05T09:00:00Z",
        ]
    }

    private func email(_ user: AnthropicWorld.User) -> String {
        "\(user.id.dropFirst("user_".count))@simulated.test"
    }
}

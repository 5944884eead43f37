/// OpenAI's lists: projects, users and a project's API keys.
struct OpenAILists: Sendable {
    let account: SimulatedAccount

    /// The account's own one, and those that all have.
    private var allProjects: [OpenAIWorld.Project] {
        [OpenAIWorld.defaultProject(of: account)] + OpenAIWorld.projects
    }

    func projects(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        let query = try QueryReader(
            request.query, single: ["limit", "after", "include_archived"], lists: [],
            form: .bracketOrPlain)
        let includeArchived = try query.boolean("include_archived") ?? false
        let items = allProjects.filter { includeArchived || $0.archivedAt == nil }
        return try page(query, items.map { Item(id: $0.id, json: json($0)) })
    }

    func users(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        let query = try QueryReader(
            request.query, single: ["limit", "after"], lists: ["emails"], form: .bracketOrPlain)
        let emails = query.filter("emails")
        let items = OpenAIWorld.users.filter { emails?.contains(email($0)) ?? true }
        return try page(query, items.map { Item(id: $0.id, json: json($0)) })
    }

    func keys(ofProject project: String, _ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        let query = try QueryReader(
            request.query, single: ["limit", "after", "owner_project_access"], lists: [],
            form: .bracketOrPlain)
        guard allProjects.contains(where: { $0.id == project }) else {
            throw .notFound("No such project: \(project).")
        }
        let access = query.text("owner_project_access") ?? "any"
        guard ["active", "inactive", "any"].contains(access) else {
            throw .badRequest(
                "owner_project_access", "Invalid value for 'owner_project_access'.")
        }
        let items = OpenAIWorld.keys.filter {
            $0.project == project && $0.isListed && access != "inactive"
        }
        return try page(query, items.map { Item(id: $0.id, json: json($0)) })
    }

    private struct Item {
        var id: String
        var json: JSONValue
    }

    private func page(_ query: QueryReader, _ items: [Item]) throws(Refusal) -> JSONValue {
        let limit = try query.limit(default: 20, maximum: 100)
        var rest = items[...]
        if let after = query.text("after") {
            guard let index = items.firstIndex(where: { $0.id == after }) else {
                throw .badRequest("after", "Invalid value for 'after'.")
            }
            rest = items[(index + 1)...]
        }
        let page = rest.prefix(Int(limit))
        return [
            "object": "list", "data": .array(page.map(\.json)),
            "first_id": JSONValue(page.first?.id), "last_id": JSONValue(page.last?.id),
            "has_more": .boolean(page.count < rest.count),
        ]
    }

    private func json(_ project: OpenAIWorld.Project) -> JSONValue {
        [
            "id": .string(project.id), "object": "organization.project",
            "name": .string(project.name), "created_at": .integer(project.createdAt),
            "archived_at": JSONValue(project.archivedAt),
            "status": project.archivedAt == nil ? "active" : "archived", "residency": nil,
            "external_key_id": nil,
        ]
    }

    private func json(_ user: OpenAIWorld.User) -> JSONValue {
        let projects = OpenAIWorld.projects.filter { user.projects.contains($0.id) }
        return [
            "id": .string(user.id), "object": "organization.user", "name": .string(user.name),
            "email": .string(email(user)), "role": JSONValue(user.role),
            "added_at": 1_767_225_600, "created": 1_767_225_600, "api_key_last_used_at": nil,
            "is_service_account": .boolean(user.isServiceAccount), "is_scim_managed": false,
            "is_default": false,
            "projects": [
                "object": "list",
                "data": .array(
                    projects.map {
                        ["id": .string($0.id), "name": .string($0.name), "role": "member"]
                    }),
            ],
            "user": [
                "id": .string(user.id), "object": "user", "email": .string(email(user)),
                "name": .string(user.name), "picture": nil, "enabled": true, "banned": false,
                "banned_at": nil,
            ],
        ]
    }

    private func json(_ key: OpenAIWorld.Key) -> JSONValue {
        let owner = OpenAIWorld.users.first { $0.id == key.owner }
        let isService = owner?.isServiceAccount ?? false
        let person: JSONValue = [
            "id": .string(key.owner), "name": JSONValue(owner?.name),
            "email": JSONValue(owner.map(email)), "role": "member", "created_at": 1_767_225_600,
        ]
        let service: JSONValue = [
            "id": .string(key.owner), "name": JSONValue(owner?.name), "role": "member",
            "created_at": 1_767_225_600,
        ]
        return [
            "id": .string(key.id), "object": "organization.project.api_key",
            "name": .string(key.name),
            "redacted_value": .string("sk-proj-****\(key.id.suffix(2))"),
            "created_at": 1_767_312_000, "last_used_at": nil, "expires_at": nil,
            "owner_project_access": "active",
            "owner": [
                "type": isService ? "service_account" : "user", "user": isService ? nil : person,
                "service_account": isService ? service : nil,
            ],
        ]
    }

    private func email(_ user: OpenAIWorld.User) -> String {
        "\(user.id.dropFirst("user-".count))@simulated.test"
    }
}

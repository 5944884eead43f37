extension OpenAINames {
    /// Fields of each list's items that the reference documents and nobody reads, each with the reason.
    static let leftOut: [ProviderReport: [String: String]] = [
        projects: fields(
            (["object"], listed),
            (["created_at"], "the oldest project stands for the account, which is asked for apart"),
            (["archived_at"], "status says whether it is archived"),
            (["residency"], "where data is kept is told of no usage, and changes no figure"),
            (["external_key_id"], "the customer's own encryption key: nothing of spend")),
        users: fields(
            (["object", "user.object"], listed), (["added_at", "created"], noFigure),
            (["role"], "what somebody may do at the provider says nothing of spend"),
            (["api_key_last_used_at"], "usage tells by key and hour what was used"),
            (
                ["is_service_account", "is_scim_managed", "is_default"],
                "how the account is managed at the provider; names are shown of all alike"
            ),
            (
                ["projects.object", "projects.data"],
                "membership of projects: usage tells the project of each call beside its user"
            ),
            (
                ["user.id", "user.email", "user.name"],
                "the item itself has id, name and address; this repeats them"
            ),
            (["user.picture"], "a picture of a person, for which nothing here has a use"),
            (
                ["user.enabled", "user.banned", "user.banned_at"],
                "whether somebody may sign in at the provider says nothing of past spend"
            )),
        apiKeys: fields(
            (["object"], listed), (["created_at"], noFigure),
            (["redacted_value"], "part of a secret, and the name tells keys apart"),
            (["last_used_at"], "usage tells by key and hour what was used"),
            (
                ["expires_at", "owner_project_access"],
                "whether it may still be used says nothing of past spend"
            ),
            (
                [
                    "owner.type", "owner.user.id", "owner.user.name", "owner.user.email",
                    "owner.user.role", "owner.user.created_at", "owner.service_account",
                ], "usage tells the user of each call beside its key"
            )),
    ]

    private static let listed = "the path says what is listed"
    private static let noFigure = "when it was made: no figure and no name depends on it"

    private static func fields(_ reasons: ([String], String)...) -> [String: String] {
        var all: [String: String] = [:]
        for (names, reason) in reasons {
            for name in names { all[name] = reason }
        }
        return all
    }
}

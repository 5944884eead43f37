extension AnthropicNames {
    /// Fields of each list's items that the reference documents and nobody reads, each with the reason.
    static let leftOut: [ProviderReport: [String: String]] = [
        workspaces: [
            "type": "the path says what is listed",
            "created_at": noFigure,
            "display_color": "how the provider's own pages paint it",
            "tags": "words of the provider's pages; labels of connections and rules are ours",
            "data_residency":
                "where data is kept changes no price; usage tells where inference ran",
        ],
        apiKeys: [
            "type": "the path says what is listed",
            "created_at": noFigure,
            "expires_at": "status says whether it has expired",
            "created_by.id": "whoever made a key need not be who uses it: no spend follows from it",
            "created_by.type":
                "whoever made a key need not be who uses it: no spend follows from it",
            "partial_key_hint": "part of a secret, and the name tells keys apart",
            "workspace_id": "usage tells the workspace of each call beside its key",
        ],
        users: [
            "type": "the path says what is listed",
            "role": "what somebody may do at the provider says nothing of spend",
            "added_at": noFigure,
        ],
    ]

    private static let noFigure = "when it was made: no figure and no name depends on it"
}

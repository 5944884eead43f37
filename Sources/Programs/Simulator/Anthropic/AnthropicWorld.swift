/// The simulated company's Anthropic organization. The ids are part of the simulator's promise:
/// rules and tests name them, so they are the same for every seed and account.
enum AnthropicWorld {
    struct Workspace: Sendable {
        var id: String
        var name: String
        var archivedAt: String?
    }

    struct Key: Sendable {
        var id: String
        var name: String
        /// nil: the default workspace.
        var workspace: String?
        var creator: String
        var status = "active"
        var expiresAt: String?
        var isListed = true
    }

    struct User: Sendable {
        var id: String
        var name: String
        var role: String
    }

    static let workspaces = [
        Workspace(id: "wrkspc_support", name: "Support"),
        Workspace(id: "wrkspc_engineering", name: "Engineering"),
        Workspace(id: "wrkspc_marketing", name: "Marketing"),
        Workspace(
            id: "wrkspc_pilot", name: "Pilot (closed)", archivedAt: "2026-02-28T12:00:00Z"),
    ]

    static let users = [
        User(id: "user_ada", name: "Ada", role: "admin"),
        User(id: "user_eli", name: "Eli", role: "developer"),
        User(id: "user_fay", name: "Fay", role: "developer"),
        User(id: "user_fin", name: "Fin", role: "billing"),
    ]

    static let keys = [
        Key(
            id: "apikey_support_bot", name: "support bot", workspace: "wrkspc_support",
            creator: "user_ada"),
        Key(
            id: "apikey_support_triage", name: "ticket triage", workspace: "wrkspc_support",
            creator: "user_ada"),
        Key(
            id: "apikey_eng_assistants", name: "coding assistants",
            workspace: "wrkspc_engineering", creator: "user_eli"),
        Key(
            id: "apikey_eng_review", name: "review bot", workspace: "wrkspc_engineering",
            creator: "user_eli"),
        Key(
            id: "apikey_eng_ci", name: "continuous integration", workspace: "wrkspc_engineering",
            creator: "user_eli"),
        Key(
            id: "apikey_marketing_copy", name: "copy desk", workspace: "wrkspc_marketing",
            creator: "user_fay"),
        // Deleted: still in usage rows, gone from the list.
        Key(
            id: "apikey_marketing_images", name: "picture captions",
            workspace: "wrkspc_marketing", creator: "user_fay", isListed: false),
        Key(id: "apikey_scripts", name: "scripts", creator: "user_ada"),
        Key(
            id: "apikey_pilot", name: "pilot", workspace: "wrkspc_pilot", creator: "user_ada",
            status: "expired", expiresAt: "2026-02-28T12:00:00Z"),
    ]

    static let streams: [UsageStream] = support + engineering + marketing + defaultWorkspace

    private static let support = [
        stream(
            "apikey_support_bot", "claude-sonnet-5-5", rhythm: .customers, requests: 900,
            input: 6200, output: 480, read: 640, write: 110, writeLong: 20),
        stream(
            "apikey_support_triage", "claude-haiku-4-5", geo: "not_available", rhythm: .customers,
            requests: 1300, input: 2400, output: 160, read: 380, write: 60),
        stream(
            "apikey_support_triage", "claude-haiku-4-5", tier: "batch", geo: "not_available",
            rhythm: .nightly, requests: 5200, input: 2900, output: 210),
    ]

    private static let engineering = [
        stream(
            "apikey_eng_assistants", "claude-opus-5-5", rhythm: .office, requests: 620,
            input: 41000, output: 1300, read: 820, write: 90, writeLong: 25),
        stream(
            "apikey_eng_assistants", "claude-sonnet-5-5", rhythm: .office, requests: 1150,
            input: 33000, output: 980, read: 800, write: 105),
        stream(
            "apikey_eng_review", "claude-opus-5-5", geo: "us", rhythm: .office, requests: 95,
            input: 21000, output: 1700, read: 350, write: 140),
        stream(
            "apikey_eng_ci", "claude-haiku-5-5", rhythm: .customers, requests: 480, input: 14000,
            output: 620, read: 510, write: 120),
        stream(
            "apikey_eng_ci", "claude-haiku-5-5", context: "200k-1M", rhythm: .occasional,
            requests: 14, input: 262_000, output: 3100, read: 300, write: 50),
        stream(
            "apikey_eng_ci", "claude-next-preview", rhythm: .occasional, requests: 9,
            input: 9000, output: 1100, read: 250, write: 60),
    ]

    private static let marketing = [
        stream(
            "apikey_marketing_copy", "claude-sonnet-5-5", rhythm: .office, requests: 310,
            input: 5400, output: 1450, read: 270, write: 80, searches: 190),
        stream(
            "apikey_marketing_images", "claude-haiku-4-5", geo: "not_available", rhythm: .office,
            requests: 420, input: 1900, output: 130),
    ]

    private static let defaultWorkspace = [
        stream(
            "apikey_scripts", "claude-sonnet-5-5", rhythm: .nightly, requests: 850, input: 8800,
            output: 760, read: 120, write: 30),
        // The Console's playground: no key.
        stream(
            nil, "claude-opus-5-5", account: "user_eli", rhythm: .occasional, requests: 30,
            input: 3100, output: 900),
    ]

    private static func stream(
        _ key: String?, _ model: String, tier: String = "standard", context: String = "0-200k",
        geo: String = "global", account: String? = nil, rhythm: UsageStream.Rhythm,
        requests: Int64, input: Int64, output: Int64, read: Int64 = 0, write: Int64 = 0,
        writeLong: Int64 = 0, searches: Int64 = 0
    ) -> UsageStream {
        UsageStream(
            project: keys.first { $0.id == key }?.workspace, key: key, user: account,
            model: model, tier: tier, isBatch: tier == "batch", contextWindow: context,
            inferenceGeo: geo, rhythm: rhythm, requestsPerHour: requests, inputPerRequest: input,
            outputPerRequest: output, cacheReadPerMille: read, cacheWriteShortPerMille: write,
            cacheWriteLongPerMille: writeLong, webSearchPerMille: searches)
    }
}

/// The simulated company's OpenAI organization. The ids are part of the simulator's promise: rules
/// and tests name them, so they are the same for every seed and account, but for the default project's.
enum OpenAIWorld {
    struct Project: Sendable {
        var id: String
        var name: String
        var createdAt: Int64
        var archivedAt: Int64?
    }

    struct User: Sendable {
        var id: String
        var name: String
        /// `owner` or `reader`; nil where the provider gives none.
        var role: String?
        var projects: [String]
        var isServiceAccount = false
    }

    struct Key: Sendable {
        var id: String
        var project: String
        var name: String
        var owner: String
        var isListed = true
    }

    static let projects = [
        Project(id: "proj_chat_assistant", name: "Chat assistant", createdAt: 1_767_225_600),
        Project(id: "proj_search", name: "Search", createdAt: 1_767_312_000),
        Project(id: "proj_data_platform", name: "Data platform", createdAt: 1_769_904_000),
        Project(id: "proj_research", name: "Research", createdAt: 1_772_323_200),
        Project(
            id: "proj_pilot", name: "Pilot (closed)", createdAt: 1_767_225_600,
            archivedAt: 1_774_958_400),
    ]

    /// Each account's own and oldest, as OpenAI makes one with an organization: whoever connects two accounts
    /// connects two organizations. Nothing is called in it.
    static func defaultProject(of account: SimulatedAccount) -> Project {
        let digits = String(account.hash, radix: 16)
        return Project(
            id: "proj_" + String(repeating: "0", count: 16 - digits.count) + digits,
            name: "Default project", createdAt: 1_767_139_200)
    }

    static let users = [
        User(id: "user-ada", name: "Ada", role: "owner", projects: projects.map(\.id)),
        User(id: "user-bo", name: "Bo", role: "reader", projects: ["proj_data_platform"]),
        User(id: "user-cy", name: "Cy", role: "reader", projects: ["proj_research"]),
        User(id: "user-dee", name: "Dee", role: nil, projects: []),
        User(
            id: "user-svc-chat", name: "chat service", role: "reader",
            projects: ["proj_chat_assistant"], isServiceAccount: true),
        User(
            id: "user-svc-search", name: "search service", role: "reader",
            projects: ["proj_search"], isServiceAccount: true),
        User(
            id: "user-svc-data", name: "data jobs", role: "reader",
            projects: ["proj_data_platform"], isServiceAccount: true),
    ]

    static let keys = [
        Key(
            id: "key_chat_prod", project: "proj_chat_assistant", name: "production",
            owner: "user-svc-chat"),
        Key(
            id: "key_chat_staging", project: "proj_chat_assistant", name: "staging",
            owner: "user-ada"),
        Key(
            id: "key_search_prod", project: "proj_search", name: "production",
            owner: "user-svc-search"),
        Key(
            id: "key_search_index", project: "proj_search", name: "indexer",
            owner: "user-svc-search"),
        Key(
            id: "key_data_etl", project: "proj_data_platform", name: "nightly jobs",
            owner: "user-svc-data"),
        Key(
            id: "key_data_notebooks", project: "proj_data_platform", name: "notebooks",
            owner: "user-bo"),
        Key(id: "key_research_lab", project: "proj_research", name: "lab", owner: "user-cy"),
        // Deleted: still in usage rows, gone from the list.
        Key(
            id: "key_research_agents", project: "proj_research", name: "agents", owner: "user-cy",
            isListed: false),
    ]

    /// The streams of an account, by its name.
    static func streams(of account: String) -> [UsageStream] {
        account.contains("studio") ? streams + studio : streams
    }

    /// Streams with odd prompts and answers, so that no two rows look alike.
    static let streams: [UsageStream] = chat + search + dataPlatform + research

    private static let chat = [
        stream(
            "key_chat_prod", "gpt-6-sol", rhythm: .customers, requests: 1450, input: 4100,
            output: 560, read: 430, write: 90, writeLong: 15),
        stream(
            "key_chat_prod", "gpt-6-sol", tier: "priority", rhythm: .customers, requests: 60,
            input: 3900, output: 510, read: 400, write: 80),
        stream(
            "key_chat_prod", "gpt-5.4-mini", rhythm: .customers, requests: 1900, input: 1850,
            output: 240, read: 310),
        stream(
            "key_chat_staging", "gpt-5.4-mini", tier: "flex", rhythm: .office, requests: 140,
            input: 2100, output: 310, read: 220),
    ]

    private static let search = [
        stream(
            "key_search_prod", "gpt-6-luna", rhythm: .customers, requests: 9200, input: 1450,
            output: 120, read: 260, write: 40),
        stream(
            "key_search_prod", "gpt-4o-mini", rhythm: .customers, requests: 2600, input: 900,
            output: 90, read: 180),
        stream(
            "key_search_index", "gpt-6-luna", isBatch: true, rhythm: .nightly, requests: 52000,
            input: 2300, output: 150),
    ]

    private static let dataPlatform = [
        stream(
            "key_data_etl", "gpt-4.1-2025-04-14", isBatch: true, rhythm: .nightly, requests: 4100,
            input: 6200, output: 700),
        stream(
            "key_data_etl", "gpt-4o-mini", rhythm: .nightly, requests: 8800, input: 1700,
            output: 210),
        stream(
            "key_data_notebooks", "gpt-4.1-2025-04-14", rhythm: .office, requests: 260,
            input: 7400, output: 900, read: 350),
        stream(
            "key_data_notebooks", "gpt-4o", rhythm: .occasional, requests: 75, input: 3300,
            output: 640, read: 120),
    ]

    private static let research = [
        stream(
            "key_research_lab", "gpt-6-sol", rhythm: .office, requests: 210, input: 14500,
            output: 2100, read: 520, write: 160, writeLong: 40),
        stream(
            "key_research_agents", "gpt-6-sol", tier: "flex", rhythm: .office, requests: 520,
            input: 11800, output: 1350, read: 610, write: 120, apiSource: "agents_api"),
        stream(
            "key_research_lab", "gpt-7-preview", rhythm: .occasional, requests: 24, input: 5200,
            output: 880, read: 200),
    ]

    private static func stream(
        _ key: String, _ model: String, tier: String = "default", isBatch: Bool = false,
        rhythm: UsageStream.Rhythm, requests: Int64, input: Int64, output: Int64, read: Int64 = 0,
        write: Int64 = 0, writeLong: Int64 = 0, apiSource: String = "unlabeled"
    ) -> UsageStream {
        let owner = keys.first { $0.id == key }
        return UsageStream(
            project: owner?.project, key: key, user: owner?.owner, model: model, tier: tier,
            isBatch: isBatch, apiSource: apiSource, rhythm: rhythm, requestsPerHour: requests,
            inputPerRequest: input, outputPerRequest: output, cacheReadPerMille: read,
            cacheWriteShortPerMille: write, cacheWriteLongPerMille: writeLong)
    }
}

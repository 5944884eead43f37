extension OpenAIWorld {
    /// What the accounts use whose name has "studio" in it: beside what all use, something of each
    /// further usage report.
    static let studio: [UsageStream] = [
        counted(
            "embeddings", "key_search_index", "text-embedding-3-large", .nightly,
            requests: 1200, each: 850),
        counted(
            "embeddings", "key_data_notebooks", "text-embedding-3-small", .office,
            requests: 90, each: 400),
        counted(
            "moderations", "key_chat_prod", "omni-moderation-latest", .customers,
            requests: 1900, each: 320),
        counted(
            "images", "key_chat_prod", "gpt-image-2", .customers, requests: 42, each: 1,
            ["size": "1024x1024", "source": "image.generation"]),
        counted(
            "images", "key_research_lab", "gpt-image-2", .office, requests: 12, each: 2,
            ["size": "1024x1792", "source": "image.edit"]),
        counted(
            "audio_speeches", "key_chat_prod", "tts-1-hd", .customers, requests: 60, each: 540),
        counted(
            "audio_transcriptions", "key_chat_staging", "whisper-1", .office,
            requests: 25, each: 130),
        counted(
            "vector_stores", "key_research_lab", "", .customers, requests: 1,
            each: 48_000_000_000),
        counted(
            "code_interpreter_sessions", "key_data_notebooks", "", .office, requests: 14, each: 1),
        counted(
            "file_search_calls", "key_chat_prod", "", .customers, requests: 310, each: 1,
            ["vector_store_id": "vs_manuals"]),
        counted(
            "web_search_calls", "key_research_agents", "gpt-6-sol", .office, requests: 70, each: 2,
            ["context_level": "medium"]),
        counted(
            "decisions", "key_chat_prod", "gpt-6-luna", .customers, requests: 240, each: 90),
    ]

    private static func counted(
        _ report: String, _ key: String, _ model: String, _ rhythm: UsageStream.Rhythm,
        requests: Int64, each amount: Int64, _ detail: [String: String] = [:]
    ) -> UsageStream {
        let owner = keys.first { $0.id == key }
        return UsageStream(
            report: report, detail: detail, project: owner?.project, key: key, user: owner?.owner,
            model: model, tier: "default", rhythm: rhythm, requestsPerHour: requests,
            inputPerRequest: amount, outputPerRequest: report == "decisions" ? 12 : 0)
    }
}

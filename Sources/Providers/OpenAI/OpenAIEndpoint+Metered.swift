import Domain

extension OpenAIEndpoint {
    /// The usage reports that count one thing each.
    static let metered = [
        counting("embeddings", ("input_tokens", .input)),
        counting("moderations", ("input_tokens", .input)),
        counting("images", ("images", .image), by: caller + [.imageSize, .imageSource]),
        counting("audio_speeches", ("characters", .character)),
        counting("audio_transcriptions", ("seconds", .audioSecond)),
        // What is kept is a level, not a flow: asked for by the day, it is bytes × days.
        counting(
            "vector_stores", ("usage_bytes", .storedByteDay), requests: nil, by: [.project],
            width: .day, perPage: daysPerPage),
        counting(
            "code_interpreter_sessions", ("num_sessions", .codeInterpreterSession), requests: nil,
            by: [.project]),
        counting(
            "file_search_calls", ("num_requests", .fileSearchRequest), requests: nil,
            by: [.project, .user, .apiKey, .vectorStore]),
        counting(
            "web_search_calls", ("num_requests", .webSearchRequest), requests: nil,
            by: caller + [.searchContext],
            leftOut: [
                "num_model_requests": "the requests that searched stand in completions, and would "
                    + "count twice",
                "api_source": apiSource,
            ]),
    ]

    private static let caller: [OpenAIMeteredReport.Dimension] = [
        .project, .user, .apiKey, .model,
    ]

    private static func counting(
        _ resource: String, _ measure: (field: String, quantityClass: QuantityClass),
        requests: String? = "num_model_requests",
        by dimensions: [OpenAIMeteredReport.Dimension] = caller,
        width: ProviderReport.Width = .hour, perPage: Int = hoursPerPage,
        leftOut: [String: String] = [:]
    ) -> OpenAIEndpoint {
        let report = OpenAIMeteredReport(
            stream: "usage/\(resource)", measure: measure, requests: requests,
            dimensions: dimensions)
        return OpenAIEndpoint(
            ProviderReport(
                "usage/\(resource)", kind: .usage, width: width, rereadDays: rereadDays),
            path: usagePath + resource, bucketsPerPage: perPage,
            groups: dimensions.map(\.rawValue), leftOut: leftOut
        ) { response throws(ProviderError) in
            try report.decode(response).map(ReportedRow.usage)
        }
    }
}

import Core

/// OpenAI's convention, and that of who answers like OpenAI: Azure, DeepSeek, LiteLLM, Moonshot,
/// OpenRouter, xAI and others.
///
/// Input has cached tokens, cache writes, audio and images in it; output has reasoning, audio, images and
/// predictions in it. Modalities have the cached tokens of theirs in them. Gateways add to the shape:
/// cache writes by lifetime (LiteLLM), the call's cost (OpenRouter).
enum OpenAIUsage {
    /// What one API calls its counts.
    struct Names {
        let input: String
        let inputDetails: String
        let output: String
        let outputDetails: String
        var hasOutput = true

        static let chat = Names(
            input: "prompt_tokens", inputDetails: "prompt_tokens_details",
            output: "completion_tokens", outputDetails: "completion_tokens_details")
        static let responses = Names(
            input: "input_tokens", inputDetails: "input_tokens_details", output: "output_tokens",
            outputDetails: "output_tokens_details")
        static let embeddings = Names(
            input: "prompt_tokens", inputDetails: "prompt_tokens_details",
            output: "completion_tokens", outputDetails: "completion_tokens_details",
            hasOutput: false)
    }

    static func read(
        _ usage: UsageField, _ names: Names, isPartial: Bool
    ) throws(ServiceError) -> UsageObject {
        var object = UsageObject()
        let input = try usage.count(names.input, isOptional: isPartial)
        let output = try usage.count(names.output, isOptional: isPartial || !names.hasOutput)
        let details = try usage.object(names.outputDetails)
        let reasoning = try details?.count("reasoning_tokens")
        let inputDetails = try usage.object(names.inputDetails)
        try addInput(
            input, inputDetails, cached: try cached(usage, inputDetails), to: &object)
        var isReasoningInside = true
        if let total = try usage.count("total_tokens"), let input,
            output != nil || !names.hasOutput
        {
            isReasoningInside = try isReasoning(
                reasoning, insideOf: output, input: input, total: total)
        }
        try addOutput(
            output, details, reasoning: reasoning, isInside: isReasoningInside, to: &object)
        // LiteLLM's name and OpenRouter's.
        var tools = try usage.object("server_tool_use")
        if tools == nil { tools = try usage.object("server_tool_use_details") }
        object.add(.webSearchRequest, try tools?.count("web_search_requests"))
        object.cost = cost(usage)
        return object
    }

    /// Cached tokens of the input: OpenAI's name among the details; DeepSeek's and Moonshot's beside the
    /// input, which they may give together with OpenAI's.
    private static func cached(
        _ usage: UsageField, _ details: UsageField?
    ) throws(ServiceError) -> UsageCount? {
        var cached = try details?.count("cached_tokens")
        for name in ["prompt_cache_hit_tokens", "cached_tokens"] {
            guard let again = try usage.count(name) else { continue }
            if let cached, cached.amount != again.amount {
                throw UsageCount.contradiction(
                    again.path, "Two counts of the same cached tokens differ.")
            }
            cached = cached ?? again
        }
        return cached
    }

    private static func addInput(
        _ input: UsageCount?, _ details: UsageField?, cached: UsageCount?,
        to object: inout UsageObject
    ) throws(ServiceError) {
        guard let details else {
            object.add(.cacheRead, cached)
            if let input { object.add(.input, try UsageCount.rest(of: input, [cached])) }
            return
        }
        let cachedDetails = try details.object("cached_tokens_details")
        let cachedAudio = try cachedDetails?.count("audio_tokens")
        let cachedImages = try cachedDetails?.count("image_tokens")
        let writes = try cacheWrites(details)
        let audio = try details.count("audio_tokens")
        let images = try details.count("image_tokens")
        let freshAudio = try audio.rest([cachedAudio])
        let freshImages = try images.rest([cachedImages])
        object.add(.cacheRead, try UsageCount.rest(of: cached, [cachedAudio, cachedImages]))
        object.add(.cacheReadAudio, cachedAudio)
        object.add(.cacheReadImage, cachedImages)
        writes.add(to: &object)
        object.add(.inputAudio, freshAudio)
        object.add(.inputImage, freshImages)
        guard let input else { return }
        object.add(
            .input,
            try UsageCount.rest(of: input, [cached, writes.total, freshAudio, freshImages]))
        // Video has no class of its own: it is priced as text.
        _ = try UsageCount.rest(
            of: input,
            [
                try details.count("text_tokens"), audio, images,
                try details.count("video_tokens"),
            ])
    }

    /// OpenRouter says `cache_write_tokens`, LiteLLM `cache_creation_tokens`; what nobody divides lives
    /// for OpenAI's default.
    private static func cacheWrites(_ details: UsageField) throws(ServiceError) -> CacheWrites {
        let written = try details.count("cache_write_tokens")
        let created = try details.count("cache_creation_tokens")
        if let written, let created, written.amount != created.amount {
            throw UsageCount.contradiction(
                created.path, "Two counts of the same cache writes differ.")
        }
        return try CacheWrites(
            total: written ?? created,
            lifetimes: try details.object("cache_creation_token_details"),
            undivided: .cacheWrite30m)
    }

    /// Whether output has reasoning in it, as OpenAI's has. Some count it beside (xAI): the total tells.
    private static func isReasoning(
        _ reasoning: UsageCount?, insideOf output: UsageCount?, input: UsageCount,
        total: UsageCount
    ) throws(ServiceError) -> Bool {
        let sum = input.amount + (output?.amount ?? 0)
        if total.amount == sum { return true }
        guard let reasoning, total.amount == sum + reasoning.amount else {
            throw UsageCount.contradiction(
                total.path, "The total is not the sum of input and output.")
        }
        return false
    }

    private static func addOutput(
        _ output: UsageCount?, _ details: UsageField?, reasoning: UsageCount?, isInside: Bool,
        to object: inout UsageObject
    ) throws(ServiceError) {
        let audio = try details?.count("audio_tokens")
        let images = try details?.count("image_tokens")
        object.add(.reasoning, reasoning)
        object.add(.outputAudio, audio)
        object.add(.outputImage, images)
        guard let output else { return }
        // Without a count of reasoning, whatever there was of it is in the output.
        object.add(
            reasoning == nil ? .outputUnsplit : .output,
            try UsageCount.rest(of: output, [isInside ? reasoning : nil, audio, images]))
        _ = try UsageCount.rest(of: output, [try details?.count("text_tokens"), audio, images])
        // Of predictions, what was accepted and what was not are both completion, and billed as such.
        _ = try UsageCount.rest(
            of: output,
            [
                try details?.count("accepted_prediction_tokens"),
                try details?.count("rejected_prediction_tokens"),
            ])
    }

    /// OpenRouter's own cost, in US dollars, known by what stands beside it. With the caller's own key it
    /// is not what the call cost.
    private static func cost(_ usage: UsageField) -> Money? {
        guard usage.has("cost_details") || usage.has("is_byok"), !usage.isTrue("is_byok") else {
            return nil
        }
        return usage.amount("cost", in: .usd)
    }
}

extension UsageCount? {
    /// This without its parts, under its own path; nil where there is none.
    fileprivate func rest(_ parts: [UsageCount?]) throws(ServiceError) -> UsageCount? {
        let amount = try UsageCount.rest(of: self, parts)
        guard let self else { return nil }
        return UsageCount(amount: amount, path: self.path)
    }
}

import Core

/// Google's convention, of the Gemini API and Vertex AI: the prompt has cached content in it; what tools
/// put into the prompt, and thoughts, are beside prompt and candidates. The total is all four.
///
/// Details tell modalities: of audio and images they name classes, documents and video are priced as text,
/// and so is what they leave untold.
enum GeminiUsage {
    static func read(
        _ usage: UsageField, isPartial: Bool
    ) throws(ServiceError) -> UsageObject {
        var object = UsageObject()
        let prompt = try usage.count("promptTokenCount", isOptional: isPartial)
        let cached = try usage.count("cachedContentTokenCount")
        let tools = try usage.count("toolUsePromptTokenCount")
        // The Live API answers with responses instead of candidates. Without any, there is no count.
        var candidates = try usage.count("candidatesTokenCount")
        if candidates == nil { candidates = try usage.count("responseTokenCount") }
        let thoughts = try usage.count("thoughtsTokenCount")
        let total = try usage.count("totalTokenCount", isOptional: isPartial)
        try addPrompt(prompt, cached: cached, usage, to: &object)
        let toolModalities = try Modalities(usage, "toolUsePromptTokensDetails", of: tools)
        object.add(.input, toolModalities.rest)
        object.add(.inputAudio, toolModalities.audio)
        object.add(.inputImage, toolModalities.images)
        let details =
            usage.has("candidatesTokensDetails")
            ? "candidatesTokensDetails" : "responseTokensDetails"
        let output = try Modalities(usage, details, of: candidates)
        object.add(.output, output.rest)
        object.add(.outputAudio, output.audio)
        object.add(.outputImage, output.images)
        object.add(.reasoning, thoughts)
        guard let total, let prompt, candidates != nil || !isPartial else { return object }
        let parts = [prompt, tools, candidates, thoughts]
        guard total.amount == parts.reduce(0, { $0 + ($1?.amount ?? 0) }) else {
            throw UsageCount.contradiction(
                total.path, "The total is not the sum of prompt, tools, candidates and thoughts.")
        }
        return object
    }

    private static func addPrompt(
        _ prompt: UsageCount?, cached: UsageCount?, _ usage: UsageField,
        to object: inout UsageObject
    ) throws(ServiceError) {
        let fromCache = try Modalities(usage, "cacheTokensDetails", of: cached)
        object.add(.cacheRead, fromCache.rest)
        object.add(.cacheReadAudio, fromCache.audio)
        object.add(.cacheReadImage, fromCache.images)
        guard let prompt else { return }
        _ = try UsageCount.rest(of: prompt, [cached])
        let all = try Modalities(usage, "promptTokensDetails", of: prompt)
        let audio = try UsageCount.rest(of: all.audio, [fromCache.audio])
        let images = try UsageCount.rest(of: all.images, [fromCache.images])
        object.add(.inputAudio, audio)
        object.add(.inputImage, images)
        // Where nobody tells of what modality the cached tokens are, they must fit into the text.
        object.add(
            .input,
            try UsageCount.rest(
                of: prompt,
                [
                    UsageCount(amount: audio, path: usage.path(of: "promptTokensDetails")),
                    UsageCount(amount: images, path: usage.path(of: "promptTokensDetails")), cached,
                ]))
    }

    /// A count by modality.
    private struct Modalities {
        let audio: UsageCount?
        let images: UsageCount?
        /// Text, and what is priced like it.
        let rest: Int64

        /// - Throws: `USAGE_CONTRADICTORY` where they are more than the whole.
        init(_ usage: UsageField, _ name: String, of whole: UsageCount?) throws(ServiceError) {
            var counts: [UsageCount] = []
            var audio: UsageCount?
            var images: UsageCount?
            for element in try usage.objects(name) {
                guard let count = try element.count("tokenCount") else { continue }
                counts.append(count)
                switch try element.text("modality") {
                case "AUDIO": audio = Self.sum(audio, count)
                case "IMAGE": images = Self.sum(images, count)
                default: break
                }
            }
            _ = try UsageCount.rest(of: whole, counts)
            self.audio = audio
            self.images = images
            rest = try UsageCount.rest(of: whole, [audio, images])
        }

        private static func sum(_ sum: UsageCount?, _ count: UsageCount) -> UsageCount {
            UsageCount(amount: (sum?.amount ?? 0) + count.amount, path: count.path)
        }
    }
}

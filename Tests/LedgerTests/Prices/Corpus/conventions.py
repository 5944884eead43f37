"""A call's usage as each provider's answer says it, and the disjoint classes that this means.

Written from the providers' documents of their usage objects:
openai-chat          https://platform.openai.com/docs/api-reference/chat/object
openai-responses     https://platform.openai.com/docs/api-reference/responses/object
anthropic-messages   https://docs.anthropic.com/en/api/messages
gemini               https://ai.google.dev/api/generate-content#UsageMetadata
bedrock-converse     https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
LiteLLM's names of cache writes by lifetime stand in OpenAI's shape, as it answers for other providers.
"""

READS = ("cache_read", "cache_read_audio", "cache_read_image")
LIFETIMES = ("5m", "30m", "1h", "12h")
# Who says how much of the output was reasoning; the others count it within.
TELL_REASONING = {"openai-chat", "openai-responses", "gemini"}


def classes(meaning, tells):
    """Without zeros; reasoning and output are one where nobody tells them apart."""
    found = dict(meaning)
    if not tells or "reasoning" not in found:
        found["output_unsplit"] = found.pop("output", 0) + found.pop("reasoning", 0)
    return {name: amount for name, amount in found.items() if amount}


def total(meaning, *prefixes):
    return sum(amount for name, amount in meaning.items()
               if name.startswith(prefixes) and name != "web_search_request")


def writes(meaning):
    return {life: meaning["cache_write_" + life] for life in LIFETIMES
            if meaning.get("cache_write_" + life)}


def openai(names):
    def say(meaning, tier, region):
        put, out = names
        get = meaning.get
        prompt = total(meaning, "input", "cache_")
        answer = total(meaning, "output", "reasoning")
        details = {"cached_tokens": total(meaning, "cache_read")}
        audio = get("input_audio", 0) + get("cache_read_audio", 0)
        if audio:
            details["audio_tokens"] = audio
        if get("input_image"):
            details["image_tokens"] = get("input_image")
        written = writes(meaning)
        if set(written) == {"30m"}:
            details["cache_write_tokens"] = written["30m"]
        elif written:
            details["cache_creation_tokens"] = sum(written.values())
            details["cache_creation_token_details"] = {
                f"ephemeral_{life}_input_tokens": amount for life, amount in written.items()}
        usage = {f"{put}_tokens": prompt, f"{put}_tokens_details": details,
                 f"{out}_tokens": answer, "total_tokens": prompt + answer}
        told = {}
        if "reasoning" in meaning:
            told["reasoning_tokens"] = meaning["reasoning"]
        if get("output_audio"):
            told["audio_tokens"] = get("output_audio")
        if told:
            usage[f"{out}_tokens_details"] = told
        if get("web_search_request"):
            usage["server_tool_use"] = {"web_search_requests": get("web_search_request")}
        return usage, classes(meaning, True)
    return say


def anthropic(meaning, tier, region):
    written = writes(meaning)
    usage = {
        "input_tokens": meaning.get("input", 0),
        "cache_read_input_tokens": meaning.get("cache_read", 0),
        "cache_creation_input_tokens": sum(written.values()),
        "output_tokens": total(meaning, "output", "reasoning"),
        "inference_geo": "us" if region == "us" else "global"}
    if written:
        usage["cache_creation"] = {
            f"ephemeral_{life}_input_tokens": amount for life, amount in written.items()}
    # It answers with one of these; others ask for their tiers by another way.
    if tier in ("standard", "priority", "batch"):
        usage["service_tier"] = tier
    if meaning.get("web_search_request"):
        usage["server_tool_use"] = {"web_search_requests": meaning["web_search_request"]}
    return usage, classes(meaning, False)


def modalities(**counts):
    return [{"modality": name.upper(), "tokenCount": count}
            for name, count in counts.items() if count]


def gemini(meaning, tier, region):
    get = meaning.get
    prompt = total(meaning, "input", "cache_")
    cached = total(meaning, "cache_read")
    candidates, thoughts = total(meaning, "output"), get("reasoning", 0)
    audio = get("input_audio", 0) + get("cache_read_audio", 0)
    image = get("input_image", 0)
    usage = {"promptTokenCount": prompt, "candidatesTokenCount": candidates,
             "totalTokenCount": prompt + candidates + thoughts}
    if cached:
        usage["cachedContentTokenCount"] = cached
        usage["cacheTokensDetails"] = modalities(
            text=get("cache_read", 0), audio=get("cache_read_audio", 0))
    usage["promptTokensDetails"] = modalities(
        text=prompt - audio - image, audio=audio, image=image)
    if "reasoning" in meaning:
        usage["thoughtsTokenCount"] = thoughts
    if get("output_image"):
        usage["candidatesTokensDetails"] = modalities(
            text=get("output", 0), image=get("output_image"))
    # Thoughts always stand beside the candidates, so these are never both.
    found = {"reasoning": 0, **meaning}
    return usage, classes(found, True)


def bedrock(meaning, tier, region):
    written = writes(meaning)
    prompt, answer = total(meaning, "input", "cache_"), total(meaning, "output", "reasoning")
    usage = {"inputTokens": meaning.get("input", 0), "outputTokens": answer,
             "totalTokens": prompt + answer,
             "cacheReadInputTokens": meaning.get("cache_read", 0),
             "cacheWriteInputTokens": sum(written.values())}
    if written:
        usage["cacheDetails"] = [
            {"ttl": life, "inputTokens": amount} for life, amount in written.items()]
    return usage, classes(meaning, False)


SAYING = {
    "openai-chat": openai(("prompt", "completion")),
    "openai-responses": openai(("input", "output")),
    "anthropic-messages": anthropic,
    "gemini": gemini,
    "bedrock-converse": bedrock,
}

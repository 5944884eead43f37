"""Cases whose usage is said as providers' answers say it."""

import itertools

from arithmetic import TIERS, at
from conventions import SAYING, TELL_REASONING


def shapes(corpus, prices):
    """Convention x tier x region x threshold -1/0/+1 x cache x reasoning told or not, each as the
    provider's answer has it."""
    for provider, key, said, regions in (
            ("openai", "gpt-6-astra", ("openai-chat", "openai-responses"), ("", "us")),
            ("azure", "azure/us/gpt-5.4", ("openai-chat", "openai-responses"), ("us",)),
            ("xai", "xai/grok-4.7", ("openai-chat",), ("",)),
            ("anthropic", "claude-haiku-5-5", ("anthropic-messages",), ("", "us")),
            ("google-gemini-api", "gemini/gemini-2.5-pro", ("gemini",), ("",)),
            ("google-vertex-ai", "vertex_ai/gemini-3.8-flash", ("gemini",),
             ("us-central1", "global")),
            ("aws-bedrock", "us.anthropic.claude-haiku-5-5", ("bedrock-converse",), ("us-east-1",)),
            ("aws-bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", ("bedrock-converse",),
             ("",)),
            ("deepseek", "deepseek/deepseek-v4-pro", ("openai-chat",), ("",))):
        price = next(p for p in prices if (p.provider, p.key) == (provider, key))
        totals = [price.threshold + step for step in (-1, 0, 1)] if price.threshold else [60_013]
        for convention, region, tier, total, cached, told in itertools.product(
                said, regions, [t for t in TIERS if price.has(t)], totals, (False, True),
                (False, True) if said[0] in TELL_REASONING else (False,)):
            meaning = {**at(price, total, cached), "output": 499}
            if convention == "gemini" and cached:
                meaning = {"input": total - 50_021, "cache_read": 50_021, "output": 499}
            elif convention.startswith("openai") and cached and provider != "openai":
                meaning = {"input": total - 50_021, "cache_read": 50_021, "output": 499}
            meaning["reasoning" if told else "output"] = 514
            corpus.say(
                f"{key} {region or 'no region'} {tier} {total} "
                f"{'cached' if cached else 'plain'} {'reasoning' if told else 'untold'}",
                convention, provider, price.model, meaning, tier, region)


def modalities(corpus):
    """Audio, images and searches where a convention has them, and gateways' names of cache writes."""
    for convention, provider, model, meaning in (
            ("openai-chat", "openai", "gpt-4o", {
                "input": 1_009, "cache_read": 307, "input_audio": 211, "output": 101,
                "output_audio": 53}),
            ("openai-responses", "openai", "gpt-5", {
                "input": 1_009, "cache_read": 307, "input_image": 211, "output": 101,
                "reasoning": 53}),
            ("openai-chat", "anthropic", "claude-opus-5-5", {
                "input": 1_009, "cache_read": 307, "cache_write_5m": 211, "cache_write_1h": 103,
                "output": 53}),
            ("openai-chat", "openai", "gpt-6-sol", {
                "input": 1_009, "cache_write_30m": 211, "output": 101, "reasoning": 53,
                "web_search_request": 3}),
            ("anthropic-messages", "anthropic", "claude-opus-5-5", {
                "input": 1_009, "cache_read": 307, "cache_write_5m": 211, "cache_write_1h": 103,
                "output": 53, "web_search_request": 3}),
            ("gemini", "google-gemini-api", "gemini-2.5-flash", {
                "input": 1_009, "cache_read": 307, "input_audio": 211, "cache_read_audio": 103,
                "output": 53, "reasoning": 29}),
            ("gemini", "google-gemini-api", "gemini-2.5-flash", {
                "input": 1_009, "input_image": 211, "output": 53, "output_image": 29,
                "reasoning": 0}),
            ("bedrock-converse", "aws-bedrock", "us.anthropic.claude-opus-5-5", {
                "input": 1_009, "cache_read": 307, "cache_write_5m": 211, "cache_write_1h": 103,
                "output": 53})):
        corpus.say(f"{model} " + " ".join(meaning), convention, provider, model, meaning)


def same_meaning(corpus):
    """The same call as each of the five conventions says it costs the same: reasoning costs what
    output does, and who tells it apart says the same sum."""
    for provider, model, tier, region in (
            ("openai", "gpt-6-sol", "standard", ""), ("openai", "gpt-6-sol", "batch", "us"),
            ("openai", "gpt-6-astra", "priority", ""),
            ("anthropic", "claude-opus-5-5", "standard", ""),
            ("anthropic", "claude-haiku-5-5", "batch", "us"),
            ("google-gemini-api", "gemini-2.5-pro", "flex", ""),
            ("aws-bedrock", "global.anthropic.claude-opus-5-5", "standard", "us-east-1"),
            ("xai", "grok-4.5-latest", "standard", ""), ("azure", "gpt-5.4", "standard", "us")):
        for fresh, cached in ((1_009, 0), (601, 408), (150_001, 122_000)):
            meaning = {"input": fresh, "cache_read": cached, "output": 307, "reasoning": 211}
            costs = {
                corpus.say(f"same {provider} {model} {tier} {fresh}+{cached}", convention, provider,
                           model, meaning, tier, region)["picos"]
                for convention in SAYING}
            assert len(costs) == 1 and "" not in costs, (provider, model, costs)

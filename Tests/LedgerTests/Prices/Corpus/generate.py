#!/usr/bin/env python3
"""Writes cases.csv: usage of each model of the price catalogue, and what it costs, to the pico.

The arithmetic (`arithmetic.py`) is fractions of integers, with no floating point, and shares no
code with the product: it was written from the rules of README.md, next to this file; what
providers' answers say (`conventions.py`), from their documents. Run it from anywhere:

    Tests/LedgerTests/Prices/Corpus/generate.py            writes cases.csv
    Tests/LedgerTests/Prices/Corpus/generate.py --check    fails where cases.csv is another
"""

import csv
import io
import json
import sys
from datetime import datetime, timedelta
from fractions import Fraction

from arithmetic import HERE, LARGEST, NOON, TIERS, Unpriced, at, catalogues, mixed
from conventions import SAYING
from shapes import modalities, same_meaning, shapes

PROFILE = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/"


class Corpus:
    def __init__(self):
        self.catalogues, self.rows, self.names = catalogues(), [], set()

    def add(self, name, provider, model, quantities, tier="standard", region="", time=NOON,
            catalogue="shipped", convention="quantities", usage=None, by_hand=False):
        assert name not in self.names and "," not in name, name
        self.names.add(name)
        row = {
            "case": name, "catalogue": catalogue, "convention": convention, "provider": provider,
            "model": model, "region": region, "service_tier": tier, "time": time,
            "usage": json.dumps(usage, separators=(",", ":")) if usage else "",
            "quantities": " ".join(f"{k}={v}" for k, v in quantities.items()),
            "price": "", "context": "", "assumed": "", "picos": "", "unpriced": "", "source": ""}
        price = None
        try:
            price = self.catalogues[catalogue].find(provider, model, region, time)
            picos, long = price.cost(quantities, tier, region)
            row["price"] = price.key
            row["context"] = "long" if long else "base"
            row["assumed"] = "yes" if price.begins is None else "no"
            if picos > LARGEST:
                row["unpriced"] = "AMOUNT_OUT_OF_RANGE"
            else:
                row["picos"] = picos
        except Unpriced as reason:
            row["unpriced"] = str(reason)
        row["source"] = ("worked by hand; " if by_hand else "") + (
            price.source if price else "prices.csv has no line of this name")
        self.rows.append(row)
        return row

    def say(self, name, convention, provider, model, meaning, tier="standard", region=""):
        """A case that says its usage as a provider's answer does."""
        usage, quantities = SAYING[convention](meaning, tier, region)
        return self.add(f"{convention}: {name}", provider, model, quantities, tier, region,
                        convention=convention, usage=usage)

    def text(self):
        out = io.StringIO()
        writer = csv.DictWriter(out, list(self.rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue()


def every_row(corpus, prices):
    for price in prices:
        corpus.add(f"{price.key} all classes", price.provider, price.model, mixed(price),
                   region=price.region)
        for tier in TIERS[1:]:
            if price.has(tier):
                usage = {k: v for k, v in mixed(price).items() if k != "web_search_request"}
                corpus.add(f"{price.key} {tier}", price.provider, price.model, usage, tier,
                           price.region)
        for region in price.regions:
            corpus.add(f"{price.key} region {region}", price.provider, price.model, mixed(price),
                       region=region)
        if price.threshold:
            for step in (-1, 0, 1):
                corpus.add(f"{price.key} threshold {step:+d}", price.provider, price.model,
                           at(price, price.threshold + step, True), region=price.region)


def cross_product(corpus, prices):
    chosen = {
        ("openai", "gpt-6-astra"): ("", "us", "eu"),
        ("openai", "gpt-5.4"): ("", "us"),
        ("anthropic", "claude-haiku-5-5"): ("", "us", "global"),
        ("google-gemini-api", "gemini/gemini-2.5-pro"): ("",),
        ("azure", "azure/gpt-5.4"): ("", "us"),
        ("xai", "xai/grok-4.7"): ("",),
        ("aws-bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0"): ("", "us-east-1"),
    }
    for price in prices:
        for region in chosen.get((price.provider, price.key), ()):
            for tier in TIERS:
                for step in (-1, 0, 1):
                    for cached in (False, True):
                        corpus.add(
                            f"{price.key} {region or 'no region'} {tier} {step:+d} "
                            + ("cached" if cached else "plain"), price.provider, price.model,
                            at(price, price.threshold + step, cached), tier, region)


def names(corpus):
    usage = {"input": 1_009, "cache_read": 503, "output": 211}
    for provider, model, region in (
            ("openai", "gpt-5-2025-08-07", ""), ("openai", "gpt-5-mini-2025-08-07", ""),
            ("openai", "gpt-4o-2024-08-06", ""), ("openai", "gpt-4o-mini-2024-07-18", ""),
            ("openai", "gpt-5.4-2026-03-05", "us"), ("openai", "gpt-5.4-2026-03-05", "eu"),
            ("openai", "gpt-4.1-mini-2025-04-14", ""), ("openai", "o3-2025-04-16", ""),
            ("anthropic", "claude-sonnet-4-5-20250929", ""),
            ("anthropic", "claude-opus-4-5-20251101", ""),
            ("anthropic", "claude-sonnet-4-6-20260217", "us"),
            ("anthropic", "claude-haiku-4-5-20251001", "global"),
            ("azure", "gpt-5.4-2026-03-05", "us"), ("azure", "gpt-5.4-2026-03-05", ""),
            ("azure", "gpt-5-2025-08-07", "us"), ("azure", "gpt-6-astra", ""),
            ("azure", "claude-opus-5-5", "eu"), ("azure", "gpt-4o-2024-11-20", ""),
            ("groq", "openai/gpt-oss-120b", ""), ("cohere", "command-a-03-2025", ""),
            ("aws-bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", ""),
            ("google-vertex-ai", "gemini-3.8-flash", "global"),
            ("google-vertex-ai", "gemini-3.8-flash", "us-central1"),
            ("google-vertex-ai", "gemini-3.8-flash", "europe-west4"),
            ("openai", "gpt-5.4", "jp"), ("openai", "gpt-5.4", "global"),
            ("openai", "gpt-5", "eu"), ("anthropic", "claude-opus-4-5", "us"),
            ("anthropic", "claude-opus-5-5", "not_available"), ("azure", "gpt-5.4", "eu"),
            # Aliases, resource names, routes; of profiles those that have prices of their own.
            ("aws-bedrock", "global.anthropic.claude-opus-5-5", ""),
            ("aws-bedrock", "global.anthropic.claude-opus-5-5", "us-east-1"),
            ("aws-bedrock", "us.anthropic.claude-opus-5-5", ""),
            ("aws-bedrock", "eu.anthropic.claude-haiku-5-5", "eu-west-1"),
            ("aws-bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us-west-2"),
            ("aws-bedrock", "us.amazon.nova-pro-v1:0", ""),
            ("aws-bedrock", "apac.amazon.nova-pro-v1:0", ""),
            ("aws-bedrock", "us.meta.llama4-maverick-17b-instruct-v1:0", ""),
            ("aws-bedrock", PROFILE + "us.deepseek.v3.2", "us-east-1"),
            ("aws-bedrock", PROFILE + "eu.anthropic.claude-opus-5-5", "eu-central-1"),
            ("aws-bedrock", "arn:aws:bedrock:us-east-1::foundation-model/deepseek.v3.2", ""),
            ("aws-bedrock", "bedrock/us.anthropic.claude-opus-5-5", ""),
            ("aws-bedrock", "bedrock/converse/global.openai.gpt-6-sol", ""),
            ("mistral", "mistral-medium-latest", ""), ("mistral", "mistral/codestral-2508", ""),
            ("xai", "grok-4.5-latest", ""), ("xai", "x-ai/grok-code-fast", ""),
            ("openai", "openai/gpt-5", ""), ("openai", "openai/gpt-5.4-2026-03-05", "us"),
            ("anthropic", "anthropic/claude-opus-5-5", "us"),
            ("google-gemini-api", "models/gemini-2.5-pro", ""),
            ("google-gemini-api", "google/gemini-2.5-flash", ""),
            ("google-vertex-ai",
             "projects/p/locations/us-central1/publishers/google/models/gemini-3.8-flash",
             "us-central1"),
            ("azure", "azure/gpt-5", ""), ("azure", "azure_ai/claude-opus-5-5", ""),
            ("groq", "groq/openai/gpt-oss-120b", ""),
            # Others than what they begin with: nothing is known of them.
            ("aws-bedrock", "latam.anthropic.claude-opus-5-5", ""),
            ("aws-bedrock", "us-gov.anthropic.claude-opus-5-5", ""),
            ("aws-bedrock", "us.amazon.nova-pro", ""),
            ("aws-bedrock", PROFILE.replace("inference", "application-inference") + "a1b2", ""),
            ("aws-bedrock", "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/a1b2", ""),
            ("openai", "azure/gpt-5", ""), ("openai", "openrouter/openai/gpt-5", ""),
            ("mistral", "mistral-medium", ""), ("xai", "grok-latest", ""),
            ("azure", "our-deployment-of-gpt-5", ""), ("openai", "models/gpt-5", ""),
            ("openai", "gpt-5-pro", ""), ("openai", "gpt-5.4-pro-2026-03-05", ""),
            ("openai", "gpt-4o-audio-preview-2024-12-17", ""), ("openai", "gpt-5-2025-13-41", ""),
            ("openai", "gpt-5-", ""), ("openai", "gpt-5-latest", ""), ("openai", "gpt-7", ""),
            ("openai", "GPT-5", ""), ("openai", "gpt", ""), ("openai", "claude-opus-5-5", ""),
            ("anthropic", "claude-opus-5-5-fast", ""), ("anthropic", "gpt-5", ""),
            ("azure", "gpt-5.4-mini", "us"), ("groq", "gpt-oss-120b", ""),
            ("aws-bedrock", "anthropic.claude-sonnet-4-5", ""),
            ("google-gemini-api", "gemini-2.5-pro-exp", ""),
            ("mistral", "mistral-large", ""), ("xai", "grok-4", ""),
            ("someone", "gpt-5", ""), ("OpenAI", "gpt-5", ""), ("google", "gemini-2.5-pro", "")):
        corpus.add(f"named {provider} {model} {region or 'no region'}", provider, model, usage,
                   region=region)
    corpus.add("unknown model that reports nothing used", "openai", "gpt-7", {})
    corpus.add("known model that reports nothing used", "openai", "gpt-5", {})
    corpus.add("known model that reports zeros", "openai", "gpt-5", {"input": 0, "output": 0})
    corpus.add("dated name in its region in batches", "azure", "gpt-5.4-2026-03-05",
               {"input": 1_009, "cache_read": 503, "output": 211}, "batch", "us")
    corpus.add("dated name in its region and long", "azure", "gpt-5.4-2026-03-05",
               {"input": 272_001, "output": 211}, region="us")


def missing(corpus):
    for provider, model, tier in (
            ("openai", "gpt-5.5-pro", "priority"), ("openai", "gpt-4.1", "flex"),
            ("openai", "gpt-5.3-codex", "batch"), ("openai", "gpt-5.4-nano", "priority"),
            ("anthropic", "claude-opus-5-5", "priority"), ("anthropic", "claude-opus-5-5", "flex"),
            ("google-gemini-api", "gemini-embedding-001", "flex"),
            ("mistral", "mistral-large-4", "batch"), ("deepseek", "deepseek-v4-pro", "batch"),
            ("xai", "grok-4.6", "batch"), ("xai", "grok-4.7", "priority"),
            ("aws-bedrock", "anthropic.claude-opus-5-5", "batch"),
            ("aws-bedrock", "amazon.nova-lite-v1:0", "priority"), ("azure", "gpt-5", "flex"),
            ("azure", "gpt-4o", "priority"), ("cohere", "command-a-03-2025", "batch"),
            ("perplexity", "sonar", "flex"), ("groq", "openai/gpt-oss-120b", "batch"),
            ("moonshot", "kimi-k3", "batch"), ("zai", "glm-5.3", "batch"),
            ("dashscope", "qwen3.8-max", "batch")):
        corpus.add(f"no rates of {tier}: {provider} {model}", provider, model,
                   {"input": 1_009, "output": 211}, tier)
    for provider, model, name in (
            ("openai", "gpt-6-astra", "cache_write_1h"), ("openai", "gpt-6-astra", "cache_write_5m"),
            ("anthropic", "claude-opus-5-5", "cache_write_12h"),
            ("anthropic", "claude-opus-5-5", "cache_write_30m"),
            ("azure", "gpt-6-astra", "cache_write_12h"), ("zai", "glm-5.3", "cache_write_1h"),
            ("openai", "gpt-5.5", "cache_write_30m"), ("google-gemini-api", "gemini-2.5-pro",
                                                       "cache_write_1h"),
            ("openai", "gpt-5.5-pro", "cache_read"), ("cohere", "command-a-03-2025", "cache_read"),
            ("aws-bedrock", "deepseek.v3.2", "cache_read"),
            ("openai", "gpt-4o", "input_image"), ("openai", "gpt-4o", "cache_read_image"),
            ("openai", "gpt-4o", "input_audio"), ("openai", "gpt-4o", "cache_read_audio"),
            ("openai", "gpt-4o", "output_audio"), ("openai", "gpt-4o", "output_image"),
            ("google-gemini-api", "gemini-2.5-flash", "input_audio"),
            ("google-gemini-api", "gemini-2.5-flash", "cache_read_audio"),
            ("google-gemini-api", "gemini-2.5-flash", "input_image"),
            ("google-gemini-api", "gemini-3-flash-preview", "input_audio"),
            ("openai", "gpt-4o", "web_search_request"), ("openai", "gpt-4.1", "web_search_request"),
            ("anthropic", "claude-haiku-4-5", "web_search_request"),
            ("perplexity", "sonar", "web_search_request"),
            ("azure", "gpt-5", "web_search_request"),
            ("openai", "gpt-5", "code_interpreter_session"), ("openai", "gpt-5", "seconds"),
            ("openai", "gpt-5", "cache_write_24h")):
        corpus.add(f"class {name} of {provider} {model}", provider, model,
                   {"input": 1_009, name: 307, "output": 211})
        if name not in ("web_search_request", "cache_read"):
            corpus.add(f"zero of class {name} of {provider} {model}", provider, model,
                       {"input": 1_009, name: 0, "output": 211})
    corpus.add("a search costs the same in batches and in a region", "anthropic",
               "claude-opus-5-5", {"input": 1_009, "web_search_request": 7}, "batch", "us")
    corpus.add("audio counts toward the threshold", "google-gemini-api", "gemini-2.5-pro",
               {"input": 199_000, "input_audio": 1_001, "output": 3})
    corpus.add("images count toward the threshold", "openai", "gpt-5.4",
               {"input": 272_000, "input_image": 1, "output": 3})
    corpus.add("output counts toward no threshold", "openai", "gpt-5.4",
               {"input": 272_000, "output": 128_000})
    corpus.add("audio in batches", "google-gemini-api", "gemini-2.5-flash",
               {"input": 1_009, "input_audio": 307, "output": 211}, "batch")
    for tier in TIERS:
        for model in ("gemini-3-flash-preview", "gemini-2.5-flash", "gemini-2.5-flash-lite"):
            corpus.add(f"audio read from a cache: {model} {tier}", "google-gemini-api", model,
                       {"input": 1_009, "cache_read": 503, "input_audio": 307,
                        "cache_read_audio": 401, "output": 211}, tier)
    corpus.add("audio read from a cache without a rate", "google-gemini-api", "gemini-3.5-flash",
               {"input": 1_009, "cache_read_audio": 401, "output": 211})


def long_tiers(corpus):
    """Long requests of tiers that the row has long rates for, and of tiers that it has none for."""
    for provider, model, threshold in (
            ("openai", "gpt-5.5", 272_000), ("openai", "gpt-5.5-pro", 272_000),
            ("openai", "gpt-5.4", 272_000), ("openai", "gpt-6.1-terra", 272_000),
            ("google-gemini-api", "gemini-3.1-pro-preview", 200_000),
            ("google-gemini-api", "gemini-2.5-pro", 200_000), ("azure", "gpt-5.4", 272_000)):
        for region in ("", "us") if provider == "azure" else ("",):
            for tier in TIERS[1:]:
                corpus.add(f"long {tier}: {provider} {model} {region or 'anywhere'}", provider,
                           model, {"input": threshold, "cache_read": 1_009, "output": 307,
                                   "reasoning": 211}, tier, region)


def reasoning(corpus):
    """Reasoning apart, within the output, or not told: the same cost where their rates are one."""
    for provider, model, tier, region, prompt in (
            ("openai", "gpt-6-astra", "standard", "us", 1_009),
            ("openai", "gpt-6-astra", "flex", "", 300_007), ("openai", "o3", "batch", "", 1_009),
            ("openai", "gpt-5", "priority", "", 1_009),
            ("anthropic", "claude-haiku-5-5", "batch", "us", 100_001),
            ("anthropic", "claude-opus-5-5", "standard", "", 1_009),
            ("google-gemini-api", "gemini-2.5-flash", "standard", "", 10_007),
            ("google-gemini-api", "gemini-2.5-pro", "priority", "", 200_001),
            ("google-vertex-ai", "gemini-3.8-flash", "standard", "us-central1", 1_009),
            ("xai", "grok-4.7", "batch", "", 200_000), ("azure", "gpt-5.4", "standard", "us", 1_009),
            ("deepseek", "deepseek-v4-pro", "standard", "", 1_009),
            ("aws-bedrock", "openai.gpt-oss-120b-1:0", "priority", "", 1_009)):
        costs = set()
        for number, output in enumerate((
                {"output": 500, "reasoning": 1_500}, {"output": 2_000}, {"output_unsplit": 2_000})):
            form = ("apart", "within", "unsplit")[number]
            row = corpus.add(f"reasoning {form}: {provider} {model} {tier} {region or 'anywhere'}",
                             provider, model, {"input": prompt, **output}, tier, region)
            costs.add(row["picos"])
        assert len(costs) == 1, (provider, model, costs)


def times(corpus):
    usage = {"input": 1_009, "cache_read": 503, "output": 211}
    for provider, model, key in (
            ("google-gemini-api", "gemini-4-argon", "2026-12-01T00:00:00"),
            ("google-vertex-ai", "gemini-3.8-flash", "2027-01-01T00:00:00"),
            ("mistral", "mistral-large-4", "2026-10-29T00:00:00"),
            ("mistral", "mistral-large-4", "2026-11-29T00:00:00"),
            ("made-up", "half-pico", "2026-01-01T00:00:00"),
            ("made-up", "eighteen-places", "2026-07-01T00:00:00")):
        instant = datetime.fromisoformat(key)
        for step in (-1, 0, 1):
            moved = instant + timedelta(microseconds=step)
            corpus.add(f"{model} {key} {step:+d} us", provider, model, usage,
                       time=moved.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), catalogue="changed")
    for year in ("1970", "2025", "2261"):
        corpus.add(f"assumed since ever: {year}", "openai", "gpt-5", usage,
                   time=f"{year}-01-01T00:00:00.000000Z")
    corpus.add("a change of others leaves a price", "openai", "gpt-5", usage, catalogue="changed")


def rounding(corpus):
    for tokens in range(0, 12):
        corpus.add(f"half picos: {tokens} tokens", "made-up", "half-pico", {"input": tokens},
                   time="2026-06-01T00:00:00.000000Z", catalogue="changed")
    for usage, tier, region in (
            ({"input": 1, "output": 1}, "standard", ""),
            ({"input": 1, "cache_read": 1}, "standard", ""),
            ({"input": 1, "cache_read": 2}, "standard", ""),
            ({"input": 3, "cache_read": 2, "output": 1}, "standard", ""),
            ({"input": 1, "cache_read": 2, "output": 1}, "batch", ""),
            ({"input": 5, "cache_read": 4, "output": 3}, "batch", ""),
            ({"input": 10, "output": 1}, "standard", "us"),
            ({"input": 5, "output": 5}, "standard", "us"),
            ({"input": 999_999_999, "output": 999_999_999}, "batch", "us")):
        corpus.add("rounded once: " + " ".join(f"{k} {v}" for k, v in usage.items()) + " " + tier
                   + " " + (region or "anywhere"), "made-up", "half-pico", usage, tier, region,
                   "2026-06-01T00:00:00.000000Z", "changed")
    for total in (999, 1_000, 1_001):
        corpus.add(f"eighteen places: {total} tokens", "made-up", "eighteen-places",
                   {"input": total - 333, "cache_read": 333, "output": 777_777_777},
                   time="2026-06-01T00:00:00.000000Z", catalogue="changed")
    for output in (184_467_440_737, 184_467_440_738, 2**62):
        corpus.add(f"largest amount: {output} tokens", "openai", "gpt-6-astra", {"output": output})


def worked_examples(corpus):
    """Computed by hand, in USD: the script itself fails if it comes to another figure."""
    for name, provider, model, quantities, tier, region, time, dollars in (
            ("long prompt", "openai", "gpt-6-astra",
             {"input": 80_000, "cache_read": 200_000, "cache_write_30m": 20_000, "output": 5_000},
             "standard", "", NOON, "2.875"),
            ("prompt at the threshold", "openai", "gpt-6-astra",
             {"input": 80_000, "cache_read": 172_000, "cache_write_30m": 20_000, "output": 5_000},
             "standard", "", NOON, "1.472"),
            ("five classes", "anthropic", "claude-opus-5-5",
             {"input": 1_500, "cache_read": 20_000, "cache_write_5m": 4_000,
              "cache_write_1h": 1_000, "output": 700}, "standard", "", NOON, "0.052"),
            ("five classes in batches", "anthropic", "claude-opus-5-5",
             {"input": 1_500, "cache_read": 20_000, "cache_write_5m": 4_000,
              "cache_write_1h": 1_000, "output": 700}, "batch", "", NOON, "0.026"),
            ("five classes in a region", "anthropic", "claude-opus-5-5",
             {"input": 1_500, "cache_read": 20_000, "cache_write_5m": 4_000,
              "cache_write_1h": 1_000, "output": 700}, "standard", "us", NOON, "0.0572"),
            ("audio and thoughts", "google-gemini-api", "gemini-2.5-flash",
             {"input": 5_000, "cache_read": 4_000, "input_audio": 1_000, "output": 500,
              "reasoning": 1_500}, "standard", "", NOON, "0.00762"),
            ("peak hours", "deepseek", "deepseek-flash",
             {"input": 4_000, "cache_read": 6_000, "output": 1_000}, "standard", "",
             "2026-11-24T02:00:00.000000Z", "0.002436"),
            ("reasoning at its own rate", "perplexity", "sonar-deep-research",
             {"input": 1_000, "output": 500, "reasoning": 1_500, "web_search_request": 4},
             "standard", "", NOON, "0.0305")):
        row = corpus.add("by hand: " + name, provider, model, quantities, tier, region, time,
                         by_hand=True)
        assert row["picos"] == Fraction(dollars) * 10**12, (name, row)


def main():
    corpus = Corpus()
    prices = corpus.catalogues["shipped"].prices
    worked_examples(corpus)
    every_row(corpus, prices)
    cross_product(corpus, prices)
    names(corpus)
    missing(corpus)
    long_tiers(corpus)
    reasoning(corpus)
    shapes(corpus, prices)
    modalities(corpus)
    same_meaning(corpus)
    times(corpus)
    rounding(corpus)
    path = HERE / "cases.csv"
    if "--check" in sys.argv[1:]:
        if path.read_text(encoding="utf-8") != corpus.text():
            sys.exit("cases.csv is not what this script computes; run it without --check.")
        return
    path.write_text(corpus.text(), encoding="utf-8")
    priced = sum(1 for row in corpus.rows if not row["unpriced"])
    print(f"{len(corpus.rows)} cases, {priced} of them priced")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes cases.csv: usage of each model of the price catalogue, and what it costs, to the pico.

The arithmetic is fractions of integers, with no floating point, and shares no code with the
product: it was written from the rules of README.md, next to this file. Run it from anywhere:

    Tests/LedgerTests/Prices/Corpus/generate.py            writes cases.csv
    Tests/LedgerTests/Prices/Corpus/generate.py --check    fails where cases.csv is another
"""

import csv
import io
import sys
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).resolve().parent
CATALOGUE = HERE.parents[3] / "deploy" / "catalogue" / "prices.csv"
LARGEST = 2**63 - 1  # picos of one entry

# Routes of the dataset that stand before the name which the provider itself gives its model.
ROUTES = {
    "google-gemini-api": ["gemini/"],
    "google-vertex-ai": ["vertex_ai/"],
    "azure": ["azure/", "azure_ai/"],
    **{name: [name + "/"] for name in (
        "mistral", "deepseek", "xai", "perplexity", "groq", "moonshot", "zai", "dashscope")},
}
DATA_ZONES = ("us", "eu")  # of azure: `azure/us/gpt-5.4`
LONG_AT_THRESHOLD = {"xai", "google-gemini-api", "google-vertex-ai"}  # the others: above it

TIERS = ("standard", "batch", "flex", "priority")
INPUT = ("input", "input_audio", "input_image")
READS = ("cache_read", "cache_read_audio", "cache_read_image")
WRITES = ("cache_write_5m", "cache_write_30m", "cache_write_1h", "cache_write_12h")
PROMPT = INPUT + READS + WRITES


class Unpriced(Exception):
    """No price: the reason is its only argument."""


class Price:
    """One row of a price file, its texts turned into picos per token and multipliers."""

    def __init__(self, row):
        self.key = row["model_key"]
        self.provider = row["provider"]
        self.region, self.model = "", self.key
        for route in ROUTES.get(self.provider, []):
            if self.model.startswith(route):
                self.model = self.model[len(route):]
        zone, _, rest = self.model.partition("/")
        if self.provider == "azure" and zone in DATA_ZONES:
            self.region, self.model = zone, rest
        self.columns = {
            name: Fraction(row[name]) * 1_000_000  # USD per million = picos per token / 10^6
            for name in row if row[name] and name not in (
                "provider", "model_key", "mode", "notes", "date", "source", "source_page", "from",
                "to", "cross_check_genai_prices", "tier_threshold_tokens", "max_input_tokens",
                "max_output_tokens")}
        self.threshold = int(row["tier_threshold_tokens"] or 0)
        self.begins, self.ends = row.get("from") or None, row.get("to") or None
        self.regions, self.everywhere, self.notes = {}, None, {}
        for note in row["notes"].split(" | "):
            if note.startswith("multipliers: "):
                for multiplier in note[len("multipliers: "):].split(";"):
                    name, _, factor = multiplier.rpartition("x")
                    if name == "us":
                        self.regions[name] = Fraction(factor)
                continue
            name, equals, value = note.partition("=")
            if name.startswith("regional_processing_uplift_multiplier_"):
                self.regions[name.rpartition("_")[2]] = Fraction(value)
            elif name == "regional_endpoint_uplift_multiplier":
                self.everywhere = Fraction(value)
            elif equals and (name in (
                    "cache_write_12h", "reasoning_output", "audio_input", "cache_read_audio",
                    "search_per_query") or name.partition("_")[0] in TIERS):
                self.notes[name] = Fraction(value) * (
                    10**12 if name == "search_per_query" else 1_000_000)

    def multiplier(self, region):
        if self.everywhere is not None and region not in ("", "global"):
            return self.everywhere
        return self.regions.get(region, Fraction(1))

    def has(self, tier):
        return tier == "standard" or tier + "_input" in self.columns

    def is_long(self, quantities):
        prompt = sum(quantities.get(name, 0) for name in PROMPT)
        if not self.threshold:
            return False
        return prompt > self.threshold or (
            prompt == self.threshold and self.provider in LONG_AT_THRESHOLD)

    def token_rate(self, name, tier, long):
        """Picos per token. What the row says goes first; a tier and a long prompt scale what it has
        no rate of its own for, but the long rates of a tier other than batch are never scaled from
        its short ones."""
        side, key, base, above = self.base(name)
        if base is None:
            raise Unpriced("CLASS " + name)
        own, whole = self.columns.get(above), self.columns.get(self.plain(above))
        scales = long and own is not None and whole
        rate = base * own / whole if scales else base
        if tier == "standard":
            return rate
        column = self.columns.get(f"{tier}_{side}")
        below = self.notes.get(f"{tier}_{key}")
        if below is None and column is not None:
            below = base * column / self.columns[side] if self.columns[side] else column
        if not scales:
            return base if below is None else below
        said = self.notes.get(f"{tier}_{key}_above")
        if said is not None:
            return said
        if tier == "batch":
            return rate if below is None else rate * below / base
        side_above = self.notes.get(f"{tier}_{side}_above")
        return rate if side_above is None else rate * side_above / self.columns[side + "_above"]

    @staticmethod
    def plain(above):
        name = above[:-len("_above")]
        return "cache_write_5m" if name == "cache_write" else name

    def base(self, name):
        """The side whose tier rates hold, the class that notes name it by, the rate, and the column
        that holds for long prompts."""
        column, note = self.columns.get, self.notes.get
        if name in ("input", "input_image"):
            return "input", "input", column("input"), "input_above"
        if name == "input_audio":
            return "input", name, note("audio_input", column("input")), "input_above"
        if name in READS:
            if name == "cache_read_audio" and "audio_input" in self.notes:
                return "input", name, note(name), "input_above"
            if "cache_read" in self.columns:
                return "input", "cache_read", column("cache_read"), "cache_read_above"
            return "input", "input", column("input"), "input_above"
        if name in WRITES:
            own = {
                "cache_write_1h": column("cache_write_1h"),
                "cache_write_12h": note("cache_write_12h")}.get(name)
            if own is not None:
                return "input", name, own, "cache_write_above"
            own = column("cache_write_5m")
            if own is None:
                return "input", "input", column("input"), "input_above"
            return "input", "cache_write_5m", own, "cache_write_above"
        if name in ("output", "output_unsplit", "output_audio", "output_image"):
            return "output", "output", column("output"), "output_above"
        if name == "reasoning":
            own = note("reasoning_output")
            if own is None:
                return "output", "output", column("output"), "output_above"
            return "output", "reasoning", own, "output_above"
        return "output", name, None, ""

    def cost(self, quantities, tier, region):
        long, total = self.is_long(quantities), Fraction(0)
        for name, quantity in quantities.items():
            if quantity == 0:
                continue
            if name == "web_search_request":
                if "search_per_query" not in self.notes:
                    raise Unpriced("CLASS " + name)
                total += quantity * self.notes["search_per_query"]
            else:
                rate = self.token_rate(name, tier, long)
                total += quantity * rate * self.multiplier(region)
        return half_even(total), long


def half_even(value):
    whole, rest = divmod(value.numerator, value.denominator)
    twice = 2 * rest
    if twice > value.denominator or (twice == value.denominator and whole % 2):
        whole += 1
    return whole


def undated(model):
    """The name before a date such as -2026-03-05 or -20260305, else nothing."""
    for length, form in ((11, "-%Y-%m-%d"), (9, "-%Y%m%d")):
        try:
            datetime.strptime(model[-length:], form)
        except ValueError:
            continue
        return model[:-length]
    return None


class Catalogue:
    def __init__(self, prices):
        self.prices = prices

    def find(self, provider, model, region, time):
        known = [p for p in self.prices if p.provider == provider]
        if not known:
            raise Unpriced("PROVIDER")
        name = model if any(p.model == model for p in known) else undated(model)
        named = [p for p in known if p.model == name]
        if not named:
            raise Unpriced("MODEL")
        named = [p for p in named
                 if (p.begins is None or p.begins <= time) and (p.ends is None or time < p.ends)]
        for place in (region, ""):
            for price in named:
                if price.region == place:
                    return price
        raise Unpriced("TIME")


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def catalogues():
    shipped = [Price(row) for row in read(CATALOGUE)]
    later = [Price(row) for row in read(HERE / "later.csv")]
    changed = [Price(row) for row in read(CATALOGUE)]
    for price in changed:
        for other in later:
            if (other.provider, other.key) == (price.provider, price.key):
                price.ends = other.begins
    return {"shipped": Catalogue(shipped), "changed": Catalogue(changed + later)}


NOON = "2026-11-21T12:00:00.000000Z"


class Corpus:
    def __init__(self):
        self.catalogues, self.rows, self.names = catalogues(), [], set()

    def add(self, name, provider, model, quantities, tier="standard", region="", time=NOON,
            catalogue="shipped"):
        assert name not in self.names and "," not in name, name
        self.names.add(name)
        row = {
            "case": name, "catalogue": catalogue, "provider": provider, "model": model,
            "region": region, "service_tier": tier, "time": time,
            "quantities": " ".join(f"{k}={v}" for k, v in quantities.items()),
            "price": "", "context": "", "assumed": "", "picos": "", "unpriced": ""}
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
        self.rows.append(row)
        return row

    def text(self):
        out = io.StringIO()
        writer = csv.DictWriter(out, list(self.rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue()


def mixed(price):
    """A prompt below every threshold, of all classes that the row has a rate for."""
    quantities = {"input": 12_347, "cache_read": 8_191}
    if "cache_write_5m" in price.columns:
        quantities["cache_write_30m" if price.provider == "openai" else "cache_write_5m"] = 2_053
    if "cache_write_1h" in price.columns:
        quantities["cache_write_1h"] = 1_031
    if "cache_write_12h" in price.notes:
        quantities["cache_write_12h"] = 733
    if "audio_input" in price.notes:
        quantities["input_audio"] = 409
    if price.columns.get("output"):
        quantities["output"] = 3_001
        quantities["reasoning"] = 977
    if "search_per_query" in price.notes:
        quantities["web_search_request"] = 3
    return quantities


def at(price, total, cached):
    """A prompt of so many tokens, plain or with reads and writes of every lifetime of the row."""
    if not cached:
        return {"input": total, "output": 1_013}
    quantities = {"cache_read": 50_021}
    if "cache_write_5m" in price.columns:
        quantities["cache_write_30m" if price.provider == "openai" else "cache_write_5m"] = 7_001
    if "cache_write_1h" in price.columns:
        quantities["cache_write_1h"] = 5_003
    if "cache_write_12h" in price.notes:
        quantities["cache_write_12h"] = 3_011
    return {"input": total - sum(quantities.values()), **quantities, "output": 499,
            "reasoning": 514}


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
            # Others than what they begin with: nothing is known of them.
            ("openai", "gpt-5-pro", ""), ("openai", "gpt-5.4-pro-2026-03-05", ""),
            ("openai", "gpt-4o-audio-preview-2024-12-17", ""), ("openai", "gpt-5-2025-13-41", ""),
            ("openai", "gpt-5-", ""), ("openai", "gpt-5-latest", ""), ("openai", "gpt-7", ""),
            ("openai", "GPT-5", ""), ("openai", "gpt", ""), ("openai", "claude-opus-5-5", ""),
            ("anthropic", "claude-opus-5-5-fast", ""), ("anthropic", "gpt-5", ""),
            ("azure", "gpt-5.4-mini", "us"), ("groq", "gpt-oss-120b", ""),
            ("aws-bedrock", "us.anthropic.claude-opus-5-5", ""),
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


def conventions(corpus):
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
        row = corpus.add("by hand: " + name, provider, model, quantities, tier, region, time)
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
    conventions(corpus)
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

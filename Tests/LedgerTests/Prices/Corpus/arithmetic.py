"""What usage costs by a price file, in fractions of integers; the rules are those of README.md.

No floating point, and no code of the product.
"""

import csv
import re
from datetime import datetime
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

    def __init__(self, row, file="prices.csv"):
        self.key = row["model_key"]
        self.source = f"{file} {self.key} {row['date']} {row.get('source_page') or row['source']}"
        self.provider = row["provider"]
        self.region, self.model = "", bare(self.provider, self.key)
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


def bare(provider, key):
    """The provider's own name behind the dataset's route."""
    for route in ROUTES.get(provider, []):
        if key.startswith(route):
            return key[len(route):]
    return key


# What senders put before a model's name, each an expression of rule 2.
BEFORE = {
    "aws-bedrock": (
        r"arn:(?:aws|aws-cn|aws-us-gov):bedrock:[^:]*:[^:]*:(?:inference-profile|foundation-model)/",
        r"bedrock/", r"converse/"),
    "google-gemini-api": (r"gemini/", r"google/", r"models/"),
    "google-vertex-ai": (
        r"projects/[^/]*/locations/[^/]*/publishers/google/models/(?=[^/]+$)", r"vertex_ai/",
        r"google/", r"publishers/google/models/"),
    "azure": (r"azure_ai/",), "mistral": (r"mistralai/",), "xai": (r"x-ai/",),
    "moonshot": (r"moonshotai/",), "zai": (r"z-ai/",), "dashscope": (r"qwen/",),
}


def spellings(provider, model):
    """The name, the names behind what stands before it, then all of them without their day."""
    names, found = [model], True
    while found:
        found = False
        for form in (re.escape(provider) + "/",) + BEFORE.get(provider, ()):
            match = re.match(form + "(?=.)", names[-1])
            if match:
                names.append(names[-1][match.end():])
                found = True
                break
    return names + [short for short in map(undated, names) if short]


class Catalogue:
    def __init__(self, prices, aliases):
        self.prices, self.aliases = prices, aliases

    def find(self, provider, model, region, time):
        known = [p for p in self.prices if p.provider == provider]
        if not known:
            raise Unpriced("PROVIDER")
        named = []
        for name in spellings(provider, model):
            for meant in (name, self.aliases.get((provider, name))):
                named = named or [p for p in known if p.model == meant]
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
    aliases = {
        (row["provider"], bare(row["provider"], row["model_key"])):
            bare(row["provider"], row["notes"].partition("alias_of=")[2])
        for row in read(CATALOGUE) if row["mode"] == "alias"}
    rows = [row for row in read(CATALOGUE) if row["mode"] != "alias"]
    shipped = [Price(row) for row in rows]
    later = [Price(row, "later.csv") for row in read(HERE / "later.csv")]
    changed = [Price(row) for row in rows]
    for price in changed:
        for other in later:
            if (other.provider, other.key) == (price.provider, price.key):
                price.ends = other.begins
    return {
        "shipped": Catalogue(shipped, aliases), "changed": Catalogue(changed + later, aliases)}


NOON = "2026-11-21T12:00:00.000000Z"


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

#!/usr/bin/env python3
"""Computes one month's totals a second time, from the same inputs, sharing no code with the product.

Prices, organization, events and the providers' rows go in; the JSON that comes out says what every unit, day and model
must show, to the pico (10^-12 USD). Text in quotation marks is the contract that the line below it obeys; READING marks
a choice where the contract leaves one. The counts under "readings" say how often such a choice could have mattered.

Money is int and Fraction only. Scales: an amount is picos; a rate, and a multiplier, is an integer of 10^-18; a weight
(quantity x rate x multiplier) therefore an integer of 10^-36 USD.
"""
import argparse
import collections
import csv
import datetime
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

PICO = 10 ** 12
RATE = 10 ** 18
WEIGHT_TO_PICO = RATE * RATE // PICO
HOUR = 3600
DAY = 24 * HOUR
QUARTER = 15 * 60
# "final = ... <= now - 3 days"
FINAL_AFTER = 3 * DAY

# "Dimension names: provider, model, project, api_key_id, user, feature, customer, team, environment, connection (id),
# operation, tag:<key>." A condition may name these; service tier, context and region are kept beside them.
Dims = collections.namedtuple(
    "Dims", "provider model project api_key_id user feature customer team environment connection operation tags")
Dims.__new__.__defaults__ = ("",) * 11 + ((),)

# What a row costs: where it stands in time, whose it is, and picos. Reports are sums of these.
Part = collections.namedtuple("Part", "start dims picos")

READINGS = collections.Counter()


# Arithmetic

def half_even(numerator, denominator):
    """numerator / denominator as the nearest integer, ties to the even one; denominator > 0."""
    quotient, rest = divmod(numerator, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1):
        quotient += 1
    return quotient


def to_picos(amount):
    """"more than 12 places: rounded half-even to the pico"."""
    return half_even(amount.numerator * PICO, amount.denominator)


def exact(value):
    """A JSON number or numeric string as an exact Fraction. JSON must have been read with parse_float=Decimal."""
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise ValueError("not a number: %r" % (value,))
    return Fraction(value)


def decimal_string(picos):
    """Picos as dollars: no exponent, no trailing zeros."""
    whole, places = divmod(abs(picos), PICO)
    text = "%d.%012d" % (whole, places)
    text = text.rstrip("0").rstrip(".")
    return "-" + text if picos < 0 else text


def largest_remainder(amount, weights):
    """"floor(|amount| x w / sum of w) each, the missing picos one each to the largest remainders, ties to the lower
    index; negative amounts are the mirror image; all weights 0 -> handled by the caller"."""
    total = sum(weights)
    assert total > 0 and min(weights) >= 0
    sign = -1 if amount < 0 else 1
    parts, remainders = [], []
    for weight in weights:
        part, remainder = divmod(abs(amount) * weight, total)
        parts.append(part)
        remainders.append(remainder)
    missing = abs(amount) - sum(parts)
    # sorted() is stable: equal remainders stay in index order.
    for index in sorted(range(len(parts)), key=lambda i: -remainders[i])[:missing]:
        parts[index] += 1
    return [sign * part for part in parts]


# Time

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
RFC3339 = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?"
                     r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))")


def instant(text):
    """RFC 3339 as whole seconds since 1970, rounded down: no border lies inside a second.
    "a date-time without zone is refused"."""
    match = RFC3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("not an RFC 3339 instant with a zone: %r" % (text,))
    year, month, day, hour, minute, second = (int(match.group(i)) for i in range(1, 7))
    local = datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.timezone.utc)
    seconds = (local - EPOCH) // datetime.timedelta(seconds=1)
    if match.group(9):
        offset = int(match.group(10)) * HOUR + int(match.group(11)) * 60
        seconds += -offset if match.group(9) == "+" else offset
    return seconds


def utc_text(seconds):
    return (EPOCH + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_day(seconds):
    """First second of the UTC day: "UTC day is the bill's day"."""
    return seconds - seconds % DAY


class Calendar:
    """"Periods: month/day of a row = by its start instant in the organization's zone"."""

    def __init__(self, zone):
        self.zone = ZoneInfo(zone)
        self.known = {}

    def date(self, seconds):
        # "Roll-ups are kept at 15 minutes UTC or finer, so that every zone's hours and days can be built from them":
        # the date is the same within a quarter of an hour.
        quarter = seconds - seconds % QUARTER
        if quarter not in self.known:
            moment = EPOCH + datetime.timedelta(seconds=quarter)
            self.known[quarter] = moment.astimezone(self.zone).date().isoformat()
        return self.known[quarter]


def days_of_month(month):
    year, number = (int(part) for part in month.split("-"))
    day = datetime.date(year, number, 1)
    days = []
    while day.month == number:
        days.append(day.isoformat())
        day += datetime.timedelta(days=1)
    return days


# Prices

INPUT_SIDE = ("input", "cache_read", "cache_read_audio", "cache_read_image", "input_audio", "input_image")
OUTPUT_SIDE = ("output", "reasoning", "output_unsplit")
TOKENS = frozenset(INPUT_SIDE + OUTPUT_SIDE + ("output_audio", "output_image"))


def is_cache_write(name):
    return name == "cache_write" or name.startswith("cache_write_")


def is_token(name):
    """Everything else is a counted thing."""
    return name in TOKENS or is_cache_write(name)


def is_input_side(name):
    """"input, cache_read*, cache_write_*, input_audio, cache_read_audio, input_image, cache_read_image"."""
    return name in INPUT_SIDE or is_cache_write(name)


def tokens_of(quantities):
    return sum(amount for name, amount in quantities.items() if is_token(name))


def fallbacks(name):
    """The class, then those whose rate it may take: "the class -> cache_write_30m: cache_write_5m; cache_write_1h/12h:
    cache_write_5m; any cache_write without rate: input; cache_read: input; reasoning, output_unsplit: output;
    input_audio/input_image: input; cache_read_audio/image: cache_read (with its fallback); output_audio/image: output.
    Counted things: their own rate only"."""
    if name in ("cache_write_30m", "cache_write_1h", "cache_write_12h"):
        return (name, "cache_write_5m", "input")
    if is_cache_write(name) or name in ("cache_read", "input_audio", "input_image"):
        return (name, "input")
    if name in ("cache_read_audio", "cache_read_image"):
        return (name, "cache_read", "input")
    if name in ("reasoning", "output_unsplit", "output_audio", "output_image"):
        return (name, "output")
    return (name,)


def per_million(text):
    """USD per million units -> integer of 10^-18 USD per unit: "Rates ... are decimals of up to 18 places"."""
    scaled = Fraction(text) * RATE / 10 ** 6
    assert scaled.denominator == 1 and scaled >= 0, text
    return scaled.numerator


def scaled_decimal(text):
    scaled = Fraction(text) * RATE
    assert scaled.denominator == 1 and scaled >= 0, text
    return scaled.numerator


class Price:
    """One row of prices.csv."""

    def __init__(self, row):
        def cell(name):
            text = (row.get(name) or "").strip()
            # "explicit `0` is free, not missing"
            return per_million(text) if text else None

        def known(pairs):
            return {name: rate for name, rate in pairs if rate is not None}

        # "cache_write_5m & cache_write_30m = column cache_write_5m"
        self.base = known([
            ("input", cell("input")), ("cache_read", cell("cache_read")), ("output", cell("output")),
            ("cache_write_5m", cell("cache_write_5m")), ("cache_write_30m", cell("cache_write_5m")),
            ("cache_write_1h", cell("cache_write_1h"))])
        self.multipliers = {}
        self.everywhere = RATE
        self.notes = {}
        self.read_notes(row.get("notes") or "")
        threshold = (row.get("tier_threshold_tokens") or "").strip()
        self.threshold = int(threshold) if threshold else None
        # "*_above columns (cache_write_above -> 5m and 30m)"
        self.above = known([
            ("input", cell("input_above")), ("cache_read", cell("cache_read_above")), ("output", cell("output_above")),
            ("cache_write_5m", cell("cache_write_above")), ("cache_write_30m", cell("cache_write_above"))])
        # "there, cache writes of 1 h and 12 h move with those of 5 m, audio input with input, reasoning with output"
        for anchor, moved in (("cache_write_5m", ("cache_write_1h", "cache_write_12h")),
                              ("input", ("input_audio", "cache_read_audio")), ("output", ("reasoning",))):
            self.move(self.above, self.above.get(anchor), anchor, moved)
        self.tiers, self.tiers_above = {}, {}
        for tier in ("batch", "flex", "priority"):
            said, said_above = self.noted(tier, ""), self.noted(tier, "_above")
            rates = self.tier_rates(said, cell(tier + "_input"), cell(tier + "_output"))
            self.tiers[tier] = rates
            # "what the file does not say of long requests of a tier moves with what it says of them"
            long_rates = dict(said_above)
            for anchor, names in (("input", [name for name in self.above if name == "cache_read" or is_cache_write(name)
                                             or name in ("input_audio", "cache_read_audio")]), ("output", ["reasoning"])):
                self.move(long_rates, said_above.get(anchor), anchor, names, self.above)
            # "batches halve long requests too"; the other tiers' long rates are never taken from the short ones
            if tier == "batch":
                for name, rate in self.above.items():
                    if name in rates and self.base.get(name) and name not in long_rates:
                        long_rates[name] = self.ratio(rate, rates[name], self.base[name])
            self.tiers_above[tier] = long_rates

    @staticmethod
    def ratio(rate, to, standard):
        """"a rate that follows from others by a ratio without an exact decimal is refused": None, which no usage may
        need."""
        if rate is None or to is None:
            return None
        scaled = Fraction(rate * to, standard)
        return scaled.numerator if scaled.denominator == 1 else None

    def noted(self, tier, end):
        """"flex_cache_read=0.13, priority_input_above=40": what notes say of a tier."""
        rates = {}
        for name in ("input", "cache_read", "cache_write_5m", "cache_write_1h", "cache_write_12h", "output", "reasoning",
                     "input_audio", "cache_read_audio"):
            text = self.notes.get("%s_%s%s" % (tier, name, end))
            if text is not None:
                rates[name] = per_million(text)
        if "cache_write_5m" in rates:
            rates["cache_write_30m"] = rates["cache_write_5m"]
        return rates

    def move(self, rates, to, anchor, names, whole=None):
        """"Rate x (new rate of the anchor / its rate), exact": for what the file does not say itself."""
        whole = self.base if whole is None else whole
        standard = whole.get(anchor)
        for name in names:
            if to is not None and standard and name in whole and name not in rates:
                rates[name] = self.ratio(whole[name], to, standard)

    def tier_rates(self, said, tier_input, tier_output):
        rates = dict(said)
        if tier_input is not None:
            rates["input"] = tier_input
        if tier_output is not None:
            rates["output"] = tier_output
        # "a tier's cache_read, cache_write_*, input_audio and cache_read_audio rates move with <tier>_input, reasoning
        # with <tier>_output"
        self.move(rates, rates.get("input"), "input", [
            name for name in self.base
            if name in ("cache_read", "input_audio", "cache_read_audio") or is_cache_write(name)])
        self.move(rates, rates.get("output"), "output", ["reasoning"])
        return rates

    def read_notes(self, notes):
        # "notes may hold (split by ` | `, `name=value`)"
        for note in notes.split(" | "):
            name, _, value = note.strip().partition("=")
            self.notes[name] = value
            if name == "cache_write_12h":
                self.base["cache_write_12h"] = per_million(value)
            elif name in ("reasoning_output", "audio_input", "cache_read_audio"):
                classes = {"reasoning_output": "reasoning", "audio_input": "input_audio"}
                self.base[classes.get(name, name)] = per_million(value)
            elif name == "regional_endpoint_uplift_multiplier":
                # "in every region but the whole world's, `global`"
                self.everywhere = scaled_decimal(value)
            elif name == "search_per_query":
                # "<USD each> -> counted class `web_search_request`"
                self.base["web_search_request"] = scaled_decimal(value)
            elif name == "regional_processing_uplift_multiplier_us":
                self.multipliers["us"] = scaled_decimal(value)
            elif name == "regional_processing_uplift_multiplier_eu":
                self.multipliers["eu"] = scaled_decimal(value)
            elif note.strip().startswith("multipliers:"):
                # "`multipliers: usx1.1;fastx2` (region "us" -> x1.1; "fast" is a speed, unused in the slice)"
                for item in note.strip()[len("multipliers:"):].split(";"):
                    what, _, factor = item.strip().partition("x")
                    if what == "us":
                        self.multipliers["us"] = scaled_decimal(factor)
            # "Other notes are ignored."

    def rate(self, name, tier, long_context):
        """10^-18 USD a unit, or None. "If a request is long-context (above), the rate of its tier there, else the
        *_above rate; a class without one uses its service-tier rate, else base. Audio read from a cache has no rate
        where audio has one of its own and it has none"."""
        if name == "cache_read_audio" and "input_audio" in self.base and name not in self.base:
            return None
        tables = [self.tiers.get(tier, {}), self.base]
        if long_context:
            tables[:0] = [self.tiers_above.get(tier, {}), self.above]
        for candidate in fallbacks(name):
            for table in tables:
                if candidate in table:
                    if table[candidate] is None:
                        raise ValueError("%s of %s has no exact decimal" % (name, tier))
                    return table[candidate]
        return None

    def weight(self, name, region, tier, long_context):
        """10^-36 USD a unit with its multiplier, or None. "Multipliers apply to token classes only"."""
        rate = self.rate(name, tier, long_context)
        if rate is None:
            return None
        if not is_token(name):
            return rate * RATE
        elsewhere = RATE if region in ("", "global") else self.everywhere
        return rate * self.multipliers.get(region, elsewhere)


class Catalogue:
    """All prices, and the lookup of one."""

    DATE_SUFFIX = re.compile(r"-[0-9]{4}-?(0[1-9]|1[0-2])-?(0[1-9]|[12][0-9]|3[01])")

    def __init__(self, rows):
        self.prices = {}
        self.aliases = {}
        self.found = {}
        self.weights = {}
        for row in rows:
            # "A line of mode alias is another name of a model: alias_of in its notes."
            if row["mode"] == "alias":
                name, model = (key.partition("/")[2] or key for key in (
                    row["model_key"], row["notes"].partition("alias_of=")[2]))
                self.aliases[row["provider"], name] = model
                continue
            # "Only rows of modes chat/responses/embedding."
            if row["mode"] not in ("chat", "responses", "embedding"):
                continue
            # "strip the route before the first "/"; behind the routes azure and bedrock a part before another "/" is
            # the region (`azure/us/gpt-5.4`)", so the model of `groq/openai/gpt-oss-120b` is openai/gpt-oss-120b.
            route, slash, model = row["model_key"].partition("/")
            region, rest = "", model or route
            if slash and route in ("azure", "bedrock") and "/" in rest:
                region, _, rest = rest.partition("/")
            # "Rows whose prefix is `azure_ai` are provider "azure"."
            provider = "azure" if slash and route == "azure_ai" else row["provider"]
            # "If two rows give the same (provider, region, model), the first row wins."
            self.prices.setdefault((provider, region, rest), Price(row))

    def find(self, provider, region, model):
        """"price = (provider, region, exact model) else (provider, "", exact model) else the same of the longest
        catalogue model M such that model = M + "-" + suffix ... (dated name)"."""
        key = (provider, region, model)
        if key not in self.found:
            price = self.prices.get(key) or self.prices.get((provider, "", model))
            if price is None and (provider, model) in self.aliases:
                model = self.aliases[provider, model]
                price = self.prices.get((provider, region, model)) or self.prices.get((provider, "", model))
            # The longest M has the shortest suffix: -YYYYMMDD (9 characters) before -YYYY-MM-DD (11).
            for length in (9, 10, 11):
                if price is None and self.DATE_SUFFIX.fullmatch(model[-length:]):
                    price = self.prices.get((provider, region, model[:-length])) or self.prices.get(
                        (provider, "", model[:-length]))
            self.found[key] = price
        return self.found[key]

    def weight(self, price, name, region, tier, long_context):
        key = (id(price), name, region, tier, long_context)
        if key not in self.weights:
            self.weights[key] = price.weight(name, region, tier, long_context)
        return self.weights[key]


# Rows of usage

class Row:
    """An event, a 15-minute roll-up of events, or a row of a provider's usage report."""

    __slots__ = ("start", "dims", "tier", "context", "region", "quantities", "missing", "long", "price", "picos")

    def __init__(self, start, dims, quantities, tier="standard", context="", region="", missing=False):
        self.start, self.dims, self.quantities = start, dims, quantities
        self.tier, self.context, self.region, self.missing = tier, context, region, missing
        self.long, self.price, self.picos = False, None, None

    def key(self):
        """"provider|model|project|api_key_id|user|service_tier|context|region joined by "\\u{1f}" compared
        bytewise"."""
        d = self.dims
        return "\x1f".join((d.provider, d.model, d.project, d.api_key_id, d.user,
                            self.tier, self.context, self.region)).encode()


def is_long(row, price, aggregate):
    """"Long context: for events: sum of all input-side token classes > tier_threshold_tokens (>= for providers xai and
    google-gemini-api and google-vertex-ai). For provider usage rows (aggregates): only where the row's own context
    dimension says so (Anthropic `200k-1M`)"."""
    if aggregate:
        return row.context == "200k-1M"
    if price.threshold is None:
        return False
    prompt = sum(amount for name, amount in row.quantities.items() if is_input_side(name))
    if row.dims.provider in ("xai", "google-gemini-api", "google-vertex-ai"):
        return prompt >= price.threshold
    return prompt > price.threshold


def put_price(catalogue, row, aggregate):
    """Sets the row's price and its cost in picos; a cost of None is unknown, which is "never 0"."""
    row.price = catalogue.find(row.dims.provider, row.region, row.dims.model)
    if row.price is None:
        return
    row.long = is_long(row, row.price, aggregate)
    # "State missing -> cost unknown: counted as unpriced."
    if row.missing:
        return
    total = 0
    for name, amount in row.quantities.items():
        if amount > 0:
            weight = catalogue.weight(row.price, name, row.region, row.tier, row.long)
            # "A positive quantity whose class has no rate makes the whole row unpriced."
            if weight is None:
                return
            total += amount * weight
    # "cost = sum of quantity x rate x multiplier, exact, rounded half-even once to the pico"
    row.picos = half_even(total, WEIGHT_TO_PICO)


def class_weight(catalogue, row, classes):
    """Quantity x rate x multiplier over the classes, or None where one of them has no rate."""
    total = 0
    for name, amount in row.quantities.items():
        if amount > 0 and in_classes(name, classes):
            weight = None
            if row.price is not None:
                weight = catalogue.weight(row.price, name, row.region, row.tier, row.long)
            if weight is None:
                return None
            total += amount * weight
    return total


def in_classes(name, classes):
    return name in classes or ("cache_write" in classes and is_cache_write(name))


def class_quantity(row, classes):
    return sum(amount for name, amount in row.quantities.items() if in_classes(name, classes))


# Events

class Refused(Exception):
    pass


TEXTS = ("id", "source", "provider", "model", "requested_model", "operation", "region", "service_tier", "project",
         "api_key_id", "user", "session", "run", "feature", "customer", "team", "environment", "connection")
OPERATIONS = ("chat", "responses", "embeddings", "image", "audio", "moderation", "rerank", "tool", "batch")


def read_event(item, now):
    text = {name: item.get(name) or "" for name in TEXTS}
    for name in TEXTS:
        if not isinstance(text[name], str):
            raise Refused(name)
    # "`id, source, time` ..., `provider, model` required"
    for name in ("id", "source", "provider", "model"):
        if not text[name]:
            raise Refused(name)
    try:
        start = instant(item.get("time"))
    except ValueError:
        raise Refused("time")
    # "At most 5 minutes in the future."
    if start > now + 300:
        raise Refused("time")
    quantities = item.get("quantities") or {}
    for name, amount in quantities.items():
        if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
            raise Refused("quantities." + name)
    # "standard, batch, flex or priority. Default "standard"."
    tier = text["service_tier"] or "standard"
    if tier not in ("standard", "batch", "flex", "priority"):
        raise Refused("service_tier")
    # "chat, responses, ... Default "chat"."
    operation = text["operation"] or "chat"
    if operation not in OPERATIONS:
        raise Refused("operation")
    state = item.get("usage_state") or "reported"
    if state not in ("reported", "partial", "missing", "pending"):
        raise Refused("usage_state")
    if (item.get("status") or "ok") not in ("ok", "error", "aborted"):
        raise Refused("status")
    # "The provider reported no usage, and will not; quantities must be empty." "The usage is not yet known...;
    # quantities must be empty."
    if state in ("missing", "pending") and quantities:
        raise Refused("quantities")
    # "where above 0, the token classes must sum to it"
    total = item.get("total_tokens") or 0
    if total > 0 and tokens_of(quantities) != total:
        raise Refused("total_tokens")
    tags = tuple(sorted((item.get("tags") or {}).items()))
    dims = Dims(provider=text["provider"], model=text["model"], project=text["project"],
                api_key_id=text["api_key_id"], user=text["user"], feature=text["feature"], customer=text["customer"],
                team=text["team"], environment=text["environment"], connection=text["connection"],
                operation=operation, tags=tags)
    return Row(start, dims, quantities, tier=tier, region=text["region"], missing=state in ("missing", "pending"))


def items_of_csv(file):
    """"CSV: the same names as header; quantity columns are named `quantity:<class>`, tags `tag:<key>`; empty cell =
    absent"."""
    for record in csv.DictReader(file):
        item = {"quantities": {}, "tags": {}}
        for name, value in record.items():
            if not value:
                continue
            if name.startswith("quantity:"):
                item["quantities"][name[len("quantity:"):]] = int(value)
            elif name.startswith("tag:"):
                item["tags"][name[len("tag:"):]] = value
            elif name in ("total_tokens", "latency_ms", "attempt"):
                item[name] = int(value)
            else:
                item[name] = value
        yield item


def items_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        if path.endswith(".csv"):
            yield from items_of_csv(file)
        else:
            for line in file:
                if line.strip():
                    yield json.loads(line, parse_float=Decimal)


def read_events(items, now):
    """Rows of the accepted events, and a count of the others by field at fault."""
    rows, refused, seen = [], collections.Counter(), set()
    for item in items:
        try:
            row = read_event(item, now)
        except Refused as problem:
            refused[str(problem)] += 1
            continue
        # "the same id again counts once; the same id with other content ... is stored nowhere": the first one stays.
        # "Idempotency is per organization and source".
        identity = (item["source"], item["id"])
        if identity not in seen:
            seen.add(identity)
            rows.append(row)
    return rows, refused


def roll_up(rows):
    """"E is counted in 15-minute roll-up rows." READING: a roll-up row keeps every dimension of its events, and whether
    they were long-context, so that its rates are those of its events."""
    rolled = {}
    for row in rows:
        start = row.start - row.start % QUARTER
        key = (start, row.dims, row.tier, row.region, row.context, row.long)
        if key not in rolled:
            into = Row(start, row.dims, collections.Counter(), row.tier, row.context, row.region)
            into.price, into.long = row.price, row.long
            rolled[key] = into
        rolled[key].quantities.update(row.quantities)
    return list(rolled.values())


# Providers' rows. A Charge is one row of a bill; `classes` is empty and `model` "" where it is opaque. None in tier,
# context or region: the bill does not name it.

Charge = collections.namedtuple(
    "Charge", "day connection provider project text model classes tier context region picos")


def count(result, name):
    """A reported quantity; None where the field is absent."""
    value = result.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("%s: %r" % (name, value))
    return value


def openai_quantities(result):
    def number(name):
        return count(result, name) or 0

    cached, written = number("input_cached_tokens"), number("input_cache_write_tokens")
    input_audio, input_image = number("input_audio_tokens"), number("input_image_tokens")
    cached_audio, cached_image = number("input_cached_audio_tokens"), number("input_cached_image_tokens")
    output_audio, output_image = number("output_audio_tokens"), number("output_image_tokens")
    # "input = uncached text ... When the text/audio/image input fields are absent: input = input_uncached_tokens, else
    # input_tokens - cached - cache_write clamped at 0."
    text = count(result, "input_text_tokens")
    if text is None:
        uncached = count(result, "input_uncached_tokens")
        if uncached is None:
            uncached = max(0, number("input_tokens") - cached - written)
        text = max(0, uncached - input_audio - input_image)
    cached_text = count(result, "input_cached_text_tokens")
    if cached_text is None:
        cached_text = max(0, cached - cached_audio - cached_image)
    # "cache writes 30m/12h by the split, undivided remainder as 30m"
    in_30m, in_12h = number("input_cache_write_30m_tokens"), number("input_cache_write_12h_tokens")
    in_30m += max(0, written - in_30m - in_12h)
    return {"input": text, "cache_read": cached_text, "cache_write_30m": in_30m, "cache_write_12h": in_12h,
            "input_audio": input_audio, "input_image": input_image, "cache_read_audio": cached_audio,
            "cache_read_image": cached_image, "output_audio": output_audio, "output_image": output_image,
            # "output_unsplit = output_tokens - audio - image"
            "output_unsplit": max(0, number("output_tokens") - output_audio - output_image)}


def openai_usage(bodies, connection):
    for body in bodies:
        for bucket in body["data"]:
            for result in bucket["results"]:
                # "batch=true -> "batch"; else service_tier value if one of standard/flex/priority/batch,
                # "default"/null/other -> "standard""
                tier = result.get("service_tier")
                if result.get("batch") is True:
                    tier = "batch"
                elif tier not in ("standard", "flex", "priority", "batch"):
                    tier = "standard"
                dims = Dims("openai", result.get("model") or "", result.get("project_id") or "",
                            result.get("api_key_id") or "", result.get("user_id") or "", connection=connection)
                yield Row(bucket["start_time"], dims, openai_quantities(result), tier=tier)


OPENAI_METERS = {
    "input": ("input",), "input_tokens": ("input",),
    "input_cached_tokens": ("cache_read",), "cached_input_tokens": ("cache_read",), "cached input": ("cache_read",),
    "input_cache_write_tokens": ("cache_write",),
    "output": OUTPUT_SIDE, "output_tokens": OUTPUT_SIDE,
}


def openai_charges(bodies, connection):
    for body in bodies:
        for bucket in body["data"]:
            for result in bucket["results"]:
                amount = result["amount"]
                if amount["currency"].upper() != "USD":
                    raise ValueError("No total adds currencies: %s" % amount["currency"])
                line_item = result.get("line_item") or ""
                # "Line item "<model>, <meter>" -> model; meter -> class ... Anything else is opaque: no model, no
                # class."
                model, _, meter = line_item.rpartition(", ")
                classes = OPENAI_METERS.get(meter, ()) if model else ()
                yield Charge(utc_day(bucket["start_time"]), connection, "openai", result.get("project_id") or "",
                             line_item, model if classes else "", classes, None, None, None,
                             to_picos(exact(amount["value"])))


def anthropic_tier(value):
    # ""priority_on_demand" -> priority, "flex_discount" -> flex"
    return {"priority_on_demand": "priority", "flex_discount": "flex"}.get(value, value or "standard")


def anthropic_region(value):
    # "inference_geo "us" -> "us", else """
    return "us" if value == "us" else ""


def anthropic_quantities(result):
    creation = result.get("cache_creation") or {}
    tools = result.get("server_tool_use") or {}
    return {"input": count(result, "uncached_input_tokens") or 0,
            "cache_read": count(result, "cache_read_input_tokens") or 0,
            "cache_write_5m": count(creation, "ephemeral_5m_input_tokens") or 0,
            "cache_write_1h": count(creation, "ephemeral_1h_input_tokens") or 0,
            # "Output -> output_unsplit. web_search_requests -> web_search_request"
            "output_unsplit": count(result, "output_tokens") or 0,
            "web_search_request": count(tools, "web_search_requests") or 0}


def anthropic_usage(bodies, connection):
    for body in bodies:
        for bucket in body["data"]:
            for result in bucket["results"]:
                # "project = workspace_id (null -> "default"), api_key_id null -> """
                dims = Dims("anthropic", result.get("model") or "", result.get("workspace_id") or "default",
                            result.get("api_key_id") or "", connection=connection)
                yield Row(instant(bucket["starting_at"]), dims, anthropic_quantities(result),
                          tier=anthropic_tier(result.get("service_tier")),
                          context=result.get("context_window") or "",
                          region=anthropic_region(result.get("inference_geo")))


ANTHROPIC_TOKEN_TYPES = {
    "uncached_input_tokens": ("input",), "cache_read_input_tokens": ("cache_read",),
    "cache_creation.ephemeral_5m_input_tokens": ("cache_write_5m",),
    "cache_creation.ephemeral_1h_input_tokens": ("cache_write_1h",),
    "output_tokens": OUTPUT_SIDE,
}


def anthropic_charges(bodies, connection):
    for body in bodies:
        for bucket in body["data"]:
            for result in bucket["results"]:
                if result["currency"].upper() != "USD":
                    raise ValueError("No total adds currencies: %s" % result["currency"])
                # "token_type gives the class ... cost_type web_search -> class web_search_request (no model). Others
                # opaque."
                classes = ANTHROPIC_TOKEN_TYPES.get(result.get("token_type"), ())
                model = (result.get("model") or "") if classes else ""
                if result.get("cost_type") == "web_search":
                    classes, model = ("web_search_request",), ""
                tier, geo = result.get("service_tier"), result.get("inference_geo")
                yield Charge(utc_day(instant(bucket["starting_at"])), connection, "anthropic",
                             result.get("workspace_id") or "default", result.get("description") or "", model, classes,
                             None if tier is None else anthropic_tier(tier), result.get("context_window"),
                             None if geo is None else anthropic_region(geo),
                             # "amount = cents string -> /100 USD"
                             to_picos(exact(result["amount"]) / 100))


# Cells of the bill

# "per cell, B (sum of its entries)". "For OpenAI project x line item x UTC day; for Anthropic workspace x description x
# UTC day", and "Each charge cell also carries, where the provider gives them, service_tier and context/geo".
Cell = collections.namedtuple("Cell", Charge._fields[:-1])


def cells_of(charges):
    sums = collections.defaultdict(int)
    for charge in charges:
        sums[Cell(*charge[:-1])] += charge.picos
    return sums


class Index:
    """Finds the rows of a cell without looking at every row."""

    def __init__(self, rows):
        self.by_project = collections.defaultdict(list)
        self.by_model = collections.defaultdict(list)
        for row in rows:
            key = (row.dims.connection, utc_day(row.start), row.dims.project)
            self.by_project[key].append(row)
            self.by_model[key + (row.dims.model,)].append(row)

    def rows(self, cell):
        """"a usage row belongs to a cell when connection, project, UTC day agree and - where the cell names them -
        model, service_tier, context, region agree and it has a positive quantity of the cell's class(es)"; in the
        order "(bucket start, then dimension key text order below)"."""
        key = (cell.connection, cell.day, cell.project)
        rows = self.by_model.get(key + (cell.model,), ()) if cell.model else self.by_project.get(key, ())
        found = [row for row in rows
                 if cell.tier in (None, row.tier) and cell.context in (None, row.context)
                 and cell.region in (None, row.region) and class_quantity(row, cell.classes) > 0]
        # READING: rows of one start and key stay apart, as the provider gave them, and in the provider's order;
        # events beyond the key are ordered by all their dimensions.
        found.sort(key=lambda row: (row.start, row.key(), row.dims))
        return found


def spread(amount, rows, weights):
    if len({(row.start, row.key()) for row in rows}) < len(rows):
        READINGS["cells with rows of equal start and key"] += 1
    return [Part(row.start, row.dims, picos) for row, picos in zip(rows, largest_remainder(amount, weights))]


def cell_weights(catalogue, usage, events, classes):
    """Weights of both kinds of rows. READING: "B is spread over (usage row, class) weights ... by largest remainder
    over usage rows": a row's weight is the sum over the cell's classes, and one share is cut for it."""
    rows = usage + events
    if any(sum(1 for name, amount in row.quantities.items() if amount > 0 and in_classes(name, classes)) > 1
           for row in usage):
        READINGS["cells with two classes in one usage row"] += 1
    weights = [class_weight(catalogue, row, classes) for row in rows]
    # "if any row of the cell has no rate: weight = quantity". READING: also where all rates are 0.
    free = None not in weights and usage and sum(weights[:len(usage)]) == 0
    if free:
        READINGS["cells whose rates are all 0"] += 1
    if None in weights or free:
        weights = [class_quantity(row, classes) for row in rows]
    return weights[:len(usage)], weights[len(usage):]


def bill_cell(catalogue, cell, amount, usage, events):
    """The parts of one cell's amount B."""
    billed = sum(class_quantity(row, cell.classes) for row in usage)
    metered = sum(class_quantity(row, cell.classes) for row in events)
    if billed == 0:
        # "U = 0 -> evenly over the 24 UTC hours in order, with the cell's own dimensions"; with events too: "where U is
        # 0, all of it" is unmetered.
        dims = Dims(cell.provider, cell.model, cell.project, connection=cell.connection)
        hours = largest_remainder(amount, [1] * 24)
        return [Part(cell.day + hour * HOUR, dims, picos) for hour, picos in enumerate(hours)]
    usage_weights, event_weights = cell_weights(catalogue, usage, events, cell.classes)
    # "events get round_half_even(B x min(E,U)/U) spread by quantity x rate over event rows; the rest over usage rows"
    to_events = half_even(amount * min(metered, billed), billed)
    parts = []
    if metered > 0:
        if sum(event_weights) == 0:
            event_weights = [class_quantity(row, cell.classes) for row in events]
        parts += spread(to_events, events, event_weights)
    if metered < billed:
        parts += spread(amount - to_events, usage, usage_weights)
    return parts


# Basis

def usage_cell(row, name):
    """The cell that the bill would have for this class of the row; metered days have no bill to say it."""
    classes = (name,)
    if name in OUTPUT_SIDE:
        classes = OUTPUT_SIDE
    elif is_cache_write(name) and row.dims.provider == "openai":
        classes = ("cache_write",)
    tier = context = region = None
    model = row.dims.model
    if name == "web_search_request":
        model = ""
    elif row.dims.provider == "anthropic":
        tier, context, region = row.tier, row.context, row.region
    return Cell(utc_day(row.start), row.dims.connection, row.dims.provider, row.dims.project, "", model, classes,
                tier, context, region)


class Meter:
    """Parts by metered, with the count of rows that have no price."""

    def __init__(self):
        self.parts = []
        self.unpriced = []

    def add(self, row):
        if row.picos is None:
            self.unpriced.append(row)
        else:
            self.parts.append(Part(row.start, row.dims, row.picos))


def meter_day(catalogue, meter, usage, events, usage_index, event_index):
    """"metered of a connection-day: the recorded costs of its usage rows when no event names the connection that day;
    else per cell events' recorded costs + (U-E)/U of usage value where U > E"."""
    for row in events:
        meter.add(row)
    if not events:
        for row in usage:
            meter.add(row)
        return
    cells = {usage_cell(row, name): None for row in usage for name, amount in row.quantities.items() if amount > 0}
    unpriced = {}
    for cell in cells:
        rows = usage_index.rows(cell)
        billed = sum(class_quantity(row, cell.classes) for row in rows)
        metered = sum(class_quantity(row, cell.classes) for row in event_index.rows(cell))
        if billed <= metered:
            continue
        # READING: the rest of a cell is rounded once, then spread by value; unpriced rows have no value.
        for row in rows:
            if row.picos is None:
                unpriced[id(row)] = row
        rows = [row for row in rows if row.picos is not None]
        weights = [class_weight(catalogue, row, cell.classes) for row in rows]
        if sum(weights) > 0:
            rest = half_even(sum(weights) * (billed - metered), billed * WEIGHT_TO_PICO)
            meter.parts += spread(rest, rows, weights)
    meter.unpriced += unpriced.values()


def is_final(day, connection, changes, pulled_from, costs_through, now):
    """"costs were read through the end of that day and max(end of day, time of the last correction we recorded to any
    charge of that day) <= now - 3 days"."""
    end = day + DAY
    if day < pulled_from or costs_through < end:
        return False
    return max(end, changes.get((connection, day), end)) <= now - FINAL_AFTER


def parts_of(catalogue, basis, events, usage, charges, changes, pulled_from, costs_through, now, relevant):
    """All parts of the basis for UTC days that `relevant` lets through, and the unpriced rows among them."""
    for row in events:
        put_price(catalogue, row, aggregate=False)
        # The context that the provider's own report would show: "`200k-1M` marks requests billed at long-context
        # rates". READING: by 200,000 tokens of prompt.
        if row.dims.connection and row.dims.provider == "anthropic":
            prompt = sum(amount for name, amount in row.quantities.items() if is_input_side(name))
            row.context = "200k-1M" if prompt > 200_000 else "0-200k"
    for row in usage:
        put_price(catalogue, row, aggregate=True)
    meter = Meter()
    named = [row for row in events if row.dims.connection]
    READINGS["events that name a connection"] += len(named)
    # "Events that name no connection: metered always (basis effective and metered), absent from billed."
    if basis != "billed":
        for row in events:
            if not row.dims.connection:
                meter.add(row)
    usage = [row for row in usage if relevant(utc_day(row.start))]
    named = [row for row in named if relevant(utc_day(row.start))]
    usage_index, event_index = Index(usage), Index(roll_up(named))
    usage_days, event_days, bill_days = (collections.defaultdict(list) for _ in range(3))
    for row in usage:
        usage_days[row.dims.connection, utc_day(row.start)].append(row)
    for row in named:
        event_days[row.dims.connection, utc_day(row.start)].append(row)
    for cell, amount in cells_of(charges).items():
        if relevant(cell.day):
            bill_days[cell.connection, cell.day].append((cell, amount))
    parts = []
    for connection, day in sorted(set(usage_days) | set(event_days) | set(bill_days)):
        # "effective: billed on final connection-days, metered on the others"
        billed = basis == "billed" or basis == "effective" and is_final(
            day, connection, changes, pulled_from, costs_through, now)
        if billed:
            for cell, amount in bill_days[connection, day]:
                parts += bill_cell(catalogue, cell, amount, usage_index.rows(cell), event_index.rows(cell))
        else:
            meter_day(catalogue, meter, usage_days[connection, day], event_days[connection, day],
                      usage_index, event_index)
    return parts + meter.parts, meter.unpriced


# Allocation

def dimension(dims, name):
    """"`""` matches an absent value"."""
    if name.startswith("tag:"):
        return dict(dims.tags).get(name[len("tag:"):], "")
    if name == "tags" or name not in Dims._fields:
        raise ValueError("unknown dimension %r" % name)
    return getattr(dims, name)


def matches(condition, dims):
    """"conditions compare exact text; trailing `*` is prefix"."""
    value, wanted = dimension(dims, condition["dimension"]), condition.get("value", "")
    if wanted.endswith("*"):
        return value.startswith(wanted[:-1])
    return value == wanted


def first_rule(rules, dims):
    """"First matching rule wins per row"; None: unallocated."""
    for index, rule in enumerate(rules):
        if all(matches(condition, dims) for condition in rule.get("conditions") or ()):
            return index
    return None


def allocate(definition, sums):
    """Picos by dims -> (direct, shared) by unit code, and the unallocated."""
    rules = definition.get("rules") or []
    by_rule = collections.defaultdict(int)
    for dims, picos in sums.items():
        by_rule[first_rule(rules, dims)] += picos
    codes = [unit["code"] for unit in definition["units"]]
    direct, shared = dict.fromkeys(codes, 0), dict.fromkeys(codes, 0)
    unallocated = by_rule.pop(None, 0)
    for index, picos in by_rule.items():
        if "unit" in rules[index]:
            direct[rules[index]["unit"]] += picos
    # "the rule's rows of the month are summed (per currency), then split once: even, or proportional to the units'
    # direct amounts of the month (negative or none -> weight 0; all weights 0 -> unallocated); largest remainder, ties
    # and order by unit code (bytewise ascending)"
    for index, picos in by_rule.items():
        if "split" not in rules[index]:
            continue
        split = rules[index]["split"]
        units = sorted(split["units"], key=lambda code: code.encode())
        if split["method"] == "even":
            weights = [1] * len(units)
        elif split["method"] == "proportional":
            weights = [max(0, direct[unit]) for unit in units]
        else:
            raise ValueError("unknown split %r" % split["method"])
        if sum(weights) == 0:
            unallocated += picos
            continue
        for unit, share in zip(units, largest_remainder(picos, weights)):
            shared[unit] += share
    return direct, shared, unallocated


def totals(units, own):
    """"Own and that of all units below"."""
    parent = {unit["code"]: unit.get("parent_code") or "" for unit in units}
    total = dict.fromkeys(own, 0)
    for code, picos in own.items():
        while code:
            total[code] += picos
            code = parent[code]
    return total


def report(definition, month, basis, parts, unpriced):
    calendar = Calendar(definition["organization"]["time_zone"])
    days = dict.fromkeys(days_of_month(month), 0)
    sums = collections.defaultdict(int)
    for part in parts:
        date = calendar.date(part.start)
        if date in days:
            days[date] += part.picos
            sums[part.dims] += part.picos
    models = collections.defaultdict(int)
    for dims, picos in sums.items():
        models[dims.provider, dims.model] += picos
    direct, shared, unallocated = allocate(definition, sums)
    own = {code: direct[code] + shared[code] for code in direct}
    total = totals(definition["units"], own)
    everything = sum(sums.values())
    # "the parts of any breakdown plus its remainder ... equal the total, to the pico"
    assert sum(own.values()) + unallocated == everything
    assert sum(days.values()) == everything and sum(models.values()) == everything
    unpriced = [row for row in unpriced if calendar.date(row.start) in days]
    return {
        "month": month,
        "basis": basis,
        "units": [{"unit_code": code, "direct": decimal_string(direct[code]), "shared": decimal_string(shared[code]),
                   "own": decimal_string(own[code]), "total": decimal_string(total[code])}
                  for code in sorted(own, key=lambda code: code.encode())],
        "total": decimal_string(everything),
        "unallocated": decimal_string(unallocated),
        "unpriced_entries": len(unpriced),
        "unpriced_tokens": sum(tokens_of(row.quantities) for row in unpriced),
        "trend": [{"date": date, "cost": decimal_string(picos)} for date, picos in days.items()],
        # "By cost, highest first; ties by provider and model."
        "models": [{"provider": provider, "model": model, "cost": decimal_string(picos)} for (provider, model), picos
                   in sorted(models.items(), key=lambda item: (-item[1], item[0][0].encode(), item[0][1].encode()))],
    }


# The providers' APIs

def get(url, headers):
    """One body as text. 429, 5xx and broken connections are tried again."""
    for attempt in range(10):
        wait = min(2 ** attempt, 30)
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=120) as answer:
                text = answer.read().decode("utf-8")
                json.loads(text, parse_float=Decimal)
                return text
        except urllib.error.HTTPError as error:
            if error.code != 429 and error.code < 500:
                raise SystemExit("%d from %s: %s" % (error.code, url, error.read().decode("utf-8", "replace")))
            after = error.headers.get("Retry-After") or ""
            wait = int(after) if after.isdigit() else wait
            problem = error
        except (OSError, ValueError) as error:
            problem = error
        print("again in %d s: %s: %s" % (wait, url, problem), file=sys.stderr)
        time.sleep(wait)
    raise SystemExit("no answer from " + url)


def pages(base, path, query, headers, record, name):
    """Every body of a list, paging to the end. "Repeat every other parameter unchanged while paging"."""
    base = base.rstrip("/")
    if base.endswith("/v1"):
        base = base[:-len("/v1")]
    page, number = None, 0
    while True:
        full = query + ([("page", page)] if page else [])
        text = get(base + path + "?" + urllib.parse.urlencode(full), headers)
        number += 1
        if record:
            with open(os.path.join(record, "%s-%05d.json" % (name, number)), "w", encoding="utf-8") as file:
                file.write(text)
        body = json.loads(text, parse_float=Decimal)
        yield body
        page = body.get("next_page")
        # "`next_page` is an opaque string, `null` when `has_more` is false."
        if not body.get("has_more") or not page:
            return


def recorded(directory, name):
    """Bodies of the files <name>-*.json in name order; an exchange with a `response` gives that response's body."""
    for file_name in sorted(os.listdir(directory)):
        if file_name.startswith(name + "-") and file_name.endswith(".json"):
            with open(os.path.join(directory, file_name), encoding="utf-8") as file:
                yield body_of(file.read())


def body_of(text):
    content = json.loads(text, parse_float=Decimal)
    response = content.get("response")
    if response is None:
        return content
    if "body_text" in response:
        return json.loads(response["body_text"], parse_float=Decimal)
    return response["body"]


def openai_pages(options, start, now):
    headers = {"Authorization": "Bearer " + options.openai_key}
    end_hour, end_day = now - now % HOUR + HOUR, utc_day(now) + DAY
    usage = pages(options.openai, "/v1/organization/usage/completions",
                  [("start_time", start), ("end_time", end_hour), ("bucket_width", "1h"), ("limit", 168)]
                  + [("group_by", name) for name in
                     ("project_id", "user_id", "api_key_id", "model", "batch", "service_tier")],
                  headers, options.record, "openai-usage")
    costs = pages(options.openai, "/v1/organization/costs",
                  [("start_time", start), ("end_time", end_day), ("bucket_width", "1d"), ("limit", 180),
                   ("group_by", "project_id"), ("group_by", "line_item")],
                  headers, options.record, "openai-costs")
    return usage, costs


def anthropic_pages(options, start, now):
    headers = {"x-api-key": options.anthropic_key, "anthropic-version": "2023-06-01"}
    end_hour, end_day = now - now % HOUR + HOUR, utc_day(now) + DAY
    usage = pages(options.anthropic, "/v1/organizations/usage_report/messages",
                  [("starting_at", utc_text(start)), ("ending_at", utc_text(end_hour)), ("bucket_width", "1h"),
                   ("limit", 168)] + [("group_by[]", name) for name in
                                      ("model", "workspace_id", "api_key_id", "service_tier", "context_window",
                                       "inference_geo")],
                  headers, options.record, "anthropic-usage")
    costs = pages(options.anthropic, "/v1/organizations/cost_report",
                  [("starting_at", utc_text(start)), ("ending_at", utc_text(end_day)), ("bucket_width", "1d"),
                   ("limit", 31), ("group_by[]", "workspace_id"), ("group_by[]", "description")],
                  headers, options.record, "anthropic-costs")
    return usage, costs


# Command

def known_changes(path):
    """{"<connection>": {"YYYY-MM-DD": "<RFC 3339 of the last correction>"}} -> (connection, day) -> instant."""
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        content = json.load(file, parse_float=Decimal)
    return {(connection, instant(date + "T00:00:00Z")): instant(moment)
            for connection, days in content.items() for date, moment in days.items()}


def arguments(argv):
    parser = argparse.ArgumentParser(description="Month totals, computed independently of the product.")
    parser.add_argument("--prices", required=True)
    parser.add_argument("--definition", required=True)
    parser.add_argument("--events", action="append", default=[], help="JSON Lines, or .csv; may be repeated")
    for provider in ("openai", "anthropic"):
        parser.add_argument("--%s" % provider, metavar="BASE_URL")
        parser.add_argument("--%s-key" % provider, default="")
        parser.add_argument("--%s-connection" % provider, default=provider, metavar="ID")
    parser.add_argument("--pages", metavar="DIR", help="<provider>-usage-*.json, <provider>-costs-*.json")
    parser.add_argument("--record", metavar="DIR", help="keep fetched bodies there, for --pages")
    parser.add_argument("--from", dest="pulled_from", required=True, help="UTC day, or RFC 3339 within it")
    parser.add_argument("--now", required=True, help="RFC 3339")
    parser.add_argument("--as-of-costs-through", help="RFC 3339; default: now")
    parser.add_argument("--known-changes", metavar="FILE", help=known_changes.__doc__)
    parser.add_argument("--month", required=True, help="YYYY-MM")
    parser.add_argument("--basis", choices=("effective", "metered", "billed"), default="effective")
    options = parser.parse_args(argv)
    if options.record:
        os.makedirs(options.record, exist_ok=True)
    return options


def compute(options):
    READINGS.clear()
    with open(options.prices, encoding="utf-8", newline="") as file:
        catalogue = Catalogue(csv.DictReader(file))
    with open(options.definition, encoding="utf-8") as file:
        definition = json.load(file, parse_float=Decimal)
    text = options.pulled_from
    start = utc_day(instant(text if "T" in text.upper() else text + "T00:00:00Z"))
    now = instant(options.now)
    costs_through = instant(options.as_of_costs_through) if options.as_of_costs_through else now
    events, refused = read_events((item for path in options.events for item in items_of(path)), now)
    usage, charges = [], []
    for name, fetch, read_usage, read_charges in (
            ("openai", openai_pages, openai_usage, openai_charges),
            ("anthropic", anthropic_pages, anthropic_usage, anthropic_charges)):
        connection = getattr(options, name + "_connection")
        if options.pages:
            usage_bodies = recorded(options.pages, name + "-usage")
            cost_bodies = recorded(options.pages, name + "-costs")
        elif getattr(options, name):
            usage_bodies, cost_bodies = fetch(options, start, now)
        else:
            continue
        usage += read_usage(usage_bodies, connection)
        charges += read_charges(cost_bodies, connection)
    # A UTC day matters when it can overlap the month in some zone.
    dates = days_of_month(options.month)
    first, last = instant(dates[0] + "T00:00:00Z") - DAY, instant(dates[-1] + "T00:00:00Z") + DAY
    parts, unpriced = parts_of(catalogue, options.basis, events, usage, charges, known_changes(options.known_changes),
                               start, costs_through, now, lambda day: first <= day <= last)
    result = report(definition, options.month, options.basis, parts, unpriced)
    result["read"] = {"events": len(events), "refused_events": dict(sorted(refused.items())),
                      "usage_rows": len(usage), "charges": len(charges)}
    result["readings"] = dict(sorted(READINGS.items()))
    return result


if __name__ == "__main__":
    json.dump(compute(arguments(sys.argv[1:])), sys.stdout, indent=1)
    print()

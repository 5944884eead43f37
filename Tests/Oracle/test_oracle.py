#!/usr/bin/env python3
"""Proves the oracle on cases whose figures were worked out by hand, and on the providers' golden exchanges.

    python3 Tests/Oracle/test_oracle.py
"""
import ast
import contextlib
import csv
import http.server
import io
import json
import os
import random
import sys
import tempfile
import threading
import unittest
import urllib.parse
from decimal import Decimal
from fractions import Fraction

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compare  # noqa: E402
import oracle  # noqa: E402

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "TestSupport", "Fixtures", "Providers")

# Rows of the published price list, cut to the columns that matter.
PRICES = """\
provider,model_key,mode,input,cache_read,cache_write_5m,cache_write_1h,output,tier_threshold_tokens,input_above,\
cache_read_above,cache_write_above,output_above,batch_input,batch_output,flex_input,flex_output,priority_input,\
priority_output,notes
openai,gpt-6-astra,chat,10,1,12.5,,50,272000,20,2,25,75,5,25,5,25,20,100,\
regional_processing_uplift_multiplier_us=1.1 | regional_processing_uplift_multiplier_eu=1.1 | cache_write_12h=25 | \
search_per_query=0.01
openai,gpt-5.5,chat,5,0.5,,,30,272000,10,1,,45,2.5,15,2.5,15,12.5,75,search_per_query=0.01
openai,gpt-5,chat,1.25,0.125,,,10,,,,,,0.625,5,0.625,5,2.5,20,
openai,gpt-5-mini,chat,0.25,0.025,,,2,,,,,,0.125,1,0.125,1,0.45,3.6,
openai,image-one,image_generation,1,,,,1,,,,,,,,,,,,
anthropic,claude-opus-5-5,chat,4,0.2,5,8,20,,,,,,2,10,,,,,multipliers: usx1.1;fastx2 | search_per_query=0.01
anthropic,claude-haiku-5-5,chat,0.1,0.01,0.125,0.2,0.5,100000,0.5,0.05,0.625,2.5,0.05,0.25,,,,,\
multipliers: usx1.1 | search_per_query=0.01
anthropic,claude-haiku-4-5,chat,1,0.1,1.25,2,5,,,,,,0.5,2.5,,,,,
google-gemini-api,gemini/gemini-2.5-pro,chat,1.25,0.125,,,10,200000,2.5,0.25,,15,0.625,5,0.625,5,2.25,18,
google-gemini-api,gemini/gemini-2.5-flash,chat,0.3,0.03,,,2.5,,,,,,0.15,1.25,0.15,1.25,0.54,4.5,\
reasoning_output=2.5 | audio_input=1 | search_per_query=0.035
deepseek,deepseek/deepseek-flash,chat,0.3,0.006,0,,1.2,,,,,,,,,,,,off-peak (UTC windows): input=0.15
azure,azure/gpt-5.4,chat,2.5,0.25,,,15,272000,5,0.5,,22.5,1.25,7.5,1.25,7.5,5,30,
azure,azure/us/gpt-5.4,chat,2.75,0.275,,,16.5,272000,5.5,0.55,,24.75,1.375,8.25,,,5.5,33,
azure,azure_ai/gpt-6-astra,chat,10,1,12.5,,50,272000,20,2,25,75,,,,,,,
azure,azure/gpt-6-astra,chat,99,9,99,,99,,,,,,,,,,,,
aws-bedrock,anthropic.claude-opus-5-5,chat,4,0.2,5,8,20,,,,,,,,,,,,
"""

DEFINITION = {
    "organization": {"slug": "acme", "display_name": "Acme", "time_zone": "Europe/Berlin"},
    "units": [{"code": "root", "parent_code": ""}, {"code": "b", "parent_code": "root"},
              {"code": "a", "parent_code": "root"}, {"code": "a-sub", "parent_code": "a"}],
    "rules": [{"id": "alpha", "conditions": [{"dimension": "project", "value": "proj_alpha"}], "unit": "a-sub"},
              {"id": "beta", "conditions": [{"dimension": "project", "value": "proj_beta"}], "unit": "b"}],
}


def price_rows():
    return list(csv.DictReader(io.StringIO(PRICES)))


def catalogue():
    return oracle.Catalogue(price_rows())


def at(text):
    return oracle.instant(text)


def usd(text):
    return oracle.to_picos(Fraction(text))


def cost(provider, model, quantities, tier="standard", region="", context="", aggregate=False, missing=False):
    """Dollars as a decimal string, None where unknown."""
    row = oracle.Row(0, oracle.Dims(provider, model), quantities, tier, context, region, missing)
    oracle.put_price(catalogue(), row, aggregate)
    return None if row.picos is None else oracle.decimal_string(row.picos)


def usage_row(start, project, quantities, model="gpt-5", key="", connection="openai", provider="openai", **more):
    return oracle.Row(at(start), oracle.Dims(provider, model, project, key, connection=connection), quantities, **more)


def event_row(start, quantities, model="gpt-5", project="", connection="", provider="openai", **dims):
    return oracle.Row(at(start), oracle.Dims(provider, model, project, connection=connection, operation="chat",
                                             **dims), quantities)


def charge(day, project, amount, model="gpt-5", classes=("input",), text="x", connection="openai"):
    return oracle.Charge(at(day + "T00:00:00Z"), connection, "openai", project, text, model, classes, None, None, None,
                         usd(amount))


def run(events=(), usage=(), charges=(), basis="effective", month="2026-11", now="2026-12-31T00:00:00Z", changes=None,
        costs_through=None, pulled_from="2026-01-01T00:00:00Z", definition=None, prices=None):
    oracle.READINGS.clear()
    parts, unpriced = oracle.parts_of(
        prices or catalogue(), basis, list(events), list(usage), list(charges), changes or {}, at(pulled_from),
        at(costs_through or now), at(now), lambda day: True)
    return oracle.report(definition or DEFINITION, month, basis, parts, unpriced)


def trend(result):
    return {day["date"]: day["cost"] for day in result["trend"] if day["cost"] != "0"}


def units(result, field):
    return {unit["unit_code"]: unit[field] for unit in result["units"]}


class ArithmeticTests(unittest.TestCase):
    def test_half_even(self):
        for numerator, denominator, expected in (
                (1, 2, 0), (3, 2, 2), (5, 2, 2), (-1, 2, 0), (-3, 2, -2), (-5, 2, -2), (7, 10, 1), (-7, 10, -1),
                (4, 10, 0), (50, 100, 0), (51, 100, 1), (-51, 100, -1)):
            self.assertEqual(oracle.half_even(numerator, denominator), expected, (numerator, denominator))

    def test_decimal_strings(self):
        for picos, text in ((0, "0"), (1, "0.000000000001"), (-1500 * 10 ** 9, "-1.5"), (10 ** 13, "10"),
                            (-(10 ** 12 + 1), "-1.000000000001")):
            self.assertEqual(oracle.decimal_string(picos), text)
            self.assertEqual(usd(text), picos)

    def test_largest_remainder(self):
        self.assertEqual(oracle.largest_remainder(100, [1, 1, 1]), [34, 33, 33])
        self.assertEqual(oracle.largest_remainder(-100, [1, 1, 1]), [-34, -33, -33])
        # 10 x 3/7 = 4.29, 10 x 2/7 = 2.86 (twice): both larger remainders get one.
        self.assertEqual(oracle.largest_remainder(10, [3, 2, 2]), [4, 3, 3])
        self.assertEqual(oracle.largest_remainder(1, [0, 5, 5]), [0, 1, 0])
        self.assertEqual(oracle.largest_remainder(0, [2, 1]), [0, 0])

    def test_largest_remainder_conserves(self):
        source = random.Random(7)
        for _ in range(500):
            amount = source.randrange(-10 ** 20, 10 ** 20)
            weights = [source.randrange(0, 10 ** source.randrange(1, 40)) for _ in range(source.randrange(1, 30))] + [1]
            parts = oracle.largest_remainder(amount, weights)
            self.assertEqual(sum(parts), amount)
            for part, weight in zip(parts, weights):
                self.assertLess(abs(Fraction(amount * weight, sum(weights)) - part), 1)
            self.assertEqual(oracle.largest_remainder(-amount, weights), [-part for part in parts])

    def test_instants(self):
        self.assertEqual(at("1970-01-02T00:00:00Z"), 86400)
        self.assertEqual(at("1970-01-01T01:00:00.999999999+01:00"), 0)
        self.assertEqual(at("1969-12-31T23:59:59-00:30"), 1799)
        for text in ("2026-11-01T00:00:00", "2026-11-01", "2026-13-01T00:00:00Z", None, 5):
            with self.assertRaises(ValueError):
                at(text)


class PriceTests(unittest.TestCase):
    def test_worked_examples(self):
        self.assertEqual(cost("openai", "gpt-6-astra", {
            "input": 80_000, "cache_read": 200_000, "cache_write_30m": 20_000, "output": 5_000}), "2.875")
        self.assertEqual(cost("openai", "gpt-6-astra", {
            "input": 80_000, "cache_read": 172_000, "cache_write_30m": 20_000, "output": 5_000}), "1.472")
        opus = {"input": 1_500, "cache_read": 20_000, "cache_write_5m": 4_000, "cache_write_1h": 1_000, "output": 700}
        self.assertEqual(cost("anthropic", "claude-opus-5-5", opus), "0.052")
        self.assertEqual(cost("anthropic", "claude-opus-5-5", opus, tier="batch"), "0.026")
        self.assertEqual(cost("anthropic", "claude-opus-5-5", opus, region="us"), "0.0572")
        # Of peak hours; the slice has no off-peak rates.
        self.assertEqual(cost("deepseek", "deepseek-flash", {
            "input": 4_000, "cache_read": 6_000, "output": 1_000}), "0.002436")
        self.assertEqual(cost("google-gemini-api", "gemini-2.5-flash", {
            "input": 5_000, "cache_read": 4_000, "input_audio": 1_000, "output": 500, "reasoning": 1_500}), "0.00762")

    def test_long_context_border(self):
        # OpenAI strictly above 272,000; Google from 200,000 on.
        self.assertEqual(cost("openai", "gpt-5.5", {"input": 272_000}), "1.36")
        self.assertEqual(cost("openai", "gpt-5.5", {"input": 272_001}), "2.72001")
        self.assertEqual(cost("google-gemini-api", "gemini-2.5-pro", {"input": 199_999}), "0.24999875")
        self.assertEqual(cost("google-gemini-api", "gemini-2.5-pro", {"input": 200_000}), "0.5")
        # Every input-side class counts, output never does.
        self.assertEqual(cost("openai", "gpt-5.5", {
            "input": 200_000, "input_audio": 72_001, "output": 1_000}), "2.76501")
        self.assertEqual(cost("openai", "gpt-5.5", {"input": 1, "output": 300_000}), "9.000005")

    def test_long_context_of_aggregates_is_the_provider_s_word(self):
        self.assertEqual(cost("openai", "gpt-5.5", {"input": 1_000_000}, aggregate=True), "5")
        self.assertEqual(cost("anthropic", "claude-haiku-5-5", {"input": 1_000_000}, aggregate=True,
                              context="0-200k"), "0.1")
        self.assertEqual(cost("anthropic", "claude-haiku-5-5", {"input": 1_000_000}, aggregate=True,
                              context="200k-1M"), "0.5")

    def test_fallbacks(self):
        for name, expected in (("cache_write_30m", "12.5"), ("cache_write_1h", "12.5"), ("cache_write_12h", "25"),
                               ("cache_write_5m", "12.5"), ("reasoning", "50"), ("output_unsplit", "50"),
                               ("input_audio", "10"), ("cache_read_image", "1"), ("output_audio", "50")):
            # As an aggregate: a million tokens of one class, and base rates.
            self.assertEqual(cost("openai", "gpt-6-astra", {name: 1_000_000}, aggregate=True), expected, name)
        # No cache write rate at all: input. An explicit 0 is free.
        self.assertEqual(cost("openai", "gpt-5", {"cache_write_12h": 1_000_000}), "1.25")
        self.assertEqual(cost("deepseek", "deepseek-flash", {"cache_write_5m": 1_000_000}), "0")

    def test_service_tiers(self):
        self.assertEqual(cost("openai", "gpt-6-astra", {"input": 100_000, "output": 1_000}, tier="priority"), "2.1")
        # 0.025 x 0.45 / 0.25 = 0.045 per million
        self.assertEqual(cost("openai", "gpt-5-mini", {"cache_read": 1_000_000}, tier="priority"), "0.045")
        self.assertEqual(cost("openai", "gpt-6-astra", {"cache_write_12h": 1_000}, tier="batch"), "0.0125")
        # Anthropic publishes no flex: standard rates.
        self.assertEqual(cost("anthropic", "claude-opus-5-5", {"input": 1_000_000}, tier="flex"), "4")
        # Above the threshold: 300,000 x 20 x 1/2, and cache writes of 12 h move with the others: 1,000 x 25 x 2 x 1/2.
        self.assertEqual(cost("openai", "gpt-6-astra", {"input": 300_000, "cache_write_12h": 1_000}, tier="batch"),
                         "3.025")

    def test_tier_rate_without_exact_decimal_is_refused(self):
        row = dict(price_rows()[0], input="3", cache_read="0.1", batch_input="1")
        price = oracle.Price(row)
        with self.assertRaises(ValueError):
            price.rate("cache_read", "batch", False)
        self.assertEqual(price.rate("input", "batch", False), oracle.per_million("1"))

    def test_long_rates_of_tiers_are_said_or_standard(self):
        # gpt-5.5 says long rates of no tier: batches halve them, the others cost what standard does.
        usage = {"input": 300_000}
        self.assertEqual(cost("openai", "gpt-5.5", usage), "3")
        self.assertEqual(cost("openai", "gpt-5.5", usage, tier="batch"), "1.5")
        self.assertEqual(cost("openai", "gpt-5.5", usage, tier="priority"), "3")
        row = dict(price_rows()[1], notes="flex_input_above=4 | flex_cache_read=0.3")
        price = oracle.Price(row)
        self.assertEqual(price.rate("input", "flex", True), oracle.per_million("4"))
        # 1 x 4 / 10, and below the threshold what the note says.
        self.assertEqual(price.rate("cache_read", "flex", True), oracle.per_million("0.4"))
        self.assertEqual(price.rate("cache_read", "flex", False), oracle.per_million("0.3"))

    def test_audio_read_from_a_cache(self):
        row = dict(price_rows()[9], notes="audio_input=1")
        self.assertIsNone(oracle.Price(row).rate("cache_read_audio", "standard", False))
        price = oracle.Price(dict(row, notes="audio_input=1 | cache_read_audio=0.1"))
        self.assertEqual(price.rate("cache_read_audio", "standard", False), oracle.per_million("0.1"))
        self.assertEqual(price.rate("cache_read_audio", "flex", False), oracle.per_million("0.05"))

    def test_multipliers_spare_counted_things(self):
        self.assertEqual(cost("anthropic", "claude-opus-5-5", {"input": 1_000_000, "web_search_request": 3},
                              region="us"), "4.43")

    def test_unpriced_is_never_zero(self):
        self.assertIsNone(cost("openai", "nobody", {"input": 1}))
        self.assertIsNone(cost("openai", "image-one", {"input": 1}))
        self.assertIsNone(cost("anthropic", "claude-haiku-4-5", {"input": 1_000, "web_search_request": 1}))
        self.assertIsNone(cost("openai", "gpt-5", {}, missing=True))
        self.assertIsNone(cost("openai", "nobody", {}))
        self.assertEqual(cost("openai", "gpt-5", {}), "0")
        self.assertEqual(cost("anthropic", "claude-haiku-4-5", {"web_search_request": 0}), "0")

    def test_lookup(self):
        book = catalogue()
        gpt5 = book.prices["openai", "", "gpt-5"]
        self.assertIs(book.find("openai", "", "gpt-5-2025-08-07"), gpt5)
        self.assertIs(book.find("openai", "", "gpt-5-20250807"), gpt5)
        self.assertIs(book.find("openai", "eu", "gpt-5-2025-0807"), gpt5)
        for model in ("gpt-5-2025-8-07", "gpt-5-latest", "gpt-5-2025-08-07-x", "gpt-52025-08-07", "gpt-5-", "",
                      "gpt-5-2025-08-07\n", "gpt-5-2025-08-0\u0667"):
            self.assertIsNone(book.find("openai", "", model), model)
        # The longest catalogue model wins.
        rows = price_rows()
        rows.append(dict(rows[2], model_key="gpt-5-2025-08-07"))
        longer = oracle.Catalogue(rows)
        self.assertIs(longer.find("openai", "", "gpt-5-2025-08-07-20260101"),
                      longer.prices["openai", "", "gpt-5-2025-08-07"])
        # Region first, then without region; the first of two rows wins; Bedrock keys stay whole.
        self.assertEqual(cost("azure", "gpt-5.4", {"input": 1_000}, region="us"), "0.00275")
        self.assertEqual(cost("azure", "gpt-5.4", {"input": 1_000}, region="eu"), "0.0025")
        self.assertEqual(cost("azure", "gpt-6-astra", {"input": 1_000}), "0.01")
        self.assertEqual(cost("aws-bedrock", "anthropic.claude-opus-5-5", {"input": 1_000}), "0.004")

    def test_rounding_is_once_and_half_even(self):
        # 0.0000005 USD per million tokens: half a pico a token.
        row = dict(price_rows()[2], input="0.0000005", output="0.0000005", model_key="tiny")
        book = oracle.Catalogue([row])
        for quantities, picos in (({"input": 1}, 0), ({"input": 3}, 2), ({"input": 5}, 2),
                                  ({"input": 1, "output": 1}, 1), ({"input": 3, "output": 3}, 3)):
            tiny = oracle.Row(0, oracle.Dims("openai", "tiny"), quantities)
            oracle.put_price(book, tiny, False)
            self.assertEqual(tiny.picos, picos, quantities)


class EventTests(unittest.TestCase):
    EVENT = {"id": "1", "source": "gw", "time": "2026-11-01T00:00:00Z", "provider": "openai", "model": "gpt-5",
             "quantities": {"input": 10, "output": 5}, "total_tokens": 15, "tags": {"cost_center": "cc-1"}}

    def read(self, *items):
        return oracle.read_events(items, at("2026-12-01T00:00:00Z"))

    def test_accepts(self):
        rows, refused = self.read(self.EVENT)
        self.assertEqual((len(rows), refused), (1, {}))
        self.assertEqual(oracle.dimension(rows[0].dims, "tag:cost_center"), "cc-1")
        self.assertEqual(oracle.dimension(rows[0].dims, "operation"), "chat")

    def test_refuses(self):
        for field, change in (
                ("time", {"time": "2026-11-01T00:00:00"}), ("time", {"time": "2026-12-01T00:05:01Z"}),
                ("total_tokens", {"total_tokens": 16}), ("quantities.input", {"quantities": {"input": -1}}),
                ("model", {"model": ""}), ("service_tier", {"service_tier": "gold"}),
                ("quantities", {"usage_state": "missing"})):
            rows, refused = self.read(dict(self.EVENT, **change))
            self.assertEqual((rows, dict(refused)), ([], {field: 1}))

    def test_same_id_counts_once(self):
        rows, _ = self.read(self.EVENT, self.EVENT, dict(self.EVENT, user="other"), dict(self.EVENT, source="gw2"))
        self.assertEqual(len(rows), 2)

    def test_csv(self):
        text = "id,source,time,provider,model,quantity:input,quantity:output,tag:cost_center,total_tokens,user\n" \
               "1,gw,2026-11-01T00:00:00+01:00,openai,gpt-5,10,,cc-1,10,\n"
        rows, refused = self.read(*oracle.items_of_csv(io.StringIO(text)))
        self.assertEqual(refused, {})
        self.assertEqual(rows[0].quantities, {"input": 10})
        self.assertEqual(rows[0].start, at("2026-10-31T23:00:00Z"))
        self.assertEqual((rows[0].dims.tags, rows[0].dims.user), ((("cost_center", "cc-1"),), ""))


class GoldenExchangeTests(unittest.TestCase):
    """The facts beside each exchange were written from the providers' references."""

    def exchanges(self, provider, prefix):
        folder = os.path.join(FIXTURES, provider)
        for name in sorted(os.listdir(folder)):
            if name.startswith(prefix):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    text = file.read()
                facts = json.loads(text, parse_float=Decimal)["facts"]
                if "rows" in facts:
                    yield name, oracle.body_of(text), facts["rows"]

    def check_usage(self, provider, prefix, read):
        checked = 0
        for name, body, facts in self.exchanges(provider, prefix):
            rows = list(read([body], "c"))
            self.assertEqual(len(rows), len(facts), name)
            for row, fact in zip(rows, facts):
                found = {key: amount for key, amount in row.quantities.items() if amount}
                self.assertEqual(found, {key: amount for key, amount in fact["quantities"].items() if amount}, name)
                start = fact["bucket_start"]
                self.assertEqual(row.start, start if isinstance(start, int) else at(start), name)
                dimensions = fact["dimensions"]
                default = "default" if provider == "anthropic" else ""
                self.assertEqual(row.dims.model, dimensions.get("model", ""))
                self.assertEqual(row.dims.api_key_id, dimensions.get("api_key_id", ""))
                self.assertEqual(row.dims.project,
                                 dimensions.get("project_id") or dimensions.get("workspace_id") or default)
                checked += 1
        self.assertGreater(checked, 5)

    def check_costs(self, provider, prefix, read):
        checked = 0
        for name, body, facts in self.exchanges(provider, prefix):
            charges = list(read([body], "c"))
            self.assertEqual(len(charges), len(facts), name)
            for found, fact in zip(charges, facts):
                self.assertEqual(found.picos, usd(fact["amount"]), name)
                if fact.get("quantity_class"):
                    wanted = fact["quantity_class"]
                    self.assertTrue(oracle.in_classes(wanted, found.classes), (name, fact))
                    self.assertEqual(found.model, fact.get("model") or "", name)
                elif "quantity_class" in fact:
                    self.assertEqual((found.classes, found.model), ((), ""), name)
                checked += 1
        self.assertGreater(checked, 5)

    def test_openai(self):
        self.check_usage("openai", "usage-completions-", oracle.openai_usage)
        self.check_costs("openai", "costs-", oracle.openai_charges)

    def test_anthropic(self):
        self.check_usage("anthropic", "usage-messages-", oracle.anthropic_usage)
        self.check_costs("anthropic", "cost-report-", oracle.anthropic_charges)

    def test_tiers_and_regions(self):
        def tier(**result):
            bucket = {"start_time": 0, "results": [result]}
            return next(oracle.openai_usage([{"data": [bucket]}], "c")).tier
        self.assertEqual(tier(batch=True, service_tier="flex"), "batch")
        self.assertEqual(tier(batch=False, service_tier="flex"), "flex")
        self.assertEqual(tier(batch=None, service_tier="default"), "standard")
        self.assertEqual(tier(service_tier="scale"), "standard")
        self.assertEqual(oracle.anthropic_tier("priority_on_demand"), "priority")
        self.assertEqual(oracle.anthropic_tier("flex_discount"), "flex")
        self.assertEqual(oracle.anthropic_tier(None), "standard")
        self.assertEqual([oracle.anthropic_region(geo) for geo in ("us", "global", "not_available", None)],
                         ["us", "", "", ""])


class BillTests(unittest.TestCase):
    def test_spread_by_quantity_and_rate(self):
        # Weights 1,000 x 1.25 and 1,000 x 0.625 (batch) of 1 dollar: 2/3 and 1/3.
        usage = [usage_row("2026-11-02T05:00:00Z", "proj_alpha", {"input": 1_000, "output_unsplit": 9}, key="k1"),
                 usage_row("2026-11-02T07:00:00Z", "proj_alpha", {"input": 1_000}, key="k2", tier="batch"),
                 usage_row("2026-11-02T07:00:00Z", "proj_beta", {"input": 1_000}),
                 usage_row("2026-11-02T07:00:00Z", "proj_alpha", {"input": 1_000}, model="gpt-5-2025-08-07")]
        parts, _ = oracle.parts_of(catalogue(), "billed", [], usage, [charge("2026-11-02", "proj_alpha", "1")], {},
                                   0, 0, 0, lambda day: True)
        self.assertEqual([(part.start, part.dims.api_key_id, part.picos) for part in parts], [
            (at("2026-11-02T05:00:00Z"), "k1", 666666666667), (at("2026-11-02T07:00:00Z"), "k2", 333333333333)])

    def test_ties_by_start_then_key(self):
        usage = [usage_row("2026-11-02T05:00:00Z", "proj_alpha", {"input": 7}, key="z"),
                 usage_row("2026-11-02T05:00:00Z", "proj_alpha", {"input": 7}, key="b"),
                 usage_row("2026-11-02T04:00:00Z", "proj_alpha", {"input": 7}, key="zz")]
        parts, _ = oracle.parts_of(catalogue(), "billed", [], usage, [
            charge("2026-11-02", "proj_alpha", "0.000000000002")], {}, 0, 0, 0, lambda day: True)
        self.assertEqual([(part.dims.api_key_id, part.picos) for part in parts], [("zz", 1), ("b", 1), ("z", 0)])

    def test_no_rate_spreads_by_quantity(self):
        usage = [usage_row("2026-11-02T05:00:00Z", "proj_alpha", {"input": 3}, model="nobody", key="a"),
                 usage_row("2026-11-02T05:00:00Z", "proj_alpha", {"input": 1}, model="nobody", key="b", tier="batch")]
        parts, _ = oracle.parts_of(catalogue(), "billed", [], usage, [
            charge("2026-11-02", "proj_alpha", "-4", model="nobody")], {}, 0, 0, 0, lambda day: True)
        self.assertEqual([part.picos for part in parts], [usd("-3"), usd("-1")])

    def test_without_usage_evenly_over_24_utc_hours(self):
        # 22 hours lie before Berlin's midnight of 30 November (23:00Z is 00:00 of 1 December): 23 of 24 in November.
        result = run(charges=[charge("2026-11-30", "proj_alpha", "24", model="", classes=(), text="credit")])
        self.assertEqual(trend(result), {"2026-11-30": "23"})
        self.assertEqual(result["models"], [{"provider": "openai", "model": "", "cost": "23"}])
        opaque = oracle.Cell(0, "c", "openai", "", "", "", (), None, None, None)
        parts = oracle.bill_cell(catalogue(), opaque, 25, [], [])
        self.assertEqual([part.picos for part in parts], [2] + [1] * 23)

    def test_cell_names_tier_context_and_region(self):
        def row(key, tier="standard", context="0-200k", region=""):
            return usage_row("2026-11-02T05:00:00Z", "default", {"input": 10}, model="claude-opus-5-5", key=key,
                             connection="anthropic", provider="anthropic", tier=tier, context=context, region=region)
        usage = [row("plain"), row("batch", tier="batch"), row("long", context="200k-1M"), row("us", region="us")]
        named = oracle.Cell(at("2026-11-02T00:00:00Z"), "anthropic", "anthropic", "default", "d", "claude-opus-5-5",
                            ("input",), "standard", "0-200k", "")
        index = oracle.Index(usage)
        self.assertEqual([found.dims.api_key_id for found in index.rows(named)], ["plain"])
        unnamed = named._replace(tier=None, context=None, region=None, model="")
        self.assertEqual(len(index.rows(unnamed)), 4)
        self.assertEqual(index.rows(named._replace(classes=("cache_read",))), [])

    def test_cache_writes_of_all_lifetimes_are_one_class(self):
        usage = [usage_row("2026-11-02T05:00:00Z", "p", {"cache_write_30m": 10}, model="gpt-6-astra", key="a"),
                 usage_row("2026-11-02T05:00:00Z", "p", {"cache_write_12h": 10}, model="gpt-6-astra", key="b")]
        parts, _ = oracle.parts_of(catalogue(), "billed", [], usage, [
            charge("2026-11-02", "p", "3", model="gpt-6-astra", classes=("cache_write",))], {}, 0, 0, 0,
            lambda day: True)
        self.assertEqual([part.picos for part in parts], [usd("1"), usd("2")])

    def test_events_share_the_bill(self):
        usage = [usage_row("2026-11-02T05:00:00Z", "proj_alpha", {"input": 400}, key="k")]
        events = [event_row("2026-11-02T05:01:00Z", {"input": 60}, project="proj_alpha", connection="openai",
                            feature="f"),
                  event_row("2026-11-02T05:02:00Z", {"input": 40}, project="proj_alpha", connection="openai",
                            feature="g")]
        billed = [charge("2026-11-02", "proj_alpha", "8")]
        parts, _ = oracle.parts_of(catalogue(), "billed", events, usage, billed, {}, 0, 0, 0, lambda day: True)
        # E / U = 1/4 of 8 dollars: 2, as 1.2 and 0.8; 6 stay with the provider's row.
        self.assertEqual([(part.dims.feature, part.dims.api_key_id, part.picos) for part in parts],
                         [("f", "", usd("1.2")), ("g", "", usd("0.8")), ("", "k", usd("6"))])
        more = events + [event_row("2026-11-02T06:00:00Z", {"input": 900}, project="proj_alpha", connection="openai")]
        parts, _ = oracle.parts_of(catalogue(), "billed", more, usage, billed, {}, 0, 0, 0, lambda day: True)
        self.assertEqual(sum(part.picos for part in parts if not part.dims.api_key_id), usd("8"))
        # Metered: the events' cost, and the provider's for the 300 that no event shows.
        parts, _ = oracle.parts_of(catalogue(), "metered", events, usage, billed, {}, 0, 0, 0, lambda day: True)
        self.assertEqual(sorted(part.picos for part in parts),
                         sorted([usd("0.000075"), usd("0.00005"), usd("0.000375")]))


class BasisTests(unittest.TestCase):
    USAGE = [("2026-11-10T05:00:00Z", "proj_alpha", {"input": 1_000_000})]

    def result(self, **options):
        usage = [usage_row(*row) for row in self.USAGE]
        events = [event_row("2026-11-10T06:00:00Z", {"input": 1_000_000}, model="gpt-5.5", project="proj_beta")]
        return run(events, usage, [charge("2026-11-10", "proj_alpha", "2")], **options)

    def test_finality(self):
        # The day ends on 11 November, 00:00Z; final three days later.
        for now, total in (("2026-11-13T23:59:59Z", "1.25"), ("2026-11-14T00:00:00Z", "2")):
            self.assertEqual(units(self.result(now=now), "direct")["a-sub"], total, now)
        # A correction starts the three days again.
        changes = {("openai", at("2026-11-10T00:00:00Z")): at("2026-11-20T12:00:00Z")}
        for now, total in (("2026-11-23T11:59:59Z", "1.25"), ("2026-11-23T12:00:00Z", "2")):
            self.assertEqual(units(self.result(now=now, changes=changes), "direct")["a-sub"], total, now)
        # An older time of change does not make the day final sooner; costs must have been read to the day's end.
        changes = {("openai", at("2026-11-10T00:00:00Z")): at("2026-11-10T12:00:00Z")}
        self.assertEqual(units(self.result(now="2026-11-13T12:00:00Z", changes=changes), "direct")["a-sub"], "1.25")
        self.assertEqual(units(self.result(costs_through="2026-11-10T23:59:59Z"), "direct")["a-sub"], "1.25")
        self.assertEqual(units(self.result(costs_through="2026-11-11T00:00:00Z"), "direct")["a-sub"], "2")

    def test_bases(self):
        self.assertEqual(self.result(basis="effective")["total"], "12")
        self.assertEqual(self.result(basis="metered")["total"], "11.25")
        # Events without connection are absent from billed.
        self.assertEqual(self.result(basis="billed")["total"], "2")

    def test_unpriced_counts_metered_rows_only(self):
        usage = [usage_row("2026-11-10T05:00:00Z", "p", {"input": 7, "web_search_request": 2}, model="nobody")]
        events = [event_row("2026-11-10T06:00:00Z", {"input": 5, "output": 6}, model="nobody")]
        for basis, now, expected in (("effective", "2026-12-31T00:00:00Z", (1, 11)),
                                     ("effective", "2026-11-12T00:00:00Z", (2, 18)),
                                     ("metered", "2026-12-31T00:00:00Z", (2, 18)),
                                     ("billed", "2026-12-31T00:00:00Z", (0, 0))):
            result = run(events, usage, basis=basis, now=now)
            self.assertEqual((result["unpriced_entries"], result["unpriced_tokens"]), expected, (basis, now))
            self.assertEqual(result["total"], "0")


class PeriodTests(unittest.TestCase):
    MILLION = {"input": 1_000_000}

    def test_month_border_in_berlin(self):
        # Winter: November begins on 31 October, 23:00Z, and ends on 30 November, 23:00Z.
        times = ("2026-10-31T22:59:59Z", "2026-10-31T23:00:00Z", "2026-11-30T22:59:59Z", "2026-11-30T23:00:00Z")
        events = [event_row(time, self.MILLION) for time in times]
        self.assertEqual(trend(run(events, month="2026-11")), {"2026-11-01": "1.25", "2026-11-30": "1.25"})
        self.assertEqual(trend(run(events, month="2026-10")), {"2026-10-31": "1.25"})
        # October begins in summer time (22:00Z) and ends in winter time.
        events = [event_row(time, self.MILLION) for time in ("2026-09-30T21:59:59Z", "2026-09-30T22:00:00Z")]
        self.assertEqual(trend(run(events, month="2026-10")), {"2026-10-01": "1.25"})

    def test_days_of_23_and_25_hours(self):
        def hourly(first, hours):
            start = at(first)
            return [event_row(oracle.utc_text(start + hour * 3600), self.MILLION) for hour in range(hours)]
        # 25 October 2026 has 25 hours: 24 Oct 22:00Z to 25 Oct 23:00Z.
        result = trend(run(hourly("2026-10-24T00:00:00Z", 72), month="2026-10"))
        self.assertEqual(result, {"2026-10-24": "27.5", "2026-10-25": "31.25", "2026-10-26": "30",
                                  "2026-10-27": "1.25"})
        # 29 March 2026 has 23: 28 Mar 23:00Z to 29 Mar 22:00Z.
        result = trend(run(hourly("2026-03-28T00:00:00Z", 72), month="2026-03"))
        self.assertEqual(result, {"2026-03-28": "28.75", "2026-03-29": "28.75", "2026-03-30": "30",
                                  "2026-03-31": "2.5"})

    def test_every_day_is_there(self):
        self.assertEqual(len(run(month="2026-02")["trend"]), 28)
        self.assertEqual(len(run(month="2028-02")["trend"]), 29)

    def test_a_bill_s_utc_day_falls_into_two_days_and_months(self):
        usage = [usage_row("2026-11-30T22:00:00Z", "proj_alpha", {"input": 1}),
                 usage_row("2026-11-30T23:00:00Z", "proj_alpha", {"input": 2})]
        charges = [charge("2026-11-30", "proj_alpha", "9")]
        self.assertEqual(run((), usage, charges, month="2026-11")["total"], "3")
        self.assertEqual(run((), usage, charges, month="2026-12", now="2027-01-31T00:00:00Z")["total"], "6")


class AllocationTests(unittest.TestCase):
    def definition(self, *rules):
        return dict(DEFINITION, rules=list(rules))

    def allocate(self, rules, sums):
        direct, shared, unallocated = oracle.allocate(
            self.definition(*rules), {oracle.Dims(**dims): picos for dims, picos in sums})
        return direct, shared, unallocated

    @staticmethod
    def rule(dimension, value, **target):
        return dict({"id": value, "conditions": [{"dimension": dimension, "value": value}]}, **target)

    def test_first_rule_wins_and_prefix_and_absent(self):
        rules = [self.rule("model", "gpt-5*", unit="a"), self.rule("model", "gpt-5.5", unit="b"),
                 self.rule("team", "", unit="root")]
        direct, _, unallocated = self.allocate(rules, [
            (dict(model="gpt-5.5", team="t"), 1), (dict(model="gpt-5", team="t"), 2), (dict(model="x"), 4),
            (dict(model="x", team="t"), 8)])
        self.assertEqual((direct["a"], direct["b"], direct["root"], unallocated), (3, 0, 4, 8))

    def test_all_conditions_hold_and_tags(self):
        rule = {"id": "r", "unit": "a", "conditions": [{"dimension": "tag:cost_center", "value": "cc-1*"},
                                                       {"dimension": "provider", "value": "azure"}]}
        tagged = (("cost_center", "cc-17"),)
        direct, _, unallocated = self.allocate([rule], [
            (dict(provider="azure", tags=tagged), 1), (dict(provider="openai", tags=tagged), 2),
            (dict(provider="azure"), 4)])
        self.assertEqual((direct["a"], unallocated), (1, 6))
        with self.assertRaises(ValueError):
            self.allocate([self.rule("region", "us", unit="a")], [({}, 1)])

    def test_even_split_by_code(self):
        rules = [self.rule("project", "p", split={"method": "even", "units": ["root", "b", "a"]})]
        _, shared, _ = self.allocate(rules, [(dict(project="p", user="1"), 2), (dict(project="p", user="2"), 3)])
        # Summed first (5), split once: 1 each, the other two to a and b.
        self.assertEqual(shared, {"a": 2, "b": 2, "root": 1, "a-sub": 0})

    def test_proportional_split(self):
        split = {"method": "proportional", "units": ["b", "a", "root", "a-sub"]}
        rules = [self.rule("project", "a", unit="a"), self.rule("project", "b", unit="b"),
                 self.rule("project", "r", unit="root"), self.rule("project", "p", split=split)]
        sums = [(dict(project="a"), 300), (dict(project="b"), 100), (dict(project="r"), -50), (dict(project="p"), 10)]
        direct, shared, unallocated = self.allocate(rules, sums)
        # 7.5 and 2.5: the tie goes to a; a negative direct amount weighs nothing.
        self.assertEqual(shared, {"a": 8, "b": 2, "root": 0, "a-sub": 0})
        _, shared, unallocated = self.allocate(rules, [(dict(project="p"), -10), (dict(project="a"), 3),
                                                       (dict(project="b"), 1)])
        self.assertEqual((shared["a"], shared["b"], unallocated), (-8, -2, 0))
        _, shared, unallocated = self.allocate(rules, [(dict(project="p"), 10), (dict(project="r"), -1)])
        self.assertEqual((sum(shared.values()), unallocated), (0, 10))

    def test_totals_of_the_tree(self):
        million = {"input": 1_000_000}
        result = run([event_row("2026-11-10T00:00:00Z", million, project="proj_alpha"),
                      event_row("2026-11-10T00:00:00Z", million, project="proj_beta"),
                      event_row("2026-11-10T00:00:00Z", million, project="proj_else")])
        self.assertEqual([unit["unit_code"] for unit in result["units"]], ["a", "a-sub", "b", "root"])
        self.assertEqual(units(result, "own"), {"root": "0", "a": "0", "a-sub": "1.25", "b": "1.25"})
        self.assertEqual(units(result, "total"), {"root": "2.5", "a": "1.25", "a-sub": "1.25", "b": "1.25"})
        self.assertEqual((result["total"], result["unallocated"]), ("3.75", "1.25"))


class Provider(http.server.BaseHTTPRequestHandler):
    """Two hours and one day a page, and one 429; refuses what the contract does not name."""

    refused_once = False

    def log_message(self, *_):
        pass

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        if not Provider.refused_once:
            Provider.refused_once = True
            self.send_response(429)
            self.send_header("Retry-After", "0")
            self.end_headers()
            return
        usage = "usage" in url.path
        anthropic = "organizations" in url.path
        groups = set(query["group_by[]" if anthropic else "group_by"])
        if anthropic:
            good = self.headers["x-api-key"] == "ak" and self.headers["anthropic-version"] == "2023-06-01"
            good = good and groups == ({"model", "workspace_id", "api_key_id", "service_tier", "context_window",
                                        "inference_geo"} if usage else {"workspace_id", "description"})
        else:
            good = self.headers["Authorization"] == "Bearer ok" and groups == (
                {"project_id", "user_id", "api_key_id", "model", "batch", "service_tier"} if usage
                else {"project_id", "line_item"})
        good = good and query["bucket_width"] == ["1h" if usage else "1d"]
        page = int(query.get("page", ["0"])[0])
        body = self.anthropic(usage, page, query) if anthropic else self.openai(usage, page, query)
        body.update(has_more=page == 0, next_page="1" if page == 0 else None)
        self.send_response(200 if good else 400)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    @staticmethod
    def openai(usage, page, query):
        start = int(query["start_time"][0]) + page * (3600 if usage else 86400)
        if usage:
            result = {"input_tokens": 1000, "input_cached_tokens": 0, "output_tokens": 0, "model": "gpt-5",
                      "project_id": "proj_alpha", "user_id": None, "api_key_id": None, "batch": None,
                      "service_tier": None}
        else:
            result = {"amount": {"value": "1.5000", "currency": "usd"}, "line_item": "gpt-5, input_tokens",
                      "project_id": "proj_alpha"}
        return {"data": [{"start_time": start, "results": [result]}, {"start_time": start + 1, "results": []}]}

    @staticmethod
    def anthropic(usage, page, query):
        start = at(query["starting_at"][0]) + page * (3600 if usage else 86400)
        if usage:
            result = {"uncached_input_tokens": 10, "model": "claude-opus-5-5", "workspace_id": None,
                      "context_window": "0-200k", "service_tier": "standard", "inference_geo": "global"}
        else:
            result = {"amount": "250.5", "currency": "USD", "description": "d", "cost_type": "tokens",
                      "token_type": "uncached_input_tokens", "model": "claude-opus-5-5", "workspace_id": None,
                      "context_window": "0-200k", "service_tier": "standard", "inference_geo": "global"}
        return {"data": [{"starting_at": oracle.utc_text(start), "results": [result]}]}


class CommandTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.prices, self.definition, self.events = (
            self.write(name, text) for name, text in (
                ("prices.csv", PRICES), ("organization.json", json.dumps(DEFINITION)),
                ("events.jsonl", json.dumps(dict(EventTests.EVENT, project="proj_beta")) + "\n")))

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def compute(self, *more):
        with contextlib.redirect_stderr(io.StringIO()):
            return oracle.compute(oracle.arguments([
                "--prices", self.prices, "--definition", self.definition, "--events", self.events,
                "--from", "2026-11-05", "--now", "2026-12-01T00:00:00Z", "--month", "2026-11"] + list(more)))

    def test_pulls_to_the_last_page_and_repeats_from_records(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base, record = "http://127.0.0.1:%d" % server.server_address[1], os.path.join(self.folder, "pages")
        result = self.compute("--openai", base + "/v1", "--openai-key", "ok", "--anthropic", base,
                              "--anthropic-key", "ak", "--record", record)
        self.assertEqual(result["read"], {"events": 1, "refused_events": {}, "usage_rows": 4, "charges": 4})
        # The event's 10 x 1.25 + 5 x 10 per million, two days of 1.5 and two of 2.505 (cents).
        self.assertEqual(result["total"], "8.0100625")
        self.assertEqual(units(result, "own"), {"root": "0", "a": "0", "a-sub": "3", "b": "0.0000625"})
        self.assertEqual(self.compute("--pages", record), result)

    def test_mutating_one_price_changes_the_total(self):
        before = self.compute()["total"]
        with open(self.prices, "w", encoding="utf-8") as file:
            file.write(PRICES.replace("openai,gpt-5,chat,1.25,", "openai,gpt-5,chat,1.250001,"))
        after = self.compute()["total"]
        self.assertEqual((before, after), ("0.0000625", "0.00006250001"))

    def test_mutating_any_class_is_seen(self):
        # One event with every class that has a column: no rate can change unseen.
        quantities = {"input": 1, "cache_read": 1, "cache_write_5m": 1, "cache_write_1h": 1, "output": 1}
        events = [event_row("2026-11-10T00:00:00Z", quantities, model="claude-opus-5-5", provider="anthropic")]
        totals = set()
        for column in (None, "input", "cache_read", "cache_write_5m", "cache_write_1h", "output"):
            rows = price_rows()
            for row in rows:
                if column:
                    row[column] = str(Decimal(row[column] or "0") + {
                        "input": 1, "cache_read": 2, "cache_write_5m": 3, "cache_write_1h": 4, "output": 5}[column])
            totals.add(run(events, prices=oracle.Catalogue(rows))["total"])
        self.assertEqual(len(totals), 6)

    def test_no_floating_point(self):
        for module in (oracle, compare):
            with open(module.__file__, encoding="utf-8") as file:
                tree = ast.parse(file.read())
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant):
                    self.assertNotIsInstance(node.value, float)
                if isinstance(node, ast.Name):
                    self.assertNotEqual(node.id, "float")
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    if node.func.attr in ("load", "loads"):
                        self.assertIn("parse_float", [keyword.arg for keyword in node.keywords])


class CompareTests(unittest.TestCase):
    def setUp(self):
        million = {"input": 1_000_000}
        self.oracle = run([event_row("2026-11-10T00:00:00Z", million, project="proj_alpha"),
                           event_row("2026-11-11T00:00:00Z", {"output": 200_000}, project="x", model="gpt-5.5")])
        self.oracle = json.loads(json.dumps(self.oracle))

    @staticmethod
    def money(text):
        return {"amount": text, "currencyCode": "USD"}

    def reports(self):
        completeness = {"basis": "BASIS_EFFECTIVE", "unallocated": self.money(self.oracle["unallocated"])}
        chargeback = {
            "month": {"year": 2026, "month": 11}, "completeness": completeness,
            "units": [dict({"unitCode": unit["unit_code"]}, **{
                field: self.money(unit[field]) for field in ("direct", "shared", "own", "total")
                if unit[field] != "0"}) for unit in self.oracle["units"]],
            "total": self.money(self.oracle["total"] + "000"), "unallocated": self.money(self.oracle["unallocated"])}
        trend_response = {"completeness": completeness, "total": self.money(self.oracle["total"]), "days": [
            {"date": dict(zip(("year", "month", "day"), map(int, day["date"].split("-")))),
             "cost": self.money(day["cost"])} for day in self.oracle["trend"]]}
        models = {"completeness": completeness, "total": self.money(self.oracle["total"]), "other": self.money("1.25"),
                  "models": [{"provider": "openai", "model": "gpt-5.5", "cost": self.money("6.00")},
                             {"provider": "openai", "model": "nobody", "unpricedEntries": "3"}]}
        return chargeback, trend_response, models

    def test_equal(self):
        comparison = compare.compare(self.oracle, *self.reports())
        self.assertEqual(comparison.differences, [])
        # 4 units x 4, 30 days and 2 models, and what goes with them.
        self.assertGreater(comparison.equal, 50)

    def test_one_pico_is_seen(self):
        for mutate in (
                lambda c, t, m: c["units"][1]["direct"].update(amount="1.250000000001"),
                lambda c, t, m: c["units"].pop(),
                lambda c, t, m: c.update(unallocated=self.money("5.999999999999")),
                lambda c, t, m: c["completeness"].update(unpricedTokens="1"),
                lambda c, t, m: c["total"].update(currencyCode="EUR"),
                lambda c, t, m: c["total"].update(amount="725e-2"),
                lambda c, t, m: t["days"].pop(3),
                lambda c, t, m: t["days"][9]["cost"].update(amount="1.249999999999"),
                lambda c, t, m: m["models"][0]["cost"].update(amount="5.999999999999"),
                lambda c, t, m: m.pop("other"),
                lambda c, t, m: m["models"].reverse()):
            reports = self.reports()
            mutate(*reports)
            self.assertNotEqual(compare.compare(self.oracle, *reports).differences, [])

    def test_command(self):
        with tempfile.TemporaryDirectory() as folder:
            names = ("oracle", "chargeback", "trend", "models")
            argv = []
            for name, content in zip(names, (self.oracle,) + self.reports()):
                path = os.path.join(folder, name + ".json")
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(content, file)
                argv += ["--" + name, path]
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                self.assertEqual(compare.main(argv), 0)
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(dict(self.reports()[2], total=self.money("7.25000000001")), file)
                self.assertEqual(compare.main(argv), 1)
            self.assertIn("figures are equal", out.getvalue())
            self.assertIn("1 figures differ", out.getvalue())


if __name__ == "__main__":
    unittest.main()

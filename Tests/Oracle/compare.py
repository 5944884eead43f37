#!/usr/bin/env python3
"""Compares the oracle's figures with the product's reports, to the pico; exits 1 on any difference.

The reports are the JSON of `tally report chargeback|trend|models --format json`: proto3 JSON, where a field at its
default may be absent and a 64-bit integer is a string.
"""
import argparse
import json
import re
import sys
from decimal import Decimal
from fractions import Fraction

# "Decimal number with up to 12 places, such as "-1.250000000001"; never in exponent form."
AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]{1,12})?")


class Comparison:
    def __init__(self):
        self.equal = 0
        self.differences = []

    def money(self, name, expected, money):
        """`money` is a Money of the product, None where it is absent: nothing was said, which counts as 0."""
        money = money or {}
        actual = money.get("amount") or "0"
        if not isinstance(actual, str) or not AMOUNT.fullmatch(actual):
            self.differences.append((name, expected, "not an amount: %r" % (actual,)))
        elif money and money.get("currencyCode", "USD") != "USD":
            self.differences.append((name, expected, "%s %s" % (actual, money["currencyCode"])))
        else:
            self.value(name, expected, actual)

    def value(self, name, expected, actual):
        if Fraction(expected) == Fraction(actual):
            self.equal += 1
        else:
            self.differences.append((name, expected, actual))

    def text(self, name, expected, actual):
        if expected == actual:
            self.equal += 1
        else:
            self.differences.append((name, expected, actual))


def compare_basis(comparison, name, oracle, response):
    basis = (response.get("completeness") or {}).get("basis")
    comparison.text(name + " basis", "BASIS_" + oracle["basis"].upper(), basis)


def compare_chargeback(comparison, oracle, response):
    compare_basis(comparison, "chargeback", oracle, response)
    month = response.get("month") or {}
    comparison.text("chargeback month", oracle["month"], "%04d-%02d" % (month.get("year", 0), month.get("month", 0)))
    theirs = {unit.get("unitCode", ""): unit for unit in response.get("units") or []}
    ours = {unit["unit_code"]: unit for unit in oracle["units"]}
    # "By code, every unit of the organization."
    comparison.text("chargeback unit codes", ",".join(ours), ",".join(
        unit.get("unitCode", "") for unit in response.get("units") or []))
    for code in sorted(set(ours) & set(theirs)):
        for field in ("direct", "shared", "own", "total"):
            comparison.money("unit %s %s" % (code, field), ours[code][field], theirs[code].get(field))
    comparison.money("chargeback total", oracle["total"], response.get("total"))
    comparison.money("unallocated", oracle["unallocated"], response.get("unallocated"))
    completeness = response.get("completeness") or {}
    comparison.money("completeness unallocated", oracle["unallocated"], completeness.get("unallocated"))
    comparison.value("unpriced entries", oracle["unpriced_entries"], completeness.get("unpricedEntries", "0"))
    comparison.value("unpriced tokens", oracle["unpriced_tokens"], completeness.get("unpricedTokens", "0"))


def compare_trend(comparison, oracle, response):
    compare_basis(comparison, "trend", oracle, response)
    theirs = {}
    for day in response.get("days") or []:
        date = day.get("date") or {}
        text = "%04d-%02d-%02d" % (date.get("year", 0), date.get("month", 0), date.get("day", 0))
        if text in theirs:
            comparison.differences.append(("day " + text, "once", "twice"))
        theirs[text] = day.get("cost")
    ours = {day["date"]: day["cost"] for day in oracle["trend"]}
    for date, cost in ours.items():
        if date in theirs:
            comparison.money("day " + date, cost, theirs[date])
        else:
            comparison.differences.append(("day " + date, cost, "absent"))
    # The trend may span more than the month; its total is comparable only where it does not.
    if set(theirs) == set(ours):
        comparison.money("trend total", oracle["total"], response.get("total"))
    elif set(theirs) - set(ours):
        print("%d days outside the month: they and the trend's total are not compared" % len(set(theirs) - set(ours)))


def compare_models(comparison, oracle, response):
    """The report must be of the whole month. What it does not list must be its `other`."""
    compare_basis(comparison, "models", oracle, response)
    ours = {(model["provider"], model["model"]): model["cost"] for model in oracle["models"]}
    listed = []
    for model in response.get("models") or []:
        key = (model.get("provider", ""), model.get("model", ""))
        # A model with nothing but unpriced entries is listed at 0, and the oracle does not name it.
        comparison.money("model %s/%s" % key, ours.pop(key, "0"), model.get("cost"))
        listed.append((-Fraction((model.get("cost") or {}).get("amount") or "0"), key[0].encode(), key[1].encode()))
    # "By cost, highest first; ties by provider and model."
    comparison.text("order of models", True, listed == sorted(listed))
    rest = sum((Fraction(cost) for cost in ours.values()), Fraction(0))
    other = response.get("other")
    if rest != Fraction((other or {}).get("amount") or "0"):
        for key, cost in ours.items():
            comparison.differences.append(("model %s/%s" % key, cost, "not listed"))
    comparison.money("other models", fraction_text(rest), other)
    comparison.money("models total", oracle["total"], response.get("total"))


def fraction_text(value):
    scaled = value * 10 ** 12
    assert scaled.denominator == 1
    whole, places = divmod(abs(scaled.numerator), 10 ** 12)
    return "%s%d.%012d" % ("-" if value < 0 else "", whole, places)


def difference(expected, actual):
    try:
        return str((Fraction(actual) - Fraction(expected)) * 10 ** 12)
    except (ValueError, TypeError):
        return ""


def compare(oracle, chargeback=None, trend=None, models=None):
    comparison = Comparison()
    if chargeback is not None:
        compare_chargeback(comparison, oracle, chargeback)
    if trend is not None:
        compare_trend(comparison, oracle, trend)
    if models is not None:
        compare_models(comparison, oracle, models)
    return comparison


def load(path):
    if path is None:
        return None
    with open(path, encoding="utf-8") as file:
        return json.load(file, parse_float=Decimal)


def main(argv):
    parser = argparse.ArgumentParser(description="Oracle against product, to the pico.")
    parser.add_argument("--oracle", required=True)
    parser.add_argument("--chargeback")
    parser.add_argument("--trend")
    parser.add_argument("--models")
    options = parser.parse_args(argv)
    if not (options.chargeback or options.trend or options.models):
        parser.error("nothing to compare: give --chargeback, --trend or --models")
    comparison = compare(load(options.oracle), load(options.chargeback), load(options.trend), load(options.models))
    if comparison.differences:
        rows = [("figure", "oracle", "product", "product - oracle, picos")] + [
            (name, str(expected), str(actual), difference(expected, actual))
            for name, expected, actual in comparison.differences]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        for row in rows:
            print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())
        print("%d figures differ, %d are equal" % (len(comparison.differences), comparison.equal))
        return 1
    print("%d figures are equal" % comparison.equal)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

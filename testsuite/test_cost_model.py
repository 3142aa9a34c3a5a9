# SPDX-License-Identifier: Apache-2.0
"""The prices: what a file may say, what is refused and how, and how they stand to the published figures."""
from __future__ import annotations

import math
import random
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from bench import compare, costfile, costmodel
from bench.costmodel import Anchor, Use
from bench.counts import CLASSES, Counts
from testsuite.made_up import MODEL, of
from tool import paths
from tool.exitcodes import Exit, UsageError

TEXT = costfile.DEFAULT.read_text(encoding="utf-8")


def refused(text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        costfile.parse(text, "mine.toml")
    assert caught.value.code is Exit.USAGE
    *lines, last = str(caught.value).splitlines()
    assert "docs/cost-model.md" in last
    return lines


def changed(pattern: str, replacement: str) -> str:
    text, number = re.subn(pattern, replacement, TEXT, count=1, flags=re.M | re.S)
    assert number == 1, pattern
    return text


# ---- prices

def test_every_class_has_a_price_with_a_source() -> None:
    assert set(MODEL.prices) == set(costmodel.PRICED)
    assert all(price.source for price in MODEL.prices.values())


def test_no_price_claims_silicon_that_measured_a_sum() -> None:
    assert not any(price.measured_on_silicon for price in MODEL.prices.values())


def test_the_words_of_a_load_multiple_are_priced_beyond_the_first() -> None:
    assert costmodel.vector(of(load=2, load_words=14))["load_word"] == 12
    assert costmodel.vector(of(load=2, load_words=1))["load_word"] == 0


def test_a_band_is_the_sum_of_amounts_times_prices() -> None:
    counts = of(plain=3, isb=2, load=1, load_words=4)
    assert MODEL.cost(counts, "typical") == sum(
        amount * MODEL.price(name, "typical") for name, amount in {"plain": 3, "isb": 2, "load": 1, "load_word": 3}.items())


# ---- anchors

def test_the_anchors_are_met_and_contained() -> None:
    fits = {fit.anchor.name: fit for fit in MODEL.fits()}
    assert len(fits) == len(MODEL.anchors) and MODEL.faults() == []
    assert all(fit.contained for fit in fits.values())
    assert max(abs(fit.error_percent) for fit in fits.values() if fit.anchor.use is Use.FIT) <= 2
    assert {fit.anchor.use for fit in fits.values()} == {Use.FIT, Use.CHECK}


def test_the_selector_s_surplus_is_one_mcr_one_isb_and_the_accessor() -> None:
    mixes = {anchor.name: anchor.mix for anchor in MODEL.anchors}
    for owner in ("first", "second"):
        direct, selector = mixes[f"region.direct.{owner}"], mixes[f"region.selector.{owner}"]
        more = {name: selector[name] - direct[name] for name in selector if selector[name] != direct[name]}
        assert more == {"plain": 5, "load": 2, "store": 2, "branch": 2, "mpu": 1, "isb": 1}


def test_a_round_trip_is_two_switches() -> None:
    trip = next(anchor for anchor in MODEL.anchors if anchor.name == "thread.round_trip.btcm")
    assert trip.low >= 1300 and trip.mix["load_word"] == 2 * 11      # nine and two registers restored, twice


def test_the_page_shows_what_the_model_says() -> None:
    page = (paths.ROOT / "docs" / "cost-model.md").read_text(encoding="utf-8")
    for fit in MODEL.fits():
        shown = f"| {fit.anchor.low:,g}–{fit.anchor.high:,g} | {fit.band} | "
        error = fit.error_percent
        off = "0" if error == 0 else f"{error:+.0f} %" if abs(error) >= 10 else f"{error:+.1f} %"
        assert shown + off.replace("-", "−") + " |" in page, fit.anchor.name


@pytest.mark.parametrize("pattern, replacement, anchor, why", [
    (r"published = \[434, 470\]", "published = [460, 470]", "region.direct.first", "tolerance_percent"),
    (r"^typical = 75\nhigh = 150", "typical = 120\nhigh = 150", "region.direct.second", "tolerance_percent"),
    (r"published = \[375, 383\]", "published = [50, 383]", "isr.atcm", "must contain it"),
    (r"published = \[521, 539\]", "published = [521, 5390]", "isr.code_ram", "must contain it")])
def test_an_anchor_outside_of_its_band_is_named(pattern: str, replacement: str, anchor: str, why: str) -> None:
    assert any(f"anchors.{anchor} =" in line and why in line for line in refused(changed(pattern, replacement)))


def test_an_anchor_kept_aside_may_be_off_within_the_band() -> None:
    aside = Anchor("far", 300, 310, {"isb": 3}, Use.CHECK, "s")
    assert replace(MODEL, anchors=(aside,)).faults() == []
    assert replace(MODEL, anchors=(replace(aside, use=Use.FIT),)).faults() != []


def test_the_error_is_the_distance_to_the_published_range() -> None:
    def error(low: float, high: float) -> float:
        return costmodel.Fit(Anchor("a", low, high, {}, Use.CHECK, "s"), costmodel.Band(1, 100, 1000)).error_percent
    assert error(90, 110) == 0
    assert error(125, 130) == pytest.approx(-20)
    assert error(70, 80) == pytest.approx(25)


# ---- dominance

def random_counts(pick: random.Random) -> Counts:
    classes = tuple(pick.randrange(60) for _ in CLASSES)
    return Counts(classes, classes[1] + pick.randrange(40), classes[2] + pick.randrange(40))


@settings(deadline=None)
@given(st.integers(0, 1 << 40))
def test_who_dominates_is_not_dearer_under_any_prices(seed: int) -> None:
    pick = random.Random(seed)
    a = random_counts(pick)
    more = pick.choice((random_counts(pick), a + random_counts(pick), a))
    for first, second in ((a, more), (more, a)):
        if costmodel.dominates(first, second):
            price = {name: costmodel.Price(*[pick.uniform(0, 500)] * 3, False, "s") for name in costmodel.PRICED}
            model = costmodel.Model("any", price)
            assert model.cost(first, "typical") <= model.cost(second, "typical") * (1 + 1e-12)
            continue
        worse = next(n for n in costmodel.PRICED if costmodel.vector(first)[n] > costmodel.vector(second)[n])
        alone = costmodel.Model("one", {n: costmodel.Price(*[float(n == worse)] * 3, False, "s") for n in costmodel.PRICED})
        assert alone.cost(first, "low") > alone.cost(second, "low")


# ---- what is refused

WHOLE = tomllib.loads(TEXT)


@pytest.mark.parametrize("pattern, replacement, line", [
    (r'^name = "cortex-r52"$', "name = 3", "mine.toml: name = 3: must be a text that is not empty"),
    (r"^low = 8$", "low = -8", "mine.toml: prices.isb.low = -8: must be a number, 0 or more"),
    (r"^low = 8$", "low = 'x'", "mine.toml: prices.isb.low = 'x': must be a number, 0 or more"),
    (r"^low = 8$", "low = true", "mine.toml: prices.isb.low = true: must be a number, 0 or more"),
    (r"^low = 8$", "low = nan", "mine.toml: prices.isb.low = nan: must be a number, 0 or more"),
    (r"^high = 226$", "high = inf", "mine.toml: prices.dsb.high = inf: must be a number, 0 or more"),
    (r"^low = 8$", "low = 80", "mine.toml: prices.isb = 80, 75, 150: low ≤ typical ≤ high must hold"),
    (r"^high = 226$", "hihg = 226", "mine.toml: prices.dsb.hihg: unknown key; accepted here: low, typical, high, "
     "measured_on_silicon, source"),
    (r"^high = 226$", "", "mine.toml: prices.dsb.high: is missing"),
    (r"^\[prices.dsb\]", "[prices.dmb]", "mine.toml: prices.dmb: unknown key; accepted here: " + ", ".join(costmodel.PRICED)),
    (r"^\[prices.dsb\]", "[prices.dmb]", "mine.toml: prices.dsb: is missing"),
    (r"measured_on_silicon = false", "measured_on_silicon = 'no'",
     "mine.toml: prices.plain.measured_on_silicon = 'no': must be true or false"),
    (r'use = "check"', 'use = "look"', "mine.toml: anchors[6].use = 'look': must be one of: fit, check"),
    (r"published = \[434, 470\]", "published = [470, 434]", "mine.toml: anchors[0].published = [470, 434]: 0 < low ≤ high must hold"),
    (r"published = \[434, 470\]", "published = 434", "mine.toml: anchors[0].published = 434: must be two numbers, [low, high]"),
    (r"mix = \{ plain = 32", "mix = { plane = 32", "mine.toml: anchors[0].mix.plane: unknown key; accepted here: "
     + ", ".join(costmodel.PRICED)),
    (r"mix = \{.*?\}", "mix = { }", "mine.toml: anchors[0].mix: must name at least one class"),
    (r'name = "isr.atcm"', 'name = "isr.code_ram"', "mine.toml: anchors.name = 'isr.code_ram': is there twice"),
    (r"^tolerance_percent = 2", "tolerance = 2", "mine.toml: tolerance: unknown key; accepted here: "
     "name, prices, anchors, tolerance_percent")])
def test_each_fault_names_file_key_value_and_rule(pattern: str, replacement: str, line: str) -> None:
    assert line in refused(changed(pattern, replacement))


def test_all_faults_are_told_in_one_run() -> None:
    text = changed(r"^low = 8$", "low = -8").replace("high = 226", "high = 'x'").replace('use = "fit"', "use = 1", 1)
    lines = refused(text)
    assert len(lines) == 3 and all(line.startswith("mine.toml: ") for line in lines)


@pytest.mark.parametrize("text, word", [("", "name: is missing"), ("name = 'x'", "prices: is missing"),
                                        ("name = 'x'\nprices = 3", "prices = 3: must be a table"),
                                        ("name = 'x'\nanchors = 3", "anchors = 3: must be tables"),
                                        ("name = 'x'\n[prices]\nisb = 3", "prices.isb = 3: must be a table")])
def test_a_file_of_another_form_is_refused(text: str, word: str) -> None:
    assert any(word in line for line in refused(text))


def test_a_file_that_is_no_toml_says_where() -> None:
    with pytest.raises(UsageError, match="mine.toml: not TOML: .*line 2"):
        costfile.parse("name = 'x'\n[[[", "mine.toml")


def test_anchors_are_not_required() -> None:
    model = costfile.parse(TEXT.partition("[[anchors]]")[0], "mine.toml")
    assert model.anchors == () and model.faults() == [] and model.prices == MODEL.prices


SCALARS = st.none() | st.booleans() | st.integers(-9, 999) | st.floats() | st.text(max_size=4) | st.just([])


def allowed(row: dict[str, object], key: str, value: object) -> bool:
    if key == "measured_on_silicon":
        return isinstance(value, bool)
    if key == "source":
        return isinstance(value, str) and value.strip() != ""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        return False
    ends = [float((row | {key: value})[end]) for end in costmodel.ENDS]  # type: ignore[arg-type]
    return ends == sorted(ends)


@settings(deadline=None)
@given(st.sampled_from(sorted(WHOLE["prices"])), st.sampled_from((*costmodel.ENDS, "measured_on_silicon", "source")), SCALARS)
def test_any_value_is_a_price_or_a_refusal(name: str, key: str, value: object) -> None:
    row = WHOLE["prices"][name]
    reader = costfile._Reader("mine.toml")
    costfile._prices(reader, WHOLE["prices"] | {name: row | {key: value}})
    assert (reader.problems == []) == allowed(row, key, value)


@pytest.mark.parametrize("make, word", [(lambda file: None, "there is no such file"), (lambda file: file.mkdir(), "is no file"),
                                        (lambda file: file.write_bytes(b"\xff"), "byte 0 is not UTF-8")])
def test_a_file_that_cannot_be_read_is_told_in_our_words(tmp_path: Path, make: object, word: str) -> None:
    file = tmp_path / "nosuch.toml"
    make(file)  # type: ignore[operator]
    with pytest.raises(UsageError) as caught:
        costfile.load(file)
    assert str(file) in str(caught.value) and word in str(caught.value) and "Errno" not in str(caught.value)


def test_compare_refuses_the_file_before_it_boots_anything(tmp_path: Path) -> None:
    class Args:
        cost = tmp_path / "nosuch.toml"
    with pytest.raises(UsageError, match="no such file"):
        compare.main(Args())  # type: ignore[arg-type]

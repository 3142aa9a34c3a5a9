# SPDX-License-Identifier: Apache-2.0
"""Where an order turns: the solver against brute force, the corners of the band against every corner."""
from __future__ import annotations

import itertools
import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from bench import crossover
from bench.costmodel import PRICED, Model, Price, dominates, vector
from bench.counts import CLASSES, Counts
from bench.crossover import Line, Order
from testsuite.made_up import MODEL, of


def mix(amounts: dict[str, int]) -> Counts:
    words = {"load": amounts.get("load_word", 0), "store": amounts.get("store_word", 0)}
    return Counts(tuple(amounts.get(name, 0) for name in CLASSES), amounts.get("load", 0) + words["load"],
                  amounts.get("store", 0) + words["store"])


def random_mix(pick: random.Random, most: int = 30, classes: int = len(PRICED)) -> Counts:
    chosen = pick.sample(PRICED, pick.randint(0, classes))
    return mix({name: pick.randint(0, most) for name in chosen})


def random_model(pick: random.Random) -> Model:
    bands = {name: sorted(pick.randint(0, 40) for _ in range(3)) for name in PRICED}
    return Model("any", {name: Price(*map(float, band), False, "s") for name, band in bands.items()})


def drawn(seed: int, classes: int = len(PRICED)) -> tuple[random.Random, Counts, Counts, Model]:
    """Two mixes and a model; often one is the other with something on top."""
    pick = random.Random(seed)
    a = random_mix(pick, classes=classes)
    b = pick.choice((random_mix(pick, classes=classes), a + random_mix(pick, classes=1)))
    return pick, a, b, random_model(pick)


SEEDS = st.integers(0, 1 << 40)


def difference_at(a: Counts, b: Counts, prices: dict[str, float]) -> Fraction:
    mine, theirs = vector(a), vector(b)
    return sum(((mine[name] - theirs[name]) * Fraction(prices[name]) for name in PRICED), Fraction())


def corners(a: Counts, b: Counts, model: Model) -> list[Fraction]:
    """The difference in every corner of what matters."""
    more = crossover.difference(a, b)
    free = [name for name in PRICED if more[name]]
    base = {name: model.price(name, "low") for name in PRICED}
    return [difference_at(a, b, base | {name: model.price(name, end) for name, end in zip(free, ends)})
            for ends in itertools.product(("low", "high"), repeat=len(free))]


@settings(deadline=None)
@given(SEEDS)
def test_least_and_greatest_are_those_of_all_corners(seed: int) -> None:
    _, a, b, model = drawn(seed, classes=4)
    found = crossover.over_band(a, b, model)
    every = corners(a, b, model)
    assert (found.least, found.greatest) == (min(every), max(every))
    assert found.least <= found.typical <= found.greatest


def test_prices_that_no_float_divides_are_summed_without_rounding() -> None:
    prices = (0.1, 1 / 3, 12.7)
    model = Model("any", {name: Price(*prices, False, "s") for name in PRICED})
    found = crossover.over_band(mix({"load": 3, "isb": 1}), mix({"store": 7}), model)
    low, typical, high = map(Fraction, prices)
    assert found == crossover.Range(4 * low - 7 * high, -3 * typical, 4 * high - 7 * low)
    assert crossover.exact_cost(mix({"isb": 3}), model, "typical") == 3 * typical != Fraction(3 * (1 / 3))


@settings(deadline=None)
@given(SEEDS)
def test_no_prices_within_the_band_leave_the_range(seed: int) -> None:
    pick, a, b, model = drawn(seed)
    prices = {name: pick.uniform(model.price(name, "low"), model.price(name, "high")) for name in PRICED}
    found = crossover.over_band(a, b, model)
    assert found.least <= difference_at(a, b, prices) <= found.greatest


@settings(deadline=None)
@given(SEEDS)
def test_dominance_implies_the_order_in_the_band(seed: int) -> None:
    _, a, b, model = drawn(seed)
    order = crossover.over_band(a, b, model).order
    if dominates(a, b):
        assert order in (Order.FIRST, Order.EQUAL)
    if dominates(b, a):
        assert order in (Order.SECOND, Order.EQUAL)
    mirrored = {Order.FIRST: Order.SECOND, Order.SECOND: Order.FIRST}
    assert crossover.over_band(b, a, model).order is mirrored.get(order, order)


@pytest.mark.parametrize("a, b, order", [
    (of(isb=1), of(isb=1), Order.EQUAL), (of(isb=1), of(isb=2), Order.FIRST), (of(isb=2), of(isb=1), Order.SECOND),
    (of(plain=2), of(isb=1), Order.FIRST), (of(plain=3), of(isb=1), Order.DEPENDS),
    (of(plain=33), of(isb=16, plain=1), Order.FIRST), (of(plain=1), of(load_words=7), Order.DEPENDS),
    (of(plain=17, isb=2), of(isb=3), Order.DEPENDS)])
def test_an_order_is_one_of_four(a: Counts, b: Counts, order: Order) -> None:
    """Plain 0.5 … 4, ISB 8 … 150: two plain ones cost at most an ISB's least, three may cost more."""
    assert crossover.over_band(a, b, MODEL).order is order


# ---- the price that decides

def at_price(model: Model, name: str, price: float) -> Model:
    return replace(model, prices={**model.prices, name: replace(model.prices[name], typical=price)})


@settings(deadline=None)
@given(SEEDS)
def test_at_the_flip_both_cost_the_same_and_beyond_it_the_order_is_the_other(seed: int) -> None:
    _, a, b, model = drawn(seed)
    for one in crossover.tornado(a, b, model):
        more = vector(a)[one.name] - vector(b)[one.name]
        assert one.more == more != 0
        if one.flips_at is None:
            signs = {difference_at(a, b, {n: at_price(model, one.name, p).price(n, "typical") for n in PRICED}) > 0
                     for p in (1e-6, 1.0, 1e6)}
            assert signs == {more > 0}
            continue
        for price, sign in ((one.flips_at + 1, more > 0), (one.flips_at - 1, more < 0)):
            prices = {n: at_price(model, one.name, price).price(n, "typical") for n in PRICED}
            assert (difference_at(a, b, prices) > 0) == sign


@settings(deadline=None)
@given(SEEDS)
def test_a_tornado_is_sorted_by_swing_and_names_what_differs(seed: int) -> None:
    _, a, b, model = drawn(seed)
    found = crossover.tornado(a, b, model)
    assert [one.swing for one in found] == sorted((one.swing for one in found), reverse=True)
    assert {one.name for one in found} == {name for name, amount in crossover.difference(a, b).items() if amount}
    for one in found:
        at_typical = difference_at(a, b, {name: model.price(name, "typical") for name in PRICED})
        assert min(one.at_low, one.at_high) - 1e-9 <= at_typical <= max(one.at_low, one.at_high) + 1e-9


@settings(deadline=None)
@given(SEEDS)
def test_the_range_of_a_flip_is_that_of_the_corners_of_the_others(seed: int) -> None:
    _, a, b, model = drawn(seed, classes=4)
    for one in crossover.tornado(a, b, model):
        fixed = replace(model, prices={**model.prices, one.name: Price(0, 0, 0, False, "s")})
        flips = [-rest / one.more for rest in corners(a, b, fixed)]
        if max(flips) < 0:
            assert one.flips_from is None and one.flips_to is None
        else:
            assert one.flips_to == pytest.approx(float(max(flips)))
            assert one.flips_from == pytest.approx(float(max(min(flips), Fraction())))


# ---- the size that decides

@settings(deadline=None)
@given(SEEDS)
def test_the_turn_is_the_one_that_brute_force_finds(seed: int) -> None:
    """Steps differ by a half at least or not at all, bases by 100 at most: 300 pages show every turn."""
    pick = random.Random(seed)
    first, second = (Line(Fraction(pick.randint(0, 200), 2), Fraction(pick.randint(0, 16), 2)) for _ in range(2))
    if pick.random() < 0.5:                              # they meet at a whole number of pages, where neither is cheaper
        second = replace(second, base=first.base + pick.randint(0, 20) * (first.step - second.step))
    start = pick.randint(0, 40)
    wanted = crossover.first_for_good(
        range(start, 300), lambda x: second.base + second.step * x < first.base + first.step * x)
    assert crossover.turns_at(first, second, start) == wanted


@settings(deadline=None)
@given(st.lists(st.booleans(), max_size=20))
def test_for_good_means_up_to_the_last(holds: list[bool]) -> None:
    found = crossover.first_for_good(range(len(holds)), lambda x: holds[x])
    wanted = next((x for x in range(len(holds)) if all(holds[x:])), None)
    assert found == wanted


@settings(deadline=None, max_examples=30)
@given(SEEDS)
def test_a_ratio_over_the_band_holds_every_ratio_within(seed: int) -> None:
    pick, a, b, _ = drawn(seed)
    b += of(plain=1)
    least, typical, greatest = crossover.ratio_over_band(a, b, MODEL)
    prices = {name: Fraction(pick.choice((MODEL.price(name, "low"), MODEL.price(name, "high")))) for name in PRICED}
    ratio = float(sum(vector(a)[n] * prices[n] for n in PRICED) / sum(vector(b)[n] * prices[n] for n in PRICED))
    for value in (typical, ratio):
        assert least <= value + 1e-6 and value <= greatest + 1e-6


def test_a_ratio_s_ends_are_reached() -> None:
    """3 ISB + 1 plain to 1 ISB: greatest with the dearest plain and the cheapest ISB."""
    least, typical, greatest = crossover.ratio_over_band(of(isb=3, plain=1), of(isb=1), MODEL)
    assert (least, typical, greatest) == (pytest.approx(3 + 0.5 / 150), pytest.approx(3 + 1 / 75), pytest.approx(3 + 4 / 8))

# SPDX-License-Identifier: Apache-2.0
"""What a view costs in slots: the numbers that the budget prints, and the images that must stay inside of it."""
from __future__ import annotations

from pathlib import Path

import pytest

from testsuite.syscfg_tool import config_of, good, parse_config, syscfg, system
pytestmark = pytest.mark.host

SLOTS, FIXED = 16, 5
RAM = 0                                        # enum range_kind
SYSTEMS = ("pair", "trio", "many", "wide")
RESERVED = {"window": 1, "switch": 0, "auto": 1, "mask": 1, "background": 0, "shared": 1}


def banks(number: int) -> str:
    """`solo` with so many banks that do not touch; the first one holds the image."""
    more = " ".join(f"{0x21000000 + n * 0x2000:#x} 0x1000" for n in range(number - 1))
    return system("solo", f"&domU1 {{ memory = <0 {1024 + 4 * (number - 1)}>; "
                          f"xen,static-mem = <0x20000000 0x100000 {more}>; }};")


@pytest.mark.requirement("S0-06")
@pytest.mark.requirement("S0-04")
@pytest.mark.parametrize("strategy", ["window", "switch"])
def test_each_bank_costs_one_region_until_none_is_left(strategy: str, tmp_path: Path) -> None:
    left = SLOTS - FIXED - RESERVED[strategy]
    for number in range(1, left + 1):
        (view, _) = good(tmp_path, banks(number), "--access", strategy).load["budget"]
        assert (view["view"], view["needs"], view["available"]) == ("domU1", number, left)
    outcome = syscfg(tmp_path, banks(left + 1), "--access", strategy)
    assert outcome.status == 2
    assert f"/chosen/domU1: regions: needs {left + 1}, has {left}: 16 slots - 5 of the hypervisor" in outcome.stderr


@pytest.mark.requirement("S0-06")
def test_what_does_not_fit_names_every_view(tmp_path: Path) -> None:
    """Two domains, one view too large: the budget of all three is printed with the error."""
    outcome = syscfg(tmp_path, banks(11).replace("solo.dts", "pair.dts"))
    assert outcome.status == 2 and "/chosen/domU1: regions: needs 11, has 10" in outcome.stderr
    assert all(f"  {view} " in outcome.stderr + outcome.stdout for view in ("domU1", "domU2", "(hypervisor)"))


@pytest.mark.requirement("S4-25")
@pytest.mark.requirement("S4-10")
@pytest.mark.parametrize("strategy", RESERVED)
def test_slots_that_a_strategy_reserves(strategy: str, tmp_path: Path) -> None:
    """Method 2 reserves none, method 1 one for all domains; `mask` one for each range of the hypervisor's view."""
    first, second, hypervisor = good(tmp_path, system("pair"), "--access", strategy).load["budget"]
    assert [view["windows"] + view["resident"] for view in (first, second)] == [RESERVED[strategy]] * 2
    assert hypervisor["needs"] == 1


@pytest.mark.requirement("S4-10")
@pytest.mark.parametrize("windows", [1, 2, 4])
def test_windows_are_taken_from_every_view(windows: int, tmp_path: Path) -> None:
    budget = good(tmp_path, system("pair"), "--windows", str(windows)).load["budget"]
    assert {(view["windows"], view["available"]) for view in budget} == {(windows, SLOTS - FIXED - windows)}


@pytest.mark.requirement("S4-25")
@pytest.mark.requirement("X-70")
@pytest.mark.parametrize("strategy", RESERVED)
@pytest.mark.parametrize("name", SYSTEMS)
def test_every_image_lies_in_slots_of_its_own(name: str, strategy: str, tmp_path: Path) -> None:
    """No number below the fixed slots and the windows, none that the machine does not have."""
    config = config_of(tmp_path, system(name), "--access", strategy)
    views = [(domain.first_slot, len(domain.regions)) for domain in config.domains]
    assert all(FIXED + config.words["windows"] <= first and first + number <= SLOTS for first, number in views)
    assert FIXED <= config.words["hyp_first_slot"] and config.words["hyp_first_slot"] + len(config.hyp_regions) <= SLOTS


@pytest.mark.requirement("X-34")
def test_a_large_bank_is_one_range_and_one_region(tmp_path: Path) -> None:
    """512 MiB: nothing in the configuration grows with the number of pages but the page tables."""
    text = ("&chosen { xen,static-heap = <0x30000000 0x80000>; };"
            "&domU1 { memory = <0 0x80000>; xen,static-mem = <0x40000000 0x20000000>; };")
    outcome = good(tmp_path, system("solo", text))
    config = parse_config(outcome.config)
    (domain,) = config.domains
    assert [one[:2] for one in domain.ranges if one[3] == RAM] == [(0x40000000, 0x60000000)]
    assert domain.nr_pages == 131072 and len(outcome.config) < 4096
    assert outcome.load["budget"][0]["needs"] == len(domain.regions) <= 2

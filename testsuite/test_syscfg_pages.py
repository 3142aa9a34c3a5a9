# SPDX-License-Identifier: Apache-2.0
"""The page tables: indices of the pages, and where the tables lie when they do not fit behind the configuration."""
from __future__ import annotations

from pathlib import Path

import pytest

from testsuite.syscfg_refusal import Refused, bank, check_refused, refusals
from testsuite.syscfg_tool import config_of, good, images, parse_config, system
from tool import paths

pytestmark = pytest.mark.host

RAM, SHM_OWNER, SHM_BORROWER, POOL = 0, 1, 2, 5     # enum range_kind
WRITE, SHAREABLE = 1 << 0, 1 << 3                   # enum range_attr
NO_PAGE = 0xffffffff
CONFIG_AREA = (0x10040000, 0x1005ff00)
SYSTEMS = sorted(path.stem for path in paths.SYSTEMS.glob("*.dts"))
HEAP = "&chosen { xen,static-heap = <0x38000000 0x10000>; };"


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_owned_page_has_one_index(name: str, tmp_path: Path) -> None:
    """Consecutive over all domains, none for what a domain borrows; the tables fit where they lie."""
    outcome = good(tmp_path, system(name), *images(tmp_path, system(name)))
    config, after = parse_config(outcome.config), 0
    for domain in config.domains:
        own = 0
        for (base, limit, _, kind), first in zip(domain.ranges, domain.first_pages, strict=True):
            assert first == (after + own if kind in (RAM, SHM_OWNER) else NO_PAGE)
            own += (limit - base) // 4096 if kind in (RAM, SHM_OWNER) else 0
        assert domain.nr_pages == own
        after += own
    assert config.words["nr_pages"] == -(-after // 64) * 64
    (area,) = {r[:2] for d in config.domains for r in d.ranges if r[3] == POOL} or {
        (-(-(CONFIG_AREA[0] + len(outcome.config)) // 64) * 64, CONFIG_AREA[1])}
    address = config.words["pages"]
    assert address == area[0] and address + 2 * config.words["nr_pages"] <= area[1]


def test_owned_shared_memory_counts(tmp_path: Path) -> None:
    """The owner's reservation has grown by it, the borrower's has not."""
    owner, borrower = config_of(tmp_path, system("shm")).domains
    assert owner.nr_pages == borrower.nr_pages + 4
    assert {kind for *_, kind in borrower.ranges} == {RAM, SHM_BORROWER}


@pytest.mark.requirement("S1-02")
@pytest.mark.parametrize("strategy", ("window", "switch", "auto", "mask", "background", "shared"))
def test_static_heap_holds_the_tables(strategy: str, tmp_path: Path) -> None:
    """S1-02: EL2 alone reaches the range, in every view, at the price of one region."""
    without = config_of(tmp_path, system("trio"), "--access", strategy)
    config = config_of(tmp_path, system("trio", HEAP), "--access", strategy)
    assert config.words["pages"] == 0x38000000 and config.words["nr_pages"] == without.words["nr_pages"]
    region = (0x38000000 | 1 | 2 << 3, 0x3800ffc1)
    for before, domain in zip(without.domains, config.domains, strict=True):
        assert (0x38000000, 0x38010000, WRITE | SHAREABLE, POOL) in domain.ranges
        assert domain.regions == (*before.regions, region)
    assert region in config.hyp_regions and len(config.hyp_regions) == len(without.hyp_regions) + 2


LARGE = bank("0x30000000 0x20000000", 0x80000)
REFUSED = (
    Refused("tables_need_a_range", "/chosen: xen,static-heap: missing: the page tables need 0x40280 bytes, two for "
            "each of 131392 pages, and behind the configuration [0x10040000, 0x1005ff00) has 0x1f", LARGE),
    Refused("range_too_small", "/chosen: xen,static-heap: [0x58000000, 0x58010000): has 0x10000 bytes, the page tables "
            "need 0x40280", LARGE + "&chosen { xen,static-heap = <0x58000000 0x10000>; };", ids="S1-02"),
    Refused("heap_outside_ram", "/chosen: xen,static-heap: [0xe8000000, 0xe8010000): must lie inside one memory node",
            "&chosen { xen,static-heap = <0xe8000000 0x10000>; };", ids="S1-02"),
    Refused("heap_in_the_hypervisor", "xen,static-heap: [0x10040000, 0x10050000) overlaps [0x10000000, 0x10080000) of "
            "the hypervisor's memory", "&chosen { xen,static-heap = <0x10040000 0x10000>; };", ids="S1-02"),
    Refused("heap_among_the_modules", "xen,static-heap: [0xc8000000, 0xc8010000) overlaps [0xc0000000, 0xd0000000) of "
            "the modules' memory", "&chosen { xen,static-heap = <0xc8000000 0x10000>; };", ids="S1-02"),
    Refused("heap_needs_a_region", "/chosen/domU1: regions: needs 11, has 10", HEAP, "many", "S0-06 X-60"),
)


@pytest.mark.parametrize("case", refusals(*REFUSED))
def test_refuses(case: Refused, tmp_path: Path) -> None:
    check_refused(case, tmp_path)


def test_a_large_domain_with_a_range_for_its_tables(tmp_path: Path) -> None:
    config = config_of(tmp_path, system("pair", LARGE + "&chosen { xen,static-heap = <0x58000000 0x50000>; };"))
    assert config.words["nr_pages"] == 131392 and config.domains[1].nr_pages == 131072

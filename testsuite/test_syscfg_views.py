# SPDX-License-Identifier: Apache-2.0
"""Views as syscfg plans them: the register images of every system under every strategy."""
from __future__ import annotations

from pathlib import Path

import pytest

from testsuite.syscfg_tool import config_of, good, images, parse_config, syscfg, system
from tool import paths

pytestmark = pytest.mark.host

SYSTEMS = sorted(path.stem for path in paths.SYSTEMS.glob("*.dts"))
STRATEGIES = ("window", "switch", "auto", "mask", "background", "shared")
RAM = 0
WRITE, EXEC, EL1, SHAREABLE, IS_DEVICE = (1 << bit for bit in range(5))
SLOTS_RESIDENT = 1 << 5
GRANULE = 64


def decode(region: tuple[int, int]) -> tuple[int, int, int]:
    """Base, limit and attributes as a reader of the architecture manual sees the two registers."""
    rbar, rlar = region
    attr = EL1 if rbar >> 1 & 1 else 0
    attr |= 0 if rbar >> 2 & 1 else WRITE
    attr |= 0 if rbar & 1 else EXEC
    attr |= SHAREABLE if rbar >> 3 & 3 == 2 else 0
    attr |= IS_DEVICE if rlar >> 1 & 7 == 3 else 0
    assert rlar & 1, "every image is enabled"
    return rbar & ~0x3f, (rlar & ~0x3f) + GRANULE, attr


def has_default_attributes(name: str, folder: Path) -> bool:
    """Every bank lies where the default map is Normal, write-back and Non-shareable, as the bank must be."""
    config = config_of(folder, system(name), *images(folder, system(name)))
    return all(limit <= 0x40000000 and not attr & SHAREABLE for domain in config.domains
               for _, limit, attr, kind in domain.ranges if kind == RAM)


@pytest.mark.requirement("S4-25")
@pytest.mark.requirement("X-60")
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_fits_every_strategy(name: str, strategy: str, tmp_path: Path) -> None:
    """S4-25, X-60: the images say what the ranges say, and enabled sets never overlap.

    Only `background` with banks whose attributes are not the default map's is refused.
    """
    outcome = syscfg(tmp_path, system(name), "--access", strategy, *images(tmp_path, system(name)))
    if strategy == "background" and not has_default_attributes(name, tmp_path):
        assert outcome.status == 2 and all("`background` and bank" in line for line in outcome.errors)
        return
    assert outcome.status == 0, outcome.stderr
    config = parse_config(outcome.config)
    for domain in config.domains:
        covered = {decode(region) for region in domain.regions}
        for base, limit, attr, _ in domain.ranges:
            assert any(b <= base and limit <= top and attr == a for b, top, a in covered)
        ordered = sorted(covered)
        assert all(a[1] <= b[0] for a, b in zip(ordered, ordered[1:], strict=False))
        assert 5 + config.words["windows"] <= domain.first_slot
        assert domain.first_slot + len(domain.regions) <= config.words["slots"] == 16
        if not domain.flags & SLOTS_RESIDENT:
            assert domain.first_slot + len(domain.regions) == 16


@pytest.mark.requirement("S0-04")
def test_touching_banks_are_one_region(tmp_path: Path) -> None:
    """S0-04: two banks that touch cost one region; one page between them costs a second."""
    text = ("&domU1 {{ memory = <0 512>; xen,static-mem = <0x20040000 0x40000 {} 0x40000>; "
            "kernel@c0000000 {{ reg = <0xc0000000 0x1000>; }}; }};")
    (touching,) = config_of(tmp_path, system("solo", text.format("0x20000000"))).domains
    assert touching.ranges == ((0x20000000, 0x20080000, WRITE | EXEC | EL1, RAM),)
    assert touching.entry == 0x20040000, "the first bank is the one named first"
    (apart,) = config_of(tmp_path, system("solo", text.format("0x20081000"))).domains
    assert len(apart.regions) == 2 and apart.nr_pages == 128


def apart(nr: int) -> str:
    """`nr` banks that do not touch: the image's and single pages."""
    pages = " ".join(f"{0x20200000 + n * 0x2000:#x} 0x1000" for n in range(nr - 1))
    return f"&domU1 {{ memory = <0 {1024 + 4 * (nr - 1)}>; xen,static-mem = <0x20000000 0x100000 {pages}>; }};"


@pytest.mark.requirement("S0-04")
@pytest.mark.requirement("S4-10")
@pytest.mark.parametrize("windows", (1, 2, 4))
def test_as_many_banks_as_slots(windows: int, tmp_path: Path) -> None:
    """S0-04, S4-10: each bank costs a region, each window too; one bank more is refused with both numbers."""
    most = 16 - 5 - windows
    for nr in range(1, most + 1):
        outcome = good(tmp_path, system("solo", apart(nr)), "--windows", str(windows))
        row = outcome.load["budget"][0]
        assert (row["needs"], row["available"]) == (nr, most)
        assert len(parse_config(outcome.config).domains[0].regions) == nr
    refused = syscfg(tmp_path, system("solo", apart(most + 1)), "--windows", str(windows))
    assert refused.status == 2
    said = f"needs {most + 1}, has {most}: 16 slots - 5 of the hypervisor - {windows} windows"
    assert any(f"/chosen/domU1: regions: {said}" in line for line in refused.errors), refused.stderr


@pytest.mark.requirement("X-58")
def test_bank_that_ends_with_the_address_space(tmp_path: Path) -> None:
    """X-58: limit = 2^32 is a range like any other."""
    text = """/ { memory@fff00000 { device_type = "memory"; reg = <0xfff00000 0x100000>; }; };
        &domU1 { memory = <0 1028>; xen,static-mem = <0x20000000 0x100000 0xfffff000 0x1000>; };"""
    (domain,) = config_of(tmp_path, system("solo", text)).domains
    assert domain.ranges[1][:2] == (0xfffff000, 1 << 32)
    assert domain.regions[1] == (0xfffff002, 0xffffffc1)


def test_shared_maps_one_event_region_everywhere(tmp_path: Path) -> None:
    """The domain's own part of it stays its RAM, all of it is one region that nobody executes."""
    for domain in config_of(tmp_path, system("trio"), "--access", "shared").domains:
        assert [decode(region)[:2] for region in domain.regions][1] == (0x28000000, 0x28010000)
        inside = [r for r in domain.ranges if r[0] >= 0x28000000]
        assert sum(kind == RAM for *_, kind in inside) == 1 and {attr for *_, attr, _ in inside} == {WRITE | EL1}


def test_mask_keeps_views_in_slots_of_their_own(tmp_path: Path) -> None:
    config = config_of(tmp_path, system("trio"), "--access", "mask")
    assert [domain.first_slot for domain in config.domains] == [6, 8, 10] and config.words["hyp_first_slot"] == 5
    assert all(domain.flags & SLOTS_RESIDENT for domain in config.domains)
    many = " ".join(f"{0x20501000 + n * 0x2000:#x} 0x1000" for n in range(8))
    text = f"&domU2 {{ memory = <0 {1024 + 32}>; xen,static-mem = <0x20400000 0x100000 {many}>; }};"
    outcome = good(tmp_path, system("pair", text), "--access", "mask")
    assert not any(domain.flags & SLOTS_RESIDENT for domain in parse_config(outcome.config).domains)
    assert "note: the guest views do not fit together" in outcome.stdout


@pytest.mark.requirement("S4-25")
def test_hypervisor_view_is_all_ram_for_el2_only(tmp_path: Path) -> None:
    """S4-25. Shareable banks stay Shareable in it: an alias with other attributes is undefined on silicon."""
    config = config_of(tmp_path, system("pair"), "--access", "switch")
    assert [decode(region) for region in config.hyp_regions] == [(0x20000000, 0xe0000000, WRITE)]
    config = config_of(tmp_path, system("smp-dom"), "--access", "switch")
    assert [decode(region) for region in config.hyp_regions] == [(0x20000000, 0x28004000, WRITE | SHAREABLE),
                                                                 (0x28004000, 0xe0000000, WRITE)]
    assert config.domains[0].ranges[0][2] == WRITE | EXEC | EL1 | SHAREABLE and config.words["nr_cpus"] == 2


@pytest.mark.requirement("S2-07")
def test_ram_that_two_cpus_may_map_is_shareable(tmp_path: Path) -> None:
    """The owner on one CPU, a domain that may map its pages on the other: neither may cache a line for itself."""
    config = config_of(tmp_path, system("smp"))
    assert not any(domain.ranges[0][2] & SHAREABLE for domain in config.domains)
    config = config_of(tmp_path, system("smp", "&domU1 { fencepost,may-map = <&domU2>; };"))
    assert [bool(domain.ranges[0][2] & SHAREABLE) for domain in config.domains] == [False, True]


def test_unused_ram_between_shareable_banks_joins_them(tmp_path: Path) -> None:
    """Nobody's RAM can have either attribute; another domain's bank keeps its own and so keeps them apart."""
    vcpus = "".join(f'vcpu{n} {{ compatible = "xen,vcpu"; id = <{n}>; hard-affinity = "{n}"; }};' for n in (0, 1))
    text = f"""&domU2 {{ /delete-property/ fencepost,may-map; cpus = <2>; memory = <0 1104>;
        xen,static-mem = <0x20400000 0x100000 0x21000000 0x10000 0x28004000 0x4000>; {vcpus} }};"""
    config = config_of(tmp_path, system("pair", text), "--access", "switch")
    assert [decode(region) for region in config.hyp_regions] == [
        (0x20000000, 0x20400000, WRITE), (0x20400000, 0x21010000, WRITE | SHAREABLE), (0x21010000, 0x28004000, WRITE),
        (0x28004000, 0x28008000, WRITE | SHAREABLE), (0x28008000, 0xe0000000, WRITE)]

# SPDX-License-Identifier: Apache-2.0
"""Running syscfg on a system that a test writes down: tree text in, exit status and words out."""
from __future__ import annotations

import functools
import json
import struct
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tool import paths
from tool.board import DEFAULT


@dataclass(frozen=True)
class Outcome:
    status: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def errors(self) -> list[str]:
        return [line for line in self.stderr.splitlines() if line.startswith("error: ")]

    @property
    def warnings(self) -> list[str]:
        return [line for line in self.stderr.splitlines() if line.startswith("warning: ")]

    @property
    def config(self) -> bytes:
        return (self.folder / "system.cfg").read_bytes()

    @property
    def load(self) -> Mapping[str, Any]:
        return json.loads((self.folder / "load.json").read_text())


@functools.lru_cache(maxsize=64)
def _compiled(text: str) -> bytes:
    cpp = subprocess.run(["cpp", "-nostdinc", "-undef", "-x", "assembler-with-cpp", f"-I{paths.BOARDS}",
                          f"-I{paths.SYSTEMS}", f"-I{paths.BOARDS / DEFAULT}", "-"], input=text.encode(), stdout=subprocess.PIPE, check=True)
    done = subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", "-", "-"], input=cpp.stdout, capture_output=True)
    assert done.returncode == 0, f"the test's own tree is wrong:\n{done.stderr.decode()}"
    return done.stdout


def compile_tree(text: str, blob: Path) -> Path:
    """The way every system is compiled: cpp, then dtc."""
    blob.write_bytes(_compiled(text))
    return blob


def syscfg(folder: Path, text: str, *options: str) -> Outcome:
    """Compiles `text` and runs syscfg on it; the result goes to folder/out."""
    if not paths.SYSCFG.is_file():
        pytest.fail(f"{paths.SYSCFG} is not built: cmake --preset host && cmake --build --preset host", pytrace=False)
    blob = compile_tree(text, folder / "system.dtb")
    out = folder / "out"
    done = subprocess.run([str(paths.SYSCFG), str(blob), "--out", str(out), *options], capture_output=True, text=True,
                          timeout=20)
    return Outcome(done.returncode, done.stdout, done.stderr, out)


def images(folder: Path, text: str) -> list[str]:
    """Options that give every domain of the system one page as its image, as small as the tests' guests need."""
    image = folder / "image.bin"
    image.write_bytes(bytes(4096))
    names = subprocess.run(["fdtget", "-l", str(compile_tree(text, folder / "names.dtb")), "/chosen"],
                           capture_output=True, text=True, check=True).stdout.split()
    return [word for name in names for word in ("--guest", f"{name}={image}")]


def system(name: str, overlay: str = "") -> str:
    """One of boards/systems with more text behind it."""
    return f'#include "{name}.dts"\n{overlay}\n'


@dataclass(frozen=True)
class Domain:
    name: str
    flags: int
    nr_pages: int
    ranges: tuple[tuple[int, ...], ...]             # base, limit, attr, kind
    first_pages: tuple[int, ...]                    # of each range
    regions: tuple[tuple[int, int], ...]            # rbar, rlar
    first_slot: int
    vuart_intid: int                                # 0: it has no vPL011
    entry: int
    modules: tuple[tuple[int, int, int], ...]       # kernel, device tree, ramdisk: source, size, target


@dataclass(frozen=True)
class Config:
    """The header's words by name (as in hv/config.h) and the tables."""
    words: Mapping[str, int]
    board: str
    commit: str
    domains: tuple[Domain, ...]
    vcpus: tuple[tuple[int, ...], ...]
    channels: tuple[tuple[int, ...], ...]
    irqs: tuple[tuple[int, ...], ...]
    masters: tuple[tuple[str, tuple[int, ...]], ...]  # name; domain, number, flags, idle address, mask, value, ms, stream
    resets: tuple[tuple[int, ...], ...]               # domain, address, value
    hyp_regions: tuple[tuple[int, int], ...]


DOMAIN_BYTES = 16 + 17 * 4 + 4 + 8 + 3 * 24
WORDS = ("access switch_when window_granule background_when windows slots time_slice_us nr_cpus nr_domains domains "
         "nr_vcpus vcpus nr_ranges ranges nr_regions regions nr_channels channels nr_irqs irqs hyp_first_region "
         "hyp_nr_regions hyp_first_slot flags event_pages_base event_pages_limit pages ram_limit translation_tables "
         "dma_entry vuart_base firewall_base nr_pages nr_masters masters nr_resets resets firewall_intid").split()


def _table(blob: bytes, layout: str, offset: int, count: int) -> tuple[tuple[Any, ...], ...]:
    size = struct.calcsize(layout)
    return tuple(struct.unpack_from(layout, blob, offset + i * size) for i in range(count))


def _name(text: Any) -> str:
    return text.rstrip(b"\0").decode()


def _domain(blob: bytes, at: int, words: Mapping[str, int]) -> Domain:
    (flags, _restart, _vcpu, _vcpus, _ports, pages, range0, ranges, region0, regions, slot, _connect, _map,
     vuart_intid, _table0, _tables, _pad, entry, *modules) = struct.unpack_from("<17I4xQ" + 3 * "QQII", blob, at + 16)
    table = _table(blob, "<QQIIII", words["ranges"] + 32 * range0, ranges)
    return Domain(_name(blob[at:at + 16]), flags, pages, tuple(row[:4] for row in table),
                  tuple(row[4] for row in table),
                  _table(blob, "<II", words["regions"] + 8 * region0, regions), slot, vuart_intid, entry,
                  tuple((modules[i], modules[i + 2], modules[i + 1]) for i in (0, 4, 8)))


def parse_config(blob: bytes) -> Config:
    words = dict(zip(WORDS, struct.unpack_from("<24I8Q6I", blob, 48), strict=True))
    words |= dict(zip(("magic", "version", "size", "crc32"), struct.unpack_from("<4I", blob), strict=True))
    text = [_name(blob[at:at + 16]) for at in (16, 32)]
    domains = tuple(_domain(blob, words["domains"] + DOMAIN_BYTES * i, words)
                    for i in range(words["nr_domains"]))
    hyp = _table(blob, "<II", words["regions"] + 8 * words["hyp_first_region"], words["hyp_nr_regions"])
    return Config(words, text[0], text[1], domains, _table(blob, "<4H", words["vcpus"], words["nr_vcpus"]),
                  _table(blob, "<4H", words["channels"], words["nr_channels"]),
                  _table(blob, "<HHI", words["irqs"], words["nr_irqs"]),
                  tuple((_name(row[7]), row[:3] + (row[6],) + row[3:6] + (row[8],))
                        for row in _table(blob, "<HBB3IQ16sI4x", words["masters"], words["nr_masters"])),
                  tuple((domain, address, value) for domain, value, address
                        in _table(blob, "<IIQ", words["resets"], words["nr_resets"])), hyp)


def good(folder: Path, text: str, *options: str) -> Outcome:
    outcome = syscfg(folder, text, *options)
    assert outcome.status == 0, outcome.stderr
    return outcome


def config_of(folder: Path, text: str, *options: str) -> Config:
    return parse_config(good(folder, text, *options).config)

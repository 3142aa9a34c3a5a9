# SPDX-License-Identifier: Apache-2.0
"""Running syscfg on a system that a test writes down: tree text in, exit status and words out."""
from __future__ import annotations

import functools
import json
import re
import struct
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tool import devicetree, paths
from tool.board import DEFAULT

SECONDS = 20          # for one run
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(?:include|define|undef|if|ifdef|ifndef|elif|else|endif|line|error|pragma)\b", re.MULTILINE)


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


@functools.cache
def _plain(tree: Path, board: str) -> tuple[bytes, frozenset[str]]:
    """A tree without directives, and the macros that are defined somewhere in it."""
    sources = devicetree.sources(tree, (tree.parent, paths.BOARDS / board, paths.BOARDS, paths.SYSTEMS))
    macros = {name.decode() for data in sources.values() for name in re.findall(rb"#[ \t]*define[ \t]+(\w+)", data)}
    return devicetree.preprocess(tree, board).read_bytes(), frozenset(macros)


def preprocessed(text: str, board: str) -> bytes:
    """A tree that includes one at its head goes through cpp once for that one, where what follows is none of cpp's business."""
    head = re.match(r'#include "([^"\n]+)"\n', text)
    rest = text[head.end():] if head else text
    tree = next((file for file in (paths.BOARDS / head[1], paths.SYSTEMS / head[1]) if file.is_file()), None) if head else None
    if tree and not _DIRECTIVE.search(rest):
        plain, macros = _plain(tree, board)
        if macros.isdisjoint(re.findall(r"\w+", rest)):
            return plain + rest.encode()
    folders = [f"-I{folder}" for folder in (paths.BOARDS / board, paths.BOARDS, paths.SYSTEMS)]
    return subprocess.run(["cpp", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp", *folders, "-"], input=text.encode(),
                          stdout=subprocess.PIPE, check=True).stdout


@functools.lru_cache(maxsize=64)
def compiled(text: str, board: str = DEFAULT) -> bytes:
    """The way every system is compiled: cpp, then dtc."""
    done = subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", "-", "-"], input=preprocessed(text, board), capture_output=True)
    assert done.returncode == 0, f"the test's own tree is wrong:\n{done.stderr.decode()}"
    return done.stdout


def compile_tree(text: str, blob: Path) -> Path:
    blob.write_bytes(compiled(text))
    return blob


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """syscfg with this command line."""
    if not paths.SYSCFG.is_file():
        pytest.fail(f"{paths.SYSCFG} is not built: cmake --preset host && cmake --build --preset host", pytrace=False)
    return subprocess.run([str(paths.SYSCFG), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                          timeout=SECONDS)


def syscfg(folder: Path, text: str, *options: str) -> Outcome:
    """Compiles `text` and runs syscfg on it; the result goes to folder/out."""
    blob, out = compile_tree(text, folder / "system.dtb"), folder / "out"
    done = run(str(blob), "--out", str(out), *options)
    return Outcome(done.returncode, done.stdout, done.stderr, out)


def images(folder: Path, text: str) -> list[str]:
    """Options that give every domain of the system one page as its image, as small as the tests' guests need."""
    image = folder / "image.bin"
    image.write_bytes(bytes(4096))
    return [word for domain in devicetree.domains(compiled(text)) for word in ("--guest", f"{domain.name}={image}")]


def value_of(blob: bytes, node: str, prop: str, kind: str = "x") -> str:
    """A property of a tree as fdtget prints it: x and u for cells, s for strings; empty if there is none."""
    value = next((data for path, name, data in devicetree.walk(blob) if (path, name) == (node, prop)), b"")
    if kind == "s":
        return value.decode().rstrip("\0").replace("\0", " ")
    return " ".join(format(cell, {"x": "x", "u": "d"}[kind]) for (cell,) in struct.iter_unpack(">I", value))


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

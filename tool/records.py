# SPDX-License-Identifier: Apache-2.0
"""Test records of a guest image: what pytest collects, read from the ELF file without booting it."""
from __future__ import annotations

import codecs
import functools
import struct
from dataclasses import dataclass
from pathlib import Path

from tool import elfimage
from tool.board import STRATEGIES
from tool.exitcodes import UsageError

SECTION = "fp_tests"
BENCH = 0x100
_WORDS = 9
_MAX_DOMAIN = 8
_FLAGS = frozenset({"slow"})
_VALUES = frozenset({"system", "strategies", "xfail", "crash", "timeout_ms", "preset", "fill", "input"})


def _is_of(variant: str, board: tuple[str, ...]) -> bool:
    """A name that no board knows stays, to be refused."""
    name = variant.partition("-")[0]
    return name in board or name not in STRATEGIES


@dataclass(frozen=True)
class Needs:
    """What a record asks of its run; see guests/README.md for the words."""
    system: str = "pair"
    strategies: tuple[str, ...] = ("window",)      # ("all",) stands for every one of the board
    xfail: frozenset[str] = frozenset()            # strategies under which a guest failure is expected
    crashes: frozenset[int] = frozenset()
    guest_ms: int = 2000
    slow: bool = False
    preset: str | None = None                      # "checked" or "release" only
    fills: tuple[tuple[int, int], ...] = ()        # (address, bytes) that hold a pattern before the system starts
    typed: bytes = b""                             # at the console

    def strategies_on(self, board: tuple[str, ...]) -> tuple[str, ...]:
        """On a board with translation the first strategy stands for all: EL2 reaches everything."""
        if "window" not in board and "window" in self.strategies:
            return board
        return board if self.strategies == ("all",) else tuple(name for name in self.strategies if _is_of(name, board))


@dataclass(frozen=True)
class Record:
    suite: str
    name: str
    file: str
    line: int
    ids: tuple[str, ...]
    why: str
    needs: Needs
    kind: int            # domain that runs it, or BENCH

    @property
    def test(self) -> str:
        return f"{self.suite}.{self.name}"


def _fills(text: str) -> tuple[tuple[int, int], ...]:
    """`ADDRESS+BYTES,...`, both multiples of 4."""
    pairs = [word.partition("+")[::2] for word in text.split(",") if word]
    fills = tuple((int(address, 0), int(count, 0)) for address, count in pairs)
    if any(address % 4 or count % 4 or count <= 0 for address, count in fills):
        raise ValueError(f"need fill={text}: whole words, at least one")
    return fills


def parse_needs(text: str) -> Needs:
    """Raises ValueError that names the word."""
    given: dict[str, str] = {}
    flags = set()
    for word in text.split():
        key, equals, value = word.partition("=")
        if not equals and key in _FLAGS:
            flags.add(key)
        elif equals and value and key in _VALUES and key not in given:
            given[key] = value
        else:
            raise ValueError(f"need {word!r} is unknown, doubled or has no value")
    preset = given.get("preset")
    if preset not in (None, "checked", "release"):
        raise ValueError(f"need preset={preset}: checked or release")
    return Needs(given.get("system", "pair"), tuple(given.get("strategies", "window").split(",")),
                 frozenset(filter(None, given.get("xfail", "").split(","))),
                 frozenset(int(domain) for domain in given.get("crash", "").split(",") if domain),
                 int(given.get("timeout_ms", "2000")), "slow" in flags, preset, _fills(given.get("fill", "")),
                 codecs.escape_decode(given.get("input", "").encode())[0])


def _record(image: elfimage.Image, words: tuple[int, ...]) -> Record:
    suite, name, file, line, ids, why, needs, _, kind = words
    text = [image.string(address) if address else "" for address in (suite, name, file, ids, why, needs)]
    test = f"{text[0]}.{text[1]}"
    if kind != BENCH and not 1 <= kind <= _MAX_DOMAIN:
        raise UsageError(f"{image.path}: {test}: kind {kind:#x} is neither a domain nor a bench")
    try:
        wanted = parse_needs(text[5])
    except ValueError as error:
        raise UsageError(f"{image.path}: {text[2]}:{line}: {test}: {error}") from error
    return Record(text[0], text[1], text[2].removeprefix("./"), line, tuple(text[3].split()), text[4], wanted, kind)


@functools.cache
def read(path: Path) -> tuple[Record, ...]:
    """Every record of an image, in the order of file and line. Raises UsageError."""
    with elfimage.Image(path) as image:
        data = image.section(SECTION)
        word = image.word_bytes
        if data is None or len(data) % (word * _WORDS):
            raise UsageError(f"{path}: no section {SECTION} of whole records; is it a guest made with TEST()?")
        found = [_record(image, words) for words in struct.iter_unpack(f"<{_WORDS}{'I' if word == 4 else 'Q'}", data)]
    tests = [record.test for record in found if record.kind in (1, BENCH)]
    doubled = {test for test in tests if tests.count(test) > 1}
    if doubled:
        raise UsageError(f"{path}: defined twice: {', '.join(sorted(doubled))}")
    return tuple(sorted(found, key=lambda record: (record.suite, record.file, record.line)))


def tests(path: Path) -> tuple[Record, ...]:
    """The records that are items: those of domain 1; the others are the peers of a test."""
    return tuple(record for record in read(path) if record.kind == 1)


def benches(path: Path) -> tuple[Record, ...]:
    return tuple(record for record in read(path) if record.kind == BENCH)

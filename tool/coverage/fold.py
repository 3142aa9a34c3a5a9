# SPDX-License-Identifier: Apache-2.0
"""Joins an image's code with its marks and the exclusions: what is covered, what is excluded, what is missing. Pure."""
from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tool.coverage.image import Code, Place, Site
from tool.coverage.rules import Direction, Rule
from tool.coverage.store import Marks


@dataclass(frozen=True)
class Tally:
    total: int = 0
    covered: int = 0
    excluded: int = 0

    @property
    def missing(self) -> int:
        return self.total - self.covered - self.excluded

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.total + other.total, self.covered + other.covered, self.excluded + other.excluded)


@dataclass(frozen=True)
class FileCoverage:
    file: str
    instructions: Tally
    directions: Tally


@dataclass(frozen=True)
class Gap:
    """Neighbouring instructions of one function and file that were never executed."""
    file: str
    lines: tuple[int, ...]
    function: str
    address: int
    instructions: int
    rule: Rule | None = None


@dataclass(frozen=True)
class Undecided:
    """A direction that a branch, which was executed, never went."""
    place: Place
    function: str
    address: int
    direction: Direction
    rule: Rule | None = None


@dataclass(frozen=True)
class Use:
    """What an exclusion did."""
    rule: Rule
    instructions: int
    directions: int
    covered: int            # instructions and directions it names that are covered after all

    @property
    def stale(self) -> bool:
        return self.instructions + self.directions == 0


@dataclass(frozen=True)
class Coverage:
    """Of one image."""
    kind: str
    sha256: str
    files: tuple[FileCoverage, ...]
    gaps: tuple[Gap, ...]               # with a rule: excluded
    undecided: tuple[Undecided, ...]
    uses: tuple[Use, ...] = field(default_factory=tuple)

    @property
    def instructions(self) -> Tally:
        return sum((one.instructions for one in self.files), Tally())

    @property
    def directions(self) -> Tally:
        return sum((one.directions for one in self.files), Tally())


SourceLine = Callable[[Place], str]


class _Folder:
    def __init__(self, code: Code, marks: Marks, rules: Sequence[Rule], line: SourceLine) -> None:
        self._marks, self._rules, self._line = marks, rules, line
        self._addresses = [site.address for site in code.sites]
        self._sites = code.sites
        self._used: Counter[tuple[int, str]] = Counter()
        self.instructions: dict[str, Tally] = {}
        self.directions: dict[str, Tally] = {}
        self.gaps: list[tuple[Site, Rule | None]] = []
        self.undecided: list[Undecided] = []

    def _named(self, site: Site, direction: Direction | None) -> Rule | None:
        """The first rule for an instruction (direction None) or for a direction of a branch."""
        for rule in self._rules:
            if (rule.direction is None or rule.direction is direction) and \
                    rule.matches_place(site.function, site.place.file, self._line(site.place)):
                return rule
        return None

    def _at(self, address: int | None) -> Site | None:
        if address is None:
            return None
        index = bisect.bisect_left(self._addresses, address)
        return self._sites[index] if index < len(self._sites) and self._addresses[index] == address else None

    def _is_executed(self, site: Site) -> bool:
        return site.address in self._marks.executed

    def _destination_rule(self, site: Site, direction: Direction) -> Rule | None:
        """A direction leads nowhere but to code that is excluded: then so is the direction."""
        branch = site.instruction.branch
        assert branch is not None
        there = self._at(branch.target if direction is Direction.TAKEN else site.instruction.next)
        return self._named(there, None) if there and not self._is_executed(there) else None

    def add(self, site: Site) -> None:
        executed = self._is_executed(site)
        rule = self._named(site, None)
        if rule:
            self._used[rule.number, "covered" if executed else "instructions"] += 1
        tally = Tally(1, executed, rule is not None and not executed)
        self.instructions[site.place.file] = self.instructions.get(site.place.file, Tally()) + tally
        if not executed:
            self.gaps.append((site, rule))
        if site.instruction.branch is not None:
            seen = self._marks.directions[site.address]
            self._add_direction(site, Direction.PASSED, seen.passed, rule)
            self._add_direction(site, Direction.TAKEN, seen.taken, rule)

    def _add_direction(self, site: Site, direction: Direction, seen: bool, of_instruction: Rule | None) -> None:
        rule = self._named(site, direction) or of_instruction
        if not rule and not seen:
            rule = self._destination_rule(site, direction)
        if rule:
            self._used[rule.number, "covered" if seen else "directions"] += 1
        tally = Tally(1, seen, rule is not None and not seen)
        self.directions[site.place.file] = self.directions.get(site.place.file, Tally()) + tally
        if not seen and self._is_executed(site):
            self.undecided.append(Undecided(site.place, site.function, site.address, direction, rule))

    def uses(self) -> tuple[Use, ...]:
        return tuple(Use(rule, *(self._used[rule.number, what] for what in ("instructions", "directions", "covered")))
                     for rule in self._rules)


def _joined(found: Iterable[tuple[Site, Rule | None]]) -> list[Gap]:
    """Neighbours become one gap."""
    gaps: list[Gap] = []
    end = -1
    for site, rule in found:
        place = site.place
        if gaps and site.address == end and (gaps[-1].file, gaps[-1].function, gaps[-1].rule) == (place.file, site.function, rule):
            last = gaps.pop()
            gaps.append(Gap(last.file, tuple(sorted({*last.lines, place.line})), last.function, last.address,
                            last.instructions + 1, rule))
        else:
            gaps.append(Gap(place.file, (place.line,), site.function, site.address, 1, rule))
        end = site.instruction.next
    return gaps


def fold(kind: str, code: Code, marks: Marks, rules: Sequence[Rule], line: SourceLine) -> Coverage:
    """`line` gives the text of a place in the sources. The marks are of this image and free of contradictions."""
    folder = _Folder(code, marks, [rule for rule in rules if rule.is_for(kind)], line)
    for site in code.sites:
        folder.add(site)
    files = tuple(FileCoverage(file, tally, folder.directions.get(file, Tally()))
                  for file, tally in sorted(folder.instructions.items()))
    gaps = sorted(_joined(folder.gaps), key=lambda gap: (gap.file, gap.lines, gap.address))
    undecided = sorted(folder.undecided, key=lambda one: (one.place, one.address, one.direction.value))
    return Coverage(kind, code.sha256, files, tuple(gaps), tuple(undecided), folder.uses())

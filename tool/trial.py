# SPDX-License-Identifier: Apache-2.0
"""One test on one fresh machine: prepare, run, judge. No pytest in here."""
from __future__ import annotations

import array
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tool import board as boards
from tool import devicetree, divergences, kept, machine, paths, rewind, strategy, xen, xenverdict
from tool.records import Record
from tool.system import Load, prepare
from tool.verdict import Expectation, Facts, Kind, Verdict, judge

CHECKED_FACTOR = 4      # the checked image spends more instructions on the same work
FILL = 0x5EC2E755        # a filled word is its own address, exclusive-or this
_KEPT_AFTER_PASS = frozenset({"console.log"})


@dataclass(frozen=True)
class Trial:
    board: str
    kind: str              # "release", "checked", or the name of a hypervisor file's stem
    hypervisor: Path
    guest: Path            # ELF file with the records
    record: Record
    strategy: str
    attached: boards.Attached = boards.Attached()
    reference: str = ""    # the name of the real Xen that is the hypervisor; empty: it is one of ours

    @property
    def label(self) -> str:
        """What stands in the brackets of the item's name."""
        return self.strategy if self.kind == "release" else f"{self.strategy}-{self.kind}"

    @property
    def expected_failure(self) -> str:
        """What a failure of the guest is expected under; empty: under nothing."""
        if self.reference:
            found = divergences.load().of(self.record.test, self.reference)
            return f"{self.reference} ({found.text(self.reference)})" if found else ""
        return self.strategy if self.strategy in self.record.needs.xfail else ""

    @property
    def left_out(self) -> str:
        """Why the hypervisor is not asked at all; empty: it is."""
        if not self.reference:
            return ""
        table = divergences.load()
        found = table.of(self.record.test, self.reference)
        if found and not found.runs:
            return found.text(self.reference)
        return table.left_out(self.record.test) or xen.unsupported(self.tree) or (
            "Xen does not tell how a domain ended" if self.record.needs.crashes else "")

    @property
    def tree(self) -> Path:
        return paths.system(self.record.needs.system)

    @property
    def guest_ms(self) -> int:
        return self.record.needs.guest_ms * (CHECKED_FACTOR if self.kind == "checked" else 1)

    def bootargs(self) -> dict[str, str]:
        return {domain.name: f"fp1 domain={domain.domid} run={self.record.test}"
                for domain in devicetree.compile_tree(self.tree, self.board).domains}

    def image(self) -> Path:
        """The flat image the build left beside the ELF file, if it is not older."""
        flat = self.guest.with_suffix(".bin")
        built = flat.is_file() and flat.stat().st_mtime >= self.guest.stat().st_mtime
        return flat if built else self.guest

    def debug_command(self) -> str:
        words = [f"./fencepost run {paths.relative(self.tree)} --gdb --access {self.strategy}",
                 f"--guest {paths.relative(self.guest)}"]
        words += [f"--bootargs '{name}={text}'" for name, text in self.bootargs().items()]
        return " ".join(words + (["--checked"] if self.kind == "checked" else []))


@dataclass(frozen=True)
class Outcome:
    trial: Trial
    verdict: Verdict
    folder: Path
    console: str
    kept: bool = False     # what the machine said is known from an earlier run


def run(trial: Trial, folder: Path) -> Outcome:
    """Never raises for what a guest or a machine does; raises Stop when the system cannot be prepared."""
    verdict, result = (_run_xen if trial.reference else _run_ours)(trial, folder)
    if verdict.kind is Kind.PASS:
        _tidy(folder)
    return Outcome(trial, verdict, folder, result.text, result.kept)


def _run_xen(trial: Trial, folder: Path) -> tuple[Verdict, machine.RunResult]:
    bootargs = trial.bootargs()
    board = boards.load(trial.board)
    guest_ms = trial.guest_ms + xen.BOOT_MS
    limits = machine.Limits(guest_ms=guest_ms, idle_seconds=float("inf"))
    expected = Expectation(trial.record.test, "", trial.record.needs.crashes, guest_ms)
    bare = xen.machine_of(board, trial.hypervisor, xen.System(None, (), 1, trial.tree.stem), typed=trial.record.needs.typed)
    shortcut = kept.shortcut(bare, limits, _made_of(trial, bootargs))
    if (found := kept.look(shortcut, folder)) and (verdict := _judged(found, expected, xenverdict.judge)).kind is Kind.PASS:
        return verdict, found
    system = xen.prepare(trial.tree, folder, {name: trial.image() for name in bootargs}, bootargs, board)
    chosen = xen.machine_of(board, trial.hypervisor, system, typed=trial.record.needs.typed)
    result = kept.run(chosen, folder, limits, shortcut=shortcut)
    return _judged(result, expected, xenverdict.judge), result


def _run_ours(trial: Trial, folder: Path) -> tuple[Verdict, machine.RunResult]:
    bootargs, limits = trial.bootargs(), machine.Limits(guest_ms=trial.guest_ms)
    bare = machine.Machine(boards.load(trial.board, trial.attached), trial.hypervisor, (), nonce=machine.new_nonce(),
                           typed=trial.record.needs.typed, system=trial.record.needs.system)
    expected = Expectation(trial.record.test, bare.nonce, trial.record.needs.crashes, trial.guest_ms)
    shortcut = kept.shortcut(bare, limits, _made_of(trial, bootargs))
    if (found := kept.look(shortcut, folder)) and (verdict := _judged(found, replace(expected, nonce=found.nonce))).kind is Kind.PASS:
        return verdict, found
    image = trial.image()
    system = prepare(trial.tree, folder, {name: image for name in bootargs}, bootargs,
                     strategy.choices(trial.strategy), board=trial.board, kind=trial.kind,
                     named_commit="test")
    loads = system.loads + tuple(_fill(folder, address + bare.board.ram_offset, count) for address, count in trial.record.needs.fills)
    chosen = replace(bare, loads=loads, cpus=system.cpus)
    result = kept.run(chosen, folder, limits, lambda *words: _boot(*words, expected), shortcut)
    return _judged(result, replace(expected, nonce=result.nonce)), result


def _made_of(trial: Trial, bootargs: Mapping[str, str]) -> list[object]:
    """All that its loads follow from, beside the tools themselves. What does not exist is told when the system is made."""
    compiled = devicetree.compile_tree(trial.tree, trial.board)
    files = [paths.SYSCFG, compiled.blob, trial.image()]
    if compiled.needs_dma_engine:
        files.append(paths.here().dma_engine(trial.board, trial.kind if trial.kind in paths.KINDS else "release"))
    board = boards.load(trial.board)
    return [trial.reference, [kept.digest(file) if file.is_file() else None for file in files], bootargs,
            strategy.choices(trial.strategy).arguments(), trial.kind, trial.record.needs.fills, board.ram_offset, board.nonce_address]


def _judged(result: machine.RunResult, expected: Expectation, by: Callable[[str, Facts, Expectation], Verdict] = judge) -> Verdict:
    return by(result.text, Facts(result.ended, result.status, result.stderr), expected)


def _boot(chosen: machine.Machine, folder: Path, limits: machine.Limits, expected: Expectation) -> machine.RunResult:
    """From the power-on state if that can be had. What does not pass is judged by an emulator that was started for it alone, and has
    to be the same there."""
    if not rewind.possible(chosen):
        return machine.run(chosen, folder, limits)
    first = machine.run(chosen, folder, limits, emulated=rewind.run)
    seen = _judged(first, expected)
    if seen.kind is Kind.PASS:
        return first
    result = machine.run(chosen, folder, limits)
    if (told := _judged(result, expected)).kind is not seen.kind:
        said = "; ".join(f"{who}: {one.kind.value} {one.reason}".strip() for who, one in
                         (("an emulator that went back to its power-on state", seen), ("a new one", told)))
        return replace(result, ended=machine.Ended.DIFFERS, stderr=f"{result.stderr}\n{said} ({rewind.EACH}=1 starts one for each test)\n")
    return result


def _fill(folder: Path, address: int, count: int) -> Load:
    words = array.array("I", (place ^ FILL for place in range(address, address + count, 4)))
    if sys.byteorder == "big":
        words.byteswap()
    file = folder / f"fill-{address:x}.bin"
    file.write_bytes(words.tobytes())
    return Load(file, address, "pattern")


def _tidy(folder: Path) -> None:
    for file in folder.iterdir():
        if file.name not in _KEPT_AFTER_PASS:
            file.unlink()


def of(record: Record, strategies: Sequence[str], kind: str) -> list[str]:
    """The strategies a kind of image runs a test with: all on release, the first elsewhere."""
    if record.needs.preset not in (None, kind):
        return []
    return list(strategies) if kind != "checked" else list(strategies[:1])

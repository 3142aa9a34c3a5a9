# SPDX-License-Identifier: Apache-2.0
"""Where everything lies. No other module spells a folder name."""
from __future__ import annotations

import contextlib
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
RUNS = BUILD / "runs"
TREES = BUILD / "trees"
KEPT = BUILD / "kept"              # what machines said that need not be booted again
EMULATORS = BUILD / "emulators"    # what they said of themselves
REVISIONS = BUILD / "revisions"    # other commits, built to be measured
ELSEWHERE = BUILD / "another place" / "clone"   # a copy of this checkout, built to be compared
REPORT = ROOT / "report"
BOARDS = ROOT / "boards"
SYSTEMS = BOARDS / "systems"
GUESTS = ROOT / "guests"
TESTSUITE = ROOT / "testsuite"
KINDS = ("release", "checked")
RUNS_KEPT = 20
_STALE_SECONDS = 3600


def cache() -> Path:
    """What outlives a clone: the record of what `setup` changed."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "fencepost"


def preset(board: str, kind: str) -> str:
    return f"{board}-{kind}"


@dataclass(frozen=True)
class Checkout:
    """Sources and what is built of them: this checkout's, or those of another commit."""
    root: Path
    build: Path

    def hypervisor(self, board: str, kind: str) -> Path:
        return self.build / preset(board, kind) / "hypervisor" / "fencepost.elf"

    def benches(self, board: str, kind: str) -> Path:
        """The guest that measures, an ELF file; beside it the flat image."""
        return self.build / preset(board, kind) / "bench" / "guests" / "bench.elf"

    def dma_engine(self, board: str, kind: str) -> Path:
        """What CPU 1 runs where the tree says fencepost,cpu1 = "dma"."""
        return self.build / preset(board, kind) / "dma" / "dma-engine.bin"

    @property
    def syscfg(self) -> Path:
        return self.build / "host" / "hypervisor" / "syscfg" / "syscfg"

    @property
    def boards(self) -> Path:
        return self.root / "boards"

    def system(self, name: str) -> Path:
        """One of all boards, or of the one board that can have it."""
        own = sorted(self.boards.glob(f"*/systems/{name}.dts"))
        return own[0] if own else self.boards / "systems" / f"{name}.dts"


def here() -> Checkout:
    return Checkout(ROOT, BUILD)


def hypervisor(board: str, kind: str) -> Path:
    return here().hypervisor(board, kind)


def guest_folder(board: str, kind: str) -> Path:
    return BUILD / preset(board, kind) / "guests"


def last_whole(board: str, hypervisor: str = "") -> Path:
    """Where the results of the last run of the whole suite stay, or of all guests under a hypervisor; runs come and go."""
    return BUILD / "last-whole" / (f"{board}+{hypervisor}" if hypervisor else board)


def last_coverage(board: str) -> Path:
    """What the last run of the whole suite under coverage found."""
    return BUILD / "last-coverage" / f"{board}.json"


def suites(board: str, kind: str) -> list[Path]:
    """The built guest suites of a board, in the order of their names."""
    return sorted(guest_folder(board, kind).glob("*.elf"))


def system(name: str) -> Path:
    return here().system(name)


SYSCFG = here().syscfg


def new_run(verb: str) -> Path:
    """A fresh build/runs/<UTC>-<verb>; two runs in the same second get different folders."""
    RUNS.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    for number in range(1000):
        folder = RUNS / (f"{stamp}-{verb}" + (f"-{number}" if number else ""))
        try:
            folder.mkdir()
            _prune(verb)
            return folder
        except FileExistsError:
            continue
    raise FileExistsError(f"{RUNS}: no free name for {stamp}-{verb}")


def _prune(verb: str) -> None:
    """Keeps the latest runs of a verb, the names sort by time, and every run that may still be going on."""
    for old in sorted(RUNS.glob(f"*Z-{verb}*"))[:-RUNS_KEPT]:
        with contextlib.suppress(FileNotFoundError):     # another run tidies up at the same moment
            if time.time() - old.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(old, ignore_errors=True)


def relative(path: Path | str) -> str:
    """The path as a reader at the root of the checkout would type it."""
    try:
        return str(Path(path).resolve().relative_to(ROOT))
    except ValueError:
        return str(path)

# SPDX-License-Identifier: Apache-2.0
"""What a whole session shares: made once by the controller, handed to the workers as plain data."""
from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tool import board as boards
from tool import build, kept, paths, xen
from tool.exitcodes import EnvironmentMissing, Stop, UsageError
from tool.toolchain import compiler_of


@dataclass(frozen=True)
class Settings:
    board: str
    run_folder: str
    images: dict[str, str]           # kind of hypervisor image -> file
    hypervisor: str = "fencepost"    # or the name of a Xen, or a file of one's own
    guest: str | None = None         # a guest of one's own instead of the suites
    strategy: str | None = None
    runner: str = ""                 # file of a real board
    serial: str = ""
    reference: str = ""              # the name of the Xen that runs instead of ours
    missing: str = ""                # what cannot run here, and why
    broken: str = ""                 # why there is nothing to run
    record_failures: bool = False    # how listed tests fail is written down, not compared

    def suites(self, kind: str) -> list[Path]:
        if self.guest:
            return [Path(self.guest)]
        return paths.suites(self.board, "checked" if kind == "checked" else "release")

    @property
    def attached(self) -> boards.Attached:
        return boards.Attached(self.runner, self.serial)

    def options(self) -> str:
        """What a command line must repeat to get the same items."""
        words = [f"--board={self.board}"] if self.board != boards.DEFAULT else []
        words += [f"--guest={paths.relative(self.guest)}"] if self.guest else []
        words += [f"--hypervisor={paths.relative(self.hypervisor)}"] if self.hypervisor != "fencepost" else []
        words += [f"--runner={paths.relative(self.runner)}"] if self.runner else []
        words += [f"--serial={self.serial}"] if self.serial else []
        return "".join(word + " " for word in words)

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def hypervisor_images(board: str, hypervisor: str) -> dict[str, str]:
    """Images by kind; another hypervisor than the built one runs alone. Raises EnvironmentMissing for a Xen."""
    if hypervisor == "fencepost":
        return {kind: str(paths.hypervisor(board, kind)) for kind in paths.KINDS}
    if hypervisor in xen.NAMES:
        return {"release": str(xen.image(hypervisor))}
    file = Path(hypervisor)
    if not file.is_file():
        raise UsageError(f"--hypervisor {hypervisor}: MISSING; here run: fencepost, {', '.join(xen.NAMES)}, or a file: "
                         "an ELF file of ours, an arm64 Image of Xen")
    return {"release": str(file.resolve())}


def reference(board: str, hypervisor: str) -> str:
    """The name of the Xen that is asked for; empty: it is one of ours. Raises UsageError where Xen cannot run."""
    file = Path(hypervisor)
    is_xen = hypervisor in xen.NAMES or (file.is_file() and xen.is_image(file))
    if is_xen:
        xen.check_board(f"--hypervisor {hypervisor}", board)
    return (xen.name_of(hypervisor) or file.stem) if is_xen else ""


def presets(board: str, hypervisor: str, guest: str | None) -> list[str]:
    """What has to be built for a session; files of one's own need no building."""
    if hypervisor == "fencepost":
        return [build.HOST, *_kinds(board)]
    return [build.HOST] + ([] if guest else [paths.preset(board, "release")])


def _kinds(board: str) -> list[str]:
    return [paths.preset(board, kind) for kind in paths.KINDS]


def presets_of_tools(board: str) -> list[str]:
    """What tests of the tools boot besides: the other boards that can be had here. Where one is missing they skip."""
    others = [name for name in boards.names() if name != board and boards.presence(name).present and shutil.which(compiler_of(name))]
    return [preset for name in others for preset in _kinds(name)]


def begin(board: str, hypervisor: str, guest: str | None, strategy: str | None, attached: boards.Attached,
          progress: Callable[[str], None], tools: bool = False) -> Settings:
    """Checks what was asked for and builds it. A build that fails breaks the guests' tests, not those of the tools."""
    boards.load(board, attached)
    presence = boards.presence(board, attached)
    name = reference(board, hypervisor)
    kept.prune()
    missing = "" if presence.present else f"{board} is MISSING: {presence.reason}"
    try:
        images = hypervisor_images(board, hypervisor)
    except EnvironmentMissing as stop:
        images, missing = {"release": hypervisor}, missing or f"{hypervisor} is MISSING: {stop}"
    if guest is not None and not Path(guest).is_file():
        raise UsageError(f"--guest {guest}: no such file")
    broken = ""
    try:
        build.ensure_built(presets(board, hypervisor, guest) + (presets_of_tools(board) if tools else []), progress)
    except Stop as stop:
        broken = str(stop)
    own = hypervisor if hypervisor in ("fencepost", *xen.NAMES) else images["release"]
    return Settings(board, str(paths.new_run("test")), images, own, guest and str(Path(guest).resolve()), strategy,
                    attached.runner and str(Path(attached.runner).resolve()), attached.serial,
                    name, missing, broken)

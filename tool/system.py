# SPDX-License-Identifier: Apache-2.0
"""From a system tree and guest images to what the machine's loader must place, through one call of syscfg."""
from __future__ import annotations

import functools
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tool import devicetree, elfimage, paths
from tool.exitcodes import EnvironmentMissing, UsageError


@dataclass(frozen=True)
class Load:
    file: Path
    address: int
    what: str = ""


@dataclass(frozen=True)
class PreparedSystem:
    """A system ready for a machine: files and addresses, CPUs, domains as syscfg numbered them."""
    tree: Path
    folder: Path
    loads: tuple[Load, ...]
    cpus: int
    domains: tuple[Mapping[str, Any], ...]
    budget: str                  # syscfg's table, for people
    warnings: str
    command: tuple[str, ...]
    description: Mapping[str, Any] = field(repr=False, default_factory=dict)   # load.json as it is


@dataclass(frozen=True)
class Choices:
    """What may be said without editing the tree; None leaves the tree's own word."""
    access: str | None = None
    switch_when: str | None = None
    window_granule: str | None = None
    background_when: str | None = None
    windows: int | None = None
    time_slice_us: int | None = None

    def arguments(self) -> list[str]:
        named = (("--access", self.access), ("--switch-when", self.switch_when),
                 ("--window-granule", self.window_granule), ("--background-when", self.background_when),
                 ("--windows", self.windows), ("--time-slice-us", self.time_slice_us))
        return [word for option, value in named if value is not None for word in (option, str(value))]


@functools.cache
def commit() -> str:
    """The checkout's commit, `-dirty` when files differ; what the console banner names."""
    try:
        done = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=8", "--exclude=*"],
                              cwd=paths.ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        return "unknown"
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def flat_image(image: Path, out_dir: Path, node: str) -> Path:
    """A guest file as the loader needs it: an ELF file becomes a flat image, anything else is one already."""
    if not image.is_file():
        raise UsageError(f"{image}: no such guest image for {node}")
    if not elfimage.is_elf(image):
        return image.resolve()
    flat = out_dir.resolve() / f"{node}.bin"
    flat.write_bytes(elfimage.flatten(image))
    return flat


def prepare(tree: Path, out_dir: Path, guests: Mapping[str, Path] | None = None,
            bootargs: Mapping[str, str] | None = None, choices: Choices = Choices(), *,
            board: str = "mps3-an536", kind: str = "release", named_commit: str | None = None,
            checkout: paths.Checkout | None = None, ramdisks: Mapping[str, Path] | None = None) -> PreparedSystem:
    """Compiles the tree (cached), runs syscfg once, reads its load list. Raises UsageError with syscfg's words."""
    of = checkout or paths.here()
    compiled = devicetree.compile_tree(tree, board, of.boards)
    known = {domain.name for domain in compiled.domains}
    for node in {**(guests or {}), **(bootargs or {}), **(ramdisks or {})}:
        if node not in known:
            raise UsageError(f"{tree}: no domain {node!r}; there are: {', '.join(sorted(known)) or 'none'}")
    out_dir.mkdir(parents=True, exist_ok=True)
    command = [str(of.syscfg), str(compiled.blob), "--out", str(out_dir), *choices.arguments(),
               "--commit", commit() if named_commit is None else named_commit]
    if compiled.needs_dma_engine:
        command += ["--dma-engine", str(of.dma_engine(board, kind if kind in paths.KINDS else "release"))]
    for node, image in (guests or {}).items():
        command += ["--guest", f"{node}={flat_image(image, out_dir, node)}"]
    for node, file in (ramdisks or {}).items():
        command += ["--ramdisk", f"{node}={file.resolve()}"]
    for node, text in (bootargs or {}).items():
        command += ["--bootargs", f"{node}={text}"]
    return _call(tree, out_dir, command)


def _call(tree: Path, out_dir: Path, command: list[str]) -> PreparedSystem:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    except FileNotFoundError as error:
        raise EnvironmentMissing(f"{paths.relative(command[0])} is not built") from error
    if done.returncode != 0:
        raise UsageError(f"syscfg refused {paths.relative(tree)}: {_errors_first(done.stderr, done.returncode)}")
    description = json.loads((out_dir / "load.json").read_text())
    if description.get("schema") != 1:
        raise UsageError(f"{out_dir}/load.json: schema {description.get('schema')!r} is not 1")
    config = description["config"]
    loads = [Load(out_dir / config["file"], config["address"], "configuration")]
    loads += [Load(_find(out_dir, entry["file"]), entry["address"], entry.get("what", ""))
              for entry in description["loads"]]
    return PreparedSystem(tree, out_dir, tuple(loads), int(description["cpus"]), tuple(description["domains"]),
                          done.stdout, done.stderr, tuple(command), description)


def _errors_first(words: str, status: int) -> str:
    """Every line once; an error leads, because the first line is what a summary shows."""
    lines = sorted(words.rstrip().splitlines(), key=lambda line: not line.startswith("error:"))
    return "\n".join(lines) or f"status {status}, no words"


def _find(out_dir: Path, name: str) -> Path:
    inside = out_dir / name
    return inside if inside.is_file() else Path(name)

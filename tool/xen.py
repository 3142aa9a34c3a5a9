# SPDX-License-Identifier: Apache-2.0
"""
Real Xen as the hypervisor of a board: which images there are, and how one of our system trees becomes the tree that
Xen boots from. Debian's builds know no static memory, no direct map and no static shared memory, so a domain gets as
much RAM from the heap, and a system whose tests are about those is left out with the reason.
"""
from __future__ import annotations

import functools
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tool import devicetree, foreignpackage, paths, treenodes, xenverdict
from tool.board import Board
from tool.exitcodes import EnvironmentMissing, UsageError
from tool.machine import Machine
from tool.system import Load, flat_image
from tool.treenodes import Node, cells

_PACKAGES = {
    "xen-4.17": foreignpackage.Package("bookworm", "xen-hypervisor-4.17-arm64", "arm64", "boot/xen-4.17-arm64"),
    "xen-4.20": foreignpackage.Package("trixie", "xen-hypervisor-4.20-arm64", "arm64", "boot/xen-4.20-arm64"),
}
NAMES = tuple(_PACKAGES)
BOARDS = ("virt-a64",)
_MAGIC_AT, _MAGIC = 0x38, b"ARM\x64"
# every guest line at every level; memory is not scrubbed, which only costs time
BOOTARGS = "console=dtuart dtuart=serial0 guest_loglvl=all loglvl=all bootscrub=0"
FIRST_MODULE, MODULE_STEP = 0x4A000000, 0x4000000   # beyond Xen and QEMU's copy of the tree
RAMDISK_BEHIND = 0x3000000   # its kernel
BOOT_MS = 1000               # of guest time, until a domain runs
ARGUMENTS = ("-m", "1024", "-rtc", "base=1970-01-01,clock=vm")   # little RAM: Xen looks at each page of it
MEMORY_KIB = 8192            # room for the image and the tree, which Xen puts 2 MiB below the end
_OURS = ("xen,static-mem", "direct-map", "xen,static-heap")


def is_image(file: Path) -> bool:
    """An arm64 Image, which Xen is and an ELF file of ours is not."""
    with file.open("rb") as stream:
        head = stream.read(0x40)
    return head[_MAGIC_AT:_MAGIC_AT + 4] == _MAGIC


def name_of(file: str) -> str:
    """The known name of a Xen by the name of its file; empty: it has none."""
    return next((name for name in NAMES if Path(file).name.startswith(name)), "")


def image(name: str) -> Path:
    """The file behind a name. Raises EnvironmentMissing."""
    return foreignpackage.fetch(_PACKAGES[name])


def find(given: str, board: str) -> tuple[str, Path]:
    """Name and image of a Xen, by its name or as a file. Raises UsageError, and EnvironmentMissing for one that cannot be had."""
    file = Path(given)
    if given not in NAMES and not (file.is_file() and is_image(file)):
        raise UsageError(f"{given}: no real Xen; there are: {', '.join(NAMES)}, or a file that is an arm64 Image")
    check_board(given, board)
    return (given, image(given)) if given in NAMES else (name_of(given) or file.stem, file.resolve())


def check_board(given: str, board: str) -> None:
    """Raises UsageError where Xen cannot run."""
    if board not in BOARDS:
        raise UsageError(f"{given}: Xen runs on {', '.join(BOARDS)} alone: add --board {BOARDS[0]}")


@dataclass(frozen=True)
class System:
    tree: Path | None
    loads: tuple[Load, ...]
    cpus: int
    name: str


_POLICIES = {
    "fencepost,restart": "stock Xen starts no domain again",
    "fencepost,priority": "stock Xen has no priorities",
    "fencepost,time-slice-us": "stock Xen's time slice is its own",
    "fencepost,keep-content": "stock Xen promises nothing about old content",
}


def _chosen(system: Path) -> Node:
    return treenodes.read(devicetree.compile_tree(system, BOARDS[0]).blob.read_bytes()).child("chosen") or Node("chosen")


def _domains(system: Path) -> list[Node]:
    return [node for node in _chosen(system).children if node.is_compatible("xen,domain")]


def unsupported(system: Path) -> str:
    """Why stock Xen cannot run a system; empty if it can."""
    for _, node in _chosen(system).walk():
        if node.is_compatible("xen,domain-shared-memory-v1"):
            return "static shared memory is not built into Debian's Xen"
        if node.is_compatible("multiboot,device-tree"):
            return "a device is passed through, which asks for direct-mapped memory"
        for name, what in _POLICIES.items():
            if node.properties.get(name, b"never\0") not in (b"never\0", cells(0)):
                return f"{name}: {what}"
    return ""


def prepare(system: Path, folder: Path, guests: Mapping[str, Path], bootargs: Mapping[str, str],
            board: Board, ramdisks: Mapping[str, Path] | None = None) -> System:
    """The tree for Xen and what the loader places."""
    if reason := unsupported(system):
        raise UsageError(f"{paths.relative(system)}: {reason}")
    folder.mkdir(parents=True, exist_ok=True)
    loads, cpus = [], 1
    nodes = _domains(system)
    for number, node in enumerate(nodes):
        file = flat_image(guests[node.name], folder, node.name)
        load = Load(file, FIRST_MODULE + number * MODULE_STEP, f"{node.name} kernel")
        loads.append(load)
        _give_heap(node)
        _module(node, "kernel", load).properties["bootargs"] = bootargs.get(node.name, "").encode() + b"\0"
        if ramdisk := (ramdisks or {}).get(node.name):
            loads.append(Load(ramdisk, load.address + RAMDISK_BEHIND, f"{node.name} ramdisk"))
            _module(node, "ramdisk", loads[-1])
        cpus = max(cpus, 1 + _highest_cpu(node))
    tree = folder / "xen.dtb"
    chosen = Node("chosen", {"#address-cells": cells(2), "#size-cells": cells(2),
                             "xen,xen-bootargs": BOOTARGS.encode() + b"\0"}, nodes)
    text = f"{_machine_source(board, board.options(system.stem), cpus)}\n/ {{\n{chosen.source(1)}}};\n"
    tree.write_bytes(devicetree.compile_text(text))
    return System(tree, tuple(loads), cpus, system.stem)


def machine_of(board: Board, hypervisor: Path, system: System, plugins: tuple[str, ...] = (), typed: bytes | None = b"") -> Machine:
    """Ends with the verdict of domain 1, or with a panic."""
    return Machine(board, hypervisor, system.loads, system.cpus, plugins=plugins, typed=typed, tree=system.tree,
                   arguments=ARGUMENTS, system=system.name, last_lines=xenverdict.LAST_LINES)


def _give_heap(node: Node) -> None:
    """Xen's own bindings stay, ours go; addresses take two cells, as in the machine's tree."""
    for name in [name for name in node.properties if name in _OURS or name.startswith("fencepost,")]:
        del node.properties[name]
    memory = max(MEMORY_KIB, int.from_bytes(node.properties["memory"], "big"))
    node.properties |= {"memory": cells(memory >> 32, memory & 0xFFFFFFFF), "#address-cells": cells(2), "#size-cells": cells(2)}


def _module(node: Node, kind: str, load: Load) -> Node:
    """The domain's module of that kind, which lies where the loader places it."""
    found = next(child for child in node.children if child.is_compatible(f"multiboot,{kind}"))
    found.properties["reg"] = cells(load.address >> 32, load.address & 0xFFFFFFFF, 0, load.file.stat().st_size)
    return found


def _highest_cpu(node: Node) -> int:
    """Of the CPUs to which vCPUs are bound."""
    affinities = (child.properties.get("hard-affinity", b"0\0") for child in node.children)
    return max((int(word) for value in affinities for word in re.findall(rb"\d+", value)), default=0)


@functools.cache
def _machine_source(board: Board, options: str, cpus: int) -> str:
    """The machine's own tree, as its emulator tells it."""
    runner = board.runner
    with tempfile.TemporaryDirectory(prefix="fencepost-") as empty:
        blob = Path(empty) / "machine.dtb"
        words = [runner.emulator, "-M", f"{options},dtb-randomness=off,dumpdtb={blob}", "-cpu", board.cpu_model, "-smp", str(cpus),
                 *ARGUMENTS, "-nodefaults", "-display", "none"]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        if not blob.is_file():
            raise EnvironmentMissing(f"{runner.emulator} does not tell its tree: {done.stderr.strip()}")
        return devicetree.source_of(blob)


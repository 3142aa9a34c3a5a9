# SPDX-License-Identifier: Apache-2.0
"""Device trees: compiled with cpp and dtc, once per content of all files; read just far enough to name the domains."""
from __future__ import annotations

import functools
import hashlib
import os
import re
import struct
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tool import paths
from tool.board import DEFAULT
from tool.exitcodes import EnvironmentMissing, UsageError

_MAGIC = 0xD00DFEED
_BEGIN_NODE, _END_NODE, _PROPERTY, _NOP = 1, 2, 3, 4
_DOMAIN = "xen,domain"
_NAMES_A_FILE = re.compile(rb'(?:^[ \t]*#[ \t]*include[ \t]+|/include/[ \t]*|/incbin/[ \t]*\([ \t]*)["<]([^">\n]+)', re.MULTILINE)
_NAMES_A_MACRO = re.compile(rb'^[ \t]*#[ \t]*include[ \t]+[^"< \t]', re.MULTILINE)


@dataclass(frozen=True)
class Domain:
    """A domain node of /chosen; domain ids follow the order of the nodes, from 1."""
    name: str
    domid: int


@dataclass(frozen=True)
class Tree:
    source: Path
    blob: Path
    domains: tuple[Domain, ...]
    needs_dma_engine: bool   # CPU 1 runs it


def _tool(command: list[str], data: bytes | None = None) -> bytes:
    try:
        done = subprocess.run(command, input=data, capture_output=True, cwd=paths.ROOT)
    except FileNotFoundError as error:
        raise EnvironmentMissing(f"{command[0]} is not installed: run ./fencepost setup") from error
    if done.returncode != 0:
        raise UsageError(f"{command[0]} refused the tree:\n{done.stderr.decode(errors='replace').rstrip()}")
    return done.stdout


def sources(file: Path, folders: tuple[Path, ...]) -> dict[Path, bytes]:
    """The file and every file that it may include, by whatever of the folders, and so on."""
    found: dict[Path, bytes] = {}
    wanted = [file]
    while wanted:
        one = wanted.pop()
        if one not in found and one.is_file():
            found[one] = one.read_bytes()
            wanted += [folder / name.decode() for name in _NAMES_A_FILE.findall(found[one]) for folder in (one.parent, *folders)]
    return found


def _folders(source: Path, board: str, boards: Path) -> tuple[Path, ...]:
    return source.parent, boards / board, boards, boards / "systems"


@functools.cache
def preprocess(source: Path, board: str = DEFAULT, boards: Path = paths.BOARDS) -> Path:
    """What cpp makes of a .dts, with the board's folder first: a file that is made once per content of what goes into it."""
    source = source.resolve()
    if not source.is_file():
        raise UsageError(f"{source}: no such tree")
    folders = _folders(source, board, boards)
    command = ["cpp", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp", *(f"-I{folder}" for folder in folders), str(source)]
    content, text = sources(source, folders), None
    if any(_NAMES_A_MACRO.search(data) for data in content.values()):    # then only cpp knows which file that is
        text = _tool(command)
        content[Path()] = text
    names = [(str(file), hashlib.sha256(data).hexdigest()) for file, data in sorted(content.items())]
    key = hashlib.sha256(repr((command, names)).encode()).hexdigest()[:16]
    made = paths.TREES / f"{source.stem}-{key}.dts"
    if not made.is_file():
        _write(made, _tool(command) if text is None else text)
    return made


@functools.cache
def compile_tree(source: Path, board: str = DEFAULT, boards: Path = paths.BOARDS) -> Tree:
    """A .dts goes through cpp and dtc, a .dtb is taken as it is."""
    source = source.resolve()
    if source.suffix == ".dtb" and source.is_file():
        return _tree(source, source)
    text = preprocess(source, board, boards)
    blob = text.with_suffix(".dtb")
    if not blob.is_file():
        _compile(text.read_bytes(), _folders(source, board, boards), blob)
    return _tree(source, blob)


def _tree(source: Path, blob: Path) -> Tree:
    data = blob.read_bytes()
    engine = any(path == "/chosen" and name == "fencepost,cpu1" and value == b"dma\0" for path, name, value in walk(data))
    return Tree(source, blob, tuple(domains(data)), engine)


def compile_text(text: str) -> bytes:
    """A blob from source that includes nothing."""
    return _tool(["dtc", "-q", "-I", "dts", "-O", "dtb", "-"], text.encode())


def source_of(blob: Path) -> str:
    return _tool(["dtc", "-q", "-I", "dtb", "-O", "dts", str(blob)]).decode()


def _compile(text: bytes, folders: tuple[Path, ...], blob: Path) -> None:
    include = [word for folder in folders for word in ("-i", str(folder))]
    _write(blob, _tool(["dtc", "-q", "-I", "dts", "-O", "dtb", *include, "-"], text))


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    draft.write_bytes(data)
    draft.replace(file)  # atomic: another process or thread never sees half of it


def walk(blob: bytes) -> Iterator[tuple[str, str, bytes]]:
    """(node path, property name, value) of a flattened tree."""
    if len(blob) < 40 or struct.unpack_from(">I", blob)[0] != _MAGIC:
        raise UsageError("not a compiled device tree")
    position, strings = struct.unpack_from(">8xII", blob)
    path: list[str] = []
    while True:
        (token,) = struct.unpack_from(">I", blob, position)
        position += 4
        if token == _BEGIN_NODE:
            end = blob.index(b"\0", position)
            path.append(blob[position:end].decode("ascii", "replace"))
            position = (end + 4) & ~3
        elif token == _END_NODE:
            path.pop()
        elif token == _PROPERTY:
            length, offset = struct.unpack_from(">II", blob, position)
            start = strings + offset
            name = blob[start:blob.index(b"\0", start)].decode("ascii", "replace")
            yield "/".join(path) or "/", name, blob[position + 8:position + 8 + length]
            position = (position + 8 + length + 3) & ~3
        elif token != _NOP:
            return


def domains(blob: bytes) -> Iterator[Domain]:
    """The domain nodes in the order of the tree."""
    domid = 0
    for path, name, value in walk(blob):
        parts = path.split("/")
        if name == "compatible" and parts[1:2] == ["chosen"] and len(parts) == 3 \
                and _DOMAIN.encode() in value.split(b"\0"):
            domid += 1
            yield Domain(parts[2], domid)

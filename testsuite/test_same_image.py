# SPDX-License-Identifier: Apache-2.0
"""
The same source is the same image, whenever and wherever it is built. What is measured is built at another path and compared; of
every other image it is shown that the same commands make it, that the compiler refuses a date, and that no path is inside.
"""
from __future__ import annotations

import fcntl
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import snapshot
from testsuite.session import presets_of_tools
from tool import board as boards
from tool import build, paths
from tool.elfimage import Image
from tool.paths import Checkout

BOARD = boards.DEFAULT
PRESET = paths.preset(BOARD, "release")


def presets() -> list[str]:
    """What a session with the tests of the tools has built."""
    wanted = [paths.preset(BOARD, kind) for kind in paths.KINDS] + presets_of_tools(BOARD)
    return [preset for preset in wanted if (paths.BUILD / preset / "build.ninja").is_file()]


def images(folder: Path) -> list[Path]:
    """Everything linked, debug information included."""
    return [file for suffix in ("elf", "bin") for file in sorted(folder.rglob(f"*.{suffix}")) if "CMakeFiles" not in file.parts]


def copy_of_the_work_tree(folder: Path) -> None:
    """As it is, not only what is committed. A file that is the same stays untouched, so that it is not compiled again."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=paths.ROOT,
                            capture_output=True, text=True, check=True).stdout
    wanted = {name for name in listed.strip("\0").split("\0") if (paths.ROOT / name).is_file()}
    there = {str(file.relative_to(folder)) for file in folder.rglob("*")
             if file.is_file() and file.relative_to(folder).parts[0] != "build"}
    for name in there - wanted:
        (folder / name).unlink()
    for name in wanted:
        data = (paths.ROOT / name).read_bytes()
        if name not in there or (folder / name).read_bytes() != data:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(paths.ROOT / name, folder / name)


@pytest.fixture(scope="module")
def clone() -> Iterator[Checkout]:
    """What is measured of the work tree, built at another path, which has a space, and without git."""
    paths.ELSEWHERE.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, open(paths.ELSEWHERE.with_name("lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        patch.setenv("GIT_CEILING_DIRECTORIES", str(paths.ELSEWHERE.parent))
        copy_of_the_work_tree(paths.ELSEWHERE)
        found = Checkout(paths.ELSEWHERE, paths.ELSEWHERE / "build")
        build.ensure_built([PRESET], lambda text: None, found, {PRESET: snapshot.PARTS})
        yield found


def commands(tree: Checkout, name: str) -> list[str]:
    """What is given to compiler and linker, without the place and the marks that a space in it needs."""
    text = re.sub(r'["\\$]', "", (tree.build / PRESET / name).read_text()).replace(str(tree.root), "ROOT")
    return re.findall(r"^  (?:DEFINES|FLAGS|INCLUDES|LINK_FLAGS|LINK_LIBRARIES|POST_BUILD|command) = .*$", text, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["build.ninja", "CMakeFiles/rules.ninja"])
def test_two_clones_at_different_paths_are_built_by_the_same_commands(clone: Checkout, name: str) -> None:
    ours, theirs = commands(paths.here(), name), commands(clone, name)
    assert len(ours) > 50 and [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]] == []


@pytest.mark.slow
def test_two_clones_at_different_paths_make_the_same_images(clone: Checkout) -> None:
    ours, theirs = (tree.build / PRESET for tree in (paths.here(), clone))
    names = [str(file.relative_to(theirs)) for file in images(theirs)]
    assert {"hypervisor/fencepost.elf", "bench/guests/bench.elf", "dma/dma-engine.bin"} <= set(names)
    assert [name for name in names if (theirs / name).read_bytes() != (ours / name).read_bytes()] == []
    assert [name for name in names if str(clone.root).encode() in (theirs / name).read_bytes()] == []


@pytest.mark.parametrize("preset", presets())
def test_no_image_has_a_path_or_a_build_id_inside(preset: str) -> None:
    found = images(paths.BUILD / preset)
    assert any(file.name == "fencepost.elf" for file in found) and len(found) > 10
    for file in found:
        assert str(paths.ROOT).encode() not in file.read_bytes(), file
        if file.suffix == ".elf":
            with Image(file) as image:
                assert image.section(".note.gnu.build-id") is None, file


@pytest.mark.parametrize("preset", presets())
def test_no_file_compiles_that_names_the_day(preset: str) -> None:
    entries = [shlex.split(entry["command"]) for entry in json.loads((paths.BUILD / preset / "compile_commands.json").read_text())]
    assert len(entries) > 100 and all({"-Wdate-time", "-Werror"} <= set(words) for words in entries)
    command = entries[0][:entries[0].index("-o")]
    done = subprocess.run([*command, "-fsyntax-only", "-x", "c", "-"], input="const char *day = __DATE__;", capture_output=True, text=True)
    assert done.returncode != 0 and "date-time" in done.stderr, done.stderr

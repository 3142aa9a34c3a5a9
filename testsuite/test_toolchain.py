# SPDX-License-Identifier: Apache-2.0
"""Which tools wrote the baseline and which tools build here: told apart in their own words."""
from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bench import accept, baseline, check, lock
from tool import board as boards
from tool import build, paths, toolchain
from tool.exitcodes import EnvironmentMissing, Exit, Stop, UsageError
from tool.toolchain import Toolchain

BOARD = boards.DEFAULT
LOCKED = Toolchain("cc-arm (1.2-3) 12.2.1", "GNU ld (2.40-2) 2.40", "QEMU emulator version 10.0.2", "Debian 12")


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lock file of a board, in place of the real one."""
    file = tmp_path / "toolchain.lock"
    monkeypatch.setattr(lock, "load", lambda: lock.parse(file.read_text()))
    file.write_text(lock.text({"board": lock.Locked(LOCKED, ("gcc-arm 1.2-3",))}))
    return file


def wrapper(folder: Path, name: str, banner: str) -> Path:
    """A program like the real one but for its first line of --version."""
    file = folder / name
    file.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{banner}" && exit\nexec {shutil.which(name)} "$@"\n')
    file.chmod(0o755)
    return file


def test_the_lock_and_the_baselines_name_the_same_tools() -> None:
    locks = lock.load()
    for board in boards.names():
        old = baseline.load(check.file_of(board))
        if old is None:
            continue
        name, _, version = old.header.toolchain.partition(" ")
        assert locks[board].tools.compiler.startswith(f"{name} ") and version in locks[board].tools.compiler
        assert f"version {old.header.qemu} " in locks[board].tools.emulator


def test_a_lock_survives_its_file() -> None:
    locks = {name: lock.Locked(replace(LOCKED, release=f'"{name}" \\ ü'), ("a 1", "b 2")) for name in ("z", "a")}
    assert lock.parse(lock.text(locks)) == locks


def test_a_board_s_lock_leaves_the_others_alone(tmp_path: Path) -> None:
    file = tmp_path / "toolchain.lock"
    lock.store("b", LOCKED, ["x 1"], file)
    lock.store("a", LOCKED, [], file)
    assert set(lock.load(file)) == {"a", "b"} and lock.load(file)["b"].packages == ("x 1",)


@pytest.mark.parametrize("text, said", [
    ("<<<<<<< HEAD\n", "take one side of a merge whole"), ("a = 1\n", "a is no table"), ("[a]\ncompiler = 'x'\n", "missing or unknown: binutils"),
    ("[a]\ncompiler = 1\nbinutils = ''\nemulator = ''\nrelease = ''\npackages = []\n", "words")])
def test_a_lock_that_is_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        lock.parse(text)


@pytest.mark.parametrize("part", ["compiler", "binutils", "emulator", "release"])
def test_other_tools_may_not_write_the_baseline(locked: Path, part: str) -> None:
    accept.demand_same_tools("board", LOCKED)
    with pytest.raises(Stop, match=f"{part}: .* wanted, other here") as stopped:
        accept.demand_same_tools("board", replace(LOCKED, **{part: "other"}))
    assert stopped.value.code is Exit.NOT_MEASURED and "--new-toolchain" in str(stopped.value)


def test_a_board_without_a_lock_needs_the_word(locked: Path) -> None:
    with pytest.raises(Stop, match="has no tools of another"):
        accept.demand_same_tools("another", LOCKED)


def test_only_compiler_and_linker_make_another_image(locked: Path) -> None:
    locks = lock.load()
    assert lock.other_code(locks, "board", replace(LOCKED, emulator="other", release="other")) == []
    assert lock.other_code(locks, "board", replace(LOCKED, binutils="other", release="other")) == [
        "binutils: GNU ld (2.40-2) 2.40 wanted, other here"]
    assert lock.other_code(locks, "another", LOCKED) == []


def test_another_compiler_on_the_path_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = toolchain.compiler_of(BOARD)
    if shutil.which(compiler) is None or not boards.presence(BOARD).present:
        pytest.skip(f"MISSING: {compiler} or the board")
    before = toolchain.identify(BOARD)
    wrapper(tmp_path, compiler, "cc 99.0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert toolchain.identify(BOARD) == replace(before, compiler="cc 99.0")
    assert toolchain.packages(BOARD, boards.load(BOARD).emulator)[0].startswith("binutils")


def test_a_compiler_that_is_not_there_is_missing() -> None:
    with pytest.raises(EnvironmentMissing, match="no-such-cc does not run"):
        toolchain.linker_of("no-such-cc")


# ---- build folders

def test_a_build_folder_belongs_to_the_tools_that_made_it(tmp_path: Path) -> None:
    folder = tmp_path / "preset"
    assert not build.forget_other_tools(folder, "a")
    folder.mkdir()
    (folder / ".toolchain").write_text("a")
    assert not build.forget_other_tools(folder, "a") and folder.is_dir()
    assert build.forget_other_tools(folder, "b") and not folder.exists()
    folder.mkdir()
    assert build.forget_other_tools(folder, "a") and not folder.exists(), "nobody knows who made it"


def test_each_preset_names_its_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "stamp", lambda compiler: compiler)
    monkeypatch.setenv("CC", "my-cc")
    assert build.stamp(paths.preset(BOARD, "release")) == build.stamp(paths.preset(BOARD, "checked")) == toolchain.compiler_of(BOARD)
    assert build.stamp(build.HOST) == "my-cc"

# SPDX-License-Identifier: Apache-2.0
"""Another commit's sources, built once and measured with the tools of this checkout."""
from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from bench import snapshot
from bench.revision import Repository
from testsuite import gitrepo
from tool import board as boards
from tool import build, devicetree, paths, system, toolchain
from tool.paths import Checkout

BOARD = boards.DEFAULT


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Folders that would have been built, in order."""
    found: list[Path] = []
    monkeypatch.setattr(build, "ensure_built", lambda presets, progress, checkout, parts: found.append(checkout.root))
    monkeypatch.setattr(toolchain, "stamp", lambda compiler: compiler)
    return found


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """The last commit but one changes a document alone."""
    states = [{"hypervisor/a.c": "one"}, {"hypervisor/a.c": "two"}, {"README.md": "text"}, {"hypervisor/a.c": "three"}]
    return Repository(gitrepo.line_of(tmp_path / "work", states).folder)


def of(repository: Repository, name: str, store: Path) -> Checkout:
    return snapshot.built(repository, repository.commit(name), BOARD, lambda text: None, store)


def test_a_commit_has_its_own_files_and_is_used_again(repository: Repository, built: list[Path], tmp_path: Path) -> None:
    store = tmp_path / "store"
    first, second = of(repository, "HEAD~3", store), of(repository, "HEAD~2", store)
    assert [(tree.root / "hypervisor" / "a.c").read_text() for tree in (first, second)] == ["one", "two"]
    (first.root / "kept").touch()
    assert of(repository, "HEAD~3", store) == first and (first.root / "kept").exists()
    assert of(repository, "HEAD~1", store) == second, "a document makes no other image"
    assert built == [first.root, second.root, first.root, second.root]


def test_other_tools_have_another_folder(repository: Repository, built: list[Path], tmp_path: Path,
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    before = of(repository, "HEAD", tmp_path / "store")
    monkeypatch.setattr(toolchain, "stamp", lambda compiler: f"another {compiler}")
    assert of(repository, "HEAD", tmp_path / "store") != before


def test_half_a_copy_of_a_run_that_was_killed_is_made_again(repository: Repository, built: list[Path], tmp_path: Path) -> None:
    tree = of(repository, "HEAD", tmp_path / "store")
    (tree.root / ".whole").unlink()
    (tree.root / "hypervisor" / "a.c").write_text("half")
    assert (of(repository, "HEAD", tmp_path / "store").root / "hypervisor" / "a.c").read_text() == "three"


def test_old_ones_go_and_those_that_may_be_in_use_stay(repository: Repository, built: list[Path], tmp_path: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "KEPT", 1)
    store = tmp_path / "store"
    old, used = of(repository, "HEAD~3", store), of(repository, "HEAD~2", store)
    assert old.root.exists(), "used a moment ago"
    long_ago = time.time() - 7200
    os.utime(old.root / ".whole", (long_ago, long_ago))
    of(repository, "HEAD", store)
    assert not old.root.exists() and used.root.exists()


def test_a_system_of_another_checkout_is_made_of_that_checkout_alone(tmp_path: Path) -> None:
    other = Checkout(tmp_path / "root", tmp_path / "root" / "build")
    systems = other.boards / "systems"
    systems.mkdir(parents=True)
    (systems / "pair.dtsi").write_text('/dts-v1/; / { chosen { theirs { compatible = "xen,domain"; }; }; };\n')
    other.system("pair").write_text('#include "pair.dtsi"\n')
    other.syscfg.parent.mkdir(parents=True)
    other.syscfg.write_text("#!/bin/sh\nout=$3; echo '{\"schema\": 1, \"cpus\": 1, \"domains\": [], \"loads\": [], "
                            "\"config\": {\"file\": \"c\", \"address\": 0}}' > $out/load.json\n")
    other.syscfg.chmod(0o755)
    prepared = system.prepare(other.system("pair"), tmp_path / "out", {}, {"theirs": "x"}, named_commit="test", checkout=other)
    assert prepared.command[0] == str(other.syscfg)
    assert [one.name for one in devicetree.compile_tree(other.system("pair"), BOARD, other.boards).domains] == ["theirs"]
    assert str(paths.ROOT) not in " ".join(word for word in prepared.command if word.endswith((".dts", "syscfg")))

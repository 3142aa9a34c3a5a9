# SPDX-License-Identifier: Apache-2.0
"""Two branches that both changed the baseline: whatever git makes of it, no number slips through that nobody measured."""
from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bench import baseline, check
from bench.baseline import Baseline, BaselineError
from testsuite import gitrepo
from testsuite.gitrepo import Repository
from tool import board as boards
from tool import paths

NAME = "bench/baseline/board.jsonl"
FIRST, LAST = "access.touch.1.window", "vgic.trap"


def measured(**moved: int) -> Baseline:
    """The committed baseline of the first board, some metrics moved."""
    committed = baseline.load(check.file_of(boards.DEFAULT))
    assert committed is not None
    names = {"first": FIRST, "last": LAST}
    entries = dict(committed.entries)
    for key, delta in moved.items():
        entry = entries[names[key]]
        entries[entry.metric] = replace(entry, value=replace(entry.value, value=entry.value.value + delta))
    return replace(committed, entries=entries)


@pytest.fixture
def two_branches(tmp_path: Path) -> Repository:
    """On `ours` the first metric moved, on `theirs` the last; 300 lines lie between them."""
    made = gitrepo.new(tmp_path)
    shutil.copy(paths.ROOT / ".gitattributes", tmp_path)
    made.put(NAME, measured().text())
    made.commit("start")
    for branch, moved in (("theirs", {"last": 1}), ("ours", {"first": 1})):
        made.git("switch", "--quiet", "--create", branch, "main")
        made.put(NAME, measured(**moved).text())
        made.commit(branch)
    return made


def parse(made: Repository) -> Baseline:
    return baseline.parse((made.folder / NAME).read_text(encoding="utf-8"), "board.jsonl")


def test_two_measurements_conflict(two_branches: Repository) -> None:
    two_branches.git("merge", "theirs", status=1)
    with pytest.raises(BaselineError, match="board.jsonl:1: a conflict marker; after a merge measure again"):
        parse(two_branches)


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_merge_without_conflict_of_lines_from_both_does_not_verify(two_branches: Repository, side: str) -> None:
    two_branches.git("merge", "--quiet", "--strategy-option", side, "theirs")
    text = (two_branches.folder / NAME).read_text(encoding="utf-8")
    assert [line for line in measured(first=1, last=1).text().splitlines()[1:]] == text.splitlines()[1:]
    with pytest.raises(BaselineError, match="board.jsonl:1: .*not the lines of one measurement.*; after a merge measure again"):
        parse(two_branches)


def test_a_conflict_in_the_header_solved_by_hand_does_not_verify(two_branches: Repository) -> None:
    two_branches.git("merge", "theirs", status=1)
    text = (two_branches.folder / NAME).read_text(encoding="utf-8").splitlines()
    head = text.index("=======") - 1
    end = next(index for index, line in enumerate(text) if line.startswith(">>>>>>>"))
    two_branches.put(NAME, "\n".join([text[head], *text[end + 1:]]) + "\n")
    with pytest.raises(BaselineError, match="after a merge measure again"):
        parse(two_branches)


def test_a_personal_configuration_does_not_mix_lines(two_branches: Repository) -> None:
    two_branches.git("-c", "merge.default=union", "merge", "theirs", status=1)
    with pytest.raises(BaselineError, match="conflict marker"):
        parse(two_branches)


def test_one_branch_alone_merges(two_branches: Repository) -> None:
    two_branches.git("switch", "--quiet", "main")
    two_branches.commit("something else", other="text")
    two_branches.git("merge", "--quiet", "theirs")
    assert parse(two_branches) == measured(last=1)

# SPDX-License-Identifier: Apache-2.0
"""Which commit the gate compares with, and its files: read from git, changing nothing of the user's."""
from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.revision import Commit, NoHistory, Repository
from testsuite import gitrepo
from testsuite.gitrepo import Repository as Made
from tool.exitcodes import Exit, UsageError

FILE = "bench/baseline/board.jsonl"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Three commits on main; the second one wrote the baseline."""
    states = [{"hypervisor/a.c": "one"}, {FILE: "91", "bench/guests/b.c": "one"}, {"README.md": "text", "hypervisor/a.c": "two"}]
    return gitrepo.line_of(tmp_path / "work", states, ["first", "baseline", "third"])


def of(made: Made) -> Repository:
    return Repository(made.folder)


def subject(commit: Commit) -> str:
    return commit.subject


def test_on_the_default_branch_it_is_the_commit_that_wrote_the_baseline(made: Made) -> None:
    assert subject(of(made).reference(made.folder / FILE)) == "baseline"
    made.git("switch", "--quiet", "--detach")
    assert subject(of(made).reference(made.folder / FILE)) == "baseline"


def test_on_another_branch_it_is_where_that_left_the_default_branch(made: Made) -> None:
    made.git("switch", "--quiet", "--create", "topic")
    made.commit("mine", **{"new.txt": "text"})
    made.git("switch", "--quiet", "main")
    made.commit("theirs", **{"other.txt": "text"})
    made.git("switch", "--quiet", "topic")
    assert subject(of(made).reference(made.folder / FILE)) == "third"


def test_the_default_branch_is_the_server_s_if_it_says_so(made: Made, tmp_path: Path) -> None:
    made.git("branch", "--move", "main", "trunk")
    made.git("clone", "--quiet", str(made.folder), str(tmp_path / "clone"))
    assert Repository(tmp_path / "clone").default_branch() == "origin/HEAD"
    with pytest.raises(NoHistory, match="no default branch") as stopped:
        of(made).default_branch()
    assert stopped.value.code is Exit.NOT_MEASURED


def test_a_shallow_clone_does_not_take_its_first_commit_for_the_one_that_wrote_the_file(made: Made, tmp_path: Path) -> None:
    made.git("clone", "--quiet", "--depth", "1", f"file://{made.folder}", str(tmp_path / "clone"))
    clone = Repository(tmp_path / "clone")
    with pytest.raises(NoHistory, match="not in this shallow clone; `git fetch --unshallow`"):
        clone.reference(tmp_path / "clone" / FILE)
    with pytest.raises(NoHistory, match="unshallow"):
        clone.commit("HEAD~1")
    assert subject(clone.commit("HEAD")) == "third"


def test_a_copy_without_git_says_so(tmp_path: Path, made: Made) -> None:
    inside = made.folder / "copy"
    inside.mkdir()
    for folder in (tmp_path, inside):
        with pytest.raises(NoHistory, match="is no git checkout"):
            Repository(folder).reference(folder / FILE)
    with pytest.raises(NoHistory, match="no commit yet"):
        of(gitrepo.new(tmp_path / "empty")).demand()


@pytest.mark.parametrize("word", ["nothing", "", "--all", "HEAD:hypervisor"])
def test_what_is_no_commit_is_bad_input(made: Made, word: str) -> None:
    with pytest.raises(UsageError, match="no commit"):
        of(made).commit(word)


def test_the_first_parent_line_leaves_the_commits_of_merged_branches_out(made: Made) -> None:
    good = of(made).commit("HEAD")
    made.git("switch", "--quiet", "--create", "topic")
    aside = made.commit("aside", **{"new.txt": "text"})
    made.git("switch", "--quiet", "main")
    made.commit("fourth", **{"other.txt": "text"})
    made.git("merge", "--quiet", "--no-edit", "-m", "merge", "topic")
    bad = of(made).commit("HEAD")
    assert [one.subject for one in of(made).first_parents(good, bad)] == ["fourth", "merge"]
    for wrong in ((bad, good), (good, good), (of(made).commit(aside), bad)):
        with pytest.raises(UsageError, match="is not before"):
            of(made).first_parents(*wrong)


def test_the_files_of_a_commit_leave_no_trace_in_the_checkout(made: Made, tmp_path: Path) -> None:
    made.put("hypervisor/a.c", "not committed")
    made.put("untracked.txt", "mine")

    def state() -> list[object]:
        files = sorted(path for path in made.folder.rglob("*") if path.is_file() and "objects" not in path.parts)
        return [(path, path.read_bytes()) for path in files]

    before = state()
    folder = tmp_path / "revisions" / "key"
    of(made).export(of(made).commit("HEAD~2"), folder)
    assert [(path.relative_to(folder).as_posix(), path.read_text()) for path in folder.rglob("*") if path.is_file()] == [
        ("hypervisor/a.c", "one")]
    assert state() == before and os.listdir(folder.parent) == ["key"]


def test_a_document_or_the_instrument_makes_no_other_image(tmp_path: Path) -> None:
    same = [{"README.md": "more"}, {FILE: "92"}, {"tool/x.py": "text"}, {"bench/check.py": "text"}, {"docs/a.md": "text"}]
    other = [{"hypervisor/a.c": "three"}, {"bench/guests/b.c": "two"}, {"boards/x/board.toml": "x"}, {"newly/thought.of": "x"}]
    states = [{"hypervisor/a.c": "one", "README.md": "text"}, *same, *other]
    repository = of(gitrepo.line_of(tmp_path / "work", states))
    sources = [repository.sources(repository.commit(f"HEAD~{len(states) - 1 - number}")) for number in range(len(states))]
    for before, after, files in zip(sources, sources[1:], states[1:], strict=False):
        assert (after == before) == (files in same), files


def test_a_file_as_a_commit_had_it(made: Made) -> None:
    assert of(made).text_at("HEAD", made.folder / FILE) == "91\n"
    assert of(made).text_at("HEAD~2", made.folder / FILE) is None

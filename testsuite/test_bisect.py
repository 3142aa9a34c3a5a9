# SPDX-License-Identifier: Apache-2.0
"""Which commit made a metric longer: found among many, past those that do not build."""
from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, strategies as st

from bench import bisect, image
from bench.bisect import Found, Seen
from bench.measure import Exact, Measurement
from bench.profile import Profile
from bench.revision import Commit, Repository
from bench.sides import Side
from testsuite import gitrepo
from testsuite.made_up import TABLE, of
from tool.exitcodes import BuildFailed, Exit, Stop


def commits(count: int) -> list[Commit]:
    return [Commit(f"{index:040x}", f"number {index}") for index in range(1, count + 1)]


def found(values: list[int | None]) -> Found:
    """Of commits with these values, None where one does not build; good comes first and is not among them."""
    line = commits(len(values))
    known = dict(zip(line, values))
    return bisect.search(Seen(Commit("0" * 40, "good"), 91), line, Seen(line[-1], values[-1]),
                         lambda commit: Seen(commit, known[commit], "" if known[commit] is not None else "does not build"))


@pytest.mark.parametrize("planted", [1, 2, 15, 29, 30])
def test_a_planted_commit_is_found_among_30(planted: int) -> None:
    answer = found([91] * (planted - 1) + [92] * (31 - planted))
    assert answer.commit is not None and answer.commit.subject == f"number {planted}"
    assert (answer.before.value, answer.after.value) == (91, 92)
    assert len(answer.seen) <= 2 + math.ceil(math.log2(30))


def test_a_commit_that_does_not_build_is_skipped() -> None:
    answer = found([91] * 14 + [None, 91, 92] + [92] * 13)
    assert answer.commit is not None and answer.commit.subject == "number 17"
    assert [one.note for one in answer.seen if one.value is None] == ["does not build"]


def test_commits_that_were_skipped_where_it_changed_stay_suspects() -> None:
    answer = found([91] * 10 + [None, None] + [92] * 18)
    assert answer.commit is None
    assert [commit.subject for commit in answer.suspects] == ["number 11", "number 12", "number 13"]


def test_where_all_between_is_skipped_all_are_suspects() -> None:
    answer = found([None, None, 92])
    assert len(answer.suspects) == 3 and answer.before.commit.subject == "good"


def test_of_two_changes_one_is_found_and_the_end_still_differs() -> None:
    answer = found([91, 95, 95, 95, 95, 95, 97])
    assert answer.commit is not None and answer.commit.subject == "number 2"
    assert (answer.after.value, answer.bad.value) == (95, 97)


@given(st.lists(st.sampled_from([91, 92, 93, None]), max_size=40), st.sampled_from([92, 93]))
def test_the_answer_is_a_change_whatever_lies_between(values: list[int | None], last: int) -> None:
    values = [*values, last]
    answer = found(values)
    line = commits(len(values))
    first, end = line.index(answer.suspects[0]), line.index(answer.suspects[-1])
    assert (values[first - 1] if first else 91) == 91 and values[end] not in (91, None)
    assert all(value is None for value in values[first:end])


# ---- on a repository, with a builder and a machine that are made up

METRIC = "evtchn.send.peer.masked.window"
SOURCE = "hypervisor/send.c"


class FakeMeter:
    """Builds by reading one file of the commit: what it holds is the metric's value, or no number and no build."""
    board, table = "board", TABLE

    def __init__(self, repository: Repository) -> None:
        self.repository, self.opened, self.said = repository, [], []

    def progress(self, text: str) -> None:
        self.said.append(text)

    def open(self, side: Side, verb: str = "", profile: bool = False) -> SimpleNamespace:
        text = (self.repository.text_at(side.commit.id, self.repository.root / SOURCE) or "").strip()
        if not profile:
            self.opened.append(side.commit.subject)
        if not text.isdigit():
            raise BuildFailed(f"building failed\n{text}")
        return SimpleNamespace(value=int(text), hypervisor=None)

    def some(self, opened: SimpleNamespace, wanted: dict[str, str]) -> tuple[dict[str, Measurement], bool]:
        functions = Profile(METRIC, {"evtchn_send": of(plain=opened.value)})
        return {name: Measurement(name, "window", Exact(opened.value, "instructions"), None, profile=functions)
                for name in wanted}, False


@pytest.fixture
def made_up_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "grown", lambda before, after: [])


def answer_of(folder: Path, states: list[dict[str, str]]) -> tuple[bisect.Answer, FakeMeter]:
    repository = Repository(gitrepo.line_of(folder, states).folder)
    meter = FakeMeter(repository)
    return bisect.run(meter, repository, METRIC, repository.commit(f"HEAD~{len(states) - 1}"), repository.commit("HEAD")), meter


@pytest.mark.parametrize("planted", [1, 11, 23, 30])
def test_the_commit_is_named_with_the_function_that_grew(tmp_path: Path, made_up_images: None, planted: int) -> None:
    """Every third commit changes a document alone, and one does not build."""
    states = [{SOURCE: "91"}]
    for number in range(1, 31):
        text = "92" if number >= planted else "91"
        states.append({"README.md": str(number)} if number % 3 == 1 and number != planted
                      else {SOURCE: "syntax error"} if number == 15 else {SOURCE: text, "hypervisor/x.h": str(number)})
    states[16] = {SOURCE: "92" if planted <= 16 else "91"}
    answer, meter = answer_of(tmp_path, states)
    assert answer.text().splitlines()[-2:] == [
        f"{METRIC} 91 → 92 (+1) by {answer.found.commit}", "    +1  evtchn_send: +1 plain"]
    assert answer.found.commit.subject == f"number {planted}" and answer.code is Exit.FINE
    assert len(meter.opened) <= 8
    table = answer.table("board")
    assert [suspect["subject"] for suspect in table["suspects"]] == [f"number {planted}"]
    assert (table["before"], table["after"], table["exit"], table["reasons"]) == (91, 92, 0, ["+1  evtchn_send: +1 plain"])


def test_commits_with_the_same_sources_are_built_once(tmp_path: Path, made_up_images: None) -> None:
    states = [{SOURCE: "91"}, *({"README.md": str(number)} for number in range(20)), {SOURCE: "92"},
              *({"docs/a.md": str(number)} for number in range(9))]
    answer, meter = answer_of(tmp_path, states)
    assert meter.opened == ["number 0", "number 30"] and answer.found.commit.subject == "number 21"
    assert any(line.endswith("(the sources of " + str(answer.found.seen[0].commit) + ")") for line in meter.said)


def test_suspects_are_listed_where_nothing_between_builds(tmp_path: Path, made_up_images: None) -> None:
    answer, _ = answer_of(tmp_path, [{SOURCE: "91"}, {SOURCE: "x"}, {SOURCE: "y"}, {SOURCE: "92"}])
    assert answer.code is Exit.NOT_MEASURED
    text = answer.text()
    assert "skipped: " in text and "it does not build: building failed" in text
    assert [line.partition("(")[2] for line in text.splitlines() if line.startswith("  ") and line[2] != " "] == [
        "number 1)", "number 2)", "number 3)"]


def test_a_later_change_is_pointed_at(tmp_path: Path, made_up_images: None) -> None:
    answer, _ = answer_of(tmp_path, [{SOURCE: "91"}, {SOURCE: "95"}, {SOURCE: "95", "CMakeLists.txt": "x"}, {SOURCE: "90"}])
    assert "it changes again later: 90 at" in answer.text()


@pytest.mark.parametrize("states, metric, said", [
    ([{SOURCE: "91"}, {SOURCE: "91", "CMakeLists.txt": "x"}], METRIC, "is 91 at both ends: nothing to find"),
    ([{SOURCE: "91"}, {SOURCE: "x"}], METRIC, "has no value at .*: it does not build"),
    ([{SOURCE: "91"}, {SOURCE: "92"}], "no.such", "no metric no.such")])
def test_where_there_is_nothing_to_search_it_says_so(tmp_path: Path, states: list[dict[str, str]], metric: str, said: str) -> None:
    repository = Repository(gitrepo.line_of(tmp_path, states).folder)
    with pytest.raises(Stop, match=said):
        bisect.run(FakeMeter(repository), repository, metric, repository.commit("HEAD~1"), repository.commit("HEAD"))

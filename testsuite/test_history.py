# SPDX-License-Identifier: Apache-2.0
"""Metrics from commit to commit: pure series, a git repository made for the test, the cache that may be lost."""
import argparse
import json
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from bench import check, history, history_cache, history_git, history_text
from bench.baseline import Baseline, Entry
from bench.history import Commit, Event, State
from bench.measure import Exact
from bench.metrics import Gate
from testsuite.made_up import HEADER
from testsuite.made_up_report import CALM
from tool import paths, report
from tool.exitcodes import Exit, UsageError
from tool.report import history as kind

NEWER = replace(HEADER, toolchain="arm-none-eabi-gcc 13.1.0")
FILE = "bench/baseline/mps3-an536.jsonl"


def made(header=HEADER, **values):
    """Metrics named with _ for the dots."""
    entries = {name.replace("_", "."): value for name, value in values.items()}
    return Baseline(header, {name: Entry(name, Exact(value, "instructions"), Gate.EXACT, None)
                             for name, value in entries.items()})


def states(*baselines):
    return [State(Commit(f"{number:040x}", "2026-01-01T00:00:00+00:00", f"step {number}"), baseline)
            for number, baseline in enumerate(baselines)]


def told(series):
    return [(step.state, step.name, step.event.value, step.value and step.value.value, step.delta) for step in series.steps]


def test_only_what_happened_is_a_step():
    (one,) = history.build(states(made(a=5), made(a=5), made(a=7), made(a=6)))
    assert told(one) == [(0, "a", "new", 5, None), (2, "a", "changed", 7, 2), (3, "a", "changed", 6, -1)]
    assert one.values(4) == [5, 5, 7, 6]


def test_gone_and_back_is_one_series_with_a_gap():
    (one,) = history.build(states(made(a=5), made(), made(a=5)))
    assert told(one) == [(0, "a", "new", 5, None), (1, "a", "gone", None, None), (2, "a", "new", 5, None)]
    assert one.values(3) == [5, None, 5]


def test_a_name_that_another_metric_took_over_keeps_both_pasts():
    found = history.build(states(made(a_x=0), made(a_y=1), made(a_x=1), made()))
    assert [told(one) for one in found] == [
        [(0, "a.x", "new", 0, None), (1, "a.x", "gone", None, None)],
        [(1, "a.y", "new", 1, None), (2, "a.x", "renamed", 1, 0), (3, "a.x", "gone", None, None)]]


def test_a_renamed_metric_keeps_its_past():
    first, second = made(send_peer_window=57, send_peer_switch=57), made(send_peer_one_window=57, send_peer_one_switch=57)
    found = {one.name: one for one in history.build(states(first, second, made(send_peer_one_window=58, send_peer_one_switch=57)))}
    assert found["send.peer.one.window"].names == ["send.peer.window", "send.peer.one.window"]
    assert told(found["send.peer.one.window"])[1:] == [(1, "send.peer.one.window", "renamed", 57, 0),
                                                       (2, "send.peer.one.window", "changed", 58, 1)]
    assert history.chosen(found.values(), ["send.peer.window"]) == [found["send.peer.one.window"]]


@pytest.mark.parametrize("after", [made(send_other=58), made(unlike=57), made(send_b=57, send_c=57)])
def test_another_value_another_word_or_two_candidates_are_no_rename(after):
    found = history.build(states(made(send_a=57), after))
    assert {one.name: [step.event for step in one.steps] for one in found} == {
        "send.a": [Event.NEW, Event.GONE], **{name: [Event.NEW] for name in after.entries}}


def test_values_of_other_tools_have_no_difference():
    (one,) = history.build(states(made(a=5), made(NEWER, a=9), made(NEWER, a=8)))
    assert told(one)[1:] == [(1, "a", "other tools", 9, None), (2, "a", "changed", 8, -1)]
    assert one.steps[1].note == "toolchain arm-none-eabi-gcc 12.2.1 → arm-none-eabi-gcc 13.1.0"


def test_a_state_that_cannot_be_read_is_passed_over():
    bad = State(Commit("b" * 40, "", "merge"), None, "line 3: a conflict marker")
    first, last = states(made(a=5), made(a=6))
    (one,) = history.build([first, bad, last])
    assert told(one) == [(0, "a", "new", 5, None), (2, "a", "changed", 6, 1)]
    past = history_git.Past((first, bad, last), True, "")
    assert "bbbbbbbb: left out, line 3: a conflict marker" in history_text.header(past, "b", "f")


BASELINES = st.builds(lambda values, newer: made(NEWER if newer else HEADER, **values),
                      st.dictionaries(st.sampled_from(["a_x", "a_y", "b_x", "b_y", "c"]), st.integers(0, 3)), st.booleans())


@CALM
@given(st.lists(BASELINES, min_size=1, max_size=6))
def test_the_steps_of_all_series_lead_to_every_baseline(baselines):
    found = history.build(states(*baselines))
    for index, baseline in enumerate(baselines):
        current = {}
        for one in found:
            value = one.values(len(baselines))[index]
            if value is not None:
                name = [step.name for step in one.steps if step.state <= index][-1]
                assert current.setdefault(name, value) == value
        assert current == {name: entry.value.value for name, entry in baseline.entries.items()}
    for one in found:
        for before, step in zip(one.steps, one.steps[1:]):
            if step.delta is not None:
                assert before.value is not None and step.value.value - before.value.value == step.delta


# ---- git

def git(folder, *words):
    subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false", *words], cwd=folder,
                   check=True, capture_output=True)


def commit(folder, baseline, subject):
    text = baseline if isinstance(baseline, str) else baseline.text()
    (folder / FILE).parent.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", subject)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("history") / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    commit(folder, made(a=5), "first\x1b[31m")
    commit(folder, made(a=5), "touches nothing")
    git(folder, "checkout", "-q", "-b", "side")
    commit(folder, made(a=99), "a value of the side branch")
    commit(folder, made(a=6), "what is merged")
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-ff", "-m", "merge", "side")
    commit(folder, "<<<<<<< HEAD\n", "broken")
    commit(folder, made(NEWER, a=8), "other compiler")
    return folder


@pytest.fixture
def repository(original, tmp_path):
    """Each test's own: a copy costs less than seventeen calls of git."""
    return shutil.copytree(original, tmp_path / "repository")


def read(folder, since=None):
    return history_git.read(folder, folder / FILE, folder.parent / "cache", since)


def test_first_parents_that_changed_the_file_are_the_states(repository):
    past = read(repository)
    assert [state.commit.subject for state in past.states] == ["first\x1b[31m", "merge", "broken", "other compiler"]
    assert (past.from_the_start, past.missing) == (True, "")
    (one,) = history.build(past.states)
    assert [(step.event.value, step.value.value) for step in one.steps] == [("new", 5), ("changed", 6), ("other tools", 8)]
    said = history_text.text(past, [one], history_text.header(past, "b", "f"))
    assert "\x1b" not in said and "first�[31m" in said


def test_since_begins_with_the_state_at_that_commit(repository):
    past = read(repository, "HEAD~2")
    assert [state.commit.subject for state in past.states] == ["merge", "broken", "other compiler"]
    (one,) = history.build(past.states, past.from_the_start)
    assert [step.event for step in one.steps] == [Event.FIRST, Event.OTHER_TOOLS]
    with pytest.raises(UsageError, match="git rev-parse"):
        read(repository, "no-such-revision")


def test_a_file_not_yet_committed_is_the_last_state(repository):
    (repository / FILE).write_text(made(NEWER, a=9).text())
    assert read(repository).states[-1].commit.short == "uncommitted"
    git(repository, "checkout", "-q", "--", FILE)
    assert read(repository).states[-1].commit.subject == "other compiler"


def test_a_shallow_clone_says_what_is_missing(repository, tmp_path):
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{repository}", "shallow")
    past = read(tmp_path / "shallow")
    assert past.missing.startswith("shallow clone") and not past.from_the_start
    assert past.missing in history_text.header(past, "b", "f")


def test_a_copy_without_git_and_a_branch_without_baseline_are_told(tmp_path):
    with pytest.raises(UsageError, match="is no git checkout: .* clone the repository"):
        read(tmp_path)
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "nothing")
    with pytest.raises(UsageError, match=f"no commit of this branch has {FILE}"):
        read(tmp_path)


# ---- the cache

def test_the_cache_changes_nothing(repository, monkeypatch):
    fresh = read(repository)
    (file,) = (repository.parent / "cache").glob("history-*.sqlite")
    monkeypatch.setattr(history_git, "_parsed", lambda *_: pytest.fail("parsed again"))
    assert read(repository) == fresh
    monkeypatch.undo()
    for spoil in (file.unlink, lambda: file.write_bytes(b"no database"), lambda: file.write_bytes(file.read_bytes()[:4096])):
        spoil()
        assert read(repository) == fresh
    file.unlink()
    file.mkdir()
    assert read(repository) == fresh


def test_another_repository_or_another_reader_has_another_file(tmp_path, monkeypatch):
    mine = history_cache.file_for(tmp_path, "/a")
    assert mine == history_cache.file_for(tmp_path, "/a") != history_cache.file_for(tmp_path, "/b")
    monkeypatch.setattr(history_cache, "_reader", lambda: "other rules")
    assert mine != history_cache.file_for(tmp_path, "/a")


# ---- the verb

def call(*words):
    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    return report.main(parser.parse_args(["history", *words]))


def test_the_verb_prints_a_table_and_draws(repository, monkeypatch, capsys):
    monkeypatch.setattr(paths, "ROOT", repository)
    monkeypatch.setattr(paths, "REPORT", repository / "report")
    monkeypatch.setattr(paths, "cache", lambda: repository.parent / "cache")
    monkeypatch.setattr(check, "file_of", lambda board: repository / FILE)
    assert call("a") == Exit.FINE
    said = capsys.readouterr().out
    assert "other tools: toolchain arm-none-eabi-gcc 12.2.1 → arm-none-eabi-gcc 13.1.0" in said
    picture = (repository / "report" / "history-a.svg").read_text()
    assert picture.startswith("<svg") and "http" not in picture.replace("http://www.w3.org/", "")
    assert call("a", "--json", "-") == Exit.FINE
    table = json.loads(capsys.readouterr().out)
    assert [step["delta"] for step in table["metrics"][0]["steps"]] == [None, 1, None]
    with pytest.raises(UsageError, match=r"no commit has a metric 'b\*'"):
        call("a", "b*")


def test_a_typing_error_gets_the_near_names():
    with pytest.raises(UsageError, match=r"no commit has a metric 'hypercall.nul'; did you mean hypercall.null\?"):
        kind.refuse_unmatched(history.build(states(made(hypercall_null=5))), ["hypercall.nul"])


def test_the_project_itself_has_a_history():
    if not (paths.ROOT / ".git").exists():
        pytest.skip("a copy without git")
    past = history_git.read(paths.ROOT, check.file_of("mps3-an536"), paths.cache())
    assert "hypercall.null" in {one.name for one in history.build(past.states)}

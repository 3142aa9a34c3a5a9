# SPDX-License-Identifier: Apache-2.0
"""Boards and hypervisors side by side: `report diff` without runs."""
import argparse
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from testsuite import plugin
from testsuite.made_up_report import stored_run
from tool import divergences, paths, report, stored
from tool.exitcodes import Exit, UsageError
from tool.report import targets, targets_text
from tool.results import Row
from tool.stored import Run
from tool.report.targets import ABSENT, NOT_RUN, Column

R52, A64, OLD, NEW = targets.TARGETS


def row(target, name, verdict="pass", strategy="resident", **fields):
    test = f"testsuite/guests.py::{target.board}::abi::{name}[{strategy}]"
    return Row(test, verdict, hypervisor=target.hypervisor, board=target.board, image="release", suite="abi",
               strategy=strategy, **fields)


def column(target, *rows, whole=True):
    collected = {one.test: () for one in rows} | ({} if whole else {"testsuite/guests.py::a::b": ()})
    return Column(target, Run(Path("x"), {"commit": "0123"}, rows, collected, False, "2026"))


def line(*columns):
    (found,) = targets.table(columns).lines
    return found


def words(found):
    return [cell.word for cell in found.cells]


def test_the_columns_are_the_boards_and_the_real_xens():
    assert [target.name for target in targets.TARGETS] == ["Fencepost R52", "Fencepost A64", "Xen 4.17", "Xen 4.20"]


def test_a_test_is_one_row_whatever_board_and_strategy():
    found = line(column(R52, row(R52, "t", strategy="window"), row(R52, "t", "skip", "mask", reason="no")), column(A64, row(A64, "t")))
    assert (found.test, words(found), found.differs, found.explained) == ("abi.t", ["pass", "pass"], False, True)


@pytest.mark.parametrize("verdict", ["fail", "crash", "timeout", "error"])
def test_a_red_verdict_is_never_explained(verdict):
    found = line(column(A64, row(A64, "t")), column(NEW, row(NEW, "t", verdict, reason="x.c:1: no")))
    assert words(found) == ["pass", verdict] and not found.explained


def test_the_worst_strategy_speaks_for_the_board():
    assert words(line(column(R52, row(R52, "t", strategy="window"), row(R52, "t", "crash", "mask")))) == ["crash"]


def test_a_listed_difference_is_explained_in_the_words_of_the_list():
    listed = next(one for one in divergences.load().differs if one.tests[0].startswith("abi.") and one.on(NEW.reference))
    name = listed.tests[0].removeprefix("abi.")
    found = line(column(A64, row(A64, name)), column(NEW, row(NEW, name, "fail", reason="x.c:1: no", expected_failure=True)))
    assert words(found) == ["pass", "fail as expected"] and found.explained and listed.text(NEW.reference) in targets_text.why(found)
    passed = line(column(NEW, row(NEW, name, "pass", expected_failure=True)))
    assert words(passed) == ["passes unexpectedly"] and not passed.explained


def test_a_skip_needs_a_reason():
    assert line(column(A64, row(A64, "t")), column(NEW, row(NEW, "t", "skip", reason="no static memory"))).explained
    assert not line(column(A64, row(A64, "t")), column(NEW, row(NEW, "t", "skip"))).explained


def test_one_reason_of_two_xens_is_told_once():
    found = line(*(column(target, row(target, "t", "skip", reason=f"not on {target.reference}: no heap")) for target in (OLD, NEW)))
    assert targets_text.why(found) == "no heap"


def test_columns_of_different_commits_are_told():
    older = replace(column(R52, row(R52, "t")).run, header={"commit": "4567"})
    assert "different commits: Fencepost R52 4567, Fencepost A64 0123" in targets_text.text(
        targets.table([Column(R52, older), column(A64, row(A64, "t"))]))
    assert "different commits" not in targets_text.text(targets.table([column(R52, row(R52, "t")), column(A64, row(A64, "t"))]))


def test_a_test_that_is_not_there_is_explained_by_a_whole_run_alone():
    whole, part = (line(column(R52, row(R52, "t")), column(A64, whole=is_whole)) for is_whole in (True, False))
    assert words(whole) == words(part) == ["pass", ABSENT] and whole.explained and not part.explained


def test_a_column_without_results_is_told_and_explains_nothing():
    found = targets.table([column(R52, row(R52, "t", "fail")), Column(OLD, None)])
    assert words(found.lines[0]) == ["fail", NOT_RUN] and not found.lines[0].differs and len(found.unexplained) == 1
    assert "Xen 4.17: nothing is stored; run ./fencepost test --board virt-a64 --hypervisor xen-4.17" in targets_text.text(found)


def test_rows_of_another_hypervisor_and_of_the_tools_do_not_count():
    strange = replace(row(A64, "t"), hypervisor="xen-4.17")
    host = Row("testsuite/test_a.py::t", "pass")
    assert targets.table([column(A64, strange, host)]).lines == ()


def test_the_text_names_answers_counts_what_is_left_out_and_marks_what_nobody_explained():
    skipped = [row(NEW, name, "skip", reason="no heap") for name in "ab"]
    found = targets.table([column(A64, *(row(A64, name) for name in "abc")), column(NEW, *skipped, row(NEW, "c", "crash"))])
    said = targets_text.text(found).splitlines()
    assert [text.split() for text in said if text.startswith("! ")] == [["!", "abi.c", "pass", "crash", "NOT", "EXPLAINED"]]
    assert any(text.split() == ["2", "no", "heap"] for text in said) and said[-1] == "3 tests, 1 not explained"
    assert sum("abi." in text for text in targets_text.text(found, True).splitlines()) == 3
    table = targets_text.as_json(found)
    assert table["unexplained"] == ["abi.c"] and len(table["tests"]) == 3 and table["columns"][1]["hypervisor"] == "xen-4.20"


# ---- from stored runs

def call(*words):
    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    return report.main(parser.parse_args(["diff", *map(str, words)]))


@pytest.fixture
def build(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    return tmp_path


def store(build, target, *rows):
    folder = stored_run(build / "made" / f"{target.name} {len(list(build.glob('made/*')))}", *rows)
    run = json.loads((folder / "run.json").read_text())
    run["settings"] = {"board": target.board, "reference": target.reference}
    (folder / "run.json").write_text(json.dumps(run))
    stored.keep(folder, target.board, target.hypervisor)


def test_real_xens_are_stored_apart(build, capsys):
    for target in targets.TARGETS:
        store(build, target, row(target, "t", "pass" if target != OLD else "fail"))
    assert call("--json", "-") == Exit.FINDING
    found = json.loads(capsys.readouterr().out)
    assert [cell["verdict"] for cell in found["tests"][0]["cells"]] == ["pass", "pass", "fail", "pass"]
    store(build, OLD, row(OLD, "t"))
    assert call() == Exit.FINE and capsys.readouterr().out.endswith("1 tests, 0 not explained\n")


def test_a_missing_column_is_not_comparable(build):
    store(build, R52, row(R52, "t"))
    assert call() == Exit.NOT_MEASURED


def test_one_run_alone_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="a second run"):
        call(stored_run(tmp_path / "a"))


@pytest.mark.parametrize(("words", "options", "whole", "guests"), [
    (["testsuite"], {}, True, True),
    (["testsuite/guests.py"], {}, False, True),
    (["testsuite"], {"hypervisor": "xen-4.20"}, False, True),
    (["testsuite/guests.py"], {"hypervisor": "xen-4.17"}, False, True),
    (["testsuite/guests.py", "testsuite/test_vectors.py"], {"hypervisor": "xen-4.17"}, False, True),
    (["testsuite/guests.py"], {"hypervisor": "my.elf"}, False, False),
    (["testsuite/guests.py"], {"strategy": "mask"}, False, False),
    (["testsuite/guests.py::virt-a64::abi"], {}, False, False),
    (["testsuite", "testsuite/guests.py"], {}, False, False),
])
def test_a_run_of_a_part_is_no_run_of_all_guests(words, options, whole, guests):
    config = SimpleNamespace(args=words, invocation_params=SimpleNamespace(dir=paths.ROOT),
                             getoption=lambda name, default=None: ({"hypervisor": "fencepost"} | options).get(name, default))
    assert (plugin._whole(config), plugin._all_guests(config)) == (whole, guests)

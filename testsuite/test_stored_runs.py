# SPDX-License-Identifier: Apache-2.0
"""Two stored runs beside one another, and everything stored in one archive."""
import argparse
import io
import json
import tarfile
import time

import pytest
from hypothesis import given, strategies as st

from bench import stored_bench
from bench.measure import Exact
from testsuite.made_up_report import BOARD, CALM, ROWS, guest, stored_bench_run, stored_run
from tool import difference, difference_text, needs, paths, report, stored
from tool.difference import Side
from tool.exitcodes import EnvironmentMissing, Exit, UsageError
from tool.report import bundle, private, sources


def call(*words):
    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    return report.main(parser.parse_args([str(word) for word in words]))


def side(name, verdicts=None, values=None, **facts):
    return Side(name, facts, {test: (verdict, "") for test, verdict in (verdicts or {}).items()},
                {metric: Exact(value, "instructions") for metric, value in (values or {}).items()}, {})


# ---- diff

def test_what_differs_is_a_line_and_what_is_alike_is_counted(tmp_path, capsys):
    before = stored_run(tmp_path / "a", guest("abi", "t"), guest("abi", "u"))
    after = stored_run(tmp_path / "b", guest("abi", "t", "fail", reason="a.c:1: no"), guest("abi", "v"))
    assert call("diff", before, after) == Exit.FINDING
    said = capsys.readouterr().out
    assert [line.split() for line in said.splitlines() if line.startswith("abi::")] == [
        ["abi::t[window]", "pass", "fail", "a.c:1:", "no"], ["abi::u[window]", "pass", "–"], ["abi::v[window]", "–", "pass"]]
    assert "3 of 3 differ" in said
    assert call("diff", before, before) == Exit.FINE and "test: 2 alike, none differs" in capsys.readouterr().out


def test_metrics_have_a_difference_where_the_tools_are_the_same(tmp_path, capsys):
    before = stored_bench_run(tmp_path / "a", {"hypercall.null": 23, "view.mask": 3})
    after = stored_bench_run(tmp_path / "b", {"hypercall.null": 24, "view.mask": 3})
    other = stored_bench_run(tmp_path / "c", {"hypercall.null": 24}, toolchain="arm-none-eabi-gcc 13")
    assert call("diff", before, after, "--json", "-") == Exit.FINDING
    table = json.loads(capsys.readouterr().out)
    assert table["metrics"] == [{"name": "hypercall.null", "cells": ["23", "24"], "same": False, "delta": 1,
                                 "note": "instructions"}]
    assert call("diff", before, other, "--json", "-", "--all") == Exit.NOT_MEASURED
    table = json.loads(capsys.readouterr().out)
    assert table["incomparable"] == ["toolchain: arm-none-eabi-gcc 12.2.1 against arm-none-eabi-gcc 13"]
    assert [row["delta"] for row in table["metrics"]] == [None, None]


def test_what_is_no_run_or_two_kinds_of_run_is_bad_input(tmp_path):
    tests, numbers = stored_run(tmp_path / "a"), stored_bench_run(tmp_path / "b", {"view.mask": 3})
    with pytest.raises(UsageError, match="no run: neither results.jsonl nor bench.json"):
        call("diff", tests, tmp_path / "none")
    with pytest.raises(UsageError, match="one has verdicts of tests, the other measurements"):
        call("diff", tests, numbers)
    (numbers / stored_bench.NAME).write_text('{"results": [{}]}')
    with pytest.raises(UsageError, match="not what a measurement stores: KeyError"):
        call("diff", numbers, numbers)


def test_boards_meet_by_the_name_of_the_test_and_more_than_two_are_a_table():
    names = [difference.test_name(f"testsuite/guests.py::{board}::abi::t[window]") for board in (BOARD, "virt-a64")]
    assert names == ["abi::t[window]"] * 2
    found = difference.beside([side("r52", {"t": "pass"}), side("a64", {"t": "pass"}), side("xen", {"t": "fail"})], ())
    assert [line.cells for line in found.tests] == [("pass", "pass", "fail")] and found.differs
    assert "xen" in difference_text.text(found) and difference_text.as_json(found)["columns"][2]["name"] == "xen"


SIDES = st.builds(lambda verdicts, values: side("s", verdicts, values),
                  st.dictionaries(st.sampled_from("abc"), st.sampled_from(["pass", "fail"])),
                  st.dictionaries(st.sampled_from("xyz"), st.integers(0, 3)))


@CALM
@given(SIDES, SIDES)
def test_a_difference_is_found_from_both_sides(first, second):
    found, back = difference.beside([first, second], ()), difference.beside([second, first], ())
    assert found.differs == back.differs == ((first.verdicts, first.values) != (second.verdicts, second.values))
    assert [line.delta and -line.delta for line in found.metrics] == [line.delta for line in back.metrics]
    assert not difference.beside([first, first], ()).differs


# ---- bundle

@pytest.fixture
def build(tmp_path, monkeypatch):
    for name, folder in (("BUILD", "build"), ("RUNS", "build/runs"), ("REPORT", "report")):
        monkeypatch.setattr(paths, name, tmp_path / folder)
    monkeypatch.setattr(sources, "_past", lambda board: None)
    return tmp_path


def parts_of(data):
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as tar:
        assert all((member.mtime, member.uid, member.uname, member.gname) == (0, 0, "", "") for member in tar)
        return {member.name.partition("/")[2]: tar.extractfile(member).read().decode() for member in tar}


def bundled(out, folder):
    assert call("bundle", "--run", folder, "--out", out) == Exit.FINE
    return out.read_bytes()


def test_two_runs_with_equal_results_differ_in_run_json_alone(build, capsys):
    first = stored_run(build / "build" / "runs" / "1Z-test", finished="2026-01-01T00:00:00Z")
    second = stored_run(build / "build" / "runs" / "2Z-test", finished="2026-02-02T00:00:00Z")
    data = bundled(build / "a.tar.gz", first)
    assert data == bundled(build / "b.tar.gz", first)
    one, two = parts_of(data), parts_of(bundled(build / "c.tar.gz", second))
    assert [name for name in one if one[name] != two[name]] == ["run.json"] and one.keys() == two.keys()
    assert {"results.jsonl", "junit.xml", "environment.json", "report.html", "report.json", "trace.json"} <= set(one)
    assert "not in it: comparison: not recorded; run ./fencepost compare" in capsys.readouterr().out


def test_neither_order_nor_time_shows_in_an_archive(monkeypatch):
    parts = {"b": "2", "a": "1"}
    data = bundle.archive(parts, "f")
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert bundle.archive(dict(sorted(parts.items())), "f") == data and parts_of(data) == parts


def test_logs_of_failures_are_in_it_and_this_machine_is_not(build):
    secret = f"{paths.ROOT}/guests/a.c:3 in {private._folders()[-1][0]}/x"
    failing = guest("abi", "null", "crash", reason=secret)
    folder = stored_run(build / "build" / "runs" / "1Z-test", failing, guest("abi", "fine"), failures={failing.test: secret})
    for name in ("null-window", "fine-window"):
        (folder / "abi" / name).mkdir(parents=True)
        (folder / "abi" / name / "console.log").write_text(secret)
    parts = parts_of(bundled(build / "a.tar.gz", folder))
    assert [name for name in parts if name.startswith("logs/")] == ["logs/abi/null-window/console.log"]
    assert "./guests/a.c:3 in" in parts["logs/abi/null-window/console.log"] and "./guests/a.c:3" in parts["report.html"]
    assert [name for name, text in parts.items() if private.leaks(text)] == ["run.json"]


def test_the_folder_of_a_test_is_found_from_the_kept_whole_run(build):
    folder = stored_run(build / "build" / "runs" / "1Z-test")
    stored.keep(folder, BOARD)
    kept = stored.read(paths.last_whole(BOARD))
    assert stored.folder_of(kept, ROWS[3]) is None and stored.failures(kept.folder) == {}
    (folder / "abi" / "null-window").mkdir(parents=True)
    assert stored.folder_of(kept, ROWS[3]) == folder / "abi" / "null-window"


def test_a_machine_that_cannot_draw_says_so(build, monkeypatch):
    monkeypatch.setattr(needs, "TOOLS", [needs.Need("python3-jinja2", "lays out the report", lambda: False)])
    with pytest.raises(EnvironmentMissing, match="MISSING: python3-jinja2: lays out the report\n./fencepost setup installs it"):
        call("html", "--out", build / "page.html")
    with pytest.raises(UsageError, match="no run"):
        call("diff", build, build)


def test_nothing_stored_is_bad_input(build):
    with pytest.raises(UsageError, match="no results for mps3-an536"):
        call("bundle", "--out", build / "a.tar.gz")
    assert not (build / "a.tar.gz").exists()

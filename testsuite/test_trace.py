# SPDX-License-Identifier: Apache-2.0
"""Requirement -> tests -> verdict, from made-up results; and every id that anything names is in a table."""
import argparse
import json

import pytest

from bench import evidence, metrics
from testsuite.plugin import COLLECTED
from testsuite.synthetic import guest, record
from tool import documents, paths, records, report, requirements, results, stored, trace, trace_text
from tool.report import trace as kind
from tool.exitcodes import Exit, UsageError
from tool.requirements import Requirement
from tool.results import Row

BOARD = "mps3-an536"
GUEST = f"testsuite/guests.py::{BOARD}::mine::"
IMAGE = f"{BOARD}-release/hypervisor/fencepost.elf"
TABLE = requirements.by_id([
    Requirement("S0-01", "000", "asks", "does", (BOARD,), ("guest",)),
    Requirement("S0-02", "000", "asks", "does", ("host",), ("host", "document"), "docs/a.md#b", "config: x"),
    Requirement("S0-03", "000", "asks", "does", ("virt-a64",), ("guest",)),
    Requirement("X-01", "≠", "does that", "does this", ("host",), ("bench",))])


def row(name, verdict="pass", ids=("S0-01",), image="release", **fields):
    return Row(GUEST + name, verdict, board=BOARD, image=image, ids=tuple(ids), **fields)


def join(*rows, known=None, more=(), wanted=()):
    proofs = trace.proofs_of_tests(rows, known or {}, BOARD)
    return trace.join(BOARD, TABLE, [*proofs, *more], wanted)


def line(made, name="S0-01"):
    return next(line for line in made.lines if line.requirement.id == name)


@pytest.mark.parametrize("rows, lacks", [
    ([row("t[window]")], ()),
    ([row("t[window]"), row("u[window]", "skip", reason="no board")], ()),
    ([row("t[window]"), row("t[shared]", "fail", expected_failure=True)], ()),
    ([], ("no guest",)),
    ([row("t[window]", "fail")], ("guest: mine::t: fail",)),
    ([row("t[window]"), row("u[window]", "crash")], ("guest: mine::u: crash",)),
    ([row("t[window]"), row("t[switch]", "timeout")], ("guest: mine::t: timeout",)),
    ([row("t[window]", "error")], ("guest: mine::t: error",)),
    ([row("t[window]", "skip", reason=f"{BOARD} is MISSING: no emulator")], ("guest: skip",)),
    ([row("t[shared]", "fail", expected_failure=True)], ("guest: expected failure",)),
    ([row("t[shared]", "pass", expected_failure=True)], ("guest: mine::t: fail",)),
    ([row("t[window-checked]", image="checked")], ("guest: pass on checked",)),
    ([Row(GUEST + "t", "pass", board="virt-a64", image="release", ids=("S0-01",))], ("no guest",)),
    ([Row("testsuite/test_a.py::t", "pass", ids=("S0-01",))], ("no guest",)),
])
def test_only_a_pass_on_release_shows_and_no_failure_is_outweighed(rows, lacks):
    assert line(join(*rows)).lacks == lacks


def test_a_test_that_never_ran_does_not_show():
    made = join(row("t[window]", ids=()), known={GUEST + "t[window]": (), GUEST + "u[window]": ("S0-01",)})
    assert line(made).lacks == ("guest: never run",)
    assert [proof.counts for proof in line(made).proofs] == [(("never run", 1),)]


def test_each_way_is_needed():
    host = Row("testsuite/test_a.py::t[one]", "pass", ids=("S0-02",))
    there, gone = (trace.chapter_proof(TABLE["S0-02"], said) for said in ("", "docs/a.md: no such document"))
    assert line(join(host, more=[there]), "S0-02").shown
    assert "testsuite/test_a.py::t[one]  pass ×1" in trace_text.text(join(host), [])
    assert line(join(host), "S0-02").lacks == ("no document",)
    assert line(join(host, more=[gone]), "S0-02").lacks == ("document: docs/a.md#b: missing",)
    assert line(join(more=[there]), "S0-02").lacks == ("no host",)


def test_a_row_of_another_board_is_listed_and_not_a_finding():
    made = join(row("t"), wanted=["S0-03"])
    assert not line(made, "S0-03").shown and made.not_shown == ()
    assert "only on virt-a64" in trace_text.text(made, [])


def test_variants_of_a_test_are_one_line():
    made = join(row("t[window]"), row("t[mask]"), row("t[window-checked]", image="checked"))
    assert [(proof.name, proof.counts) for proof in line(made).proofs] == [("mine::t", (("pass", 2), ("pass on checked", 1)))]


def test_tests_without_a_requirement_are_listed():
    made = join(row("t"), row("u", ids=()), Row("testsuite/test_a.py::v[1]", "pass"),
                Row("testsuite/test_a.py::v[2]", "pass", ids=("S0-02",)))
    assert [proof.name for proof in made.without] == ["mine::u"]
    assert "1 tests and benches without a requirement:" in trace_text.text(made, [])


def test_an_unknown_id_names_the_test():
    with pytest.raises(UsageError, match=r"mine::t: S9-99 is in no table"):
        join(row("t[window]", ids=("S0-01", "S9-99")))
    with pytest.raises(UsageError, match="no such id: S9-99"):
        join(wanted=["S9-99", "S0-01"])


def test_text_and_json_say_the_same():
    made = join(row("t[window]"), row("u[window]", "fail", ids=("S0-02",), reason="a.c:1: no"))
    said, plain = trace_text.text(made, ["head"]), trace_text.table(made, {"commit": "c"})
    assert said.startswith("head\n\nS0-01  shown      asks\n    guest     mine::t  pass ×1\n")
    assert said.endswith("1 of 2 requirements shown, 0 of 1 divergences shown\nnot shown: S0-02 X-01")
    assert [entry["id"] for entry in plain["rows"] if entry["applies"] and not entry["shown"]] == ["S0-02", "X-01"]
    assert "mine::t" not in trace_text.text(made, [], brief=True) and "  wanted: config: x\n" in said


# ---- the tables

ROW = ('[S0-01]\ndocument = "d"\ntext = "t"\ndecision = "d"\nkinds = ["DOC"]\nshown = "s"\nboards = ["host"]\n'
       'by = ["document"]\nchapter = "a.md#b"\n')


@pytest.mark.parametrize("text, said", [
    (ROW + ROW, "S0-01"), (ROW.replace("S0-01", "S0-1"), "not an id"), (ROW.replace('text = "t"\n', ""), "no text"),
    (ROW + 'why = "?"\n', "unknown: why"), (ROW.replace('["document"]', '["guess"]'), "by: guess"),
    (ROW.replace('["DOC"]', '["MAYBE"]'), "kinds: MAYBE"), (ROW.replace('["host"]', "[]"), "boards: a list"),
    (ROW.replace('chapter = "a.md#b"\n', ""), "`chapter`")])
def test_a_wrong_row_is_refused(text, said):
    assert [one.id for one in requirements.parse_requirements(ROW)] == ["S0-01"]
    with pytest.raises(UsageError, match=f"file.toml.*{said}"):
        requirements.parse_requirements(text, "file.toml")


@pytest.mark.parametrize("text, said", [
    ("| X-01 | a | ≠ | b | c |", "5 cells"), ("| X-01 | a | ~ | b | c | guest |", "none of"),
    ("| X-01 | a | ≠ | b | | guest |", "each divergence has its reason"), ("| X-01 | a | ≠ | b | c | hope |", "shown by")])
def test_a_wrong_divergence_is_refused(text, said):
    with pytest.raises(UsageError, match=f"file.md:2: .*{said}"):
        requirements.parse_divergences("\n" + text, "file.md")


def test_an_id_is_defined_once():
    with pytest.raises(UsageError, match="S0-01 is defined twice"):
        requirements.by_id([TABLE["S0-01"], TABLE["S0-01"]])


def test_anchors_are_those_of_the_viewers():
    assert documents.anchors("# The `fp` command, in short\n```\n# no heading\n```\n## A–B") == ("the-fp-command-in-short", "ab")


# ---- stored runs

def stored_run(folder, board, rows, collected=None, whole=True, finished="2026-01-01T00:00:00Z", images=None):
    folder.mkdir(parents=True)
    results.write(folder, rows, {"commit": "c", "images": images or {}}, {"finished": finished, "settings": {"board": board}})
    stored.write_collected(folder, collected or {one.test: one.ids for one in rows}, whole)
    return folder


@pytest.fixture
def build(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    return tmp_path


def test_a_partial_run_does_not_replace_the_whole_one(build):
    full = stored_run(build / "runs" / "1Z-test", BOARD, [row("t"), row("u")])
    assert stored.read(full).complete
    stored.keep(full, BOARD)
    part = stored_run(build / "runs" / "2Z-test", BOARD, [row("t", "fail")], {GUEST + "t": (), GUEST + "u": ()},
                      finished="2026-01-02T00:00:00Z")
    assert not stored.read(part).complete
    last = stored.last(BOARD)
    assert [one.verdict for one in last.rows] == ["pass", "pass"]
    assert [other.folder for other in stored.newer(last, BOARD)] == [part]
    assert kind._newer(last, BOARD)[0].endswith("PARTIAL: 1 of 2 tests were run, 1 not passed")


def test_without_a_whole_run_the_latest_speaks_and_says_so(build):
    stored_run(build / "runs" / "1Z-test", "other", [row("t")])
    stored_run(build / "runs" / "2Z-test", BOARD, [row("t")], whole=False, images={IMAGE: "abc"})
    run = stored.last(BOARD)
    said = "\n".join(kind.header(kind.Sources(run, {IMAGE: "def"}, "none", ()), BOARD))
    assert "PARTIAL: 1 of 1 tests were run, and only a part of the suite was asked for" in said
    assert "sha256 abc; NOT the image in build/ (def): run ./fencepost test" in said


@pytest.mark.parametrize("spoil", ["", "{}\n", '{"schema": "fencepost-results", "version": 1}\n{"test": "t"}\n', "\0"])
def test_results_that_no_run_wrote_are_bad_input(build, spoil):
    folder = stored_run(build / "runs" / "1Z-test", BOARD, [row("t")])
    (folder / "results.jsonl").write_text(spoil)
    with pytest.raises(UsageError, match="not the results of a run"):
        stored.last(BOARD)


def test_two_rows_for_one_test_are_bad_input(build):
    with pytest.raises(UsageError, match="two rows for .*mine::t"):
        stored.read(stored_run(build / "runs" / "1Z-test", BOARD, [row("t"), row("t")]))


def test_no_results_is_bad_input(build):
    with pytest.raises(UsageError, match=r"no results for mps3-an536: run ./fencepost test first"):
        stored.last(BOARD)


def test_a_guest_test_built_after_the_run_never_ran(build):
    suites = build / f"{BOARD}-release" / "guests"
    suites.mkdir(parents=True)
    guest(suites / "g.elf", [record("t"), record("new")])
    run = stored.read(stored_run(build / "runs" / "1Z-test", BOARD, [row("t[window]")]))
    assert kind.known_tests(run, BOARD) == {GUEST + "t[window]": ("S0-01",), GUEST + "new": ("S4-04",)}


@pytest.mark.parametrize("verdict, code", [("pass", Exit.FINE), ("fail", Exit.FINDING), ("skip", Exit.FINDING)])
def test_the_verb_ends_with_its_code(build, monkeypatch, capsys, verdict, code):
    monkeypatch.setattr(requirements, "load", lambda: {"S0-01": TABLE["S0-01"]})
    folder = stored_run(build / "runs" / "1Z-test", BOARD, [row("t", verdict)])
    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    assert report.main(parser.parse_args(["trace", "--run", str(folder), "--json", "-", "S0-01"])) == code
    assert json.loads(capsys.readouterr().out)["rows"][0]["shown"] == (code == Exit.FINE)


# ---- benches

def test_a_bench_shows_what_all_its_metrics_measure():
    found = records.Record("view", "switch", "a.c", 1, ("S4-09",), "", records.Needs(), records.BENCH)
    measured = {"view.switch.1": "", "view.switch.2": ""}

    def verdict(values):
        return evidence.proof(found, "S4-09", metrics.load(), evidence.Measured("s", "", values)).verdict

    assert verdict(measured) == "pass"
    assert verdict({**measured, "view.switch.<N>": "crash"}) == "not measured"
    assert verdict({"view.mask": ""}) == "never run"


# ---- this project

def test_every_id_that_a_guest_or_a_bench_names_is_in_a_table():
    table = requirements.load()
    images = paths.suites(BOARD, "release") + list((paths.BUILD / f"{BOARD}-release" / "bench" / "guests").glob("*.elf"))
    wrong = [f"{one.file}:{one.line}: {one.test}: {name}" for image in images for one in records.read(image)
             for name in one.ids if name not in table]
    assert images and wrong == []


def test_every_id_that_a_test_names_is_in_a_table_and_named_once(request):
    table = requirements.load()
    wrong = [f"{test}: {name}" for test, ids in request.config.stash[COLLECTED].items()
             for name in ids if name not in table or ids.count(name) > 1]
    assert wrong == []

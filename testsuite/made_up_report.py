# SPDX-License-Identifier: Apache-2.0
"""Made-up stored data for the tests of the report: everything that a page can show."""
from __future__ import annotations

import functools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

from bench import bench, history, output, stored_bench, stored_comparison
from bench.baseline import Baseline, Entry
from bench.history import Commit, State
from bench.history_git import Past
from bench.measure import Exact
from bench.metrics import Gate
from testsuite.made_up import HEADER, IDENTITY, MODEL, SEND, made_up
from tool import results, stored, trace
from tool.report import targets
from tool.report.sources import KEY_METRICS, Missing, Sources
from tool.requirements import Requirement
from tool.results import Row
from tool.stored import Run

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])     # whatever else the machine does
BOARD = "mps3-an536"
IMAGE = f"{BOARD}-release/hypervisor/fencepost.elf"
GUEST = f"testsuite/guests.py::{BOARD}::"
HOST_ROW = Row("testsuite/test_a.py::t[1]", "pass", ids=("S0-01",))


def guest(suite: str, name: str, verdict: str = "pass", strategy: str = "window", image: str = "release", **fields: Any) -> Row:
    label = strategy if image == "release" else f"{strategy}-{image}"
    return Row(f"{GUEST}{suite}::{name}[{label}]", verdict, hypervisor="fencepost", board=BOARD, cpu="cortex-r52",
               image=image, suite=suite, strategy=strategy, **fields)


ROWS = (guest("evtchn", "send"), guest("evtchn", "send", strategy="mask"), guest("evtchn", "send", image="checked"),
        guest("abi", "null", "crash", reason="d1 crashed"), guest("abi", "other", "skip", reason="one CPU"),
        guest("abi", "xfail", "fail", "shared", expected_failure=True), HOST_ROW)


def run(*rows: Row, folder: Path = Path("build/last-whole/x"), **header: Any) -> Run:
    facts = {"commit": "0123abcd", "compilers": {"gcc": "12.2.0"}, "images": {IMAGE: IDENTITY["image"] + "0" * 48}} | header
    return Run(folder, facts, rows or ROWS, {row.test: row.ids for row in rows or ROWS}, True, "2026-01-01T00:00:00Z")


def made_trace(*rows: Row) -> trace.Trace:
    table = {name: Requirement(name, "000", "asks <this>", "does", ("host",), ("host",)) for name in ("S0-01", "S0-02")}
    return trace.join(BOARD, table, trace.proofs_of_tests(rows or ROWS, {}, BOARD))


def past(*subjects: str, names: tuple[str, ...] = KEY_METRICS) -> tuple[Past, list[history.Series]]:
    def state(number: int, subject: str) -> State:
        header = HEADER if number < 2 else replace(HEADER, toolchain="arm-none-eabi-gcc 13")
        entries = {name: Entry(name, Exact(100 - number, "instructions"), Gate.EXACT, None) for name in names}
        return State(Commit(f"{number:040x}", "2026-01-01T00:00:00+00:00", subject), Baseline(header, entries))
    states = tuple(state(number, subject) for number, subject in enumerate(subjects or ("first", "second", "third")))
    return Past(states, True, ""), history.build(states)


@functools.cache
def comparison() -> stored_comparison.Stored:
    return stored_comparison.parse(json.dumps(output.as_json(made_up(), MODEL, IDENTITY)), "compare.json")


def profile(*functions: str) -> stored_bench.Stored:
    found = tuple((name, SEND) for name in functions or ("evtchn_send", "window_open"))
    return stored_bench.Stored(Path("bench.json"), IDENTITY, {}, {}, {"evtchn.send.peer.one_page.window": found})


def coverage(file: str = "core/evtchn.c") -> dict[str, Any]:
    tally = {"total": 200, "covered": 190, "excluded": 4, "missing": 6}
    part = {"instructions": tally, "directions": tally}
    image = {"kind": "release", "sha256": IDENTITY["image"] + "0" * 48, **part, "files": [{"file": file, **part}],
             "gaps": [{"file": file, "lines": [7], "function": "send", "address": 64, "instructions": 3, "source": ["x = 1;"]},
                      {"file": file, "lines": [9], "function": "f", "address": 80, "instructions": 4, "source": [], "reason": "r"}],
             "branches": [{"file": file, "line": 8, "function": "send", "address": 72, "never": "taken", "source": "if (x)"}],
             "exclusions": [{"exclude": 1, "what": file, "reason": "unreachable", "instructions": 4, "directions": 0, "covered": 0}]}
    return {"schema": "fencepost-coverage", "version": 1, "board": BOARD, "complete": True, "commit": "0123abcd",
            "findings": [], "images": [image]}


def beside() -> targets.Table:
    """Two columns of a row that one answers otherwise."""
    row = guest("evtchn", "<send>", strategy="resident")
    xen = replace(row, board="virt-a64", hypervisor="xen-4.20", verdict="fail", reason="no", expected_failure=True)
    own = replace(row, board="virt-a64")
    return targets.table([targets.Column(targets.TARGETS[1], run(own)), targets.Column(targets.TARGETS[3], run(xen))])


def against() -> dict[str, Any]:
    return {"name": "xen-4.20", "cpu": "cortex-a53", "rows": [
        {"metric": "hypercall.null", "ours": 46, "theirs": 424, "ratio": 9.217, "target": 45, "met": False}]}


def everything(**parts: Any) -> Sources:
    given = {"run": run(), "failures": {ROWS[3].test: "console, last lines:\n  <b>boom</b>\nrepro:  ./fencepost test x"},
             "trace": made_trace(), "comparison": comparison(), "profile": profile(), "past": past(), "coverage": coverage(), "targets": beside(), "against": against()}
    return Sources(BOARD, **(given | parts))


def nothing(**parts: Any) -> Sources:
    names = ("run", "trace", "comparison", "profile", "past", "coverage", "targets", "against")
    absent = {name: Missing(name, f"./fencepost make {name}") for name in names}
    return Sources(BOARD, **({"failures": {}} | absent | parts))


def stored_run(folder: Path, *rows: Row, finished: str = "2026-01-01T00:00:00Z", failures: dict[str, str] | None = None) -> Path:
    """As a run of the suite leaves it."""
    folder.mkdir(parents=True)
    facts = {"finished": finished, "settings": {"board": BOARD, "run_folder": str(folder)}}
    results.write(folder, rows or ROWS, run().header, facts)
    stored.write_collected(folder, {row.test: row.ids for row in rows or ROWS}, True)
    stored.write_failures(folder, failures or {})
    return folder


def stored_bench_run(folder: Path, values: dict[str, int], **identity: str) -> Path:
    folder.mkdir(parents=True)
    table = bench.as_json([], IDENTITY | identity)
    table["results"] = [{"metric": name, "value": value, "unit": "instructions"} for name, value in values.items()]
    (folder / stored_bench.NAME).write_text(json.dumps(table))
    return folder

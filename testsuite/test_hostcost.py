# SPDX-License-Identifier: Apache-2.0
"""perf stat around the emulator: there, half there, not there, talking nonsense; the benches are the same in each case."""
import json
import os
from pathlib import Path

import pytest

from bench import hostcost
from testsuite import started
from testsuite.test_machine import FAKE
from tool import board, extras, machine, needs
from tool.exitcodes import EnvironmentMissing
from tool.machine import Ended, Machine

PERF = """#!/bin/sh
# A perf that ends when its child does, as the real one.
out=/dev/stderr
while [ "$1" != -- ]; do [ "$1" = -o ] && out=$2; shift; done
shift
"$@"
status=$?
{body}
exit $status
"""
ALL = "printf '12.5,msec,task-clock,1,100.00,,\\n3000,,instructions:u,1,100.00,,\\n2000,,cycles:u,1,100.00,,\\n' > $out"
SOME = "printf '12.5,msec,task-clock,1,100.00,,\\n<not supported>,,instructions,0,100.00,,\\n<not supported>,,cycles,0,100.00,,\\n' > $out"
NONSENSE = "echo 'perf: what?' > $out"
HALF = "[ $out = /dev/stderr ] && { " + ALL + "; } || echo 12.5,ms > $out"


def perf(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> Path:
    program = folder / "perf"
    program.write_text(text)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return program


@pytest.mark.parametrize("body, measured", [
    (ALL, {"task_clock_ms": 12.5, "instructions": 3000, "cycles": 2000}),
    (SOME, {"task_clock_ms": 12.5, "instructions": hostcost.UNSUPPORTED, "cycles": hostcost.UNSUPPORTED}),
    (HALF, dict.fromkeys(("task_clock_ms", "instructions", "cycles"), hostcost.UNSUPPORTED)),
], ids=["all", "no-counters", "half-a-file"])
def test_the_emulator_is_measured_and_ends_in_order(tmp_path, monkeypatch, body, measured):
    perf(tmp_path, monkeypatch, PERF.format(body=body))
    found = hostcost.find()
    assert found.reason == ""
    chosen = Machine(board.load("mps3-an536"), tmp_path / "good", (), nonce=machine.new_nonce(), emulator=str(FAKE),
                     wrapper=found.words(tmp_path / "run"))
    result = machine.run(chosen, tmp_path / "run")
    assert result.ended is Ended.END_LINE
    (row,) = hostcost.section(found, {"a": tmp_path / "run"})["runs"]
    assert row == {"run": "a", **measured}


@pytest.mark.parametrize("text, reason", [
    (PERF.format(body=NONSENSE), "perf counts no task-clock"),
    ("#!/bin/sh\necho 'Access to performance monitoring is limited' >&2\nexit 255\n", "Access to performance monitoring is limited"),
    ("#!/nothing/here\n", "perf: "),
], ids=["nonsense", "forbidden", "broken"])
def test_a_perf_that_cannot_measure_is_not_used(tmp_path, monkeypatch, text, reason):
    perf(tmp_path, monkeypatch, text)
    found = hostcost.find()
    assert found.reason.startswith(hostcost.UNSUPPORTED) and reason in found.reason
    assert found.words(tmp_path) == () and hostcost.section(found, {}) == {"status": found.reason}


def test_without_perf_it_says_so(monkeypatch):
    monkeypatch.setattr(hostcost.shutil, "which", lambda name: None)
    assert hostcost.find().reason == "not supported on this host: perf is not installed (Debian's linux-perf)"


def test_perf_is_installed_when_asked_for_and_an_installation_that_fails_is_no_error(monkeypatch):
    asked, said = [], []

    def refuse(missing, board_):
        asked.extend(need.package for need in missing)
        raise EnvironmentMissing("apt could not install linux-perf")

    absent = needs.Need("linux-perf", "counts", lambda: False)
    monkeypatch.setattr(extras.setup, "install", refuse)
    monkeypatch.setenv("FENCEPOST_NO_INSTALL", "1")
    extras.offer(absent, "mps3-an536", said.append)
    assert (asked, said) == ([], [])
    monkeypatch.delenv("FENCEPOST_NO_INSTALL")
    extras.offer(needs.Need("linux-perf", "counts", lambda: True), "mps3-an536", said.append)
    assert asked == []
    extras.offer(absent, "mps3-an536", said.append)
    assert asked == ["linux-perf"] and said == ["apt could not install linux-perf"]


def test_the_numbers_are_the_same_with_and_without(tmp_path, monkeypatch):
    if not board.presence("mps3-an536").present:
        pytest.skip("MISSING: mps3-an536")
    results = []
    for options, text in (((), ALL), (("--host-perf",), ALL), (("--host-perf",), None)):
        perf(tmp_path, monkeypatch, PERF.format(body=text) if text else "#!/bin/sh\nexit 255\n")
        done = started.fencepost("bench", "hypercall.null", *options, "--json", str(tmp_path / "out.json"))
        assert done.returncode == 0, done.stdout + done.stderr
        results.append(json.loads((tmp_path / "out.json").read_text()))
    plain, measured, forbidden = results
    assert measured.pop("host")["status"] == "measured" and forbidden.pop("host")["status"].startswith(hostcost.UNSUPPORTED)
    assert plain == measured == forbidden

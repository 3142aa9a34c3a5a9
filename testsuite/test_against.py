# SPDX-License-Identifier: Apache-2.0
"""`bench --against`: which numbers meet, what is told about them, and one boot of each hypervisor."""
import argparse
import dataclasses

import pytest

from bench import against, bench, metrics
from bench.against import Booted, Theirs
from bench.counts import Counts, Recording, Row, Series
from bench.measure import Exact, Measurement, NotMeasured
from testsuite.collection import SETTINGS
from tool import exitcodes, xen
from tool.exitcodes import EnvironmentMissing, UsageError

TABLE = metrics.load(board="virt-a64")
NULL = metrics.row_of("hypercall.null", TABLE)
SEND = metrics.row_of("evtchn.send.peer.masked.resident", TABLE)


def row(hyp, all_=0):
    return Row(all_ or hyp + 4, 1, 0, (0,) * 8, Counts((hyp,) + (0,) * 9), Counts())


def recording(*pairs, boot=None):
    return Recording(boot and row(boot, boot), tuple(Series(i, 1004, row(low), row(low), row(high)) for i, (low, high) in enumerate(pairs)), 1)


def ours(name, value):
    return Measurement(name, "resident", Exact(value, "instructions"), None)


def test_the_least_round_is_the_value_and_the_strategy_is_left_away():
    booted = {NULL.bench: Booted(("hypercall.null",), recording((424, 424)), ""),
              SEND.bench: Booted(("evtchn.send.peer.masked",), recording((858, 22166)), "")}
    results = [ours("hypercall.null", 33), ours("hypercall.null.cold", 40), ours("evtchn.send.peer.masked.resident", 76)]
    send, null = against.lines("xen-4.20", [NULL, SEND], results, booted)
    assert (null.series, null.ours, null.theirs, null.met, round(null.ratio, 1)) == ("hypercall.null", 33, Theirs(424, 424), True, 12.8)
    assert (send.series, send.ours, send.theirs) == ("evtchn.send.peer.masked", 76, Theirs(858, 22166))
    said = against.text("xen-4.20", [send, null], {"cpu": "cortex-a53"})
    assert "22,166" in said and "≤ 45 met" in said and "targets: 2 of 8 met" in said and "cpu: cortex-a53" in said


def test_a_missed_target_and_a_far_figure_are_told():
    (line,) = against.lines("xen-4.20", [NULL], [ours("hypercall.null", 46)], {NULL.bench: Booted(("hypercall.null",), recording((500, 500)), "")})
    assert line.met is False and line.far_from_elsewhere
    said = against.text("xen-4.20", [line], {})
    assert "≤ 45 MISSED" in said and "424 (far)" in said and "missed: hypercall.null" in said
    assert against.as_json("xen-4.20", [line], {})["metrics"][0]["met"] is False


@pytest.mark.parametrize(("results", "booted", "reason"), [
    ([ours("hypercall.null", 33)], Booted((), None, "fail: x.c:1: no"), "xen-4.20: fail: x.c:1: no"),
    ([NotMeasured("hypercall.null", "rounds differ")], Booted(("hypercall.null",), recording((424, 424)), ""), "fencepost: rounds differ"),
])
def test_a_side_without_a_number_has_a_reason(results, booted, reason):
    (line,) = against.lines("xen-4.20", [NULL], results, {NULL.bench: booted})
    assert line.ratio is None and reason in line.reason and f"not compared: hypercall.null: {line.reason}" in against.text("xen-4.20", [line], {})


def test_without_a_target_the_comparison_is_not_complete():
    lines = [against.Line(name, "instructions", 1, Theirs(2, 2)) for name in against.TARGETS]
    assert against.complete(lines) and not against.complete(lines[1:])
    assert not against.complete([dataclasses.replace(lines[0], theirs=None), *lines[1:]])


def test_the_boot_is_counted_to_the_first_guest():
    boot = metrics.row_of("boot.total", TABLE)
    assert against.theirs_of(boot, Booted((), recording(boot=1000), "")) == {"boot.total": Theirs(1000, 1000)}
    assert against.theirs_of(NULL, Booted(("hypercall.null",), recording((0, 0)), "")) == {}      # nothing was counted


def test_metrics_that_need_probes_are_left_out():
    names = {one.name for one in against.rows_for(TABLE)}
    assert "hypercall.null" in names and "region.add_remove" not in names and "irqoff.longest" not in names
    assert {metrics.row_of(name if metrics.row_of(name, TABLE) else f"{name}.resident", TABLE).name for name in against.TARGETS} <= names


@pytest.mark.parametrize(("given", "board", "why"), [("xen-4.17", "mps3-an536", "add --board virt-a64"), ("xen-9", "virt-a64", "there are: xen-4.17")])
def test_a_xen_that_cannot_be_is_a_usage_error(given, board, why):
    with pytest.raises(UsageError, match=why):
        xen.find(given, board)


def test_both_are_measured_by_one_counter(pytestconfig, capsys):
    settings = pytestconfig.stash[SETTINGS]
    if settings.board not in xen.BOARDS or settings.missing or settings.broken:
        pytest.skip(settings.missing or settings.broken or f"real Xen runs on {xen.BOARDS[0]} alone")
    try:
        xen.find("xen-4.20", settings.board)
    except EnvironmentMissing as missing:
        pytest.skip(str(missing))
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    asked = ["--board", settings.board, "--against", "xen-4.20", "[oh][vy]*.n*", "-j", "1"]
    assert bench.main(parser.parse_args(asked)) == exitcodes.Exit.FINE
    said = capsys.readouterr().out
    cells = {line.split()[0]: line.split()[1:3] for line in said.splitlines() if line.startswith(("overhead", "hypercall"))}
    assert all(cells[f"overhead.nops.{k}"] == [str(k)] * 2 for k in (1, 4, 16))       # the same counter, the same guest
    mine, theirs = (int(cell) for cell in cells["hypercall.null"])
    assert mine <= NULL.target_of("hypercall.null") and 5 * mine < theirs < 1000

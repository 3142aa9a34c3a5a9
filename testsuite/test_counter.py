# SPDX-License-Identifier: Apache-2.0
"""The counting plugin in a real emulator: who executed what, and that nobody notices being counted."""
from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bench import counts, functions, measure, metrics, profile, session
from bench.measure import NotMeasured
from tool import board as boards
from tool import machine, paths, records

CALL = "hypercall_xen_version"


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> session.Session:
    """A session that runs the guest of the counter's own tests, and counts by function."""
    if not boards.presence(boards.DEFAULT).present:
        pytest.skip("no emulator for the board")
    found = session.open_session("test", boards.DEFAULT, lambda text: None, profile=True)
    folder = tmp_path_factory.mktemp("counter")
    built = paths.BUILD / paths.preset(boards.DEFAULT, session.KIND) / "bench" / "guests"
    guest = folder / "counter.elf"
    for suffix in (".elf", ".bin"):
        guest.with_suffix(suffix).write_bytes((built / "counter").with_suffix(suffix).read_bytes())
    return replace(found, guest=guest, folder=folder, benches={one.test: one for one in records.benches(guest)})


@pytest.fixture(scope="module")
def both_cpus(opened) -> session.Outcome:
    outcome = session.run(opened, session.Job("counter.both_cpus", "window"))
    assert outcome.recording is not None, outcome.reason
    return outcome


def by_cpu(opened, outcome) -> list[counts.Lines]:
    bins = outcome.recording.bins(0, counts.COLD)
    return [bins["cpu0"], bins["cpu1"]]


def test_each_cpu_has_the_calls_that_it_made(opened, both_cpus) -> None:
    """The CPU that a callback is told would give nearly all of them to one."""
    calls = [int(word) for word in both_cpus.labels[0].split()[1:]]
    (entry,) = [address for address, name in opened.functions.symbols if name == CALL]
    assert len(calls) == 2 and calls[0] != calls[1]
    assert [lines[entry].total for lines in by_cpu(opened, both_cpus)] == calls


def test_each_cpu_has_the_function_s_instructions_call_for_call(opened, both_cpus) -> None:
    calls = [int(word) for word in both_cpus.labels[0].split()[1:]]
    one, other = (profile.fold("", lines, opened.functions).functions[CALL] for lines in by_cpu(opened, both_cpus))
    each = [n // calls[0] for n in one.classes]
    assert sum(each) > 3 and each[counts.CLASSES.index("branch")] > 0
    assert [n * calls[0] for n in each] == list(one.classes) and [n * calls[1] for n in each] == list(other.classes)


def test_the_clock_confirms_what_two_cpus_executed(both_cpus) -> None:
    (series,) = both_cpus.recording.series
    assert series.all > 1000 * 20 and sum(series.classes) == series.all
    assert measure.unconfirmed(both_cpus.labels, "run", replace(both_cpus.recording, series=(replace(series, sleeps=0),)),
                               both_cpus.ticks) == []


def test_a_bench_that_measures_nothing_is_not_measured(opened) -> None:
    outcome = session.run(opened, session.Job("counter.nothing", "window"))
    row = metrics.row_of("hypercall.null", metrics.load())
    results = session.results(replace(opened, functions=None), [replace(row, bench="counter.nothing")], [outcome])
    assert results == [NotMeasured(name, "nothing was counted") for name in ("hypercall.null", "hypercall.null.cold")]


@pytest.mark.parametrize("bench", ["counter.nothing", "counter.both_cpus"])
def test_nobody_notices_being_counted(opened, bench) -> None:
    """One CPU and two; counted, counted by address, not counted: the same bytes on the console."""
    job = session.Job(bench, "window")
    seen = []
    for number, (plugin, profiled) in enumerate(((True, True), (True, False), (False, False))):
        chosen = replace(opened, folder=opened.folder / str(number), functions=opened.functions if profiled else None)
        prepared = session.prepare(chosen, job)
        nonce = "5" * 16
        plugins = session.plugins(chosen, job, prepared) if plugin else ()
        machine_ = machine.Machine(chosen.board, chosen.hypervisor.file, prepared.loads, prepared.cpus, nonce, plugins)
        result = machine.run(machine_, chosen.folder / job.label, machine.Limits(guest_ms=1000))
        assert f"(hv) END {nonce}".encode() in result.console
        seen.append(result.console)
    assert re.search(rb"fp1 end pass", seen[0]) and re.search(rb"fp1 note clock 0 \d+ \d+", seen[0])
    assert seen[0] == seen[1] == seen[2]


def test_the_functions_of_the_hypervisor_are_known(opened) -> None:
    found: functions.Functions = opened.functions
    addresses = range(opened.hypervisor.text_start, opened.hypervisor.text_end, 4)
    unknown = [address for address in addresses if found.chain(address) == (functions.UNKNOWN,)]
    assert not unknown and len({found.chain(address)[-1] for address in addresses}) > 300

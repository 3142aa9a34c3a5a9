# SPDX-License-Identifier: Apache-2.0
"""Cycles from a real core: what is said on the console becomes sampled numbers, or a reason why there is none."""
import json
import subprocess
from pathlib import Path

import pytest

from bench import onboard, sampled, session
from bench.measure import Exact, NotMeasured, Sampled
from testsuite import attached, fake_board, started
from tool import board as boards
from tool import paths, records
from tool.progress import Progress

BOARD = "mps3-an536"
CORE = fake_board.CORE.replace("\r\n", "\n")
NOTES = [line.removeprefix("(d1) fp1 note ") for line in fake_board.COUNTED.split("\r\n")[:-1]]
A32_ID_DFR0, T32_ID_DFR0 = b"\x51\x0f\x10\xee", b"\x10\xee\x51\x0f"     # MRC p15, 0, r0, c0, c1, 2


def read(notes: list[str], console: str = CORE) -> sampled.Reading:
    return sampled.read(console, notes, {"hypercall.null": "hypercall.null"}, "window")


def test_what_the_core_said_is_a_sampled_number():
    (one,), core = read(NOTES).series, read(NOTES).core
    assert one.value == Sampled(121, 118, 260, 1000, "cycles", (120, 124)) and (one.cold, one.empty) == (301, 9)
    assert core.table() == {"caches of EL2": "data on, instructions on", "caches of EL1": "data off, instructions off",
                            "ATCM": "0x0000001b: on for EL2, EL1 and EL0 at 0x00000000", "BTCM": "0x00100000: off",
                            "CTCM": "0x00000000: off"}


def test_cycles_are_never_compared_with_a_count():
    (one,) = read(NOTES).series
    for other in (Exact(121, "cycles"), Exact(30, "instructions")):
        with pytest.raises(TypeError):
            _ = one.value < other
        with pytest.raises(TypeError):
            _ = other < one.value


@pytest.mark.parametrize("change, reason", [
    (("min=118", "min=122"), "impossible"),
    (("rounds=1000", "rounds=999"), "impossible"),
    (("median=121", "median=121.5"), "no numbers"),
    (("q3=124 ", ""), "no numbers"),
    (("min=118 q1=120 median=121 q3=124 max=260 empty=9", "min=0 q1=0 median=0 q3=0 max=0 empty=0"), "the counter stands still"),
    (("cycles rounds=1000 cold=301", "cycles none: 0 of 1004 rounds begin and end in this domain; cold=301"), "0 of 1004 rounds"),
    (("PMCCFILTR=08000000", "PMCCFILTR=00000000"), "counted at every level"),
    (("PMCCFILTR=08000000", "PMCCFILTR=88000000"), "counted at every level"),
    (("PMCNTENSET=80000000", "PMCNTENSET=00000000"), "counted at every level"),
    (("cycles SCTLR", "SCTLR"), "nothing says what the cycles depend on"),
])
def test_anything_else_is_not_measured_and_says_why(change, reason):
    notes = [note.replace(*change) for note in NOTES]
    assert notes != NOTES
    (one,) = read(notes).series
    assert isinstance(one, NotMeasured) and reason in one.reason


def test_without_a_counter_or_the_hypervisors_line_there_is_no_number():
    assert [one.reason for one in read(NOTES[:1]).series] == [sampled.NO_COUNTER]
    assert [one.reason for one in read(NOTES, "").series] == [sampled.NO_STATE]


def bench(folder: Path, here: boards.Attached) -> subprocess.CompletedProcess[str]:
    return started.fencepost("bench", "hypercall.null", f"--runner={here.runner}", f"--serial={here.serial}",
                             "--json", str(folder / "out.json"))


def test_the_command_measures_a_real_board(tmp_path):
    with attached.board(tmp_path, "counts") as here:
        done = bench(tmp_path, here)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mode: sampled" in done.stdout and "ATCM: 0x0000001b: on for EL2" in done.stdout
    table = json.loads((tmp_path / "out.json").read_text())
    (entry,) = table["sampled"]
    assert (entry["median"], entry["unit"], entry["samples"], table["board"]) == (121, "cycles", 1000, "mps3-an536:fake")
    assert "results" not in table      # what the gate and the reports read is exact


def test_a_board_that_does_not_answer_is_not_measured(tmp_path):
    with attached.board(tmp_path, "hang", "least-seconds = 1\ntime-factor = 1") as here:
        done = bench(tmp_path, here)
    assert done.returncode == 6 and "not measured: hypercall.null: timeout: no end within the time" in done.stdout


def claims_a_pmu(data: bytes, read: bytes) -> bytes:
    """The image with its read of ID_DFR0 replaced by a core's answer that has a PMUv3: 0x03000000."""
    found = [at for at in range(0, len(data) - 4, 2) if all(
        byte == wanted or index == read.index(0x0F) and byte & 0x0F == 0x0F
        for index, (byte, wanted) in enumerate(zip(data[at:at + 4], read)))]
    assert len(found) == 1, found
    at, register = found[0], data[found[0] + read.index(0x0F)] >> 4
    move = 0xE3A00403 | register << 12 if read == A32_ID_DFR0 else 0x7040F04F | register << 24
    return data[:at] + move.to_bytes(4, "little") + data[at + 4:]


def opened(board: str, hypervisor: Path, guest: Path, folder: Path) -> session.Session:
    return session.Session(boards.load(board), Path(), session.image.read(hypervisor), guest,
                           {one.test: one for one in records.benches(guest)}, {}, folder, Path(), Path(), Progress(quiet=True), 1)


def test_a_core_with_a_pmu_counts_the_hypervisor_too(tmp_path):
    """QEMU's Cortex-A53 has one, whose cycles are instructions there: the whole way but for a real core."""
    board, built = "virt-a64", paths.BUILD / paths.preset("virt-a64", "release")
    guest = built / "bench" / "guests" / "bench.elf"
    if not boards.presence(board).present or not guest.is_file():
        pytest.skip(f"MISSING: {board}: no emulator, or nothing built (./fencepost test --board {board} builds it)")
    booted = session.boot(opened(board, paths.hypervisor(board, "release"), guest, tmp_path),
                          session.Job("hypercall.null", "resident"))
    assert booted.reason == ""
    reading = sampled.read(booted.console, booted.notes, {}, "resident")
    (one,), (clock,) = reading.series, [note.split() for note in booted.notes if note.startswith("clock ")]
    executed = (int(clock[3]) - int(clock[2])) / 1004        # at every level, by the other clock
    assert reading.core.counts_all and one.value.low == one.value.high and executed < one.value.median < executed + 30


@pytest.mark.parametrize("bench_, hypervisor_too, reason", [
    ("hypercall.null", True, "the counter stands still"),      # QEMU's does; everything before it worked
    ("hypercall.null", False, sampled.NO_COUNTER),
    ("mmio.trap", True, sampled.NO_COUNTER),
], ids=["enabled", "no-pmu", "no-bench-system"])
@pytest.mark.requirement("S4-09")
def test_el2_gives_the_counter_to_guests_of_bench_systems_alone(tmp_path, bench_, hypervisor_too, reason):
    here = boards.presence(BOARD)
    guests = paths.BUILD / paths.preset(BOARD, "release") / "bench" / "guests"
    if not here.present or not (guests / "bench.bin").is_file():
        pytest.skip(f"MISSING: {BOARD}: no emulator, or nothing built (./fencepost bench builds it)")
    hypervisor, guest = tmp_path / "hv.elf", tmp_path / "bench.elf"
    elf = paths.hypervisor(BOARD, "release").read_bytes()
    hypervisor.write_bytes(claims_a_pmu(elf, T32_ID_DFR0) if hypervisor_too else elf)
    guest.write_bytes((guests / "bench.elf").read_bytes())
    guest.with_suffix(".bin").write_bytes(claims_a_pmu((guests / "bench.bin").read_bytes(), A32_ID_DFR0))
    booted = session.boot(opened(BOARD, hypervisor, guest, tmp_path), session.Job(bench_, "window"))
    assert booted.reason == ""
    reading = sampled.read(booted.console, booted.notes, {}, "window")
    assert [one.reason.partition(" (")[0] for one in reading.series] == [
        reason if reason == sampled.NO_COUNTER else "no more cycles than an empty window"]
    assert (reading.core is not None and reading.core.counts_all) == (reason != sampled.NO_COUNTER)
    assert ("(hv) cycles cpu0 HSCTLR=" in booted.console) == (bench_ == "hypercall.null" and hypervisor_too)

# SPDX-License-Identifier: Apache-2.0
"""
What only a defect of the hypervisor could bring about, brought about by a debugger: an exception at EL2 by each
vector, a fault while the system ends, a page whose books are wrong. Each must be told and must end the system.
"""
import re
from pathlib import Path

import pytest

from testsuite.gdbstub import Debugger, Plant, Planted, address
from tool import board as boards
from tool import devicetree, machine, paths, records, strategy, system
from tool.elfimage import Image

BOARD = "mps3-an536"
VECTORS = ("reset", "undefined instruction", "hvc", "prefetch abort", "data abort", "", "", "fiq")


@pytest.fixture(scope="module", params=paths.KINDS)
def kind(request):
    if not boards.presence(BOARD).present or not paths.hypervisor(BOARD, request.param).is_file():
        pytest.skip(f"MISSING: {BOARD}: no emulator, or nothing built (./fencepost test builds it)")
    return request.param


@pytest.fixture(scope="module")
def symbol(kind):
    with Image(paths.hypervisor(BOARD, kind)) as image:
        return {name: image.symbol(name) & ~1 for name in ("page_init", "page_pins", "page_states", "system_end",
                                                           "smp_stop_others", "arch_syndrome", "arch_enter_first",
                                                           "vectors_resident", "vectors_switching")}


def run(kind: str, folder: Path, plant: Plant, tree: str = "solo", access: str = "window",
        test: str | None = None, limits: machine.Limits = machine.Limits()) -> machine.RunResult:
    """Boots a test of a system with something planted: this one, or any that the system allows."""
    guest, record = next((suite, found) for suite in paths.suites(BOARD, kind) for found in records.tests(suite)
                         if found.needs.system == tree and found.needs.preset in (None, kind) and test in (None, found.test))
    file = paths.system(tree)
    args = {domain.name: f"fp1 domain={domain.domid} run={record.test}" for domain in devicetree.compile_tree(file).domains}
    prepared = system.prepare(file, folder / "system", {name: guest for name in args}, args, strategy.choices(access),
                              board=BOARD, kind=kind, named_commit="test")
    chosen = machine.Machine(boards.load(BOARD), paths.hypervisor(BOARD, kind), prepared.loads, prepared.cpus,
                             gdb=address(folder))
    with Planted(folder, plant):
        return machine.run(chosen, folder / "run", limits)


@pytest.mark.parametrize("vector, code", [
    (1, bytes.fromhex("00de")),              # udf #0
    (2, bytes.fromhex("e0f70080")),          # hvc #0
    (3, bytes.fromhex("0047")),              # bx r0, which is 0
    (4, bytes.fromhex("0068")),              # ldr r0, [r0]
    (0, None), (7, None),                    # the vector itself
], ids=[VECTORS[vector].split()[0] for vector in (1, 2, 3, 4, 0, 7)])
@pytest.mark.parametrize("access", ["window", "switch-entry"])     # each has vectors of its own
def test_an_exception_at_el2_is_told_and_ends_the_system(kind, symbol, tmp_path, vector, code, access):
    """Registers, the vector's name, where, and the last line."""
    vectors = symbol["vectors_switching" if access == "switch-entry" else "vectors_resident"]

    def plant(debugger: Debugger) -> None:
        if code and access == "window":
            debugger.run_to(symbol["page_init"])
            debugger.set_register(0, 0)
            debugger.write(symbol["page_init"], code)   # one instruction for another: all begin where one began
        else:                                # the vectors of the entry switch are set when the first guest is entered
            debugger.run_to(symbol["arch_enter_first"], 4)
            debugger.set_register(15, vectors + 4 * vector)

    result = run(kind, tmp_path, plant, access=access)
    assert result.ended is machine.Ended.END_LINE, result.text
    lines = result.text.splitlines()
    (at,) = [i for i, line in enumerate(lines) if "PANIC" in line]
    told = re.fullmatch(r"\(hv\) PANIC EL2 ([a-z ]+) at pc=([0-9a-f]{8}) hsr=\w{8} hdfar=\w{8} hifar=\w{8}", lines[at].strip())
    assert told and told[1] == VECTORS[vector], lines[at]
    if vector in (1, 4) and access == "window":
        assert int(told[2], 16) == symbol["page_init"]
    assert [line.split("=")[0] for line in lines[at - 4:at]] == [f"(hv) r{i}" for i in (0, 4, 8, 12)]
    assert lines[at + 1].strip() == f"(hv) END {result.nonce} panic"


def test_a_fault_while_a_panic_is_told_ends_in_silence(kind, symbol, tmp_path):
    """The second panic stops at once: no loop of reports, no last line that could be taken for an orderly end."""
    def plant(debugger: Debugger) -> None:
        for name in ("page_init", "smp_stop_others"):
            debugger.write(symbol[name], bytes.fromhex("00de"))

    result = run(kind, tmp_path, plant, limits=machine.Limits(idle_seconds=2.0, look_seconds=0.25))
    assert result.ended is machine.Ended.IDLE and result.text.count("PANIC") == 1 and "END" not in result.text


@pytest.mark.parametrize("table, value, told", [("page_pins", 1, "pins 0x1, should be 0x0"), ("page_states", 3, "state 3, ")])
def test_wrong_books_of_a_page_are_found_at_the_end(kind, symbol, tmp_path, table, value, told):
    """The audit that closes every test compares pins with maps: a pin belongs to nobody, a state does not exist."""
    def plant(debugger: Debugger) -> None:
        debugger.run_to(symbol["system_end"])
        debugger.write(debugger.word(symbol[table]) + 3, bytes([value]))

    result = run(kind, tmp_path, plant)
    (line,) = [line for line in result.text.splitlines() if line.startswith("(hv) page ")]
    assert told in line and re.match(r"\(hv\) page 0x\w+3000 of d1: state \d, (not )?in its view, pins", line)
    assert f"(hv) END {result.nonce} panic" in result.text


ASYNCHRONOUS_ABORT = 0x24 << 26 | 1 << 25 | 0x11      # HSR of a data abort from EL1: EC, IL, FSC


def _first_trap_is_asynchronous(debugger: Debugger, arch_syndrome: int) -> None:
    """Both times that EL2 reads the syndrome: for the class of the trap, and when nobody answers the access."""
    for _ in range(2):
        debugger.run_to(arch_syndrome)
        debugger.set_register(0, ASYNCHRONOUS_ABORT)
        debugger.set_register(15, debugger.register(14))


def test_an_asynchronous_abort_crashes_the_domain_that_runs(kind, symbol, tmp_path):
    """No device here answers late with an error: the first trap of the guest is made into one. Both vCPUs are shown."""
    result = run(kind, tmp_path, lambda debugger: _first_trap_is_asynchronous(debugger, symbol["arch_syndrome"]), tree="two-vcpus")
    lines = [line.strip() for line in result.text.splitlines()]
    at = lines.index("(hv) d1 CRASH asynchronous external abort")
    assert [line.split(" pc=")[0].split(" sctlr=")[0] for line in lines[at + 1:at + 5]] == [
        "(hv) d1 v0", "(hv) d1 v0", "(hv) d1 v1", "(hv) d1 v1"], lines
    assert lines[at + 1].endswith(" loaded") and lines[at + 3].endswith(" saved")
    assert lines[at + 5] == "(hv) d1 stop crash" and lines[at + 6] == f"(hv) END {result.nonce} d1=crash"


def test_an_asynchronous_abort_stops_that_domain_alone(kind, symbol, tmp_path):
    """Domain 2 outranks domain 1 and traps first; domain 1 finds the event that it is told of a peer's end by, and passes."""
    result = run(kind, tmp_path, lambda debugger: _first_trap_is_asynchronous(debugger, symbol["arch_syndrome"]), tree="prio",
                 test="sched.a_higher_priority_runs_first")
    lines = [line.strip() for line in result.text.splitlines()]
    at = lines.index("(hv) d2 stop crash")
    assert "(hv) d2 CRASH asynchronous external abort" in lines[:at]
    assert lines[at + 1:] == ["(d1) fp1 plan sched.a_higher_priority_runs_first", "(d1) fp1 end pass", "(hv) d1 stop poweroff",
                              f"(hv) END {result.nonce} d1=poweroff d2=crash"], lines


def test_a_crash_shows_the_vcpus_of_this_cpu(kind, symbol, tmp_path):
    """Registers of a vCPU that runs on the other CPU are that CPU's: nothing old is shown for them."""
    result = run(kind, tmp_path, lambda debugger: _first_trap_is_asynchronous(debugger, symbol["arch_syndrome"]), tree="smp-dom")
    lines = [line.strip() for line in result.text.splitlines()]
    at = lines.index("(hv) d1 CRASH asynchronous external abort")
    assert [line.split(" pc=")[0].split(" sctlr=")[0] for line in lines[at + 1:at + 3]] == ["(hv) d1 v0", "(hv) d1 v0"], lines
    assert lines[at + 3] == "(hv) d1 stop crash", lines

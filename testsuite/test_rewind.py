# SPDX-License-Identifier: Apache-2.0
"""An emulator that goes back to its power-on state is as a new one, whatever ran on it before."""
import dataclasses
import functools
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from testsuite import guesttest
from testsuite.test_machine import _runs as runs
from tool import board as boards
from tool import elfimage, kept, machine, paths, qemu, rewind, trial, watch
from tool.machine import Ended, Limits, Machine
from tool.system import Load
from tool.verdict import Kind
from tool.virtualclock import VirtualClock

BOARD = "mps3-an536"
PLACE, RAM, SMALL = 0x10000000, 0xC0100000, 0x10000078
# Prints five words in letters, then stays: UART's CTRL, a word of RAM, one of block RAM, HTPIDR, CNTPCT. Each is changed behind the look.
TELLTALE = (
    0xE59F8074,  # ldr  r8, =UART2
    0xE59F9074,  # ldr  r9, =RAM
    0xE28FA068,  # adr  r10, SMALL
    0xE5984008,  # ldr  r4, [r8, #8]
    0xE3A00001,  # mov  r0, #1
    0xE5880008,  # str  r0, [r8, #8]
    0xE1A00004,  # mov  r0, r4
    0xEB00000D,  # bl   print
    0xE5990000,  # ldr  r0, [r9]
    0xEB00000B,  # bl   print
    0xE5898000,  # str  r8, [r9]
    0xE59A0000,  # ldr  r0, [r10]
    0xEB000008,  # bl   print
    0xE58A8000,  # str  r8, [r10]
    0xEE9D0F50,  # mrc  p15, 4, r0, c13, c0, 2
    0xEB000005,  # bl   print
    0xEE8D8F50,  # mcr  p15, 4, r8, c13, c0, 2
    0xEC510F0E,  # mrrc p15, 0, r0, r1, c14
    0xEB000002,  # bl   print
    0xE3A0000A,  # mov  r0, #10
    0xE5880000,  # str  r0, [r8]
    0xEAFFFFFE,  # b    .
    0xE3A02008,  # print: mov r2, #8
    0xE1A00E60,  # 1: ror r0, r0, #28
    0xE200100F,  # and  r1, r0, #15
    0xE2811041,  # add  r1, r1, #'A'
    0xE5881000,  # str  r1, [r8]
    0xE2522001,  # subs r2, r2, #1
    0x1AFFFFF9,  # bne  1b
    0xE12FFF1E,  # bx   lr
    0,           # SMALL
    0xE0205000, RAM)
SPIN = (0xEAFFFFFE,)


@pytest.fixture
def telltale(tmp_path):
    return functools.partial(program, tmp_path, TELLTALE)


@pytest.fixture(autouse=True)
def nothing_started(monkeypatch):
    monkeypatch.delenv(rewind.EACH, raising=False)
    rewind.close_all()
    yield
    rewind.close_all()


def program(folder, words, **changes):
    here = boards.presence(BOARD)
    if not here.present:
        pytest.skip(f"MISSING: {here.reason}")
    file = folder / f"{len(words)}.elf"
    if not file.exists():
        elfimage.write(file, PLACE, [elfimage.Segment(PLACE, struct.pack(f"<{len(words)}I", *words))])
    return Machine(boards.load(BOARD), file, last_lines=(b"AAAAAAAA",), **{"loads": ()} | changes)


def back(wanted, folder, limits=Limits()):
    return machine.run(wanted, folder, limits, emulated=rewind.run)


def started(monkeypatch):
    """How many emulators were started from here on."""
    found, start = [], qemu.start
    monkeypatch.setattr(qemu, "start", lambda *words: found.append(words) or start(*words))
    return found


@pytest.mark.parametrize("cpus", [1, 2])
def test_memory_registers_devices_and_time_are_as_in_a_new_emulator(telltale, tmp_path, monkeypatch, cpus):
    fresh = machine.run(telltale(cpus=cpus), tmp_path / "fresh", Limits())
    assert fresh.ended is Ended.END_LINE and fresh.console.startswith(b"A" * 4 * 8) and len(fresh.console.strip()) == 40
    count = started(monkeypatch)
    assert {back(telltale(cpus=cpus), tmp_path / "back", Limits()).console for _ in range(4)} == {fresh.console}
    assert len(count) == 1


def test_what_is_loaded_is_written_for_each_run(telltale, tmp_path, monkeypatch):
    count = started(monkeypatch)
    for number in (1, 2, 3):
        (tmp_path / "word").write_bytes(struct.pack("<I", number))
        for place, said in ((RAM, 1), (SMALL, 2)):
            result = back(telltale(loads=(Load(tmp_path / "word", place, "pattern"),)), tmp_path / "back")
            assert [result.text[8 * n:8 * n + 8] for n in (1, 2)] == ["A" * 7 + ("ABCD"[number] if n == said else "A") for n in (1, 2)]
    assert len(count) == 1


def test_another_machine_has_an_emulator_of_its_own_and_few_are_idle(telltale, tmp_path, monkeypatch):
    count = started(monkeypatch)
    monkeypatch.setattr(rewind, "_MOST", 1)
    for cpus in (1, 2, 2, 1):
        back(telltale(cpus=cpus), tmp_path / "back")
    assert len(count) == 3


def test_a_hypervisor_that_was_built_again_is_another_machine(telltale, tmp_path):
    first = back(telltale(), tmp_path / "back")
    wanted = telltale()
    content = wanted.hypervisor.read_bytes()
    wanted.hypervisor.write_bytes(content.replace(struct.pack("<I", 0xE2811041), struct.pack("<I", 0xE2811061)))     # 'a' for 'A'
    os.utime(wanted.hypervisor, (1, 1))
    assert back(dataclasses.replace(wanted, last_lines=(b"aaaaaaaa",)), tmp_path / "back").text == first.text.lower()


def test_a_run_that_a_limit_ended_leaves_no_emulator(tmp_path, monkeypatch):
    count = started(monkeypatch)
    for number in (1, 2):
        result = back(program(tmp_path, SPIN), tmp_path / "back", Limits(guest_ms=50, idle_seconds=60, look_seconds=0.02))
        assert (result.ended, len(count), len(rewind._idle)) == (Ended.GUEST_TIME, number, 0)


def test_nor_does_one_that_cannot_be_stopped(telltale, tmp_path, monkeypatch):
    monkeypatch.setattr(rewind.Emulator, "stopped", lambda self: False)
    assert back(telltale(), tmp_path / "back").ended is Ended.END_LINE and not rewind._idle


def test_answers_to_the_clock_are_not_taken_for_others(telltale, tmp_path, monkeypatch):
    """A run that lasts is asked for its time; an answer that came too late for that waits in the channel."""
    count = started(monkeypatch)
    for word in (1, 2):
        (tmp_path / "word").write_bytes(struct.pack("<I", word))
        result = back(telltale(loads=(Load(tmp_path / "word", RAM, "pattern"),)), tmp_path / "back")
        assert result.text[8:16] == "A" * 7 + "ABC"[word]
        (emulator,) = rewind._idle.values()
        clock = VirtualClock(emulator._control, boards.load(BOARD).runner.clock, greeted=True)
        clock.look(1.0)
        assert clock.milliseconds == 0
        emulator._control.sendall(b'{"execute": "human-monitor-command", "arguments": {"command-line": "xp /2wx 0"}}\n' * 3)
    assert len(count) == 1


def test_an_emulator_that_dies_between_two_runs_is_told_of(telltale, tmp_path):
    back(telltale(), tmp_path / "back")
    (emulator,) = rewind._idle.values()
    emulator._process.kill()
    emulator._process.wait()
    result = back(telltale(), tmp_path / "back")
    assert result.ended is Ended.START and result.stderr and not rewind._idle
    assert back(telltale(), tmp_path / "back").ended is Ended.END_LINE


def test_an_emulator_that_cannot_save_is_told_of(telltale, tmp_path, monkeypatch):
    monkeypatch.setattr(rewind, "_empty_qcow2", lambda: b"nothing")
    result = back(telltale(), tmp_path / "back")
    assert result.ended is Ended.START and "qcow2" in result.stderr and not rewind._idle


@pytest.mark.parametrize("pages, given_back", [((0, 3, 255), False), (range(0, 256, 2), True)])
def test_ram_is_zero_after_little_and_after_much(monkeypatch, pages, given_back):
    monkeypatch.setattr(rewind, "_CLEARED_IN_PLACE", 8 << 12)
    ram = rewind.Ram(1 << 20)
    for page in pages:
        ram._mapped[page << 12] = ram._mapped[(page << 12) + 4095] = 0xFF
    ram.clear()
    assert (ram._written() == []) == given_back
    assert ram._mapped[:] == bytes(1 << 20)
    ram.close()


def test_it_ends_with_us(tmp_path):
    program(tmp_path, TELLTALE)
    script = (f"import sys, time; sys.path.insert(0, {str(paths.ROOT)!r})\nfrom pathlib import Path\n"
              "from testsuite import test_rewind as t\n"
              f"t.back(t.program(Path({str(tmp_path)!r}), t.TELLTALE), Path({str(tmp_path / 'back')!r}))\n"
              "print(*[one._process.pid for one in t.rewind._idle.values()], flush=True)\ntime.sleep(60)\n")
    with subprocess.Popen([sys.executable, "-c", script], cwd=paths.ROOT, stdout=subprocess.PIPE) as harness:
        emulator = int(harness.stdout.readline())
        assert runs(emulator)
        harness.kill()
    limit = time.monotonic() + 20
    while time.monotonic() < limit and runs(emulator):
        time.sleep(0.01)
    assert not runs(emulator)


@pytest.mark.parametrize("changes", [{"typed": b"x"}, {"plugins": ("p",)}, {"wrapper": ("perf",)}, {"gdb": "tcp::1"}, {"emulator": "other"},
                                     {"arguments": ("-m", "64")}, {"tree": Path("xen.dtb")}])
def test_what_others_have_a_say_in_is_started_anew(tmp_path, changes):
    plain = Machine(boards.load(BOARD), tmp_path / "hv.elf", ())
    assert rewind.possible(plain) and not rewind.possible(dataclasses.replace(plain, **changes))


def test_so_is_what_has_more_devices_and_what_is_asked_for(tmp_path, monkeypatch):
    board = boards.load("virt-a64")
    assert rewind.possible(Machine(board, tmp_path / "hv.elf", (), system="pair"))
    assert not rewind.possible(Machine(board, tmp_path / "hv.elf", (), system="edu"))
    without = dataclasses.replace(board, runner=dataclasses.replace(board.runner, ram_bytes=0))
    assert not rewind.possible(Machine(without, tmp_path / "hv.elf", ()))
    monkeypatch.setenv(rewind.EACH, "1")
    assert not rewind.possible(Machine(board, tmp_path / "hv.elf", (), system="pair"))


# ---- a test of the suite ----

@pytest.fixture
def unknown(tmp_path, monkeypatch):
    guesttest.forget(monkeypatch, tmp_path / "kept")


SAME = [(BOARD, "static_mem", "memory_is_zero_at_the_first_start", "window"), (BOARD, "sched", "a_poll_is_woken_from_the_other_cpu", "switch"),
        ("virt-a64", "evtchn", "send_on_unbound_port_is_dropped_silently", "resident"),
        ("virt-a64", "sched", "a_poll_is_woken_from_the_other_cpu", "resident")]


@pytest.mark.parametrize("board, suite, name, strategy", SAME, ids=[f"{one[0]}-{one[1]}" for one in SAME])
def test_a_test_says_the_same_either_way(tmp_path, monkeypatch, unknown, board, suite, name, strategy):
    one, seen = guesttest.of(board, suite, name, strategy), set()
    count = started(monkeypatch)
    monkeypatch.setenv(kept.AGAIN, "1")
    for number, each in enumerate(("1", "0", "0")):
        monkeypatch.setenv(rewind.EACH, each)
        outcome = trial.run(one, tmp_path / str(number))
        assert outcome.verdict.kind is Kind.PASS, outcome.verdict
        seen.add(guesttest.without_nonce(outcome.console))
    assert len(seen) == 1 and len(count) == 2


FAILS = ("isolation", "el1_cannot_read_the_peers_event_page", "shared")


def test_what_does_not_pass_is_judged_by_a_new_emulator(tmp_path, monkeypatch, unknown):
    count = started(monkeypatch)
    outcome = trial.run(guesttest.of(BOARD, *FAILS), tmp_path / "run")
    assert outcome.verdict.kind is Kind.FAIL and len(count) == 2 and count[0] != count[1]


@pytest.mark.parametrize("said, kind", [(b"", "error"), (b"(hv) fencepost a\n(hv) PANIC b\n(hv) fencepost a\n", "crash")])
def test_and_has_to_be_the_same_there(tmp_path, monkeypatch, unknown, said, kind):
    def other(wanted, limits, watcher):
        watcher.console += said + watch.end_line(wanted.nonce) + b"d1=poweroff\n"
        return Ended.END_LINE, None
    monkeypatch.setattr(rewind, "run", other)
    outcome = trial.run(guesttest.of(*SAME[0]), tmp_path / "run")
    assert outcome.verdict.kind is Kind.ERROR and "power-on state: " + kind in outcome.verdict.reason
    assert not list((tmp_path / "kept").glob("*")), "such a run is not kept"

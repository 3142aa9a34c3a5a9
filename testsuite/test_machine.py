# SPDX-License-Identifier: Apache-2.0
"""The process wrapper and the verdict, broken on purpose: one misbehaving emulator after the other."""
import dataclasses
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tool import board, elfimage, machine, qemu, watch
from tool.machine import Ended, Limits, Machine
from tool.verdict import Expectation, Facts, Kind, judge

FAKE = Path(__file__).parent / "fake_qemu.py"
# Short limits only where the limit is what must strike: a busy machine must not change an outcome.
QUICK = Limits(guest_ms=2000, wall_seconds=0.25)
LOOKING = Limits(guest_ms=2000, idle_seconds=30, look_seconds=0.03)
SOON_IDLE = Limits(guest_ms=2000, idle_seconds=0.1, look_seconds=0.03)

CASES = [
    ("good", Limits(), Ended.END_LINE, Kind.PASS),
    ("crlf", Limits(), Ended.END_LINE, Kind.PASS),
    ("good_and_exit", Limits(), Ended.END_LINE, Kind.PASS),
    ("hang", QUICK, Ended.WALL_TIME, Kind.TIMEOUT),
    ("hang", SOON_IDLE, Ended.IDLE, Kind.TIMEOUT),
    ("half_a_line", QUICK, Ended.WALL_TIME, Kind.TIMEOUT),
    ("silent_exit", Limits(), Ended.EXIT, Kind.CRASH),
    ("exit_without_marker", Limits(), Ended.EXIT, Kind.CRASH),
    ("killed", Limits(), Ended.EXIT, Kind.CRASH),
    ("refuses", Limits(), Ended.EXIT, Kind.ERROR),
    ("flood", Limits(), Ended.FLOOD, Kind.TIMEOUT),
    ("wrong_nonce", Limits(), Ended.EXIT, Kind.ERROR),
    ("two_ends", Limits(), Ended.END_LINE, Kind.ERROR),
    ("closes_and_stays", QUICK, Ended.WALL_TIME, Kind.TIMEOUT),
    ("spins", LOOKING, Ended.GUEST_TIME, Kind.TIMEOUT),
    ("idle", SOON_IDLE, Ended.IDLE, Kind.TIMEOUT),
    ("resets", Limits(), Ended.END_LINE, Kind.CRASH),
    ("guest_says_end", Limits(), Ended.EXIT, Kind.CRASH),
]


def run(behaviour: str, limits: Limits, folder: Path, **changes: object) -> machine.RunResult:
    chosen = Machine(board.load("mps3-an536"), folder / behaviour, (), nonce=machine.new_nonce(), emulator=str(FAKE),
                     **changes)
    return machine.run(chosen, folder, limits)


@pytest.mark.parametrize("behaviour, limits, ended, kind", CASES, ids=[f"{case[0]}-{case[2].name.lower()}" for case in CASES])
def test_each_misbehaviour_has_its_verdict(tmp_path, behaviour, limits, ended, kind):
    result = run(behaviour, limits, tmp_path)
    verdict = judge(result.text, Facts(result.ended, result.status, result.stderr),
                    Expectation("fake.test", result.nonce))
    assert (result.ended, verdict.kind) == (ended, kind), verdict.reason
    assert verdict.reason or kind is Kind.PASS
    assert (tmp_path / "console.log").read_bytes() == result.console
    assert result.nonce in (tmp_path / "replay.sh").read_text()


def test_emulator_that_does_not_exist_is_an_error(tmp_path):
    chosen = Machine(board.load("mps3-an536"), tmp_path / "any", (), emulator=str(tmp_path / "nothing"))
    result = machine.run(chosen, tmp_path)
    verdict = judge(result.text, Facts(result.ended, result.status, result.stderr), Expectation("a.b", result.nonce))
    assert (result.ended, verdict.kind) == (Ended.START, Kind.ERROR)
    assert "nothing" in verdict.reason


def test_deaf_emulator_with_plugin_is_reaped(tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "IDLE_SECONDS", 0.1)
    assert run("ignores_sigterm", Limits(), tmp_path, plugins=("any.so",)).ended is Ended.END_LINE


def test_a_killed_harness_leaves_no_emulator_behind(tmp_path):
    script = (f"import sys; sys.path.insert(0, {str(Path(__file__).parent.parent)!r})\n"
              "from pathlib import Path\nfrom testsuite.test_machine import run, Limits\n"
              f"run('hang', Limits(guest_ms=None), Path({str(tmp_path)!r}))\n")
    with subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parent.parent) as harness:
        children = Path(f"/proc/{harness.pid}/task/{harness.pid}/children")
        limit = time.monotonic() + 20
        while not children.read_text().split() and time.monotonic() < limit:
            time.sleep(0.01)
        emulator = int(children.read_text().split()[0])
        while not _is_the_emulator(emulator) and time.monotonic() < limit:
            time.sleep(0.01)
        harness.kill()
    while time.monotonic() < limit and _runs(emulator):
        time.sleep(0.01)
    assert not _runs(emulator)


def _is_the_emulator(pid: int) -> bool:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return any(word.endswith(b"fake_qemu.py") for word in words[:3])


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_command_line_shuts_the_host_away(tmp_path):
    words = qemu.command(Machine(board.load("mps3-an536"), tmp_path / "hv.elf", ()))
    assert "spawn=deny" in words[words.index("-sandbox") + 1]
    assert not any("semihosting" in word for word in words)
    assert words.count("-serial") == 3 and words[words.index("-monitor") + 1] == "none"


def test_what_a_system_needs_is_in_the_command_line_and_in_the_replay(tmp_path):
    plain = board.load("mps3-an536")
    more = dataclasses.replace(plain, additions=(("edu", board.Addition("iommu=smmuv3", ("-device", "edu,dma_mask=1"))),))
    chosen = Machine(more, tmp_path / "hv.elf", (), system="edu")
    words = qemu.command(chosen)
    assert words[words.index("-M") + 1] == "mps3-an536,iommu=smmuv3"
    at = words.index("edu,dma_mask=1")
    assert words[at - 1] == "-device" and "-M mps3-an536,iommu=smmuv3 -device edu,dma_mask=1" in qemu.replay(chosen)
    for other in (Machine(more, tmp_path / "hv.elf", (), system="pair"), Machine(more, tmp_path / "hv.elf", ())):
        assert qemu.command(other) == qemu.command(Machine(plain, tmp_path / "hv.elf", ()))


WFI, BACK, STAY = 0xE320F003, 0xEAFFFFFD, 0xEAFFFFFE


@pytest.mark.parametrize("code, ended", [([WFI, BACK], Ended.IDLE), ([STAY], Ended.GUEST_TIME)], ids=["idle", "spin"])
def test_real_machine_is_stopped_in_its_own_time(tmp_path, code, ended):
    here = board.presence("mps3-an536")
    if not here.present:
        pytest.skip(f"MISSING: {here.reason}")
    segment = elfimage.Segment(0x10000000, struct.pack(f"<{len(code)}I", *code))
    elfimage.write(tmp_path / "hv.elf", segment.address, [segment])
    limits = Limits(guest_ms=100, idle_seconds=0.3 if ended is Ended.IDLE else 60, look_seconds=0.05)
    result = machine.run(Machine(board.load("mps3-an536"), tmp_path / "hv.elf", ()), tmp_path, limits)
    assert (result.ended, result.console) == (ended, b"")


def test_what_is_typed_is_typed_again_by_the_replay(tmp_path):
    result = run("types", Limits(), tmp_path, typed=b"a\x01'%\\n")
    assert "(d1) \"a\\x01'%\\\\n\"" in result.text
    lines = (tmp_path / "replay.sh").read_text()
    typing = lines[lines.index("printf"):lines.index(" | ")]
    assert subprocess.run(["sh", "-c", typing], capture_output=True).stdout == b"a\x01'%\\n"


def test_nonces_differ():
    assert machine.new_nonce() != machine.new_nonce()
    assert len(machine.new_nonce()) == 16

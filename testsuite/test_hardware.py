# SPDX-License-Identifier: Apache-2.0
"""A real board, played by a pseudo terminal: every sickness has its verdict, and a test is the same test there."""
import json
from pathlib import Path

import pytest

from testsuite import attached, started
from tool import board as boards
from tool import elfimage, hardware, machine, paths, records, trial
from tool.board import Attached
from tool.exitcodes import UsageError
from tool.machine import Ended, Limits, Machine
from tool.verdict import Expectation, Facts, Kind, judge

BOARD = "mps3-an536"
QUICK = Limits(guest_ms=2000, wall_seconds=0.3)

CASES = [
    ("good", Limits(), Ended.END_LINE, Kind.PASS),
    ("garbage_first", Limits(), Ended.END_LINE, Kind.PASS),
    ("chatters", Limits(), Ended.END_LINE, Kind.PASS),
    ("odd_ends", Limits(), Ended.END_LINE, Kind.PASS),
    ("pieces", Limits(), Ended.END_LINE, Kind.PASS),
    ("half_a_line", QUICK, Ended.BOARD_TIME, Kind.TIMEOUT),
    ("hang", QUICK, Ended.BOARD_TIME, Kind.TIMEOUT),
    ("dead", QUICK, Ended.BOARD_TIME, Kind.TIMEOUT),
    ("resets", Limits(), Ended.END_LINE, Kind.CRASH),
    ("forged_end", QUICK, Ended.BOARD_TIME, Kind.TIMEOUT),
    ("other_end", QUICK, Ended.BOARD_TIME, Kind.ERROR),
    ("banner_lost", Limits(), Ended.END_LINE, Kind.ERROR),
    ("flood", Limits(), Ended.FLOOD, Kind.TIMEOUT),
    ("unplugged", Limits(), Ended.EXIT, Kind.CRASH),
]


@pytest.fixture
def hypervisor(tmp_path: Path) -> Path:
    elfimage.write(tmp_path / "hv.elf", 0x10000000, [elfimage.Segment(0x10000000, bytes(16))])
    return tmp_path / "hv.elf"


def run(here: Attached, hypervisor: Path, folder: Path, limits: Limits = Limits(), **changes: object) -> machine.RunResult:
    chosen = Machine(boards.load(BOARD, here), hypervisor, (), nonce=machine.new_nonce(), **changes)
    return machine.run(chosen, folder, limits)


def verdict(result: machine.RunResult):
    return judge(result.text, Facts(result.ended, result.status, result.stderr), Expectation("fake.test", result.nonce))


@pytest.mark.parametrize("behaviour, limits, ended, kind", CASES, ids=[case[0] for case in CASES])
def test_each_sickness_has_its_verdict(tmp_path, hypervisor, behaviour, limits, ended, kind):
    with attached.board(tmp_path, behaviour) as here:
        result = run(here, hypervisor, tmp_path / "run", limits)
    found = verdict(result)
    assert (result.ended, found.kind) == (ended, kind), (found.reason, result.stderr)
    assert found.reason or kind is Kind.PASS


def test_what_was_said_before_the_banner_is_kept_and_not_judged(tmp_path, hypervisor):
    with attached.board(tmp_path, "garbage_first") as here:
        result = run(here, hypervisor, tmp_path / "run")
    assert result.console.startswith(b"(hv) fencepost ")
    assert b"\x00\xff\x80~(hv) END 0000000000000bad" in (tmp_path / "run" / "console.log").read_bytes()


def test_a_reset_within_a_line_is_told_from_a_guest_that_prints_a_banner():
    banner, start = "(hv) fencepost 0123abcd board=fake\r\n", "(hv) d1 domU1 start entry=0x20000000\r\n"
    lie = banner + start + "(d1) " + banner + "(hv) d1 stop poweroff\r\n"
    assert hardware.from_banner(lie.encode()) == lie.encode()
    reset = banner + start + "(d1) half" + banner + start
    assert hardware.from_banner(reset.encode()) == (banner + start + "(d1) half\n" + banner + start).encode()


@pytest.mark.parametrize("changes, said", [
    ({"load": "sh -c 'echo no probe found; exit 3' {image}"}, "load: status 3: no probe found"),
    ({"reset": "sh -c 'echo target not halted >&2; exit 1'"}, "reset: status 1: target not halted"),
    ({"load": "sh -c 'sleep 60' {image}"}, "load: not done after 1 s"),
    ({"reset": "sleep 60"}, "reset: not done after 1 s"),
])
def test_a_command_that_fails_is_an_error_and_no_verdict_on_the_test(tmp_path, hypervisor, changes, said):
    with attached.board(tmp_path, "good", "command-seconds = 1", **changes) as here:
        result = run(here, hypervisor, tmp_path / "run")
    found = verdict(result)
    assert (result.ended, found.kind) == (Ended.START, Kind.ERROR)
    assert said in found.reason


def test_a_reset_that_fails_after_the_image_ran_is_an_error_too(tmp_path, hypervisor):
    words = f"sh -c '{attached.FAKE} reset {tmp_path} 1; sleep 0.3; exit 1'"
    with attached.board(tmp_path, "good", reset=words) as here:
        found = verdict(run(here, hypervisor, tmp_path / "run"))
    assert found.kind is Kind.ERROR and "reset: status 1" in found.reason


def test_one_command_may_load_and_start(tmp_path, hypervisor):
    words = f"sh -c 'cp {{image}} {tmp_path}/flash.elf && {attached.FAKE} reset {tmp_path} {{cpus}}'"
    with attached.board(tmp_path, "good", load=words, reset=None) as here:
        assert verdict(run(here, hypervisor, tmp_path / "run")).kind is Kind.PASS


def test_a_command_may_be_the_console(tmp_path, hypervisor):
    with attached.board(tmp_path, "good", console=f"{attached.FAKE} bridge {{serial}}") as here:
        assert verdict(run(here, hypervisor, tmp_path / "run")).kind is Kind.PASS


def test_a_console_command_that_is_late_loses_nothing(tmp_path, hypervisor):
    words = f"sh -c 'sleep 1; exec {attached.FAKE} bridge {{serial}}'"
    with attached.board(tmp_path, "good", console=words) as here:
        assert verdict(run(here, hypervisor, tmp_path / "run")).kind is Kind.PASS


def test_a_console_command_that_ends_is_a_board_that_is_gone(tmp_path, hypervisor):
    with attached.board(tmp_path, "dead", console="true") as here:
        result = run(here, hypervisor, tmp_path / "run")
    assert result.ended is Ended.EXIT and "the board is gone" in verdict(result).reason


def test_what_is_typed_waits_for_the_hypervisor(tmp_path, hypervisor):
    with attached.board(tmp_path, "types") as here:
        result = run(here, hypervisor, tmp_path / "run", typed=b"a\x01'%\n")
    assert "(d1) \"a\\x01'%\\n\"" in result.text and verdict(result).kind is Kind.PASS


@pytest.mark.parametrize("device", ["no-device", "fake.toml"])
def test_a_device_that_is_no_serial_line_is_an_error(tmp_path, hypervisor, device):
    here = Attached(str(attached.runner_file(tmp_path)), str(tmp_path / device))
    found = verdict(run(here, hypervisor, tmp_path / "run"))
    assert found.kind is Kind.ERROR and f"serial device {tmp_path / device}: " in found.reason


def test_a_missing_board_says_what_is_missing(tmp_path):
    file = str(attached.runner_file(tmp_path))
    assert boards.presence(BOARD, Attached(file)).reason == "no console: say --serial DEV"
    assert "serial device /dev/none is not there" in boards.presence(BOARD, Attached(file, "/dev/none")).line()
    file = str(attached.runner_file(tmp_path, reset="no-such-probe"))
    boards.load.cache_clear(), boards._presence.cache_clear()
    assert boards.presence(BOARD, Attached(file, "/dev/null")).reason == "reset: no-such-probe is not there"


@pytest.mark.parametrize("extra, changes, said", [
    ("", {"load": "flash it"}, "[runner] load = 'flash it': must name {image}, the file to load"),
    ("", {"load": "flash {image} {speed}"}, "{speed} is unknown; there are: {image}, {serial}, {baud}"),
    ("", {"reset": "echo 'half"}, "is no command line: No closing quotation"),
    ("baud = 12345", {}, "[runner] baud = 12345: must be one of 9600, "),
    ("time-factor = 0", {}, "[runner] time-factor = 0: must be a whole number from 1"),
    ("icount = 1", {}, "[runner] icount = 1: is no key; there are: baud, "),
    ("", {"title": None}, "[runner] title: is missing: text"),
])
def test_a_mistake_in_the_runner_names_file_key_value_and_rule(tmp_path, extra, changes, said):
    file = attached.runner_file(tmp_path, extra, **changes)
    with pytest.raises(UsageError) as stop:
        boards.load(BOARD, Attached(str(file)))
    assert f"{file}: " in str(stop.value) and said in str(stop.value)


def test_a_serial_device_needs_a_real_board():
    with pytest.raises(UsageError, match="runs in QEMU, whose console is no device: add --runner FILE"):
        boards.load(BOARD, Attached(serial="/dev/ttyUSB0"))


def test_the_nonce_lies_in_memory_of_the_hypervisor():
    """In the region of its data, above the configuration: EL1 of no domain has it in a view."""
    with elfimage.Image(paths.hypervisor(BOARD, "release")) as image:
        low, high = image.symbol("image_data_start"), image.symbol("image_data_end")
    assert low <= boards.load(BOARD).nonce_address <= high - 8


def test_a_real_board_takes_no_plugin(tmp_path, hypervisor):
    here = Attached(str(attached.runner_file(tmp_path)), "/dev/null")
    with pytest.raises(UsageError, match="real board: no plugin"):
        run(here, hypervisor, tmp_path / "run", plugins=("any.so",))


@pytest.fixture
def qemu_board(tmp_path: Path):
    """A board whose core is QEMU: it boots the one linked image, and its console is a serial line."""
    if not boards.presence(BOARD).present or not paths.suites(BOARD, "release"):
        pytest.skip(f"MISSING: {BOARD}: no emulator, or nothing built (./fencepost test builds it)")
    with attached.board(tmp_path, "qemu") as here:
        yield here


@pytest.mark.parametrize("suite, name", [("evtchn", "send_on_unbound_port_is_dropped_silently"),
                                         ("static_mem", "memory_is_zero_at_the_first_start"), ("sched", None)])
def test_the_same_test_says_the_same_on_both_runners(tmp_path, qemu_board, suite, name):
    guest = paths.guest_folder(BOARD, "release") / f"{suite}.elf"
    record = next(one for one in records.tests(guest) if name in (None, one.name) and not one.needs.typed)
    heard = []
    for here in (Attached(), qemu_board):
        one = trial.Trial(BOARD, "release", paths.hypervisor(BOARD, "release"), guest, record, "window", here)
        outcome = trial.run(one, tmp_path / f"run{len(heard)}")
        assert outcome.verdict.kind is Kind.PASS, (outcome.verdict.reason, outcome.console)
        heard.append([line for line in outcome.console.splitlines() if not line.startswith("(hv) END ")])
    assert heard[0] == heard[1]


def test_the_command_tests_a_real_board(tmp_path, qemu_board):
    done = started.fencepost("test", "::evtchn::send_on_unbound_port_is_dropped_silently", "-m", "release and window",
                             f"--runner={qemu_board.runner}", f"--serial={qemu_board.serial}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "board mps3-an536:fake: a fake" in done.stdout
    folder = paths.ROOT / done.stdout.rpartition("results:")[2].split()[0]
    row = json.loads(folder.read_text().splitlines()[1])
    assert (row["board"], row["verdict"]) == ("mps3-an536:fake", "pass")


def test_the_command_says_what_is_wrong_with_a_runner(tmp_path):
    file = attached.runner_file(tmp_path, "speed = 9", load="flash")
    done = started.fencepost("test", "::evtchn", f"--runner={file}")
    assert done.returncode == 2
    assert f"{file}: [runner] load = 'flash': must name {{image}}" in done.stderr
    assert f"{file}: [runner] speed = 9: is no key" in done.stderr

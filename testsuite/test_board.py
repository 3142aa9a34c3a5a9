# SPDX-License-Identifier: Apache-2.0
"""board.toml: what is read from it, and every mistake said in one run with file, key, value and rule."""
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tool import board as boards
from tool import emulator, paths
from tool.exitcodes import UsageError

GOOD = (paths.BOARDS / "mps3-an536" / "board.toml").read_text()


def read(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> boards.Board:
    (tmp_path / "mine").mkdir(exist_ok=True)
    (tmp_path / "mine" / "board.toml").write_text(text)
    monkeypatch.setattr(paths, "BOARDS", tmp_path)
    boards.load.cache_clear()
    try:
        return boards.load("mine")
    finally:
        boards.load.cache_clear()


def test_the_default_board_is_what_its_file_says():
    board = boards.load("mps3-an536")
    assert (board.cpu_model, board.runner.machine, board.runner.null_serials) == ("cortex-r52", "mps3-an536", 2)
    assert board.nonce_address == 0x1005FF00 and board.runner.clock.address == 0xE0202014


@pytest.mark.parametrize("old, new, said", [
    ('kind = "qemu"', 'kind = "fpga"', "[runner] kind = 'fpga': must be one of"),
    ("nonce-address = 0x1005ff00", 'nonce-address = "here"', "nonce-address = 'here': must be a whole number"),
    ("nonce-address = 0x1005ff00", "nonce-address = true", "nonce-address = True: must be a whole number"),
    ("null-serials = 2", "null-serials = 99", "[runner] null-serials = 99: must be a whole number from 0 to 15"),
    ('"switch", ', '"swich", ', "must be a list of words out of window, switch"),
    ("hz = 100", "herz = 100", "[runner.clock] hz: is missing: a whole number"),
    ("hz = 100", "hz = 100\nherz = 1", "[runner.clock] herz = 1: is no key; there are: address, hz"),
    ('cpu = "cortex-r52"', 'cpu = ""', "cpu = '': must be text"),
])
def test_a_mistake_names_file_key_value_and_rule(tmp_path, monkeypatch, old, new, said):
    assert old in GOOD
    with pytest.raises(UsageError) as stop:
        read(GOOD.replace(old, new, 1), tmp_path, monkeypatch)
    assert any("mine/board.toml: " in line and said in line for line in str(stop.value).splitlines()), str(stop.value)


def test_all_mistakes_come_in_one_run(tmp_path, monkeypatch):
    text = GOOD.replace("null-serials = 2", "null-serials = -1").replace('cpu = "cortex-r52"', "cpu = 52").replace("hz = 100", "")
    with pytest.raises(UsageError) as stop:
        read(text, tmp_path, monkeypatch)
    assert len(str(stop.value).splitlines()) == 3


def test_a_missing_table_is_one_mistake(tmp_path, monkeypatch):
    with pytest.raises(UsageError) as stop:
        read(GOOD.partition("[runner]")[0], tmp_path, monkeypatch)
    assert str(stop.value).splitlines() == [f"{tmp_path}/mine/board.toml: runner: is missing: a table"]


def test_what_is_no_toml_is_said(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="mine/board.toml: not a TOML file: Invalid value"):
        read("cpu = [", tmp_path, monkeypatch)


def test_an_unknown_board_names_the_known():
    with pytest.raises(UsageError, match="unknown board 'nothing'; there are: .*mps3-an536"):
        boards.load("nothing")


COMMAND = """cpu = "c"\nstrategies = ["window"]\nnonce-address = 0\n[runner]\nkind = "command"\ntitle = "T"\nload = "load {image}"\n"""


def with_system(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str = GOOD) -> boards.Board:
    """`one` is a system of the board, `all` one of every board."""
    for file in (tmp_path / "mine" / "systems" / "one.dts", tmp_path / "systems" / "all.dts"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return read(f"{base}\n{text}\n", tmp_path, monkeypatch)


def test_a_system_may_need_more_of_the_emulator(tmp_path, monkeypatch):
    board = with_system("""[system.one]
machine = "iommu=smmuv3,highmem-ecam=off"
arguments = ["-drive", "file={board}/disk.img,readonly=on", "{x}"]
[system.all]
arguments = ["-device", "edu"]""", tmp_path, monkeypatch)
    assert board.options("one") == "mps3-an536,iommu=smmuv3,highmem-ecam=off"
    assert board.addition("one").arguments == ("-drive", f"file={tmp_path}/mine/disk.img,readonly=on", "{x}")
    assert (board.options("all"), board.addition("all").arguments) == ("mps3-an536", ("-device", "edu"))
    assert board.addition("pair") == boards.Addition() and board.options("pair") == "mps3-an536"


def test_systems_that_need_the_same_have_one_table(tmp_path, monkeypatch):
    board = with_system("""[system."*"]\nmachine = "iommu=smmuv3\"""", tmp_path, monkeypatch)
    assert {board.addition(name).machine for name in ("one", "all")} == {"iommu=smmuv3"} and board.addition("none") == boards.Addition()


def test_a_comma_in_the_boards_folder_does_not_end_an_option(tmp_path, monkeypatch):
    (tmp_path / "a,b").mkdir()
    board = with_system("""[system.one]\narguments = ["-drive", "file={board}/x"]""", tmp_path / "a,b", monkeypatch)
    assert board.addition("one").arguments[1] == f"file={tmp_path}/a,,b/mine/x"


@pytest.mark.parametrize("text, said", [
    ('[system.none]\nmachine = "x"', "[system] none = {'machine': 'x'}: is no system: there is no such tree in systems/"),
    ("[system.one]", "[system] one = {}: adds nothing: say machine or arguments"),
    ("[system.one]\nmachine = 1", "[system.one] machine = 1: must be text"),
    ('[system.one]\narguments = "-device edu"', "[system.one] arguments = '-device edu': must be a list of words"),
    ('[system.one]\nmachine = "x"\n[system."o*"]\nmachine = "y"', "[system] o* = {'machine': 'y'}: is a second table for one"),
    ('[system.one]\nmachine = "x"\nargs = []', "[system.one] args = []: is no key; there are: arguments, machine"),
    ("[system]\none = 1", "[system] one = 1: must be a table"),
])
def test_a_mistake_about_a_system_is_said(tmp_path, monkeypatch, text, said):
    with pytest.raises(UsageError) as stop:
        with_system(text, tmp_path, monkeypatch)
    assert any(said in line for line in str(stop.value).splitlines()), str(stop.value)


def test_a_real_board_adds_no_device(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="system = .*: is for an emulator: a real board has the devices that it has"):
        with_system('[system.one]\nmachine = "x"', tmp_path, monkeypatch, COMMAND)


def test_on_a_real_board_the_tests_of_such_a_system_are_skipped(tmp_path, monkeypatch):
    emulated = with_system('[system.one]\nmachine = "x"', tmp_path, monkeypatch)
    real = replace(emulated, runner=with_system("", tmp_path, monkeypatch, COMMAND).runner)
    assert (emulated.skip("a.b", "one", "f"), real.skip("a.b", "pair", "f")) == ("", "")
    assert real.skip("a.b", "one", "f") == "system one has devices that only an emulator adds"
    assert real.addition("one") == boards.Addition()


@pytest.mark.parametrize("name", boards.names())
def test_every_board_of_the_tree_can_be_read(name):
    assert boards.load(name).name == name


# ---- what an emulator says of itself

COUNTS = '#include <stdio.h>\nint main(int n, char **words) { FILE *log = fopen("%s", "a"); fprintf(log, "%%d", n); fclose(log);' \
         'puts(n == 3 ? "none  no machine\\n%s  a board" : "Emulator version %s"); return %s; }\n'


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Makes an emulator that counts how often it is started: told its machine, its version and its status."""
    monkeypatch.setattr(paths, "EMULATORS", tmp_path / "emulators")
    log = tmp_path / "log"

    def make(machine: str, version: str, status: str = "0") -> Path:
        text = COUNTS % (log, machine, version, status)
        subprocess.run(["cc", "-x", "c", "-", "-o", tmp_path / "draft"], input=text, text=True, check=True)
        (tmp_path / "draft").replace(tmp_path / "emulator")      # as a package does: another file of the same name
        return tmp_path / "emulator"
    make.starts = lambda: len(log.read_text())
    return make


def test_an_emulator_is_asked_once_until_it_is_another_file(made):
    file = made("virt", "1")
    assert emulator.ask(str(file)) == emulator.ask(str(file)) == emulator.Said("Emulator version 1", ("none", "virt"))
    assert made.starts() == 2                                    # for its machines, for its version
    assert emulator.ask(str(made("virt", "2"))).version == "Emulator version 2"
    for kept in paths.EMULATORS.iterdir():
        kept.write_text("{")                                     # cut short
    assert emulator.ask(str(file)).version == "Emulator version 2" and made.starts() == 6


def test_what_an_emulator_says_before_it_fails_is_not_kept(made):
    file = str(made("virt", "1", "1"))
    assert emulator.ask(file) == emulator.ask(file) and made.starts() == 4


def test_a_script_is_asked_each_time_for_it_may_call_another_emulator(made, tmp_path):
    script = tmp_path / "script"
    script.write_text(f'#!/bin/sh\nexec {made("virt", "1")} "$@"\n')
    script.chmod(0o755)
    assert emulator.ask(str(script)).version == "Emulator version 1"
    made("virt", "2")
    assert emulator.ask(str(script)).version == "Emulator version 2"

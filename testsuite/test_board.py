# SPDX-License-Identifier: Apache-2.0
"""board.toml: what is read from it, and every mistake said in one run with file, key, value and rule."""
from pathlib import Path

import pytest

from tool import board as boards
from tool import paths
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

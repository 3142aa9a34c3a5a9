# SPDX-License-Identifier: Apache-2.0
"""What the harness sees of static memory and ballooning, and no guest can: whole transcripts and the log."""
from __future__ import annotations

from pathlib import Path

import pytest

from testsuite import guesttest
from tool import board as boards
from tool import kept, paths, system, trial
from tool.strategy import choices
from tool.verdict import Kind

BOARD = "mps3-an536"


def run(suite: str, name: str, folder: Path, strategy: str = "window") -> trial.Outcome:
    """One guest test as the session would run it."""
    return trial.run(guesttest.of(BOARD, suite, name, strategy), folder)


def check_alike(suite: str, name: str, folder: Path, strategy: str = "window") -> None:
    """A boot says what the one before it said, or what is kept of an earlier one: to the last byte but for the nonce."""
    first = run(suite, name, folder / "first", strategy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(kept.AGAIN, "1")
        second = run(suite, name, folder / "second", strategy)
    assert first.verdict.kind is Kind.PASS, first.verdict.reason
    assert not second.kept, "nothing was booted"
    assert guesttest.without_nonce(first.console) == guesttest.without_nonce(second.console)
    assert "(hv) END" in first.console


@pytest.mark.requirement("S1-01")
@pytest.mark.parametrize("strategy", boards.load(BOARD).strategies)
def test_two_boots_are_alike_to_the_last_byte(tmp_path: Path, strategy: str) -> None:
    check_alike("static_mem", "ram_is_the_ranges_that_the_configuration_names", tmp_path, strategy)


@pytest.mark.requirement("S1-01")
@pytest.mark.parametrize("name", ["pair", "many", "heap"])
def test_two_configurations_of_one_tree_are_alike(tmp_path: Path, name: str) -> None:
    made = [system.prepare(paths.system(name), tmp_path / time, choices=choices("window"), named_commit="test")
            for time in ("first", "second")]
    for file in sorted(path.name for path in made[0].folder.iterdir()):
        one, other = ((prepared.folder / file).read_bytes() for prepared in made)
        assert one.replace(b"/first/", b"/second/") == other, file
    assert made[0].budget == made[1].budget


def log_of(name: str, folder: Path) -> list[str]:
    outcome = run("balloon", name, folder)
    assert outcome.verdict.kind is Kind.PASS, outcome.verdict.reason
    return [line for line in outcome.console.splitlines() if line.startswith("(hv) d1 ")]


@pytest.mark.requirement("X-29")
def test_the_log_says_that_there_was_no_slot(tmp_path: Path) -> None:
    log = log_of("as_many_gaps_as_the_budget_has_regions", tmp_path)
    (line,) = [line for line in log if "decrease stops" in line]
    assert "extent 7, frame 0x2100f" in line and "no slot" in line
    assert "10 of 10 slots" in line                          # what there is, and that it is all in use


@pytest.mark.requirement("X-20")
@pytest.mark.parametrize("name, said", [
    ("a_page_that_is_out_cannot_go_again", ["decrease stops at extent 0, frame 0x21004", "not mapped"]),
    ("extents_are_done_in_order_until_one_fails", ["stops at extent 2, frame 0x18000", "not all its RAM"]),
    ("a_list_that_leaves_ram_stops_there", ["stops at extent 2", "the list cannot be read"]),
    ("a_page_that_the_borrower_holds_is_not_used_again", ["populate stops at extent 0, frame 0x30000", "another domain"]),
    ("frames_beyond_the_address_width_are_nobodys", ["beyond the address width"]),
])
def test_the_log_explains_a_short_count(tmp_path: Path, name: str, said: list[str]) -> None:
    assert any(all(words in line for words in said) for line in log_of(name, tmp_path))

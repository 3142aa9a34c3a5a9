# SPDX-License-Identifier: Apache-2.0
"""What the console says of bus masters, and that an engine on another CPU leaves a run exactly repeatable."""
from __future__ import annotations

from pathlib import Path

import pytest

from testsuite.test_static_mem import check_alike, run
from tool.verdict import Kind


def lines_of(name: str, folder: Path, *words: str) -> list[str]:
    """Lines of the hypervisor with all of the words, in a run that passes."""
    outcome = run("dma", name, folder)
    assert outcome.verdict.kind is Kind.PASS, outcome.verdict.reason
    return [line for line in outcome.console.splitlines() if line.startswith("(hv) ") and all(word in line for word in words)]


@pytest.mark.requirement("S2-10")
@pytest.mark.requirement("S3-05")
def test_a_refusal_is_logged_with_domain_device_and_address(tmp_path: Path) -> None:
    assert lines_of("a_transfer_over_the_edge_of_a_bank_stops_there", tmp_path, "refused")[:2] == [
        "(hv) d1 dma@2f010000: bus firewall refused access 1, a write at 0x21040000",
        "(hv) d1 dma@2f010000: bus firewall refused access 2, a write at 0x21040000"]


@pytest.mark.requirement("S2-10")
def test_many_refusals_do_not_flood_the_console(tmp_path: Path) -> None:
    lines = lines_of("refusals_of_one_domain_do_not_hold_up_another", tmp_path, "refused")
    assert [int(line.split("access ")[1].split(",")[0]) for line in lines] == [1, 2, 4, 8, 16, 32, 64]


@pytest.mark.requirement("S0-14")
def test_without_the_firewall_nobody_speaks_of_it(tmp_path: Path) -> None:
    assert lines_of("without_the_firewall_a_stray_write_lands", tmp_path, "refused") == []


@pytest.mark.requirement("S1-11")
def test_a_domain_that_stays_down_names_its_device(tmp_path: Path) -> None:
    assert lines_of("a_trusted_device_that_hangs_keeps_its_domain_down", tmp_path, " d2 ")[1:] == [
        "(hv) d2 stop reboot", "(hv) d2 stays down: its bus master dma@2f011000 does not stop"]


@pytest.mark.requirement("S1-11")
def test_a_domain_that_restarts_without_its_device_names_it(tmp_path: Path) -> None:
    lines = lines_of("a_device_that_hangs_behind_the_firewall_does_not_hold_up_a_restart", tmp_path, "without its bus master")
    assert lines == 2 * ["(hv) d2 restarts without its bus master dma@2f011000, which does not stop: "
                         "its firewall stays closed"]


@pytest.mark.parametrize("name", ["channels_of_two_domains_move_at_the_same_time",
                                  "a_restart_under_a_running_transfer_gives_a_whole_image"])
def test_two_runs_are_alike_to_the_last_byte(tmp_path: Path, name: str) -> None:
    check_alike("dma", name, tmp_path)

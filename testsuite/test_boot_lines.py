# SPDX-License-Identifier: Apache-2.0
"""First and last line of the hypervisor, where the suite's own verdicts do not look at all of them."""
from pathlib import Path

import pytest

from tool import board as boards
from tool import devicetree, kept, machine, paths, records, strategy, system

BOARD = "mps3-an536"


def _run(folder: Path, test: str, commit: str = "test") -> machine.RunResult:
    """One test of the suite on the release image, with this commit in its configuration."""
    if not boards.presence(BOARD).present or not paths.hypervisor(BOARD, "release").is_file():
        pytest.skip(f"MISSING: {BOARD}: no emulator, or nothing built (./fencepost test builds it)")
    guest, record = next((suite, found) for suite in paths.suites(BOARD, "release") for found in records.tests(suite)
                         if found.test == test)
    tree = paths.system(record.needs.system)
    args = {domain.name: f"fp1 domain={domain.domid} run={test}" for domain in devicetree.compile_tree(tree).domains}
    prepared = system.prepare(tree, folder / "system", {name: guest for name in args}, args, strategy.choices("window"),
                              board=BOARD, kind="release", named_commit=commit)
    chosen = machine.Machine(boards.load(BOARD), paths.hypervisor(BOARD, "release"), prepared.loads, prepared.cpus)
    return kept.run(chosen, folder / "run", machine.Limits())


@pytest.mark.parametrize("commit, shown", [("", "-"), ("0123abc", "0123abc")])
def test_the_first_line_names_the_commit_if_there_is_one(tmp_path: Path, commit: str, shown: str) -> None:
    result = _run(tmp_path, "evtchn.alloc_unbound_gives_the_lowest_free_port", commit)
    first = next(line for line in result.text.splitlines() if line.startswith("(hv) fencepost "))
    assert first.startswith(f"(hv) fencepost {shown} board={BOARD} "), first


@pytest.mark.parametrize("test, states", [
    ("restart.the_system_may_end_while_a_domain_waits_to_restart", "d1=poweroff d2=restarting"),
    ("sched.a_system_without_an_essential_domain_ends_with_its_last_one", "d1=poweroff d2=crash"),
    ("sched.a_domain_on_its_own_cpu_is_not_slowed_by_a_spinning_one", "d1=poweroff d2=running"),
])
def test_the_last_line_says_what_became_of_each_domain(tmp_path: Path, test: str, states: str) -> None:
    result = _run(tmp_path, test)
    assert f"(hv) END {result.nonce} {states}" in [line.strip() for line in result.text.splitlines()], result.text

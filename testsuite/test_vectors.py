# SPDX-License-Identifier: Apache-2.0
"""Recorded answers of real Xen: the guest suite `vectors` makes the same calls, and each answer is compared."""
from pathlib import Path

import pytest

from testsuite.collection import SETTINGS
from tool import divergences, paths, records, trial, vectors
from tool.verdict import Kind

GROUPS = ("version", "misc", "mem", "m2", "evt", "tirq", "vcpu")
_RECORDED = {"": ("4.20.3s", "direct"), "xen-4.17": ("4.17.5", "heap"), "xen-4.20": ("4.20.4", "heap")}


def replay(settings, group, folder):
    """The notes of one boot."""
    image = paths.guest_folder(settings.board, "release") / "vectors.elf"
    record = next(one for one in records.tests(image) if one.name == group)
    way = "window" if settings.board == "mps3-an536" else "resident"
    one = trial.Trial(settings.board, "release", Path(settings.images["release"]), image, record, way, reference=settings.reference)
    outcome = trial.run(one, folder)
    assert outcome.verdict.kind is Kind.PASS, outcome.verdict.reason
    return outcome.verdict.notes


@pytest.mark.parametrize("group", GROUPS)
def test_every_recorded_call_is_answered_as_recorded_or_listed(pytestconfig, tmp_path, group):
    settings = pytestconfig.stash[SETTINGS]
    if settings.missing or settings.broken:
        pytest.skip(settings.missing or settings.broken)
    if settings.reference not in _RECORDED:
        pytest.skip(f"nothing was recorded with {settings.reference}")
    recorded = [one for one in vectors.load(*_RECORDED[settings.reference]) if one.group == group]
    found = vectors.differences(recorded, vectors.told(replay(settings, group, tmp_path)))
    entries = [entry for entry in divergences.load().vectors if (settings.reference or "fencepost") in entry["on"]
               and settings.board in entry.get("boards", [settings.board])]
    listed = vectors.expected(entries, group)
    unexplained = [text for seq, text in sorted(found.items()) if seq not in listed]
    unused = sorted(listed - set(found))
    assert not unexplained, "\n".join(["not listed in divergences.toml:", *unexplained])
    assert not unused, f"listed, but answered as recorded: {group} {unused}"


def test_the_recording_is_complete():
    assert sum(len(vectors.load(*one)) for one in _RECORDED.values()) == 3 * 513


def test_a_different_answer_and_a_missing_one_are_found():
    recorded = [vectors.Vector("g", 0, "a", "c", {"return": "-22"}, frozenset()),
                vectors.Vector("g", 1, "b", "c", {"access": "ok", "value": "0x1"}, frozenset({"content-unspecified"})),
                vectors.Vector("g", 2, "c", "c", {"return": "0"}, frozenset())]
    answers = vectors.told(["vector g 0 return=0", "vector g 1 access=ok value=0x2", "no vector"])
    assert sorted(vectors.differences(recorded, answers)) == [0, 2]

# SPDX-License-Identifier: Apache-2.0
"""A machine that was run before is not booted again; one byte more, and it is."""
import dataclasses
import os
from types import SimpleNamespace

import pytest

from testsuite import rows
from tool import board as boards
from tool import kept, machine, paths
from tool.machine import Limits, Machine, RunResult
from tool.system import Load
from tool.watch import Ended

LIMITS = Limits(guest_ms=10)


@pytest.fixture
def wanted(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "KEPT", tmp_path / "kept")
    monkeypatch.delenv(kept.AGAIN, raising=False)
    for name in ("xen", "tree", "guest"):
        (tmp_path / name).write_bytes(name.encode())
    return Machine(boards.load("virt-a64"), tmp_path / "xen", (Load(tmp_path / "guest", 0x4A000000),), tree=tmp_path / "tree",
                   last_lines=(b"end ",))


@pytest.fixture
def boots(monkeypatch, tmp_path):
    """Counts them; each says its number, and ends as is asked for."""
    found, ends = [], [Ended.END_LINE]

    def run(wanted, folder, limits):
        found.append(wanted)
        return RunResult(b"boot %d \xff\nend \n" % len(found), "", ends[0], 0, wanted.nonce, folder, 1.0)
    monkeypatch.setattr(machine, "run", run)
    return found, ends


def test_the_same_bytes_are_booted_once(wanted, boots, tmp_path):
    first, second = kept.run(wanted, tmp_path / "a", LIMITS), kept.run(wanted, tmp_path / "b", LIMITS)
    assert len(boots[0]) == 1 and first.console == second.console == b"boot 1 \xff\nend \n" and second.ended is Ended.END_LINE
    assert second.kept and not first.kept
    assert (tmp_path / "b" / "console.log").read_bytes() == first.console and (tmp_path / "b" / "replay.sh").is_file()


def test_the_end_of_a_run_tells_how_many_were_kept():
    collector = rows.Collector()
    for name, said in (("a", [("kept", "yes")]), ("b", []), ("c", [("kept", "yes")])):
        for when in ("setup", "call"):
            collector.pytest_runtest_logreport(SimpleNamespace(nodeid=name, when=when, user_properties=said))
    assert collector.kept() == 2


@pytest.mark.parametrize("changed", ["xen", "tree", "guest"])
def test_one_byte_more_is_another_machine(wanted, boots, tmp_path, changed):
    kept.run(wanted, tmp_path / "a", LIMITS)
    (tmp_path / changed).write_bytes(changed.encode() + b".")
    assert kept.run(wanted, tmp_path / "a", LIMITS).console.startswith(b"boot 2")


@pytest.mark.parametrize("changes", [{"cpus": 2}, {"arguments": ("-m", "64")}, {"last_lines": (b"x",)}])
def test_so_are_other_words(wanted, boots, tmp_path, changes):
    kept.run(wanted, tmp_path / "a", LIMITS)
    kept.run(dataclasses.replace(wanted, **changes), tmp_path / "a", LIMITS)
    kept.run(wanted, tmp_path / "a", Limits(guest_ms=11))
    assert len(boots[0]) == 3


def test_so_is_a_system_that_needs_more_of_the_emulator(wanted, boots, tmp_path):
    board = dataclasses.replace(wanted.board, additions=(("a", boards.Addition("iommu=smmuv3")), ("b", boards.Addition("", ("-x",)))))
    for number, system in enumerate(("", "a", "b", "pair"), 1):
        kept.run(dataclasses.replace(wanted, board=board, system=system), tmp_path / "a", LIMITS)
        assert len(boots[0]) == min(number, 3)


def test_so_is_one_whose_disk_has_another_content(wanted, boots, tmp_path):
    disk = tmp_path / "a,disk"
    with_disk = dataclasses.replace(wanted, arguments=("-drive", f"if=none,file={str(disk).replace(',', ',,')},readonly=on"))
    for content in (b"one", b"one", b"two!"):
        disk.write_bytes(content)
        kept.run(with_disk, tmp_path / "a", LIMITS)
    assert len(boots[0]) == 2


def test_the_nonce_is_that_of_the_run_which_said_it(wanted, boots, tmp_path):
    ours = dataclasses.replace(wanted, tree=None, nonce="a" * 16)
    kept.run(ours, tmp_path / "a", LIMITS)
    again = kept.run(dataclasses.replace(ours, nonce="b" * 16), tmp_path / "a", LIMITS)
    assert again.kept and again.nonce == "a" * 16


@pytest.mark.parametrize("changes", [{"typed": b"x"}, {"typed": None}, {"plugins": ("p",)}, {"wrapper": ("perf",)}, {"gdb": "tcp::1"},
                                     {"emulator": "other"}])
def test_a_machine_that_others_have_a_say_in_is_not_kept(wanted, boots, tmp_path, changes):
    for _ in range(2):
        assert not kept.run(dataclasses.replace(wanted, **changes), tmp_path / "a", LIMITS).kept
    assert len(boots[0]) == 2 and not paths.KEPT.exists()


def test_nor_is_one_that_marks_what_it_executes(wanted, boots, tmp_path, monkeypatch):
    monkeypatch.setattr(kept.coverage, "plugins_for", lambda hypervisor: ("cover.so",) if hypervisor == wanted.hypervisor else ())
    kept.run(wanted, tmp_path / "a", LIMITS)
    assert not paths.KEPT.exists()


@pytest.mark.parametrize("ended", [one for one in Ended if one is not Ended.END_LINE])
def test_what_a_limit_ended_is_not_kept(wanted, boots, tmp_path, ended):
    boots[1][0] = ended
    kept.run(wanted, tmp_path / "a", LIMITS)
    assert kept.run(wanted, tmp_path / "a", LIMITS).console.startswith(b"boot 2")


def test_a_damaged_file_and_a_wish_boot_again(wanted, boots, tmp_path, monkeypatch):
    kept.run(wanted, tmp_path / "a", LIMITS)
    (file,) = paths.KEPT.iterdir()
    file.write_text(file.read_text()[:20])
    assert kept.run(wanted, tmp_path / "a", LIMITS).console.startswith(b"boot 2")
    monkeypatch.setenv(kept.AGAIN, "1")
    assert kept.run(wanted, tmp_path / "a", LIMITS).console.startswith(b"boot 3")


def test_what_nobody_asks_for_goes(wanted, boots, tmp_path):
    kept.run(wanted, tmp_path / "a", LIMITS)
    (file,) = paths.KEPT.iterdir()
    kept.prune()
    assert file.is_file()
    kept.prune(os.stat(file).st_mtime + 15 * 24 * 3600)
    assert not file.exists()


def test_the_oldest_go_when_there_are_too_many(wanted, boots, tmp_path):
    for count in range(4):
        kept.run(dataclasses.replace(wanted, cpus=count + 1), tmp_path / "a", LIMITS)
    files = sorted(paths.KEPT.iterdir())
    for age, file in enumerate(files):
        os.utime(file, (10_000_000 - age, 10_000_000 - age))
    kept.prune(10_000_000, most=3)
    assert sorted(paths.KEPT.iterdir()) == files[:3]

# SPDX-License-Identifier: Apache-2.0
"""A machine that was run before is not booted again; one byte more, and it is."""
import dataclasses
import os
from types import SimpleNamespace

import pytest

from testsuite import guesttest, rows
from tool import board as boards
from tool import kept, machine, paths, trial
from tool.machine import Limits, Machine, RunResult
from tool.system import Load
from tool.verdict import Kind, Verdict
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

    def run(wanted, folder, limits, **how):
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


# ---- found by what the system is made of ----

def bare(wanted):
    return dataclasses.replace(wanted, loads=(), tree=None)


def test_a_run_is_found_before_its_system_is_made(wanted, boots, tmp_path):
    name = kept.shortcut(bare(wanted), LIMITS, ["guest 1", {"domU1": "x"}])
    assert kept.look(name, tmp_path / "a") is None and not (tmp_path / "a").exists()
    first = kept.run(wanted, tmp_path / "a", LIMITS, shortcut=name)
    found = kept.look(name, tmp_path / "b")
    assert found.kept and found.console == first.console == (tmp_path / "b" / "console.log").read_bytes()
    assert len(list(paths.KEPT.iterdir())) == 2 and len({file.stat().st_ino for file in paths.KEPT.iterdir()}) == 1
    kept.run(wanted, tmp_path / "a", LIMITS, shortcut=name)
    assert len(boots[0]) == 1 and len(list(paths.KEPT.iterdir())) == 2


def test_another_way_to_the_same_bytes_is_a_second_name(wanted, boots, tmp_path):
    names = [kept.shortcut(bare(wanted), LIMITS, [made_of]) for made_of in ("a", "b")]
    for name in names:
        kept.run(wanted, tmp_path / "a", LIMITS, shortcut=name)
    assert len(boots[0]) == 1 and all(kept.look(name, tmp_path / "a") for name in names)


def test_other_content_another_machine_and_other_tools_are_another_name(wanted, tmp_path, monkeypatch):
    one = bare(wanted)
    names = [kept.shortcut(one, LIMITS, ["a"]), kept.shortcut(one, LIMITS, ["b"]), kept.shortcut(one, Limits(guest_ms=11), ["a"]),
             kept.shortcut(dataclasses.replace(one, system="virtio"), LIMITS, ["a"])]
    (tmp_path / "xen").write_bytes(b"xen.")
    names.append(kept.shortcut(one, LIMITS, ["a"]))
    monkeypatch.setattr(kept, "_tools", lambda: ["edited"])
    names.append(kept.shortcut(one, LIMITS, ["a"]))
    assert len(set(names)) == 6 and names[-1] == kept.shortcut(one, LIMITS, ["a"])


def test_every_tool_that_makes_a_system_is_one_of_them():
    known = kept._tools()
    assert all(kept.digest(paths.ROOT / "tool" / f"{name}.py") in known for name in ("system", "xen", "trial", "strategy", "devicetree"))


def test_what_is_not_kept_has_no_such_name(wanted, boots, tmp_path):
    assert kept.shortcut(dataclasses.replace(bare(wanted), typed=b"x"), LIMITS, []) is None
    boots[1][0] = Ended.GUEST_TIME
    name = kept.shortcut(bare(wanted), LIMITS, [])
    kept.run(wanted, tmp_path / "a", LIMITS, shortcut=name)
    assert kept.look(name, tmp_path / "a") is None and not list(paths.KEPT.glob("*"))


def test_a_wish_to_boot_goes_the_long_way(wanted, boots, tmp_path, monkeypatch):
    name = kept.shortcut(bare(wanted), LIMITS, [])
    kept.run(wanted, tmp_path / "a", LIMITS, shortcut=name)
    monkeypatch.setenv(kept.AGAIN, "1")
    assert kept.look(name, tmp_path / "a") is None


GUEST_TEST = ("evtchn", "send_on_unbound_port_is_dropped_silently", "window")


def test_a_test_whose_machine_is_known_makes_no_system(tmp_path, monkeypatch):
    """And one that did not pass makes it again, for who looks into it."""
    guesttest.forget(monkeypatch, tmp_path / "kept")
    one, made = guesttest.of("mps3-an536", *GUEST_TEST), []
    prepare = trial.prepare
    monkeypatch.setattr(trial, "prepare", lambda *words, **more: made.append(words) or prepare(*words, **more))
    first, second = (trial.run(one, tmp_path / name) for name in ("a", "b"))
    assert (first.kept, second.kept, len(made)) == (False, True, 1) and second.verdict == first.verdict
    other = dataclasses.replace(one, strategy="switch")
    assert not trial.run(other, tmp_path / "c").kept and len(made) == 2
    monkeypatch.setattr(trial, "_judged", lambda *words: Verdict(Kind.FAIL, "made up"))
    failed = trial.run(one, tmp_path / "d")
    assert failed.kept and len(made) == 3 and (tmp_path / "d" / "replay.sh").is_file() and (tmp_path / "d" / "system.cfg").is_file()


@pytest.mark.parametrize("changes", [{"ram_offset": 0x1000}, {"nonce_address": 0x2000}])
def test_where_the_board_puts_things_is_a_part_of_what_it_is_made_of(monkeypatch, changes):
    one, board = guesttest.of("mps3-an536", *GUEST_TEST), boards.load("mps3-an536")
    before = trial._made_of(one, {})
    monkeypatch.setattr(trial.boards, "load", lambda *words: dataclasses.replace(board, **changes))
    assert trial._made_of(one, {}) != before

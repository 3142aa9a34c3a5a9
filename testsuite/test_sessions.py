# SPDX-License-Identifier: Apache-2.0
"""What `./fencepost test` runs when nothing is chosen."""
import pytest

from tool import board as boards
from tool import sessions, suite, xen
from tool.exitcodes import EnvironmentMissing, Exit
from tool.targets import Target

LAST = Target("Xen 4.20", "virt-a64", "xen-4.20")


@pytest.mark.parametrize("words", ["", "-q", "-n 2", "-n2", "--require-board mps3-an536", "--require-board=virt-a64 -v"])
def test_nothing_is_chosen(words):
    assert not sessions.chosen(words.split())


@pytest.mark.parametrize("words", ["::evtchn", "-k sched", "-m slow", "--lf", "--board virt-a64", "--board=mps3-an536", "--junitxml=a",
                                   "--hypervisor xen-4.20", "--coverage", "-x", "--collect-only", "--guest a.elf", "testsuite",
                                   "-p no:xdist", "--help", "-n 2 -k a"])
def test_a_choice_is_one_session(words):
    assert sessions.chosen(words.split())


def test_every_board_and_every_xen_is_a_target():
    assert {(one.board, one.hypervisor) for one in sessions.others()} == \
        {(name, "fencepost") for name in boards.names() if name != boards.DEFAULT} | {("virt-a64", name) for name in xen.NAMES}


@pytest.fixture
def present(monkeypatch):
    monkeypatch.setattr(sessions, "missing", lambda target: "")


def test_a_missing_target_is_told_and_the_others_run(monkeypatch):
    def image(name):
        if name == "xen-4.17":
            raise EnvironmentMissing("apt has no such package\nand more")
    monkeypatch.setattr(xen, "image", image)
    monkeypatch.setattr(boards, "presence", lambda name: boards.Presence(name, True))
    told, ran = [], []
    codes = sessions.run_others([], told.append, lambda target, words: ran.append(target.name) or Exit.FINE)
    assert ran == ["Fencepost A64", "Xen 4.20"] and codes == [Exit.FINE, Exit.FINE]
    assert "target Xen 4.17: MISSING (apt has no such package)" in told


def test_a_board_that_is_missing_is_not_asked_for_a_xen(monkeypatch):
    monkeypatch.setattr(xen, "image", lambda name: pytest.fail("fetched"))
    monkeypatch.setattr(boards, "presence", lambda name: boards.Presence(name, False, reason="no emulator"))
    told = []
    assert sessions.run_others([], told.append) == []
    assert all(line.endswith("MISSING (no emulator)") for line in told) and len(told) == len(sessions.others())


def test_an_interrupted_session_is_the_last(present):
    assert sessions.run_others([], lambda line: None, lambda target, words: Exit.INTERRUPTED) == [Exit.INTERRUPTED]


def test_a_required_board_is_demanded_once(present, monkeypatch):
    commands = []
    monkeypatch.setattr(sessions.subprocess, "run", lambda command, stdin: commands.append(command) or Done())
    sessions.run(LAST, ["-q", "--require-board", "mps3-an536", "--require-board=x", "-n", "3"])
    assert commands[0][3:] == ["--board=virt-a64", "--hypervisor=xen-4.20", "testsuite/guests.py", "testsuite/test_vectors.py",
                                "-q", "-n", "3"]


class Done:
    returncode = 1


@pytest.mark.parametrize("others, own, wanted", [([Exit.FINE], Exit.FINE, Exit.FINE), ([Exit.FINDING], Exit.FINE, Exit.FINDING),
                                                 ([Exit.FINE], Exit.FINDING, Exit.FINDING), ([Exit.INTERRUPTED], None, Exit.INTERRUPTED)])
def test_the_worst_code_speaks_for_all(monkeypatch, others, own, wanted):
    monkeypatch.setattr(suite.setup, "ensure", lambda *words, **more: None)
    monkeypatch.setattr(sessions, "run_others", lambda words, tell: others)
    monkeypatch.setattr(suite, "session", lambda words: own if own is not None else pytest.fail("ran on"))
    assert suite.main([]) is wanted


def test_a_required_board_that_is_missing_ends_it_before_anything_runs(monkeypatch):
    monkeypatch.setattr(suite.setup, "ensure", lambda *words, **more: None)
    monkeypatch.setattr(sessions, "run_others", lambda words, tell: pytest.fail("ran"))
    monkeypatch.setattr(boards, "presence", lambda name, attached=None: boards.Presence(name, False, reason="no emulator"))
    with pytest.raises(EnvironmentMissing, match="required board is missing: virt-a64: MISSING"):
        suite.main(["--require-board", "virt-a64"])

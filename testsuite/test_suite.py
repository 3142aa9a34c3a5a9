# SPDX-License-Identifier: Apache-2.0
"""The command: arguments, the table of exit codes, boards that are missing."""
import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from testsuite import plugin, session, started
from tool import build, devicetree, exitcodes, paths, suite, system
from tool.exitcodes import Exit, UsageError
from tool.run import pairs, write_image

BOARD = "mps3-an536"
HERE = Path("/somewhere")


@pytest.mark.parametrize("given, expected", [
    ([], ["-n", "2"]),
    (["-n", "0", "-k", "evtchn"], ["-n", "0", "-k", "evtchn"]),
    (["-n4"], ["-n4"]),
    (["-p", "no:xdist"], ["-p", "no:xdist"]),
    (["--collect-only"], ["--collect-only"]),
    (["-x", "::evtchn"], ["-n", "2", "-x", f"testsuite/guests.py::{BOARD}::evtchn"]),
    ([f"::{BOARD}::abi"], ["-n", "2", f"testsuite/guests.py::{BOARD}::abi"]),
    (["--guest", "my.elf"], ["-n", "2", "--guest=/somewhere/my.elf"]),
    (["--junitxml=out.xml"], ["-n", "2", "--junitxml=/somewhere/out.xml"]),
    (["--hypervisor", "fencepost"], ["-n", "2", "--hypervisor=fencepost"]),
    (["--hypervisor", "xen-4.17"], ["-n", "2", "--hypervisor=xen-4.17"]),
    (["--hypervisor=other.elf"], ["-n", "2", "--hypervisor=/somewhere/other.elf"]),
])
def test_arguments_are_pytests_own(given, expected):
    assert suite.pytest_arguments(given, 2, HERE) == expected


@pytest.mark.parametrize("name", ["fencepost", "xen-4.20"])
def test_a_hypervisors_name_is_no_file(name, tmp_path):
    """The command itself is a file called fencepost."""
    (tmp_path / name).touch()
    assert suite.pytest_arguments([f"--hypervisor={name}"], 2, tmp_path) == ["-n", "2", f"--hypervisor={name}"]


@pytest.mark.parametrize("status, code", [(0, 0), (1, 1), (2, 2), (3, 8), (4, 2), (5, 2), (7, 7), (99, 8)])
def test_status_of_pytest_in_our_table(status, code):
    assert exitcodes.from_pytest(status) == code


def test_precedence():
    assert exitcodes.worst([]) == Exit.FINE
    assert exitcodes.worst([0, 4, 3]) == Exit.WORSE
    assert exitcodes.worst([3, 5, 4]) == Exit.METRICS_CHANGED
    assert exitcodes.worst([5, 6]) == Exit.NOT_MEASURED
    assert exitcodes.worst([6, 7, 8]) == Exit.INTERNAL


def test_a_failed_build_shows_its_first_error():
    output = "\n".join(["[1/9] fine"] * 50 + ["FAILED: a.obj", "a.c:1: error: no"] + ["more"] * 100)
    assert build.essence(output).startswith("FAILED: a.obj\na.c:1: error: no\n")
    assert len(build.essence(output).splitlines()) < 40
    assert build.essence("killed") == "killed"


def test_domains_are_numbered_in_the_order_of_the_tree():
    tree = devicetree.compile_tree(paths.system("pair"))
    assert [(d.name, d.domid) for d in tree.domains] == [("domU1", 1), ("domU2", 2)]


def test_wrong_trees_are_bad_input(tmp_path):
    (tmp_path / "bad.dts").write_text("/dts-v1/; / { oops };")
    with pytest.raises(UsageError, match="dtc refused"):
        devicetree.compile_tree(tmp_path / "bad.dts")
    with pytest.raises(UsageError, match="no such tree"):
        devicetree.compile_tree(tmp_path / "none.dts")


def test_a_refused_tree_is_told_once_and_its_error_first():
    assert system._errors_first("warning: w\nerror: a\nerror: b\n2 errors\n", 2) == "error: a\nerror: b\nwarning: w\n2 errors"
    assert system._errors_first("", -11) == "status -11, no words"


def test_guest_options(tmp_path):
    (tmp_path / "a=b.elf").touch()
    assert pairs(["d2=x", "y"], ["d1", "d2"], "--guest") == {"d1": "y", "d2": "x"}
    assert pairs([str(tmp_path / "a=b.elf")], ["d1"], "--guest") == {"d1": str(tmp_path / "a=b.elf")}
    with pytest.raises(UsageError, match="no domain 'd3'"):
        pairs(["d3=x"], ["d1"], "--guest")


@pytest.fixture
def no_board(tmp_path):
    """An emulator that does not list the board stands before the real one."""
    fake = tmp_path / "qemu-system-arm"
    fake.write_text("#!/bin/sh\necho QEMU emulator version 7.2.0\n")
    fake.chmod(0o755)
    return tmp_path


def test_required_board_that_is_missing_is_an_environment_error(no_board):
    done = started.fencepost("test", "-p", "no:xdist", "--require-board", BOARD, "testsuite/test_suite.py::test_precedence",
                             PATH=f"{no_board}:{os.environ['PATH']}")
    assert done.returncode == Exit.ENVIRONMENT
    assert "MISSING (qemu-system-arm has no machine mps3-an536" in done.stdout + done.stderr


@pytest.mark.parametrize("words, code, said", [
    (["test", "--board", "nothing"], Exit.USAGE, "unknown board 'nothing'"),
    (["test", "-p", "no:xdist", "-q", "--hypervisor", "xen-4.17"], Exit.USAGE, "add --board virt-a64"),
    (["run", "boards/systems/pair.dts"], Exit.USAGE, "no image for domU1, domU2"),
    (["run", "boards/systems/pair.dts", "--guest", "none.elf"], Exit.USAGE, "none.elf: no such guest image for domU1"),
    (["run", "boards/systems/pair.dts", "--guest", "README.md", "--access", "all"], Exit.USAGE, "unknown strategy 'all'"),
    (["test", "--guest", "README.md"], Exit.USAGE, "not a readable ELF file"),
    (["nonsense"], Exit.USAGE, "invalid choice"),
    (["report"], Exit.USAGE, "arguments are required: KIND"),
    (["report", "trace", "--board", "nothing"], Exit.USAGE, "unknown board 'nothing'"),
    (["report", "trace", "--run", "docs"], Exit.USAGE, "docs: not the results of a run"),
    (["report", "html", "--run", "docs"], Exit.USAGE, "docs: not the results of a run"),
    (["report", "diff", "docs", "docs"], Exit.USAGE, "docs: no run"),
    ([], Exit.USAGE, "./fencepost [--yes] VERB"),
    (["--help"], Exit.FINE, "  7         this machine lacks something"),
])
def test_bad_input_has_its_code(words, code, said):
    done = started.fencepost(*words)
    assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr


def test_a_bad_choice_is_said_before_anything_is_built():
    done = started.fencepost("run", "boards/systems/pair.dts", "--guest", "README.md", "--access", "all")
    assert "build" not in done.stderr


def test_an_image_that_cannot_be_written_is_bad_input(tmp_path):
    with pytest.raises(UsageError, match="cannot be written"):
        write_image(tmp_path / "none" / "out.elf", None, paths.ROOT / "none", None)


def test_python_s_caches_lie_in_build_and_not_beside_the_sources(tmp_path):
    """Also those of processes that it starts, and where the environment says that there shall be none."""
    shutil.copy(paths.ROOT / "fencepost", tmp_path)
    (tmp_path / "tool").mkdir()
    (tmp_path / "tool" / "cli.py").write_text("def dispatch(*_):\n    import subprocess, sys\n"
                                              "    return subprocess.run([sys.executable, '-c', 'import tool.other']).returncode\n")
    (tmp_path / "tool" / "other.py").touch()
    for _ in range(2):
        subprocess.run([tmp_path / "fencepost"], cwd=tmp_path, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, check=True)
    assert {file.name.partition(".")[0] for file in tmp_path.glob("build/bytecode/**/tool/*.pyc")} == {"cli", "other"}
    assert list(tmp_path.glob("**/__pycache__")) == []


def test_a_run_that_tests_nothing_says_so():
    done = started.fencepost("test", "-p", "no:xdist", "-q", "-k", "no_such_name", "testsuite/test_records.py")
    assert done.returncode == Exit.USAGE
    assert done.stderr.rstrip().endswith("nothing was tested: no test is what the arguments say")


def continuous_integration(folder, check, tests):
    """.ci/run with a command that ends with these; its status and what was called."""
    (folder / ".ci").mkdir()
    script = shutil.copy(paths.ROOT / ".ci" / "run", folder / ".ci" / "run")
    stub = folder / "fencepost"
    stub.write_text(f'#!/bin/sh\necho "$1"\n[ "$1" = check ] && exit {check}\nexit {tests}\n')
    stub.chmod(0o755)
    done = subprocess.run(["bash", script], capture_output=True, text=True, cwd="/", stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout


@pytest.mark.parametrize("check, tests, code", [
    (0, 0, 0), (3, 0, 3), (0, 1, 1), (3, 1, 3), (4, 0, 4), (4, 1, 4), (3, 7, 3), (7, 7, 7), (5, 130, 5)])
def test_ci_runs_both_and_the_first_status_that_is_not_0_wins(tmp_path, check, tests, code):
    assert continuous_integration(tmp_path, check, tests) == (code, "check\ntest\n")


def test_ci_that_is_interrupted_does_not_go_on(tmp_path):
    assert continuous_integration(tmp_path, 130, 0) == (130, "check\n")


def test_two_runs_may_tidy_up_at_the_same_moment(monkeypatch, tmp_path):
    """The other one took a folder away between our listing and our look at it."""
    old = [tmp_path / f"20000101T0000{n:02}Z-test" for n in range(3)]
    for folder in old:
        folder.mkdir()
        os.utime(folder, (0, 0))
    monkeypatch.setattr(paths, "RUNS", tmp_path)
    monkeypatch.setattr(paths, "RUNS_KEPT", 1)
    looked = Path.stat

    def stat(self, **rest):
        if self in old[:1]:
            shutil.rmtree(self, ignore_errors=True)
        return looked(self, **rest)
    monkeypatch.setattr(Path, "stat", stat)
    made = paths.new_run("test")
    assert sorted(tmp_path.iterdir()) == [made]


def test_tests_of_the_tools_find_the_images_of_every_board_built(monkeypatch):
    monkeypatch.setattr(session.boards, "presence", lambda name: SimpleNamespace(present=True))
    monkeypatch.setattr(session.shutil, "which", lambda name: None if "aarch64" in name else name)
    assert session.presets_of_tools("virt-a64") == ["mps3-an536-release", "mps3-an536-checked"]
    assert session.presets_of_tools("mps3-an536") == []      # no compiler for the other


@pytest.mark.parametrize(("words", "wanted"), [(["testsuite"], True), (["testsuite/test_suite.py"], True), (["testsuite/guests.py::a::b"], False),
                                               (["testsuite/guests.py", "testsuite/test_vectors.py"], False), (["testsuite/guests.py", "."], True)])
def test_a_session_of_guests_alone_builds_for_its_board_alone(words, wanted):
    config = SimpleNamespace(args=words, getoption=lambda name: None)
    assert plugin._has_tests_of_tools(config) is wanted

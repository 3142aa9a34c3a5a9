# SPDX-License-Identifier: Apache-2.0
"""pytest as a user sees it: a guest image made by hand, an emulator that pretends, and pytest's own options."""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from testsuite.synthetic import guest, record
from tool import paths, stored

ID = "testsuite/guests.py::mps3-an536::fake::test"


class Session:
    """Runs pytest on one guest with one behaviour of the emulator."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        (folder / "bin" / "qemu-system-arm").symlink_to(Path(__file__).parent / "fake_qemu.py")

    def guest(self, *records: dict) -> None:
        guest(self.folder / "g.elf", list(records))

    def run(self, behaviour: str, *words: str) -> subprocess.CompletedProcess:
        (self.folder / behaviour).touch()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
        environment |= {"COLUMNS": "240", "FENCEPOST_BOOT_AGAIN": "1"}   # all emulators here have one name and one version
        environment["PATH"] = f"{self.folder / 'bin'}:{environment['PATH']}"
        options = [f"--guest={self.folder / 'g.elf'}", f"--hypervisor={self.folder / behaviour}",
                   "-o", f"cache_dir={self.folder / 'cache'}"]
        serial = [] if "-n" in words else ["-p", "no:xdist"]
        return subprocess.run([sys.executable, "-m", "pytest", *serial, *options, *words], cwd=paths.ROOT,
                              capture_output=True, text=True, env=environment)


@pytest.fixture
def session(tmp_path):
    made = Session(tmp_path)
    made.guest(record("test", suite="fake"))
    return made


def results(out: str) -> Path:
    return paths.ROOT / re.search(r"^results:  (\S+)$", out, re.MULTILINE)[1]


def last(done: subprocess.CompletedProcess) -> str:
    return done.stdout.rstrip().splitlines()[-1]


def test_pass_with_environment_first_and_closing_line_last(session):
    done = session.run("measures")
    assert done.returncode == 0 and re.search(r"1 passed in [\d.]+s", last(done)), done.stdout
    assert "board mps3-an536: Fake emulator version 0" in done.stdout and "compilers: arm-none-eabi-gcc" in done.stdout
    row = json.loads(results(done.stdout).read_text().splitlines()[1])
    assert (row["test"], row["verdict"], row["ids"]) == (f"{ID}[window]", "pass", ["S4-04"])
    assert row["metrics"] == [{"metric": "a.b", "value": 3, "unit": "ticks"}]


def test_failure_tells_what_and_how_to_go_on(session):
    done = session.run("fails")
    assert done.returncode == 1
    folder = results(done.stdout).parent.relative_to(paths.ROOT) / "fake" / "test-window"
    for words in ("got 1, expected 2 at pc=0x20000004 <d1 test_body+0x4>", f"'{ID}[window]'", "repro:  ./fencepost test --guest=",
                  "debug:  ./fencepost run boards/systems/pair.dts --gdb --access window",
                  f"replay: sh {folder}/replay.sh", f"folder: {folder}",
                  f"FAILED {ID}[window] - fail: guests/fake.c:9: got 1"):
        assert words in done.stdout, done.stdout
        assert words.startswith("FAILED") or words in stored.failures(results(done.stdout).parent)[f"{ID}[window]"]
    assert (paths.ROOT / folder / "system.cfg").is_file()


def test_crash_is_a_failure_whose_summary_line_says_so(session):
    done = session.run("killed", "-n", "1")
    assert done.returncode == 1
    assert f"FAILED {ID}[window] - crash: the machine ended by itself (signal 9)" in done.stdout
    assert "repro:" in stored.failures(results(done.stdout).parent)[f"{ID}[window]"]


def test_error_is_an_error_and_skip_a_skip(session):
    done = session.run("wrong_nonce")
    assert done.returncode == 1 and f"ERROR {ID}[window] - error: an end line carries another run" in done.stdout
    assert "1 error" in last(done)
    done = session.run("skips", "-rs")
    assert done.returncode == 0 and "one CPU only" in done.stdout and "1 skipped" in last(done)


def test_expected_failure_is_strict_and_for_guest_failures_only(session):
    session.guest(record("test", suite="fake", needs="strategies=shared xfail=shared"))
    assert "1 xfailed" in last(session.run("fails"))
    passed = session.run("good")
    assert passed.returncode == 1 and "XPASS(strict)" in passed.stdout
    crashed = session.run("killed")
    assert crashed.returncode == 1 and "1 failed" in last(crashed)


def collected(session: Session, *words: str) -> list[str]:
    done = session.run("good", "--collect-only", "-q", *words)
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_selection_is_pytests_own(session):
    session.guest(record("test", suite="fake", needs="strategies=all", ids="S4-04"),
                  record("test_two", suite="fake", needs="strategies=mask slow", ids="X-14", line=9))
    every = collected(session)
    assert f"{ID}[auto]" in every and len(every) == 7
    assert collected(session, "-k", "X-14") == [f"{ID}_two[mask]"]
    assert len(collected(session, "-m", "mask")) == 2
    assert collected(session, "-m", "mask and not slow") == [f"{ID}[mask]"]
    assert len(collected(session, "-k", "fake and two")) == 1
    assert len(collected(session, "--strategy", "switch-entry")) == 1
    assert len(collected(session, ID)) == 6 and len(collected(session, f"{ID}[switch]")) == 1
    assert len(collected(session, "testsuite/guests.py::mps3-an536::fake")) == 7


def test_last_failed_runs_the_failed_one(session):
    session.guest(record("other", suite="fake"), record("test", suite="fake", line=9))
    first = session.run("good")
    assert first.returncode == 1 and "1 error" in last(first) and "1 passed" in last(first)  # the plan is of `test`
    again = session.run("good", "--lf")
    assert "1 error" in last(again) and "passed" not in last(again)


def test_results_are_the_same_bytes_serial_and_parallel(session):
    session.guest(record("test", suite="fake", needs="strategies=all"), record("other", suite="fake", line=9))
    serial, parallel = session.run("measures"), session.run("measures", "-n", "2")
    for name in ("results.jsonl", "junit.xml"):
        one, two = (results(done.stdout).with_name(name).read_bytes() for done in (serial, parallel))
        assert one == two and b"fake" in one


def test_missing_board_is_visible_and_never_a_pass(session):
    fake = session.folder / "bin" / "qemu-system-arm"
    fake.unlink()
    fake.write_text("#!/bin/sh\necho old\n")
    fake.chmod(0o755)
    done = session.run("good", "-rs")
    assert "board mps3-an536: MISSING" in done.stdout and "1 skipped" in last(done)
    assert session.run("good", "--require-board", "mps3-an536").returncode == 7


def test_nothing_collected_is_no_success(session):
    assert session.run("good", "-k", "nothing_is_called_so").returncode == 5


def test_unreadable_guest_is_an_error_of_collection(session):
    (session.folder / "g.elf").write_bytes(b"no elf")
    done = session.run("good")
    assert done.returncode == 2 and "not a readable ELF file" in done.stdout

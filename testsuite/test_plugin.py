# SPDX-License-Identifier: Apache-2.0
"""pytest as a user sees it: a guest image made by hand, an emulator that pretends, and pytest's own options."""
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from testsuite import started
from testsuite.synthetic import guest, record
from tool import paths, stored

SUITE = "testsuite/guests.py::mps3-an536::fake"
ID = f"{SUITE}::test"


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
        environment = {"COLUMNS": "240", "FENCEPOST_BOOT_AGAIN": "1",     # all emulators here have one name and one version,
                       "FENCEPOST_START_EACH": "1",                    # and none knows how to go back
                       "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        options = [f"--guest={self.folder / 'g.elf'}", f"--hypervisor={self.folder / behaviour}",
                   "-o", f"cache_dir={self.folder / 'cache'}"]
        serial = [] if "-n" in words else ["-p", "no:xdist"]
        return started.pytest(*serial, *options, *words, **environment)


@pytest.fixture
def session(tmp_path):
    made = Session(tmp_path)
    made.guest(record("test", suite="fake"))
    return made


def results(out: str) -> Path:
    return paths.ROOT / re.search(r"^results:  (\S+)$", out, re.MULTILINE)[1]


def last(done: subprocess.CompletedProcess) -> str:
    return done.stdout.rstrip().splitlines()[-1]


def test_pass_and_skip_with_environment_first_and_closing_line_last(session):
    session.guest(record("measures", suite="fake"), record("skips", suite="fake", line=9))
    done = session.run("named", "-rs")
    assert done.returncode == 0 and re.search(r"1 passed, 1 skipped in [\d.]+s", last(done)), done.stdout
    assert "board mps3-an536: Fake emulator version 0" in done.stdout and "compilers: arm-none-eabi-gcc" in done.stdout
    assert re.search(r"^SKIPPED .*: one CPU only$", done.stdout, re.MULTILINE)
    row, skipped = map(json.loads, results(done.stdout).read_text().splitlines()[1:])
    assert (row["test"], row["verdict"], row["ids"]) == (f"{SUITE}::measures[window]", "pass", ["S4-04"])
    assert row["metrics"] == [{"metric": "a.b", "value": 3, "unit": "ticks"}] and skipped["verdict"] == "skip"


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


def test_expected_failure_is_strict_and_for_guest_failures_only(session):
    session.guest(*(record(name, suite="fake", line=line, needs="strategies=shared xfail=shared")
                    for line, name in enumerate(("fails", "good", "killed"), 1)))
    done = session.run("named")
    assert done.returncode == 1 and "2 failed, 1 xfailed" in last(done)
    assert f"FAILED {SUITE}::good[shared] - [XPASS(strict)]" in done.stdout
    assert f"FAILED {SUITE}::killed[shared] - crash: " in done.stdout


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
    assert len(collected(session, SUITE)) == 7


def test_error_is_an_error_and_last_failed_runs_it(session):
    session.guest(record("good", suite="fake"), record("wrong_nonce", suite="fake", line=9))
    first = session.run("named")
    assert first.returncode == 1 and "1 passed, 1 error" in last(first)
    assert f"ERROR {SUITE}::wrong_nonce[window] - error: an end line carries another run" in first.stdout
    again = session.run("named", "--lf")
    assert "1 error" in last(again) and "passed" not in last(again)


def test_results_are_the_same_bytes_serial_and_parallel(session):
    session.guest(record("measures", suite="fake", needs="strategies=all"), record("fails", suite="fake", line=9),
                  record("wrong_nonce", suite="fake", line=10), record("killed", suite="fake", line=11))
    serial, parallel = session.run("named"), session.run("named", "-n", "2")
    for name in ("results.jsonl", "junit.xml"):
        one, two = (results(done.stdout).with_name(name).read_bytes() for done in (serial, parallel))
        assert one == two and one.count(b"measures") == 6
    for done in (serial, parallel):     # what is told of a failure comes through a worker as well
        assert done.returncode == 1
        assert f"FAILED {SUITE}::killed[window] - crash: the machine ended by itself (signal 9)" in done.stdout
        assert "repro:" in stored.failures(results(done.stdout).parent)[f"{SUITE}::killed[window]"]


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

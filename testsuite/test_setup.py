# SPDX-License-Identifier: Apache-2.0
"""setup: the backports source is derived, never named; what would be done is said first."""
import pytest

from tool import aptsource, needs, setup
from tool.aptsource import Target
from tool.exitcodes import EnvironmentMissing, Exit

SOURCES = """# the machine's own
Types: deb
URIs: http://apt.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/one.gpg

Types: deb
URIs: http://apt.example/security
Suites: bookworm-security
Components: main
"""
LIST = "# head\ndeb [signed-by=/k.gpg] http://apt.example/debian bookworm main contrib\n"
LISTING = ("bookworm-updates|main|/etc/apt/sources.list.d/debian.sources:1\n"
           "bookworm|main|/etc/apt/sources.list.d/debian.sources:1\nno entry\n")


def test_stanza_keeps_server_and_key():
    source = aptsource.derive(Target("bookworm", "main", "/e/debian.sources", 1), SOURCES)
    assert source.name == "fencepost-backports.sources"
    assert source.text == ("Types: deb\nURIs: http://apt.example/debian\nSuites: bookworm-backports\n"
                           "Components: main\nSigned-By: /usr/share/keyrings/one.gpg\n")


def test_line_keeps_server_and_key():
    source = aptsource.derive(Target("bookworm", "main", "/e/sources.list", 2), LIST)
    assert source.name == "fencepost-backports.list"
    assert source.text == "deb [signed-by=/k.gpg] http://apt.example/debian bookworm-backports main\n"


def test_targets_are_read():
    known = aptsource.targets(LISTING)
    assert aptsource.main_entry(known, "bookworm").number == 1
    assert not aptsource.has_backports(known, "bookworm")
    assert aptsource.main_entry(known, "trixie") is None


def test_codename_and_candidate():
    assert aptsource.codename('ID=debian\nVERSION_CODENAME=bookworm\n') == "bookworm"
    assert setup.candidate_major("qemu:\n  Candidate: 1:7.2+dfsg-7\n") == 7
    assert setup.candidate_major("qemu:\n  Candidate: (none)\n") == 0


@pytest.fixture
def bare_machine(tmp_path, monkeypatch):
    """Nothing installed, an apt that knows bookworm alone, a cache folder of its own."""
    entry = tmp_path / "debian.sources"
    entry.write_text(SOURCES)
    answers = {"apt-cache": "qemu:\n  Candidate: 1:7.2\n", "apt-get": f"bookworm|main|{entry}:1\n"}
    monkeypatch.setattr(setup, "_read", lambda command: answers.get(command[0], ""))
    monkeypatch.setattr(setup.aptsource, "codename", lambda text: "bookworm")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    absent = [needs.Need(need.package, need.why, lambda: False) for need in (needs.emulator("mps3-an536"), *needs.TOOLS)]
    monkeypatch.setattr(needs, "missing", lambda board: absent)
    monkeypatch.setattr(setup, "_do", lambda *words: pytest.fail(f"changed the machine: {words}"))


def arguments(**given):
    from argparse import Namespace
    return Namespace(**{"dry_run": False, "undo": False, "yes": False, "board": "mps3-an536", **given})


def test_dry_run_says_packages_source_and_reasons(bare_machine, capsys):
    assert setup.main(arguments(dry_run=True)) == Exit.FINE
    out = capsys.readouterr().out
    for need in needs.TOOLS:
        assert need.package in out and need.why in out
    assert "Suites: bookworm-backports" in out and "fencepost-backports.sources" in out


def test_installing_can_be_forbidden(bare_machine, monkeypatch):
    monkeypatch.setenv("FENCEPOST_NO_INSTALL", "1")
    with pytest.raises(EnvironmentMissing, match="(?s)MISSING: qemu-system-arm .*\nMISSING: cmake .*unset FENCEPOST_NO_INSTALL"):
        setup.ensure("mps3-an536", print)


def test_without_lists_apt_is_not_said_to_know_the_source(bare_machine, monkeypatch, capsys):
    monkeypatch.setattr(setup, "_read", lambda command: "")
    assert setup.main(arguments(dry_run=True)) == Exit.FINE
    out = capsys.readouterr().out
    assert "already knows" not in out and "apt has no lists of bookworm yet" in out


def test_undo_of_nothing(bare_machine, capsys):
    assert setup.main(arguments(undo=True, dry_run=True)) == Exit.FINE
    assert "changed nothing" in capsys.readouterr().out


def test_undo_names_what_was_installed(bare_machine, capsys):
    setup._record(packages=["cmake"], source="/etc/apt/x.sources")
    assert setup.main(arguments(undo=True, dry_run=True)) == Exit.FINE
    out = capsys.readouterr().out
    assert "remove -y cmake" in out and "rm -f /etc/apt/x.sources" in out


def test_complete_machine_needs_nothing(monkeypatch, capsys):
    monkeypatch.setattr(needs, "missing", lambda board: [])
    assert setup.main(arguments(dry_run=True)) == Exit.FINE
    assert "nothing is missing" in capsys.readouterr().out


@pytest.fixture
def apt(bare_machine, monkeypatch):
    """Records what would be done; the new source works as soon as it is written."""
    done = []
    known = setup._targets()

    def do(words, data=None):
        done.append((" ".join(words), data))
        if data:
            known.append(Target("bookworm-backports", "main", "/new", 1))
        return 0

    monkeypatch.setattr(setup, "_do", do)
    monkeypatch.setattr(setup, "_targets", lambda: known)
    monkeypatch.setattr(setup, "_privilege", list)
    monkeypatch.setattr(setup, "_source_folder", lambda: "/etc/apt/sources.list.d")
    return done


def test_install_adds_the_source_then_takes_the_emulator_from_it(apt):
    setup.install(needs.missing("mps3-an536"), "mps3-an536")
    words = [command for command, _ in apt]
    assert words[0].endswith("apt-get update") and words[2].endswith("apt-get update")
    assert words[1] == "tee /etc/apt/sources.list.d/fencepost-backports.sources"
    assert "Suites: bookworm-backports" in apt[1][1]
    assert "cmake" in words[3] and "qemu" not in words[3] and " -t " not in words[3]
    assert words[4].endswith("-t bookworm-backports qemu-system-arm")
    assert "qemu-system-arm" in setup._recorded()["packages"]


def test_a_plan_is_printed_once(apt, capsys):
    setup.install(needs.missing("mps3-an536"), "mps3-an536")
    assert capsys.readouterr().err.count("missing on this machine:") == 1


def test_server_without_backports_is_named_and_its_source_removed(apt, monkeypatch):
    monkeypatch.setattr(setup, "_targets", lambda: aptsource.targets(setup._read(["apt-get"])))
    with pytest.raises(EnvironmentMissing, match="does not serve bookworm-backports"):
        setup.install(needs.missing("mps3-an536"), "mps3-an536")
    assert apt[-1][0] == "rm -f /etc/apt/sources.list.d/fencepost-backports.sources"

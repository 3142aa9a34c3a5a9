# SPDX-License-Identifier: Apache-2.0
"""`./fencepost setup`: installs what is missing, and says first what, from where and why. Undone by --undo."""
from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tool import aptsource, board as boards, needs, paths
from tool.exitcodes import EnvironmentMissing, Exit

_QEMU_LEAST = 9
_assume_yes = False


@dataclass(frozen=True)
class Plan:
    packages: tuple[needs.Need, ...]
    source: aptsource.Source | None     # to be added to apt
    suite: str | None                   # for apt-get install -t
    obstacle: str = ""                  # why the emulator cannot come from here, as far as known

    def text(self, folder: str) -> str:
        lines = ["missing on this machine:"] + [f"  {n.package:<22} {n.why}" for n in self.packages]
        if self.source:
            lines += [f"new apt source {folder}/{self.source.name}, because this release's own QEMU is too old:"]
            lines += [f"  {line}" for line in self.source.text.splitlines()]
        elif self.suite and not self.obstacle:
            lines += [f"QEMU comes from {self.suite}, which apt already knows"]
        return "\n".join(lines + ([f"note: {self.obstacle}"] if self.obstacle else []))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="print what would be done and change nothing")
    parser.add_argument("--undo", action="store_true", help="remove what an earlier setup installed")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--board", default=boards.DEFAULT)


def assume_yes() -> None:
    global _assume_yes
    _assume_yes = True


def _read(command: Sequence[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout
    except FileNotFoundError:
        return ""


def _targets() -> list[aptsource.Target]:
    return aptsource.targets(_read(["apt-get", "indextargets", "--format", aptsource.FORMAT, "Created-By: Packages"]))


def candidate_major(policy: str) -> int:
    """The major version apt would install, from `apt-cache policy`; 0 if none."""
    match = re.search(r"^\s*Candidate: (?:\d+:)?(\d+)", policy, re.MULTILINE)
    return int(match[1]) if match else 0


def plan(missing: Sequence[needs.Need], board: str) -> Plan:
    emulator = boards.load(board).emulator
    if not any(need.package == emulator for need in missing) or \
            candidate_major(_read(["apt-cache", "policy", emulator])) >= _QEMU_LEAST:
        return Plan(tuple(missing), None, None)
    release = aptsource.codename(Path("/etc/os-release").read_text())
    known = _targets()
    suite = f"{release}-backports"
    if aptsource.has_backports(known, release):
        return Plan(tuple(missing), None, suite)
    entry = aptsource.main_entry(known, release)
    if entry is None:
        return Plan(tuple(missing), None, suite, f"apt has no lists of {release} yet; which server gives {suite}, the source of QEMU, is "
                    "known after apt-get update, which comes first")
    return Plan(tuple(missing), aptsource.derive(entry, Path(entry.file).read_text()), suite)


def _source_folder() -> str:
    match = re.search(r"='(.*)'", _read(["apt-config", "shell", "D", "Dir::Etc::sourceparts/d"]))
    return match[1].rstrip("/") if match else "/etc/apt/sources.list.d"


def _privilege() -> list[str]:
    """How to become root; empty if we are."""
    if os.geteuid() == 0:
        return []
    if _has_sudo():
        if subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
            return ["sudo", "-n"]
        if sys.stdin.isatty():
            return ["sudo"]
    raise EnvironmentMissing("installing needs root, or sudo without a password: run ./fencepost setup as root")


def _has_sudo() -> bool:
    return bool(_read(["sh", "-c", "command -v sudo"]).strip())


def _do(words: Sequence[str], data: str | None = None) -> int:
    """One command of root's, its whole output on stderr: apt's own words are never hidden."""
    print(f"+ {shlex.join(words)}", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    stdin = {"input": data.encode()} if data is not None else {"stdin": subprocess.DEVNULL}
    return subprocess.run(words, stdout=sys.stderr if data is None else subprocess.DEVNULL, env=environment, **stdin).returncode  # type: ignore[call-overload]


def _apt(root: Sequence[str], *words: str) -> list[str]:
    return [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *words]


def _add_source(root: Sequence[str], source: aptsource.Source) -> None:
    file = f"{_source_folder()}/{source.name}"
    if _do([*root, "tee", file], source.text):
        raise EnvironmentMissing(f"cannot write {file}")
    _record(source=file)
    suite = f"{aptsource.codename(Path('/etc/os-release').read_text())}-backports"
    if _do(_apt(root, "update")) or not any(t.release == suite for t in _targets()):
        _do([*root, "rm", "-f", file])
        raise EnvironmentMissing(f"this machine's apt server does not serve {suite} (apt's words are above); QEMU "
                                 f"{_QEMU_LEAST}.0 or newer is needed: install one by hand, it is used where it is")


def _record_file() -> Path:
    return paths.cache() / "setup.json"


def _recorded() -> dict[str, Any]:
    file = _record_file()
    return json.loads(file.read_text()) if file.is_file() else {}


def _record(**changes: object) -> None:
    file = _record_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**_recorded(), **changes}, indent=2, sort_keys=True) + "\n")


def _installed(package: str) -> bool:
    return _read(["dpkg-query", "-W", "-f", "${db:Status-Status}", package]) == "installed"


def _agreed(question: str) -> bool:
    if _assume_yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    print(f"{question} [Y/n] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("", "y", "yes")


def install(missing: Sequence[needs.Need], board: str) -> None:
    first = plan(missing, board)
    print(first.text(_source_folder()), file=sys.stderr)
    if not _agreed("install them with apt?"):
        raise EnvironmentMissing("not installed, as you wished")
    root = _privilege()
    if _do(_apt(root, "update")):
        print("apt-get update failed; trying with the lists there are", file=sys.stderr)
    todo = plan(missing, board)   # apt's lists may have been empty before
    if todo.source:
        if todo != first:
            print(todo.text(_source_folder()), file=sys.stderr)
        _add_source(root, todo.source)
    emulator = boards.load(board).emulator
    new = [n.package for n in missing if not _installed(n.package)]
    groups = [([n.package for n in missing if n.package != emulator], None),
              ([n.package for n in missing if n.package == emulator], todo.suite)]
    for packages, suite in groups:
        chosen = ["-t", suite] if suite else []
        if packages and _do(_apt(root, "install", "-y", "--no-install-recommends", *chosen, *packages)):
            raise EnvironmentMissing(f"apt could not install {' '.join(packages)}; its words are above")
        _record(packages=sorted({*_recorded().get("packages", []), *(name for name in packages if name in new)}))


def ensure(board: str, progress: Callable[[str], None], optional_board: bool = False) -> None:
    """Installs what is missing. Raises EnvironmentMissing; a missing emulator alone may be left to the caller."""
    missing = needs.missing(board)
    if not missing:
        return
    if os.environ.get("FENCEPOST_NO_INSTALL") != "1":
        progress("install what is missing")
        try:
            install(missing, board)
        except EnvironmentMissing as stop:
            if not optional_board:
                raise
            progress(str(stop))
        boards.presence.cache_clear()
        missing = needs.missing(board)
    if optional_board:
        missing = [need for need in missing if need.package != boards.load(board).emulator]
    if missing:
        raise EnvironmentMissing(_still_missing(missing))


def _still_missing(missing: Sequence[needs.Need]) -> str:
    rows = [f"MISSING: {need.package:<22} {need.why}" for need in missing]
    allow = "unset FENCEPOST_NO_INSTALL and " if os.environ.get("FENCEPOST_NO_INSTALL") == "1" else ""
    return "\n".join(["this machine lacks something", *rows, f"{allow}run ./fencepost setup, or install them by hand"])


def _undo(dry_run: bool) -> Exit:
    record = _recorded()
    commands: list[list[str]] = []
    root: list[str] = [] if dry_run else _privilege()
    if record.get("packages"):
        commands.append(_apt(root, "remove", "-y", *record["packages"]))
    if record.get("source"):
        commands += [[*root, "rm", "-f", str(record["source"])], _apt(root, "update")]
    if not commands:
        print("setup has changed nothing on this machine")
    for command in commands:
        if dry_run:
            print(shlex.join(command))
        elif _do(command):
            return Exit.ENVIRONMENT
    if record.get("packages"):
        print("what came along with them goes with: apt-get autoremove")
    if not dry_run:
        _record_file().unlink(missing_ok=True)
    return Exit.FINE


def main(args: argparse.Namespace) -> Exit:
    if args.yes:
        assume_yes()
    boards.load(args.board)
    if args.undo:
        return _undo(args.dry_run)
    missing = needs.missing(args.board)
    if not missing:
        print(f"nothing is missing. {boards.presence(args.board).line()}")
        return Exit.FINE
    if args.dry_run:
        print(plan(missing, args.board).text(_source_folder()))
        return Exit.FINE
    ensure(args.board, lambda text: None)
    print(f"ready. {boards.presence(args.board).line()}")
    return Exit.FINE

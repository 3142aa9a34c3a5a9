# SPDX-License-Identifier: Apache-2.0
"""The baseline file as each first-parent commit left it, read from git."""
from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import baseline
from bench.history import UNCOMMITTED, Commit, State
from bench.history_cache import Cache, Read
from tool.exitcodes import EnvironmentMissing, UsageError

_NO_BLOB = "0" * 40
_MARK = "\x01"


@dataclass(frozen=True)
class Past:
    states: tuple[State, ...]      # oldest first
    from_the_start: bool           # nothing older exists
    missing: str                   # what a reader cannot see here, and how to get it; empty: nothing


def _git(root: Path, *words: str, data: bytes | None = None) -> bytes:
    """Raises UsageError with git's own words."""
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, input=data)
    except FileNotFoundError as error:
        raise EnvironmentMissing("git is not installed: history is the baseline file in git's commits") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [f"status {done.returncode}"]
        raise UsageError(f"git {words[0]}: {said[-1]}")
    return done.stdout


def _checkout(root: Path) -> None:
    try:
        top = _git(root, "rev-parse", "--show-toplevel").decode().strip()
    except UsageError:
        top = ""
    if not top or Path(top).resolve() != root.resolve():
        raise UsageError(f"{root} is no git checkout: history is the baseline file in git's commits, "
                         "and a copy without .git has none; clone the repository instead")


def _log(root: Path, path: str, since: str | None) -> list[tuple[Commit, str]]:
    """(commit, blob of the file after it), oldest first; only commits that changed the file."""
    reach = [f"{since}..HEAD"] if since else ["HEAD"]
    form = f"--format=%x01%H%x01%cI%x01%s"
    said = _git(root, "log", "--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev", "--no-renames",
                form, *reach, "--", path).decode(errors="replace")
    found: list[tuple[Commit, str]] = []
    for entry in said.split("\n" + _MARK) if said else []:
        head, *rest = entry.removeprefix(_MARK).split("\n")
        commit = Commit(*(head.split(_MARK, 2)))
        raw = [line.split() for line in rest if line.startswith(":")]
        if raw:
            found.append((commit, raw[0][3]))
    return found[::-1]


def _blobs(root: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(blob, its text), all in one process."""
    out = _git(root, "cat-file", "--batch", data="".join(name + "\n" for name in names).encode())
    at = 0
    for name in names:
        end = out.index(b"\n", at)
        size = int(out[at:end].split()[2])
        yield name, out[end + 1:end + 1 + size].decode("utf-8", errors="replace")
        at = end + 1 + size + 1


def _parsed(text: str, name: str) -> Read:
    try:
        return baseline.parse(text, name), ""
    except baseline.BaselineError as error:
        return None, str(error)


def _read(root: Path, blobs: Iterable[str], cache: Cache, name: str) -> Mapping[str, Read]:
    wanted = sorted(set(blobs) - {_NO_BLOB})
    known = cache.find(wanted)
    fresh = {blob: _parsed(text, name) for blob, text in _blobs(root, [blob for blob in wanted if blob not in known])}
    cache.add(fresh)
    return {_NO_BLOB: (None, ""), **known, **fresh}


def _before(root: Path, path: str, since: str) -> tuple[Commit, str]:
    """The state that what comes after `since` starts from."""
    said = _git(root, "log", "-1", "--format=%H%x01%cI%x01%s", since, "--").decode(errors="replace").rstrip("\n")
    commit = Commit(*said.split(_MARK, 2))
    listed = _git(root, "ls-tree", commit.id, "--", path).decode().split()
    return commit, listed[2] if listed else _NO_BLOB


def _uncommitted(root: Path, path: str, last: str) -> tuple[Commit, str] | None:
    """(a commit's stand-in, text) where the checkout's file is not the last committed one."""
    file = root / path
    data = file.read_bytes() if file.is_file() else b""
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    return (Commit(UNCOMMITTED, "", ""), data.decode("utf-8", errors="replace")) if data and blob != last else None


def _missing(root: Path) -> str:
    if _git(root, "rev-parse", "--is-shallow-repository").strip() != b"true":
        return ""
    return "shallow clone: what is older than its first commit is missing; `git fetch --unshallow` brings it"


def read(root: Path, file: Path, cache_folder: Path, since: str | None = None) -> Past:
    """Raises UsageError where there is no history to read."""
    _checkout(root)
    path = file.resolve().relative_to(root.resolve()).as_posix()
    if since:
        _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{since}^{{commit}}")
    found = ([_before(root, path, since)] if since else []) + _log(root, path, since)
    common = _git(root, "rev-parse", "--path-format=absolute", "--git-common-dir").decode().strip()
    with Cache.open(cache_folder, common) as cache:
        contents = _read(root, (blob for _, blob in found), cache, file.name)
    states = [State(commit, *contents[blob]) for commit, blob in found]
    if extra := _uncommitted(root, path, found[-1][1] if found else _NO_BLOB):
        states.append(State(extra[0], *_parsed(extra[1], file.name)))
    if not any(state.baseline or state.problem for state in states):
        raise UsageError(f"no commit of this branch has {path}: `./fencepost check --accept -m WHY` makes the first one")
    missing = _missing(root)
    return Past(tuple(states), not since and not missing, missing)

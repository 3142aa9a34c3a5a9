# SPDX-License-Identifier: Apache-2.0
"""
Commits as the gate needs them: which one to compare with, and its files in a folder of their own to be built. Read
from git only: no branch, no index, no work tree of the user's and nothing in .git changes, so no `git worktree`.
"""
from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tool.exitcodes import EnvironmentMissing, Exit, Stop, UsageError

_BRANCHES = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
# What no image depends on; whatever a later commit adds is taken to matter.
_NOT_BUILT = frozenset({".ci", ".gitattributes", ".github", ".gitignore", "LICENSE", "README.md", "docs", "fencepost",
                        "pytest.ini", "testsuite", "tool"})
_BENCH = "bench"
_BUILT_OF_BENCH = frozenset({"guests"})


class NoHistory(Stop):
    """The commits that a question needs are not here."""

    def __init__(self, message: str) -> None:
        super().__init__(message, Exit.NOT_MEASURED)


@dataclass(frozen=True)
class Commit:
    id: str
    subject: str

    def __str__(self) -> str:
        return f"{self.id[:10]} ({self.subject})"


@dataclass(frozen=True)
class Repository:
    root: Path

    def git(self, *words: str, environment: Mapping[str, str] | None = None) -> str:
        """Raises UsageError with git's own words."""
        try:
            done = subprocess.run(["git", *words], cwd=self.root, stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, errors="replace", env={**os.environ, **(environment or {})})
        except FileNotFoundError as error:
            raise EnvironmentMissing("git is not installed: run ./fencepost setup") from error
        if done.returncode:
            said = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
            raise UsageError(f"git {words[0]}: {said[-1]}")
        return done.stdout.strip()

    def _ask(self, *words: str) -> str:
        """Empty where git has no answer."""
        try:
            return self.git(*words)
        except UsageError:
            return ""

    def demand(self) -> None:
        """Raises NoHistory where the root is no checkout of its own."""
        top = self._ask("rev-parse", "--show-toplevel")
        if not top or Path(top).resolve() != self.root.resolve():
            raise NoHistory(f"{self.root} is no git checkout, so there is no commit to compare with")
        if not self._ask("rev-parse", "--verify", "--quiet", "HEAD"):
            raise NoHistory("the repository has no commit yet")

    def commit(self, revision: str) -> Commit:
        """Raises UsageError where there is no such commit, NoHistory where a shallow clone may be why."""
        self.demand()
        found = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if not found:
            if self.shallow:
                raise NoHistory(f"no commit {revision} in this shallow clone; `git fetch --unshallow` brings the history")
            raise UsageError(f"no commit {revision}")
        return Commit(found, self.git("log", "-1", "--format=%s", found))

    @property
    def shallow(self) -> bool:
        return self._ask("rev-parse", "--is-shallow-repository") == "true"

    def _first_here(self, commit: str) -> bool:
        """Whether the commit's parents were left out of a shallow clone, so that it seems to have changed every file."""
        return self.shallow and not self._ask("rev-parse", "--verify", "--quiet", f"{commit}^")

    def last_change(self, file: Path) -> Commit:
        """The commit that last changed a file, as HEAD sees it. Raises NoHistory."""
        self.demand()
        path = file.resolve().relative_to(self.root.resolve()).as_posix()
        found = self._ask("log", "-1", "--format=%H", "HEAD", "--", path)
        if not found:
            raise NoHistory(f"no commit has {path}")
        if self._first_here(found):
            raise NoHistory(f"the commit that last changed {path} is not in this shallow clone; `git fetch --unshallow` "
                            "brings it")
        return self.commit(found)

    def default_branch(self) -> str:
        """The branch that changes are made for. Raises NoHistory."""
        self.demand()
        for name in _BRANCHES:
            if self._ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"):
                return name
        raise NoHistory(f"no default branch: none of {', '.join(_BRANCHES)} is here")

    def merge_base(self, branch: str) -> Commit:
        """Where HEAD left a branch; HEAD itself if it did not. Raises NoHistory."""
        found = self._ask("merge-base", "HEAD", branch)
        if not found:
            more = "; `git fetch --unshallow` may bring it" if self.shallow else ""
            raise NoHistory(f"HEAD and {branch} have no common commit here{more}")
        return self.commit(found)

    def reference(self, file: Path) -> Commit:
        """
        What a change is compared with where nothing else is said: the commit it is based on, or, on the default branch
        itself, the one that last changed `file`. Raises NoHistory.
        """
        base = self.merge_base(self.default_branch())
        return self.last_change(file) if base.id == self.git("rev-parse", "HEAD") else base

    def text_at(self, revision: str, file: Path) -> str | None:
        path = file.resolve().relative_to(self.root.resolve()).as_posix()
        return self._ask("show", f"{revision}:{path}") + "\n" if self._ask("cat-file", "-t", f"{revision}:{path}") else None

    def first_parents(self, good: Commit, bad: Commit) -> list[Commit]:
        """From good, exclusive, to bad, inclusive. Raises UsageError where good is not on bad's first-parent line."""
        lines = self._ask("log", "--first-parent", "--reverse", "--format=%H%x00%P%x00%s", f"{good.id}..{bad.id}").splitlines()
        rows = [line.split("\0") for line in lines]
        if not rows or rows[0][1].split()[:1] != [good.id]:
            if self.shallow:
                raise NoHistory(f"the way from {good} to {bad} is not whole in this shallow clone; `git fetch --unshallow`")
            raise UsageError(f"{good} is not before {bad} on its first-parent line")
        return [Commit(row[0], row[2]) for row in rows]

    def sources(self, commit: Commit) -> str:
        """The same for two commits whose built files are the same; they need no second look."""
        top = self._tree(f"{commit.id}:")
        kept = {name: entry for name, entry in top.items() if name not in _NOT_BUILT | {_BENCH}}
        if _BENCH in top:
            kept |= {f"{_BENCH}/{name}": entry for name, entry in self._tree(f"{commit.id}:{_BENCH}").items()
                     if name in _BUILT_OF_BENCH}
        return "\n".join(f"{entry} {name}" for name, entry in sorted(kept.items()))

    def _tree(self, name: str) -> dict[str, str]:
        """Name -> mode, kind and id."""
        lines = self.git("ls-tree", "-z", name).strip("\0").split("\0")
        return {path: entry for entry, _, path in (line.partition("\t") for line in lines)}

    def export(self, commit: Commit, folder: Path) -> None:
        """The commit's files, exactly; `folder` is new. Through an index of its own."""
        folder.mkdir(parents=True)
        own = {"GIT_INDEX_FILE": str(folder.with_name(folder.name + ".index"))}
        try:
            self.git("read-tree", commit.id, environment=own)
            self.git("checkout-index", "--all", f"--prefix={folder}/", environment=own)
        finally:
            Path(own["GIT_INDEX_FILE"]).unlink(missing_ok=True)

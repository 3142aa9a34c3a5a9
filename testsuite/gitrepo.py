# SPDX-License-Identifier: Apache-2.0
"""A git repository of a test's own: nobody's configuration, fixed names and times."""
from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_WHO = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "test"), ("EMAIL", "test@example.org"), ("DATE", "2026-01-01T00:00:00Z"))}


@dataclass(frozen=True)
class Repository:
    folder: Path

    def git(self, *words: str, status: int = 0) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment = {**kept, **_WHO, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(["git", *words], cwd=self.folder, env=environment, capture_output=True, text=True)
        assert done.returncode == status, f"git {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def write(self, **files: str) -> None:
        for name, text in files.items():
            self.put(name, text)

    def put(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def commit(self, subject: str, **files: str) -> str:
        """The id of a new commit with these files changed."""
        self.write(**files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", subject)
        return self.git("rev-parse", "HEAD")


def new(folder: Path) -> Repository:
    folder.mkdir(parents=True, exist_ok=True)
    made = Repository(folder)
    made.git("init", "--quiet", "--initial-branch", "main")
    return made


def line_of(folder: Path, states: Sequence[Mapping[str, str]], subjects: Sequence[str] = ()) -> Repository:
    """A repository with one commit after the other, `number 0` first unless `subjects` says it; each changes some files. One process."""
    made = new(folder)
    stream = []
    for number, files in enumerate(states):
        subject = subjects[number] if subjects else f"number {number}"
        stream.append(f"commit refs/heads/main\nmark :{number + 1}\ncommitter test <test@example.org> {1767225600 + number} +0000\n")
        stream.append(_data(subject) + (f"from :{number}\n" if number else ""))
        stream += [f"M 100644 inline {name}\n{_data(text)}" for name, text in files.items()]
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input="".join(stream), text=True, check=True)
    made.git("reset", "--quiet", "--hard")
    return made


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"

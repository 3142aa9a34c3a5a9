# SPDX-License-Identifier: Apache-2.0
"""
An SQLite file of baselines by the id of their blob, so that old ones are not parsed again. Only a cache: what it
holds can be read from git at any time, and where it cannot be opened, read or written nothing is missing.
"""
from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from bench import baseline
from bench.baseline import Baseline, Entry, Header
from bench.measure import Exact
from bench.metrics import Gate

Read = tuple[Baseline | None, str]      # a baseline, or why it is none
SCHEMA = 1
_AT_A_TIME = 500                        # SQLite's limit on parameters is 999 in old ones
_TABLES = """
CREATE TABLE IF NOT EXISTS file (blob TEXT PRIMARY KEY, header TEXT NOT NULL, problem TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS metric (blob TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, unit TEXT NOT NULL,
                                   gate TEXT NOT NULL, max INTEGER, PRIMARY KEY (blob, name)) WITHOUT ROWID;
"""


def _reader() -> str:
    """What reads a baseline: with other rules, other files are good ones."""
    return Path(baseline.__file__).read_text(encoding="utf-8")


def file_for(folder: Path, repository: str) -> Path:
    """Another repository, another reader of baselines or another form of this file: another file."""
    key = hashlib.sha256(json.dumps([repository, SCHEMA, baseline.SCHEMA, _reader()]).encode()).hexdigest()[:16]
    return folder / f"history-{SCHEMA}-{key}.sqlite"


class Cache:
    """Finds nothing and keeps nothing when there is no usable file."""

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        self._connection = connection

    @classmethod
    @contextmanager
    def open(cls, folder: Path, repository: str) -> Iterator[Cache]:
        connection = _connect(file_for(folder, repository))
        try:
            yield cls(connection)
        finally:
            if connection is not None:
                connection.close()

    def find(self, blobs: Sequence[str]) -> dict[str, Read]:
        if self._connection is None:
            return {}
        try:
            parts = [blobs[at:at + _AT_A_TIME] for at in range(0, len(blobs), _AT_A_TIME)]
            return {blob: read for part in parts for blob, read in _find(self._connection, part).items()}
        except (sqlite3.Error, ValueError, TypeError):
            return {}

    def add(self, found: Mapping[str, Read]) -> None:
        if self._connection is None:
            return
        try:
            with self._connection:
                for blob, read in found.items():
                    _add(self._connection, blob, read)
        except sqlite3.Error:
            return


def _connect(file: Path) -> sqlite3.Connection | None:
    """A file that is none of SQLite's is made anew; a folder that cannot be written has no cache."""
    for _ in range(2):
        connection = None
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(file, timeout=2)
            connection.executescript(_TABLES)
            return connection
        except sqlite3.OperationalError:
            return None
        except (sqlite3.DatabaseError, OSError):
            if connection is not None:
                connection.close()
            try:
                file.unlink(missing_ok=True)
            except OSError:
                return None
    return None


def _find(connection: sqlite3.Connection, blobs: Sequence[str]) -> dict[str, Read]:
    marks = ",".join("?" * len(blobs))
    entries: dict[str, dict[str, Entry]] = {}
    rows = connection.execute(f"SELECT blob, name, value, unit, gate, max FROM metric WHERE blob IN ({marks})", blobs)
    for blob, name, value, unit, gate, limit in rows:
        entries.setdefault(blob, {})[name] = Entry(name, Exact(value, unit), Gate(gate), limit)
    files = connection.execute(f"SELECT blob, header, problem FROM file WHERE blob IN ({marks})", blobs)
    return {blob: (None, problem) if problem else (Baseline(Header(**json.loads(header)), entries.get(blob, {})), "")
            for blob, header, problem in files}


def _add(connection: sqlite3.Connection, blob: str, read: Read) -> None:
    known, problem = read
    header = json.dumps(asdict(known.header)) if known else ""
    connection.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?)", (blob, header, problem))
    connection.executemany("INSERT OR REPLACE INTO metric VALUES (?, ?, ?, ?, ?, ?)", [
        (blob, entry.metric, entry.value.value, entry.value.unit, entry.gate.value, entry.limit)
        for entry in (known.entries.values() if known else ())])

# SPDX-License-Identifier: Apache-2.0
"""
pytest and the command as a user starts them: a process of their own, with its environment, folder, output and status. The process
is a fork of one that has imported what they need and has done nothing else, for the imports cost more than what most tests ask.
"""
from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from _pytest.config import default_plugins

from tool import paths

# Not what pytest imports as a plugin of this project or of others: it rewrites the assertions of those as it imports them.
_IMPORTED = ("testsuite.started", "pytest", *(f"_pytest.{name}" for name in default_plugins), "testsuite.collection",
             "testsuite.rows", "testsuite.session", "tool.cli", "tool.suite", "tool.run", "tool.coverage.text", "tool.report", "bench.bench",
             "elftools.elf.elffile", "execnet", "pdb", "packaging.version")


def pytest(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """As `python3 -m pytest`; no option of the session that runs this reaches it."""
    outer = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    return _run(("pytest", *words), outer | environment)


def fencepost(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """As `./fencepost`, which installs nothing."""
    outer = {key: value for key, value in os.environ.items() if key != "PYTEST_XDIST_WORKER"}
    return _run((str(paths.ROOT / "fencepost"), *words), outer | {"FENCEPOST_NO_INSTALL": "1"} | environment)


def _run(words: tuple[str, ...], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_IMPORTED))
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        names = [f"/proc/{os.getpid()}/fd/{file.fileno()}" for file in (out, err)]
        process = context.Process(target=_command, args=(words, dict(environment), *names))
        process.start()
        process.join()
        return subprocess.CompletedProcess(words, process.exitcode, _text(out), _text(err))


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def _command(words: tuple[str, ...], environment: dict[str, str], out: str, err: str) -> None:
    """In the fork. What it raises or returns is the status of the process."""
    for name, descriptor in ((os.devnull, 0), (out, 1), (err, 2)):
        file = os.open(name, os.O_RDWR | os.O_APPEND)
        os.dup2(file, descriptor)
        os.close(file)
    sys.stdin = open(0, closefd=False)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(paths.ROOT)
    sys.argv = list(words)
    if Path(words[0]).is_file():
        runpy.run_path(words[0], run_name="__main__")
    else:
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)

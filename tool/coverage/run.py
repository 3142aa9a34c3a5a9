# SPDX-License-Identifier: Apache-2.0
"""
One run under coverage: the maps it begins with, the plugin its machines get, the document it ends with. The folder of
the maps stands in the environment, so that it reaches the workers and whatever they start. A machine that has a plugin
already (a bench) is not counted.
"""
from __future__ import annotations

import functools
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tool import paths, system
from tool.coverage import document, fold, image, rules, store
from tool.coverage.image import Place
from tool.exitcodes import UsageError

VARIABLE = "FENCEPOST_COVERAGE"
PLUGIN = paths.BUILD / "host" / "bench" / "plugin" / "cover.so"
RULES = paths.TESTSUITE / "coverage.toml"
FOLDER = "coverage"
DOCUMENT = "coverage.json"
_INDEX = "images.json"


def begin(run_folder: Path, images: Mapping[str, str]) -> None:
    """Empty maps for these images (kind -> file); from now on machines that boot one of them mark its map."""
    rules.read(RULES)                  # a mistake there is told before the run, not after it
    folder = run_folder / FOLDER
    folder.mkdir()
    index = {}
    for kind, file in images.items():
        (folder / f"{kind}.map").write_bytes(store.empty(image.read(Path(file))))
        index[str(Path(file).resolve())] = str(folder / f"{kind}.map")
    (folder / _INDEX).write_text(json.dumps(index, indent=0) + "\n")
    os.environ[VARIABLE] = str(folder)


def end() -> None:
    os.environ.pop(VARIABLE, None)


@functools.lru_cache(maxsize=4)
def _index(folder: str) -> Mapping[str, str]:
    return json.loads((Path(folder) / _INDEX).read_text())


def plugins_for(hypervisor: Path) -> tuple[str, ...]:
    """What a machine that boots this image gets as -plugin while a run is under coverage."""
    folder = os.environ.get(VARIABLE)
    file = _index(folder).get(str(hypervisor.resolve())) if folder else None
    return (f"{_escaped(PLUGIN)},map={_escaped(Path(file))}",) if file else ()


def _escaped(path: Path) -> str:
    return str(path).replace(",", ",,")


@functools.cache
def _text(file: str) -> tuple[str, ...]:
    path = paths.ROOT / file
    return tuple(path.read_text(encoding="utf-8", errors="replace").splitlines()) if path.is_file() else ()


def source_line(place: Place) -> str:
    lines = _text(place.file)
    return lines[place.line - 1].strip() if 0 < place.line <= len(lines) else ""


def fold_maps(run_folders: Sequence[Path], images: Mapping[str, str], board: str, complete: bool) -> dict[str, Any]:
    """The document of one run, or of several together."""
    chosen, coverages, wrong = rules.read(RULES), [], []
    for kind, file in images.items():
        code = image.read(Path(file))
        marks = store.merge(store.read(folder / FOLDER / f"{kind}.map") for folder in run_folders)
        if contradictions := store.contradictions(code, marks):
            wrong.append(f"{kind}: {contradictions[0]}" + (f" (and {len(contradictions) - 1} more)" if contradictions[1:] else ""))
            continue
        coverages.append(fold.fold(kind, code, marks, chosen, source_line))
    return document.make(board, complete, system.commit(), coverages, source_line, wrong)


def finish(run_folder: Path, images: Mapping[str, str], board: str, complete: bool) -> dict[str, Any]:
    """Writes the document of a run; a complete one also becomes the board's last."""
    made = fold_maps([run_folder], images, board, complete)
    (run_folder / FOLDER / DOCUMENT).write_text(json.dumps(made, indent=1) + "\n")
    if complete:
        paths.last_coverage(board).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(run_folder / FOLDER / DOCUMENT, paths.last_coverage(board))
    return made


def read(file: Path) -> Mapping[str, Any]:
    """A stored document. Raises UsageError."""
    try:
        return document.checked(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise UsageError(f"{paths.relative(file)}: no stored coverage: {error}; ./fencepost test --coverage makes it") from error


def last(board: str) -> Path:
    """The document of the last whole run, or without one that of the latest run. Raises UsageError."""
    whole = paths.last_coverage(board)
    if whole.is_file():
        return whole
    for folder in sorted(paths.RUNS.glob("*Z-test*"), reverse=True):
        if (folder / FOLDER / DOCUMENT).is_file():
            return folder / FOLDER / DOCUMENT
    raise UsageError(f"no stored coverage for {board}: run ./fencepost test --coverage first")

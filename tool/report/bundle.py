# SPDX-License-Identifier: Apache-2.0
"""
`./fencepost report bundle`: everything stored in one archive, to hand to someone else: results, logs of failures, the
comparison, coverage, trace and the page. Equal results make equal archives but for run.json, which alone has times,
host and paths.
"""
from __future__ import annotations

import argparse
import gzip
import io
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tool import board as boards
from tool import jsontext, paths, results, stored, trace_text
from tool.exitcodes import Exit, Stop, UsageError
from tool.report import matrix, private, render, sources
from tool.report.html import write
from tool.report.sources import Missing, Sources
from tool.stored import Run

HELP = "one archive of everything stored, to hand to someone else"
NEEDS = ("python3-matplotlib", "python3-jinja2", "python3-pyelftools")
RUN_FACTS = "run.json"                  # the one member that may know this machine
_LOGS = ("console.log", "stderr.log", "load.json", "replay.sh")
_COMPARISON = ("compare.json", "compare.csv", "compare.html")
_LOG_BYTES = 1 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="FILE", type=Path, help="default: report/fencepost-<board>.tar.gz")
    parser.add_argument("--run", metavar="FOLDER", type=Path, help="the verdicts of this run, instead of the last whole one")
    parser.add_argument("--board", default=boards.DEFAULT)
    jsontext.add_argument(parser)


def _text(file: Path, most: int | None = None) -> str:
    """At most so many bytes of its end."""
    data = file.read_bytes()
    return (data[-most:] if most else data).decode("utf-8", errors="replace")


def _environment(run: Run) -> Mapping[str, Any]:
    return {key: value for key, value in run.header.items() if key not in ("schema", "version")}


def _results(run: Run) -> Iterator[tuple[str, str]]:
    kept = _environment(run)
    yield "results.jsonl", private.plain(results.to_jsonl(run.rows, kept))
    yield "environment.json", private.plain(jsontext.text(kept))
    yield "junit.xml", private.plain(results.to_junit(run.rows))
    yield RUN_FACTS, (run.folder / "run.json").read_text(encoding="utf-8")
    failed = stored.failures(run.folder)
    if failed:
        yield "failures.json", jsontext.text({name: private.plain(said) for name, said in sorted(failed.items())})
    for row in matrix.failed(run.rows):
        folder = stored.folder_of(run, row)
        for name in _LOGS:
            if folder is not None and (folder / name).is_file():
                yield f"logs/{row.suite}/{folder.name}/{name}", private.plain(_text(folder / name, _LOG_BYTES))


def members(found: Sources) -> dict[str, str]:
    """Name -> text of everything that is there."""
    parts: dict[str, str] = {}
    if isinstance(found.run, Run):
        parts |= dict(_results(found.run))
    if not isinstance(found.trace, Missing):
        parts["trace.json"] = private.plain(jsontext.text(trace_text.table(found.trace, {})))
    if not isinstance(found.comparison, Missing):
        parts |= {name: private.plain(_text(paths.REPORT / name)) for name in _COMPARISON if (paths.REPORT / name).is_file()}
    if not isinstance(found.coverage, Missing):
        parts["coverage.json"] = private.plain(jsontext.text(found.coverage))
    if not isinstance(found.profile, Missing):
        parts["bench.json"] = private.plain(_text(found.profile.file))
    parts["report.html"] = private.plain(render.html(found, finished=False))
    parts["report.json"] = private.plain(jsontext.text(render.as_json(found)))
    for name, text in parts.items():
        if name != RUN_FACTS and (left := private.leaks(text)):
            raise Stop(f"{name} still names {', '.join(left)}", Exit.INTERNAL)
    return parts


def archive(parts: Mapping[str, str], folder: str) -> bytes:
    """The same parts make the same bytes: names in order, no times, no owner."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(parts):
            data = parts[name].encode("utf-8", errors="replace")
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size, member.mode = len(data), 0o644
            tar.addfile(member, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), mtime=0)


def main(args: argparse.Namespace) -> Exit:
    boards.load(args.board)
    found = sources.gather(args.board, args.run)
    if isinstance(found.run, Missing) and (args.run or isinstance(found.comparison, Missing)):
        raise UsageError(found.run.reason)
    parts = members(found)
    file = args.out or paths.REPORT / f"fencepost-{args.board}.tar.gz"
    data = archive(parts, f"fencepost-{args.board}")
    write(file, data)
    if args.json:
        jsontext.write(args.json, {"file": paths.relative(file), "bytes": len(data), "members": sorted(parts),
                                   "missing": [vars(one) for one in found.missing]})
    if args.json != "-":
        print(f"wrote {paths.relative(file)}, {len(data) // 1024} KiB: {', '.join(sorted(parts))}")
        for one in found.missing:
            print(f"not in it: {one.what}: {one.reason}; run {one.command}")
    return Exit.FINE

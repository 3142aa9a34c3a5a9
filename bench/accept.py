# SPDX-License-Identifier: Apache-2.0
"""`./fencepost check --accept`: what was measured becomes the baseline, if the tools are those that wrote the last one."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench import baseline, lock
from bench.baseline import Baseline, Change, Header, Verdict
from bench.measure import NotMeasured, Result
from bench.metrics import Metric
from bench.revision import Repository
from tool import board as boards
from tool import paths, toolchain
from tool.exitcodes import Exit, Stop

_NEW = "to move to these tools: `./fencepost check --accept --new-toolchain -m WHY`"


def demand_same_tools(board: str, here: toolchain.Toolchain) -> None:
    """Raises Stop, before anything is built, where the baseline is other tools' work."""
    if different := lock.differences(lock.load(), board, here):
        raise Stop("\n".join(["nothing was accepted: the baseline is written with the tools of bench/toolchain.lock alone",
                              *(f"  {line}" for line in different), _NEW]), Exit.NOT_MEASURED)


def last(file: Path) -> Baseline | None:
    """What the new numbers are compared with in the commit's message: where the file is broken, HEAD's."""
    try:
        return baseline.load(file)
    except baseline.BaselineError:
        pass
    try:
        text = Repository(paths.ROOT).text_at("HEAD", file)
        return baseline.parse(text) if text else None
    except (Stop, baseline.BaselineError):
        return None


def message(why: str, changes: Sequence[Change]) -> str:
    """What a commit of the new baseline says."""
    moved = [change.line() for change in changes if change.verdict is not Verdict.SAME]
    return "\n".join([f"bench: {why}", "", *moved])


def write(file: Path, header: Header, old: Baseline | None, results: Sequence[Result],
          table: Sequence[Metric]) -> list[Change]:
    """All or nothing. What changed against `old`."""
    missing = [result for result in results if isinstance(result, NotMeasured)]
    if missing:
        lines = "\n".join(f"  {result.metric}: {result.reason}" for result in missing)
        raise Stop(f"nothing was accepted, because these were not measured:\n{lines}", Exit.NOT_MEASURED)
    new = baseline.of_results(header, results, table)
    if above := [entry for entry in new.entries.values() if entry.limit is not None and entry.value.value > entry.limit]:
        lines = "\n".join(f"  {entry.metric}: {entry.value.value} is above its limit {entry.limit}" for entry in above)
        raise Stop(f"nothing was accepted; whoever wants that raises the limit in bench/METRICS.md:\n{lines}", Exit.WORSE)
    changes = baseline.compare(old or Baseline(header, {}), results)
    file.parent.mkdir(exist_ok=True)
    file.write_text(new.text(), encoding="utf-8")
    return changes


def store_tools(board: str, here: toolchain.Toolchain) -> None:
    lock.store(board, here, toolchain.packages(board, boards.load(board).emulator))

# SPDX-License-Identifier: Apache-2.0
"""
Two states of the sources, measured with the tools of this checkout, so that a change of the instrument is not taken
for one of the hypervisor. What belongs to a state: hypervisor, syscfg, bench guests, system trees. Boards, METRICS.md,
plugin and emulator are those of here.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field

from bench import session, snapshot
from bench.baseline import Change, Header, Verdict, compare, of_results
from bench.measure import Measurement, NotMeasured, Result
from bench.metrics import COLD, Counted, Metric, row_of
from bench.revision import Commit, Repository
from bench.session import Job, Outcome, Session
from tool import paths, strategy

WHOLE = "check"              # run folders: the work tree's whole measurement alone is what `report` reads
_PART = "compared"


@dataclass(frozen=True)
class Side:
    """The work tree as it is, or a commit."""
    commit: Commit | None = None

    def __str__(self) -> str:
        return str(self.commit) if self.commit else "the work tree"


@dataclass(frozen=True)
class Meter:
    board: str
    table: Sequence[Metric]
    progress: Callable[[str], None]
    workers: int | None = None
    known: MutableMapping[str, Outcome] = field(default_factory=dict)   # what was run need not be run again

    def open(self, side: Side, verb: str = _PART, profile: bool = False) -> Session:
        """Raises BuildFailed."""
        checkout = snapshot.built(Repository(paths.ROOT), side.commit, self.board, self.progress) if side.commit else None
        return session.open_session(verb, self.board, self.progress, self.workers, profile, checkout, self.known)

    def whole(self, opened: Session) -> list[Result]:
        """Every metric that this state has a bench for."""
        rows = measurable(opened, self.table)
        outcomes = session.run_all(opened, session.jobs_for(opened, rows, strategy.of_board(opened.board.strategies)))
        return session.results(opened, rows, outcomes)

    def some(self, opened: Session, wanted: Mapping[str, str]) -> tuple[dict[str, Result], bool]:
        """These metrics, and whether nothing had to be run; the words are of `runs`."""
        found: dict[str, Result] = {}
        jobs: dict[Job, None] = {}
        rows: dict[Metric, None] = {}
        for name, run in wanted.items():
            row = row_of(name, self.table)
            if row is None or not measurable(opened, [row]):
                found[name] = NotMeasured(name, "it has no bench there")
                continue
            rows[row] = None
            jobs.update(dict.fromkeys(_jobs(opened, row, name, run)))
        outcomes = session.run_all(opened, list(jobs))
        found |= {result.metric: result for result in session.results(opened, list(rows), outcomes) if result.metric in wanted}
        missing = {name: NotMeasured(name, "the bench has no such series") for name in wanted if name not in found}
        return found | missing, all(outcome.again for outcome in outcomes)


def measurable(opened: Session, rows: Iterable[Metric]) -> list[Metric]:
    return [row for row in rows if row.counted is Counted.ELF or row.is_maximum or row.bench in opened.benches]


def runs(results: Iterable[Result]) -> dict[str, str]:
    """Metric -> the one run that its value comes from, where it is a maximum over many; empty for all others."""
    return {result.metric: result.parts[0][0].rpartition(" in ")[2] if isinstance(result, Measurement) and result.parts else ""
            for result in results}


def _jobs(opened: Session, row: Metric, name: str, run: str) -> list[Job]:
    if row.is_maximum:
        return [job for job in session.jobs_for(opened, [row], ()) if run in ("", job.label)]
    return session.jobs_for(opened, [row], [name.removesuffix(COLD).rpartition(".")[2]])


def against(header: Header, before: Sequence[Result], after: Sequence[Result], table: Sequence[Metric],
            earlier: Sequence[Metric]) -> list[Change]:
    """What changed from one measured state to another; `earlier` is the table of metrics of the first."""
    measured = (result for result in before if isinstance(result, Measurement))
    old = of_results(header, measured, table)
    reasons = {result.metric: result.reason for result in before if isinstance(result, NotMeasured)}
    return [_with_reason(change, reasons) for change in compare(old, after)] + _gone(table, earlier)


def _with_reason(change: Change, reasons: Mapping[str, str]) -> Change:
    """What was not measured before has no value to be worse than."""
    if change.verdict is not Verdict.NEW or change.metric not in reasons:
        return change
    return Change(change.metric, Verdict.NEW, None, change.new, f"not measured before: {reasons[change.metric]}", change.limit)


def _gone(table: Sequence[Metric], earlier: Sequence[Metric]) -> list[Change]:
    names = {row.name for row in table}
    return [Change(row.name, Verdict.GONE, reason="not in bench/METRICS.md any more") for row in earlier if row.name not in names]

# SPDX-License-Identifier: Apache-2.0
"""Collectors File -> board -> suite -> item, and the item: one test, one strategy, one image, one fresh machine."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import ExceptionChainRepr, ReprEntryNative, ReprFileLocation, ReprTraceback

from testsuite.session import Settings
from tool import board as boards
from tool import divergences, failure, records, stored, strategy, trial, xenfailures
from tool.exitcodes import Stop
from tool.verdict import Kind

SETTINGS = pytest.StashKey[Settings]()
_KNOWN = pytest.StashKey[set[str]]()      # registered markers


class NotPassed(Exception):
    """Carries an outcome to the report; `error` verdicts are raised before the test proper."""

    def __init__(self, outcome: trial.Outcome, unexpected: bool = False) -> None:
        super().__init__(outcome.verdict.reason)
        self.outcome = outcome
        self.unexpected = unexpected      # passed although a failure was expected


class GuestFile(pytest.File):
    def collect(self) -> Iterator[pytest.Collector]:
        settings = self.config.stash[SETTINGS]
        if settings.broken:
            raise self.CollectError(settings.broken)
        yield BoardCollector.from_parent(self, name=settings.board, settings=settings)


class BoardCollector(pytest.Collector):
    def __init__(self, settings: Settings, **rest: Any) -> None:
        super().__init__(**rest)
        self.settings = settings
        self.add_marker(settings.board)

    def collect(self) -> Iterator[pytest.Collector]:
        """One node a suite, whatever images its records come from."""
        suites: dict[str, list[trial.Trial]] = {}
        try:
            for one in trials(self.settings):
                suites.setdefault(one.record.suite, []).append(one)
        except Stop as stop:
            raise self.CollectError(str(stop)) from stop
        if not suites:
            raise self.CollectError("no test records in the built guests")
        for name in sorted(suites):
            yield SuiteCollector.from_parent(self, name=name, trials=suites[name])


class SuiteCollector(pytest.Collector):
    def __init__(self, trials: list[trial.Trial], **rest: Any) -> None:
        super().__init__(**rest)
        self.trials = trials
        register(self.config, self.name, "guest suite")
        self.add_marker(self.name)

    def collect(self) -> Iterator[pytest.Item]:
        for one in self.trials:
            yield GuestItem.from_parent(self, name=f"{one.record.name}[{one.label}]", trial=one)


class GuestItem(pytest.Item):
    def __init__(self, trial: trial.Trial, **rest: Any) -> None:
        super().__init__(**rest)
        self.trial = trial
        self.outcome: Any = None
        self.otherwise = ""    # an expected failure, but another one
        record = trial.record
        for marker in (trial.strategy, trial.kind, *(["slow"] if record.needs.slow else [])):
            register(self.config, marker, "see pytest.ini")
            self.add_marker(marker)
        self.extra_keyword_matches.update(record.ids)
        self.user_properties += [(name, value) for name, value in facts(trial).items()]

    def folder(self) -> Path:
        return stored.test_folder(Path(self.config.stash[SETTINGS].run_folder), self.trial.record.suite, self.name)

    def setup(self) -> None:
        """Boots and judges. A verdict that says `error` is raised here, so that pytest reports an error."""
        settings = self.config.stash[SETTINGS]
        if settings.missing:
            self._tell("skip", settings.missing)
            pytest.skip(settings.missing)
        record = self.trial.record
        if reason := boards.load(settings.board, self.trial.attached).skip(record.test, record.needs.system, record.file):
            self._tell("skip", reason)
            pytest.skip(reason)
        if self.trial.left_out:
            self._tell("skip", reason := f"not on {self.trial.reference}: {self.trial.left_out}")
            pytest.skip(reason)
        try:
            self.outcome = trial.run(self.trial, self.folder())
        except Stop as stop:
            self._tell("error", str(stop).splitlines()[0])
            raise
        verdict = self.outcome.verdict
        self._tell(verdict.kind.value, verdict.reason)
        self.otherwise = self._otherwise(settings)
        self.user_properties += [("expected_failure", "no")] if self.otherwise else []
        self.user_properties += [("kept", "yes")] if self.outcome.kept else []
        self.user_properties += [(f"metric.{m.name}", f"{m.value} {m.unit}") for m in verdict.metrics]
        if verdict.kind is Kind.ERROR:
            raise NotPassed(self.outcome)

    def runtest(self) -> None:
        verdict, wanted = self.outcome.verdict, self.trial.expected_failure
        if verdict.kind is Kind.SKIP:
            pytest.skip(verdict.reason)
        if wanted and verdict.kind is Kind.FAIL and not self.otherwise:
            pytest.xfail(f"expected under {wanted}: {verdict.reason}")
        if wanted and verdict.kind is Kind.PASS:
            raise NotPassed(self.outcome, unexpected=True)
        if verdict.kind is not Kind.PASS:
            raise NotPassed(self.outcome)

    def _otherwise(self, settings: Settings) -> str:
        """Why a failure that is expected is not this one."""
        one, verdict = self.trial, self.outcome.verdict
        listed = one.reference and one.expected_failure and verdict.kind is Kind.FAIL
        if not listed or settings.record_failures:
            return ""
        return xenfailures.otherwise(xenfailures.load(), one.reference, one.record.test, verdict.reason)

    def _tell(self, verdict: str, reason: str) -> None:
        self.user_properties += [("verdict", verdict), ("reason", reason)]

    def reportinfo(self) -> tuple[str, int, str]:
        record = self.trial.record
        return record.file, record.line - 1, f"{record.test}[{self.trial.label}]"

    def told(self, failed: BaseException) -> ExceptionChainRepr | None:
        """The text of a failure, in the words of the harness; None leaves it to pytest."""
        if isinstance(failed, Stop):
            return self._report(str(failed), str(failed).splitlines()[0])
        if not isinstance(failed, NotPassed):
            return None
        verdict = failed.outcome.verdict
        head = f"{verdict.kind.value}: {verdict.reason}"
        if failed.unexpected:
            head = f"[XPASS(strict)] passes under {self.trial.expected_failure}, where a failure is expected"
        elif self.otherwise:
            head = f"{self.otherwise}; now {head}"
        options = self.config.stash[SETTINGS].options()
        return self._report(f"{head}\n{failure.text(failed.outcome, self.nodeid, options)}", head)

    def _report(self, text: str, head: str) -> ExceptionChainRepr:
        """The shape that carries a reason into pytest's summary line, through xdist as well."""
        record = self.trial.record
        traceback = ReprTraceback([ReprEntryNative([text + "\n"])], None, style="native")
        return ExceptionChainRepr([(traceback, ReprFileLocation(record.file, record.line, head), None)])


def register(config: pytest.Config, marker: str, text: str) -> None:
    known = config.stash.setdefault(_KNOWN, set())
    if not known:
        known.update(line.partition(":")[0].partition("(")[0].strip() for line in config.getini("markers"))
    if marker not in known:
        known.add(marker)
        config.addinivalue_line("markers", f"{marker}: {text}")


def facts(one: trial.Trial) -> dict[str, str]:
    """What a result row says about the item, as JUnit properties."""
    board = boards.load(one.board, one.attached)
    expected = "yes" if one.expected_failure else "no"
    return {"board": board.label, "cpu": board.cpu_model, "hypervisor": one.reference or "fencepost", "image": one.kind,
            "suite": one.record.suite, "strategy": one.strategy, "ids": " ".join(one.record.ids),
            "expected_failure": expected}


def trials(settings: Settings) -> Iterator[trial.Trial]:
    """Every test of every image and strategy that the options leave; raises Stop for records nobody can run."""
    board = boards.load(settings.board, settings.attached)
    if settings.reference and not settings.guest:
        known = [record.test for suite in settings.suites("release") for record in records.tests(suite)]
        divergences.check_names(divergences.load(), known)
    for kind, image in settings.images.items():
        for suite in settings.suites(kind):
            for record in records.tests(suite):
                for name in trial.of(record, chosen(record, board, settings), kind):
                    yield trial.Trial(settings.board, kind, Path(image), suite, record, name, settings.attached,
                                      settings.reference)


def chosen(record: records.Record, board: boards.Board, settings: Settings) -> list[str]:
    """The record's strategies, or the one asked for: a test of `all` runs under any variant, too. Xen has but one way."""
    named, only = record.needs.strategies_on(board.strategies), settings.strategy
    for name in named:
        strategy.choices(name)
    if settings.reference:
        return [name for name in board.strategies[:1] if name in named]
    if only is None:
        return list(named)
    return [only] if only in named or record.needs.strategies == ("all",) else []

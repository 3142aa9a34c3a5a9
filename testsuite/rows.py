# SPDX-License-Identifier: Apache-2.0
"""From pytest's reports to result rows, on the controller."""
from __future__ import annotations

from typing import Any

from tool.results import Row


class Collector:
    """A pytest plugin that gathers the phases of each test; the last phase's properties are complete."""

    def __init__(self) -> None:
        self._reports: dict[str, list[Any]] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        self._reports.setdefault(report.nodeid, []).append(report)

    def rows(self) -> list[Row]:
        return [row(nodeid, reports) for nodeid, reports in self._reports.items()]

    def failures(self) -> dict[str, str]:
        """What pytest printed of each test that failed in any phase."""
        return {nodeid: text for nodeid, reports in self._reports.items()
                if (text := "\n".join(report.longreprtext for report in reports if report.failed))}

    def kept(self) -> int:
        """Tests whose machine was not booted, because what it says is known."""
        return sum(any(("kept", "yes") in report.user_properties for report in reports) for reports in self._reports.values())

    def seconds(self) -> dict[str, float]:
        """Wall time by test; belongs into run.json alone."""
        return {nodeid: round(sum(report.duration for report in reports), 3)
                for nodeid, reports in self._reports.items()}


def row(nodeid: str, reports: list[Any]) -> Row:
    said = {name: value for report in reports for name, value in report.user_properties}
    metrics = tuple(_metric(name, value) for name, value in sorted(said.items()) if name.startswith("metric."))
    verdict = said.get("verdict") or host_verdict(reports)
    return Row(nodeid, verdict, said.get("reason") or skip_reason(reports), said.get("hypervisor", ""), said.get("board", "host"),
               said.get("cpu", ""), said.get("image", ""), said.get("suite", ""), said.get("strategy", ""),
               said.get("expected_failure", "no") == "yes", tuple(said.get("ids", "").split()), metrics)


def host_verdict(reports: list[Any]) -> str:
    """The verdict of a test that boots nothing: pytest's own words for it."""
    outcomes = {report.when: report.outcome for report in reports}
    if "failed" in (outcomes.get("setup"), outcomes.get("teardown")):
        return "error"
    if "skipped" in outcomes.values():
        return "skip"
    return "fail" if outcomes.get("call") == "failed" else "pass" if outcomes.get("call") == "passed" else "error"


def skip_reason(reports: list[Any]) -> str:
    """What a test of the tools said when it skipped itself; pytest keeps it beside the place."""
    places = (getattr(report, "longrepr", None) for report in reports if report.outcome == "skipped")
    return next((str(place[2]).removeprefix("Skipped: ") for place in places if isinstance(place, (tuple, list))), "")


def _metric(name: str, value: str) -> dict[str, Any]:
    number, _, unit = value.partition(" ")
    return {"metric": name.removeprefix("metric."), "value": int(number), "unit": unit}

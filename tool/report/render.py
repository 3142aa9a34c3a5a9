# SPDX-License-Identifier: Apache-2.0
"""From everything stored to one HTML file that needs nothing beside it, and the same as JSON. Pure: no clock, no folder."""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import history_text, plots, profile_text
from bench.counts import CLASSES
from bench.history import Series, chosen
from bench.history_git import Past
from bench.stored_comparison import Stored as Comparison
from tool import template, trace_text
from tool.report import matrix, private, targets_text
from tool.report.sources import KEY_METRICS, Missing, Sources
from tool.results import Row
from tool.stored import Run
from tool.trace import Trace

SCHEMA, VERSION = "fencepost-report", 1
TITLES = {"summary": "Summary", "failures": "Failures", "matrix": "Verdicts",
          "comparison": "Comparison of the access strategies", "classes": "Class mix", "functions": "Hot functions", "history": "History", "coverage": "Coverage",
          "targets": "Boards and hypervisors",
          "requirements": "Requirements"}
FAILURES_SHOWN = 50
TEXT_SHOWN = 8000              # characters of a failure's end
GAPS_SHOWN = 60
_MIXED = ("evtchn.send.peer.masked", "evtchn.send.peer.one_page", "evtchn.send.peer.wake", "vcpu.switch")
_PROFILES = 4


@dataclass(frozen=True)
class Plot:
    svg: str
    caption: str
    alt: str


@dataclass(frozen=True)
class Failure:
    test: str
    word: str
    reason: str
    text: str                  # console and place, as far as stored
    repro: str                 # empty: the text has it


def failure(row: Row, said: str) -> Failure:
    text = private.plain(said)
    cut = "…\n" + text[-TEXT_SHOWN:] if len(text) > TEXT_SHOWN else text
    repro = "" if "repro:" in text else f"./fencepost test '{row.test}'"
    return Failure(row.test, matrix.word(row), private.plain(row.reason), cut, repro)


def _extent(run: Run) -> str:
    if run.complete:
        return "The whole suite was run."
    asked = "" if run.whole else ", and only a part of the suite was asked for"
    return f"PARTIAL: {len(run.rows)} of {len(run.collected)} tests were run{asked}."


def image_of(sources: Sources) -> dict[str, str]:
    """Which released image each part speaks of, by the first digits of its hash."""
    found: dict[str, str] = {}
    if isinstance(sources.run, Run):
        found["verdicts"] = next((digest for name, digest in sources.run.images.items() if "-release/" in name), "")
    if isinstance(sources.comparison, Comparison):
        found["comparison"] = sources.comparison.identity.get("image", "")
    if not isinstance(sources.profile, Missing):
        found["hot functions"] = sources.profile.identity.get("image", "")
    if not isinstance(sources.coverage, Missing):
        found["coverage"] = next((image["sha256"] for image in sources.coverage["images"] if image["kind"] == "release"), "")
    return {name: digest[:16] for name, digest in found.items() if digest}


def warnings(sources: Sources) -> list[str]:
    images = image_of(sources)
    if len(set(images.values())) < 2:
        return []
    said = ", ".join(f"{name} {digest}" for name, digest in images.items())
    return [f"The parts of this report are of different images: {said}"]


def _facts(sources: Sources, finished: bool) -> Iterator[tuple[str, str]]:
    if isinstance(sources.run, Run):
        header = sources.run.header
        yield "commit", str(header.get("commit", "unknown"))
        if finished:
            yield "tests finished", sources.run.finished
        for name, version in header.get("compilers", {}).items():
            yield name, str(version)
        for name, digest in sources.run.images.items():
            yield f"image {name}", f"sha256 {digest}"
        hypervisors = sorted({row.hypervisor for row in sources.run.rows if row.hypervisor})
        if hypervisors:
            yield "hypervisor", ", ".join(hypervisors)
    if isinstance(sources.comparison, Comparison):
        for name, value in sources.comparison.identity.items():
            yield f"comparison: {name}", value
        yield "comparison: cost model", sources.comparison.model.name


def _headline(sources: Sources) -> str:
    if isinstance(sources.run, Missing):
        return "no verdicts"
    amount = len(sources.run.rows)
    return f"{amount:,} test{'s' if amount != 1 else ''}: {matrix.total(sources.run.rows).text or 'nothing ran'}"


def _requirements(trace: Trace) -> dict[str, Any]:
    return {"summary": trace_text.summary(trace), "not_shown": trace.not_shown, "lines": trace.lines}


def _comparison_plots(stored: Comparison) -> list[Plot]:
    drawn = plots.all_plots(stored.data, stored.model)
    return [Plot(svg, title, f"{title}; the numbers are in the tables of this section and in compare.csv")
            for title, svg in drawn.items() if not title.startswith("Class mix")]


def _class_mixes(stored: Comparison) -> list[tuple[Plot, dict[str, Any]]]:
    found = []
    for operation in _MIXED:
        cells = [cell for name in stored.data.strategies if (cell := stored.data.cell(operation, name)) and cell.counts]
        if not cells:
            continue
        title = f"{operation}: instructions by class under each strategy"
        rows = [[cell.strategy, *cell.counts.classes, cell.counts.total] for cell in cells if cell.counts]
        found.append((Plot(plots.class_mix(stored.data, operation), title, f"{title}; the same numbers in the table below"),
                      {"classes": CLASSES, "rows": rows}))
    return found


def _hot(functions: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    wanted = [name for name in KEY_METRICS if name in functions]
    wanted += [name for name in functions if name not in wanted]
    return [profile_text.table(name, functions[name]) for name in wanted[:_PROFILES]]


def _past(past: Past, every: Sequence[Series]) -> dict[str, Any]:
    keys = chosen(every, KEY_METRICS)
    rows = [history_text.summary_row(past, one) for one in keys]
    drawn = [Plot(history_text.plot(past, members, f"past-{number}"), f"{name} over the commits of the baseline",
                  f"{name} over the commits of the baseline; the table above has first and present values")
             for number, (name, members) in enumerate(history_text.groups(keys).items())]
    return {"head": history_text.notes(past), "rows": rows, "plots": drawn, "cut": history_text.is_cut(past)}


def _percent(tally: Mapping[str, int]) -> str:
    return f"{int(1000 * tally['covered'] / tally['total']) / 10:.1f}" if tally["total"] else "–"


def _tallies(name: str, part: Mapping[str, Any]) -> list[str]:
    cells = [name]
    for kind in ("instructions", "directions"):
        tally = part[kind]
        cells += [*(f"{tally[key]:,}" for key in ("total", "covered", "excluded", "missing")), _percent(tally)]
    return cells


def _coverage(document: Mapping[str, Any]) -> dict[str, Any]:
    images = [{"kind": image["kind"], "total": _tallies("all", image),
               "rows": [_tallies(one["file"], one) for one in
                        sorted(image["files"], key=lambda one: (-one["instructions"]["missing"], one["file"]))],
               "gaps": [gap for gap in image["gaps"] if "reason" not in gap],
               "branches": [one for one in image["branches"] if "reason" not in one],
               "exclusions": image["exclusions"]} for image in document["images"]]
    return {"complete": document["complete"], "findings": document["findings"], "images": images}


def _context(sources: Sources, finished: bool) -> dict[str, Any]:
    rows = sources.run.rows if isinstance(sources.run, Run) else ()
    red = matrix.failed(rows)
    found: dict[str, Any] = {
        "board": sources.board, "titles": TITLES, "headline": _headline(sources), "warnings": warnings(sources),
        "extent": _extent(sources.run) if isinstance(sources.run, Run) else "", "missing": sources.missing,
        "facts": list(_facts(sources, finished)), "guests": matrix.guests(rows), "tools": matrix.tools(rows),
        "failures": [failure(row, sources.failures.get(row.test, "")) for row in red[:FAILURES_SHOWN]],
        "more_failures": max(0, len(red) - FAILURES_SHOWN),
        "gaps": {name: value if isinstance(value, Missing) else None for name, value in vars(sources).items()},
        "requirements": None, "comparison": None, "MOST": GAPS_SHOWN}
    if not isinstance(sources.trace, Missing):
        found["requirements"] = _requirements(sources.trace)
    if isinstance(sources.comparison, Comparison):
        found |= {"comparison": sources.comparison, "comparison_plots": _comparison_plots(sources.comparison),
                  "class_mixes": _class_mixes(sources.comparison)}
    if not isinstance(sources.profile, Missing):
        functions = sources.profile.functions
        found |= {"hot": _hot(functions), "more_profiles": max(0, len(functions) - _PROFILES)}
    if not isinstance(sources.past, Missing):
        found["past"] = _past(*sources.past)
    if not isinstance(sources.coverage, Missing):
        found["coverage"] = _coverage(sources.coverage)
    if not isinstance(sources.targets, Missing):
        found["targets"] = targets_text.as_page(sources.targets)
    if not isinstance(sources.against, Missing):
        found["against"] = sources.against
    return found


def _breakable(text: str) -> Any:
    """A long name may go on in the next line after its dots and dashes."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"(?<=[\w])([._/-])(?=\w)", r"\1<wbr>", str(escape(text))))


def html(sources: Sources, finished: bool = True) -> str:
    """`finished`: say when the tests ended; without it equal results make equal pages."""
    folder = Path(__file__).resolve().parent
    environment = template.environment(folder)
    environment.filters["breakable"] = _breakable
    css = (folder / "page.css").read_text(encoding="utf-8")
    return environment.get_template("page.html.j2").render(css=css, **_context(sources, finished)) + "\n"


def as_json(sources: Sources) -> dict[str, Any]:
    rows = sources.run.rows if isinstance(sources.run, Run) else ()
    return {"schema": SCHEMA, "version": VERSION, "board": sources.board, "images": image_of(sources),
            "warnings": warnings(sources), "missing": [vars(one) for one in sources.missing],
            "tests": dict(matrix.total(rows).counts), "matrix": matrix.as_json(matrix.guests(rows)),
            "tools": matrix.as_json(matrix.tools(rows)),
            "failures": [vars(failure(row, sources.failures.get(row.test, ""))) for row in matrix.failed(rows)],
            "requirements_not_shown": [] if isinstance(sources.trace, Missing) else
            [line.requirement.id for line in sources.trace.not_shown]}

# SPDX-License-Identifier: Apache-2.0
"""A history for a reader, for a program, and as a picture. Pure."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench import table
from bench.figure import DASHES, MARKERS, figure
from bench.history import Event, Series, State, Step, tool_changes
from bench.history_git import Past

SCHEMA, VERSION = "fencepost-history", 1
PLOTS = 12                      # pictures below one another; more would be a wallpaper
_SUBJECT = 60
_TICKS = 12


def _plain(text: str) -> str:
    """A subject is somebody's text: no control characters on a terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def _delta(step: Step) -> str:
    return "–" if step.delta is None else f"{step.delta:+,}"


def _row(step: Step, state: State) -> list[str]:
    note = step.event.value if step.event is not Event.CHANGED else ""
    note = ": ".join(part for part in (note, step.note) if part)
    subject = _plain(state.commit.subject)
    return [state.commit.short, state.commit.date[:10], table.number(step.value.value if step.value else None), _delta(step),
            subject if len(subject) <= _SUBJECT else subject[:_SUBJECT - 1] + "…", note]


def _heading(one: Series) -> str:
    unit = next((step.value.unit for step in reversed(one.steps) if step.value), "")
    former = f", before: {', '.join(reversed(one.names[:-1]))}" if len(one.names) > 1 else ""
    return f"{one.name} ({unit}{former})"


def notes(past: Past) -> list[str]:
    """What a reader must know before comparing values."""
    lines = [f"{past.states[index].commit.short}: other tools, values before are not comparable: {words}"
             for index, words in tool_changes(past.states)]
    lines += [f"{state.commit.short}: left out, {_plain(state.problem)}" for state in past.states if state.problem]
    return lines + ([past.missing] if past.missing else [])


def header(past: Past, board: str, file: str) -> list[str]:
    ends = [state.commit for state in (past.states[0], past.states[-1])]
    return [f"board {board}; {len(past.states)} states of {file}, {ends[0].short} to {ends[1].short}", *notes(past)]


def summary_row(past: Past, one: Series) -> dict[str, str]:
    """First value, present value, and the commit that moved it last."""
    values = [step.value for step in one.steps if step.value]
    moves = [step for step in one.steps if step.event in (Event.CHANGED, Event.OTHER_TOOLS, Event.GONE)]
    moved = ""
    if moves:
        commit = past.states[moves[-1].state].commit
        what = _delta(moves[-1]) if moves[-1].delta is not None else moves[-1].event.value
        moved = f"{what} in {commit.short}: {_plain(commit.subject)}"
    return {"name": one.name, "first": f"{values[0].value:,}", "moved": moved,
            "now": f"{values[-1].value:,} {values[-1].unit}" if one.steps[-1].value else "gone"}


def text(past: Past, chosen: Sequence[Series], head: Sequence[str]) -> str:
    columns = ["commit", "date", "value", "delta", "subject", "what"]
    parts = ["\n".join(head)]
    parts += ["\n".join([_heading(one), table.layout(columns, [_row(step, past.states[step.state]) for step in one.steps])])
              for one in chosen]
    return "\n\n".join(parts)


def as_json(past: Past, chosen: Sequence[Series], board: str) -> dict[str, Any]:
    def step(one: Step) -> dict[str, Any]:
        commit = past.states[one.state].commit
        return {"commit": commit.id, "date": commit.date, "subject": commit.subject, "name": one.name,
                "event": one.event.value, "value": one.value.value if one.value else None,
                "unit": one.value.unit if one.value else None, "delta": one.delta, "note": one.note}
    states = [{"commit": state.commit.id, "date": state.commit.date, "subject": state.commit.subject,
               "metrics": len(state.baseline.entries) if state.baseline else None, "problem": state.problem}
              for state in past.states]
    return {"schema": SCHEMA, "version": VERSION, "board": board, "from_the_start": past.from_the_start,
            "missing": past.missing, "states": states,
            "metrics": [{"metric": one.name, "names": one.names, "steps": [step(s) for s in one.steps]} for one in chosen]}


def groups(chosen: Sequence[Series]) -> dict[str, list[Series]]:
    """Metrics that share all but the last part of their names share a picture; one that is alone gives it its own."""
    found: dict[str, list[Series]] = {}
    for one in chosen:
        found.setdefault(one.name.rpartition(".")[0], []).append(one)
    return {name if len(members) > 1 else members[0].name: members for name, members in found.items()}


def is_cut(past: Past) -> bool:
    """Whether a picture has an upright line."""
    return bool(tool_changes(past.states))


def plot(past: Past, chosen: Sequence[Series], name: str = "history") -> str:
    """Steps over the commits; a dotted upright line where the tools changed, and no line across it."""
    parts = list(groups(chosen).items())[:PLOTS]
    with figure(name, 0.6 + 1.9 * max(1, len(parts)), max(1, len(parts))) as (_, axes, svg):
        for one, (title, members) in zip(axes if len(parts) > 1 else [axes], parts):
            _draw(one, title, members, past)
        return svg()


def _draw(axes: Any, title: str, members: Sequence[Series], past: Past) -> None:
    cuts = [index for index, _ in tool_changes(past.states)]
    for number, member in enumerate(members[:len(MARKERS)]):
        values = member.values(len(past.states))
        for part, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(values)])):
            axes.plot(range(start, end), [float("nan") if v is None else v for v in values[start:end]],
                      drawstyle="steps-post", marker=MARKERS[number], markersize=4, color=f"C{number}",
                      linestyle=DASHES[number % len(DASHES)], label=None if part else member.name)
    for cut in cuts:
        axes.axvline(cut - 0.5, linestyle=":", color="black", linewidth=1)
    every = max(1, -(-len(past.states) // _TICKS))
    at = range(0, len(past.states), every)
    axes.set_xticks(list(at), [past.states[index].commit.short for index in at], rotation=30, ha="right", fontsize=8)
    axes.set_title(title, loc="left", fontsize=10)
    units = {step.value.unit for member in members for step in member.steps if step.value}
    axes.set_ylabel("/".join(sorted(units)))
    low, high = axes.get_ylim()
    if high - low < 2:
        axes.set_ylim(low - 1, high + 1)                   # no ticks between whole numbers
    axes.yaxis.get_major_locator().set_params(integer=True)
    if len(members) > 1:
        axes.legend(fontsize=7, ncols=2)

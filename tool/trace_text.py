# SPDX-License-Identifier: Apache-2.0
"""The trace for a reader and for a program. Pure."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tool.trace import Line, Proof, Trace

SCHEMA, VERSION = "fencepost-trace", 1
_FEW = 8                             # variants that are worth their names


def _counts(proof: Proof) -> str:
    return ", ".join(f"{kind} ×{number}" for kind, number in proof.counts) or proof.verdict


def _proof(proof: Proof) -> str:
    reason = f": {proof.reason.splitlines()[0]}" if proof.reason and not proof.passed else ""
    few = f"[{', '.join(proof.variants)}]" if 0 < len(proof.variants) <= _FEW else ""
    return f"    {proof.way:<8}  {proof.name}{few}  {_counts(proof)}{reason}"


def _state(line: Line) -> str:
    if not line.here:
        return "elsewhere"
    return "shown" if line.shown else "NOT SHOWN"


def _why(line: Line) -> str:
    return "only on " + ", ".join(line.requirement.boards) if not line.here else "; ".join(line.lacks)


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[:width - 1].rstrip() + "…"


def _line(line: Line, brief: bool) -> list[str]:
    head = f"{line.requirement.id}  {_state(line):<9}  {_short(line.requirement.text, 90)}"
    why = [f"    {'':<8}  → {_why(line)}"] if _why(line) else []
    how = [f"    {'':<8}  wanted: {line.requirement.how}"] if line.lacks and line.requirement.how else []
    return [head, *([] if brief else map(_proof, line.proofs)), *why, *how]


def _without(proofs: Sequence[Proof]) -> list[str]:
    if not proofs:
        return []
    return ["", f"{len(proofs)} tests and benches without a requirement:", *map(_proof, proofs)]


def summary(trace: Trace) -> str:
    def part(word: str, lines: list[Line]) -> str:
        return f"{sum(line.shown for line in lines)} of {sum(line.here for line in lines)} {word} shown"
    asked = [line for line in trace.lines if not line.requirement.divergence]
    other = [line for line in trace.lines if line.requirement.divergence]
    return f"{trace.board}: " + ", ".join(part(word, lines) for word, lines in
                                         (("requirements", asked), ("divergences", other)) if lines)


def text(trace: Trace, header: Sequence[str], brief: bool = False) -> str:
    lines = [*header, ""]
    for line in trace.lines:
        lines += _line(line, brief)
    lines += [] if brief else _without(trace.without)
    lines += ["", summary(trace)]
    if missing := trace.not_shown:
        lines.append("not shown: " + " ".join(line.requirement.id for line in missing))
    return "\n".join(lines)


def _proof_table(proof: Proof) -> dict[str, Any]:
    return {"name": proof.name, "way": proof.way, "verdict": proof.verdict, "counts": dict(proof.counts),
            "reason": proof.reason}


def table(trace: Trace, facts: Mapping[str, Any]) -> dict[str, Any]:
    rows = [{"id": line.requirement.id, "origin": line.requirement.origin, "text": line.requirement.text,
             "decision": line.requirement.decision, "boards": list(line.requirement.boards),
             "by": list(line.requirement.by), "how": line.requirement.how, "shown": line.shown, "applies": line.here, "lacks": list(line.lacks),
             "proofs": [_proof_table(proof) for proof in line.proofs]} for line in trace.lines]
    return {"schema": SCHEMA, "version": VERSION, "board": trace.board, **facts, "rows": rows,
            "without": [_proof_table(proof) for proof in trace.without]}

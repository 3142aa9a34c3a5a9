# SPDX-License-Identifier: Apache-2.0
"""`./fencepost compare`: every access strategy on the same work; what region add and view switch cost."""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench import answer, bench, breakeven, costfile, costmodel, metrics, output, sentences, session, sweep, table
from bench.session import Job
from bench.sweep import ALWAYS, Cell, Comparison
from tool import board as boards
from tool import paths, strategy
from tool.exitcodes import Exit
from tool.progress import Progress

HEADLINE = ("Instructions are exact counts from QEMU (every run repeats to the instruction). They are NOT cycles;\n"
            "cycles come from a cost model, as a band low–typical–high, or from your board.")
OPERATIONS = ("hypercall.null", "evtchn.send.self", "evtchn.send.peer.masked", "evtchn.send.peer.one_page",
              "evtchn.send.peer.two_pages", "evtchn.send.peer.wake", "evtchn.send.remote", "evtchn.unmask",
              "evtchn.pingpong", "vcpu.switch", "vgic.trap", "irq.to_guest")
_PRIMITIVES = ("view.switch", "region.add_remove", "view.mask")
_SHORT = {"hypercall.null": "null", "evtchn.send.self": "self", "evtchn.send.peer.masked": "masked",
          "evtchn.send.peer.one_page": "one page", "evtchn.send.peer.two_pages": "two pages",
          "evtchn.send.peer.wake": "wake", "evtchn.send.remote": "remote", "evtchn.unmask": "unmask",
          "evtchn.pingpong": "pingpong", "vcpu.switch": "vcpu", "vgic.trap": "vgic", "irq.to_guest": "irq"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--board", default=boards.DEFAULT)
    parser.add_argument("--cost", type=Path, metavar="TOML", help="prices of instruction classes (default: "
                        f"{paths.relative(costfile.DEFAULT)})")
    parser.add_argument("--json", metavar="FILE|-", help="also here; - is stdout, instead of the text")
    parser.add_argument("-j", type=int, dest="jobs", metavar="N", help="machines at a time (default: one per CPU)")


def plan(opened: session.Session, rows: Sequence[metrics.Metric]) -> list[Job]:
    """Every operation and the sweep over pages under every strategy; the primitives once."""
    found: dict[Job, None] = {}
    names = strategy.of_board(opened.board.strategies)
    for row in rows:
        if row.series in OPERATIONS or row.series.startswith(("access.touch", "access.beside")):
            found.update({Job(row.bench, name): None for name in names})
    primitives = [row for row in rows if row.series.startswith(_PRIMITIVES)]
    found.update({job: None for job in session.jobs_for(opened, primitives, ())})
    return list(found)


def modelled(model: costmodel.Model) -> str:
    """The column's head: whose cycles these are."""
    return f"modelled cycles ({model.name})"


def matrix(data: Comparison) -> str:
    rows = []
    for name in data.strategies:
        cells = [data.cell(operation, name) for operation in data.operations]
        rows.append([name, *(table.number(cell.instructions if cell else None) for cell in cells)])
    targets = [data.cell(operation, breakeven.METHOD_1) for operation in data.operations]
    rows.append(["target (window)", *(f"≤ {cell.target:,}" if cell and cell.target else "–" for cell in targets)])
    return table.layout(["strategy", *(_SHORT[operation] for operation in data.operations)], rows)


def _exposed(cell: Cell) -> list[str]:
    amount, duration = cell.exposure.bytes, cell.exposure.instructions
    size = "EL1: event pages" if amount is None else "everything" if amount >= 1 << 32 else table.number(amount)
    return [size, "always" if duration == ALWAYS else table.number(duration)]


def details(data: Comparison, model: costmodel.Model) -> str:
    header = ["operation", "strategy", "instr.", "MPU writes", "barriers", "loads", "stores", "slots",
              "bytes exposed", "for instr.", modelled(model)]
    rows = []
    for operation in data.operations:
        for name in data.strategies:
            cell = data.cell(operation, name)
            if cell is None:
                continue
            counts = cell.counts
            rows.append([_SHORT[operation], name, table.number(cell.instructions), *bench.class_cells(counts),
                         table.number(data.slots.get(name)), *_exposed(cell),
                         str(model.band(counts)) if counts else "–"])
    return table.layout(header, rows)


def primitives(data: Comparison, model: costmodel.Model, rows: Sequence[metrics.Metric]) -> str:
    lines = []
    for metric, name, counts in sweep.primitives(data):
        row = metrics.row_of(metric, rows)
        target = row.target_of(metric) if row else None
        lines.append([name, table.number(counts.total), table.number(counts.of("mpu")), table.number(counts.barriers),
                      table.number(counts.load_words), f"≤ {target}" if target else "–", str(model.band(counts))])
    return table.layout(["primitive", "instr.", "MPU writes", "barriers", "loads", "target", modelled(model)], lines)


def pages(data: Comparison) -> str:
    numbers = sorted({point.x for points in data.touch.values() for point in points})
    rows = [[name, *(table.number({point.x: point.instructions for point in data.touch[name]}.get(k)) for k in numbers)]
            for name in data.strategies if name in data.touch]
    return table.layout(["k pages", *map(str, numbers)], rows)


def anchors(model: costmodel.Model) -> str:
    rows = [[fit.anchor.name, fit.anchor.use.value, f"{fit.anchor.low:,g}–{fit.anchor.high:,g}", str(fit.band),
             f"{fit.error_percent:+.1f} %" if fit.error_percent else "inside"] for fit in model.fits()]
    return table.layout(["anchor on silicon", "use", "published cycles", modelled(model), "typical is off by"], rows)


def text(data: Comparison, model: costmodel.Model, identity: dict[str, str], rows: Sequence[metrics.Metric]) -> str:
    about = [f"{key}: {value}" for key, value in identity.items()] + [f"cost model: {model.name}"]
    dominance = sentences.dominance_lines(data) or ["no strategy is at least as good as another everywhere"]
    sections = [
        HEADLINE, "\n".join(about), answer.answer(data, model, identity), "VERDICT  " + answer.verdict(data, model),
        "Instructions by strategy and operation\n" + matrix(data), "Primitives\n" + primitives(data, model, rows),
        "Instructions to touch k pages of another domain\n" + pages(data),
        "\n".join(["Dominance (no more of any class: not dearer under any non-negative prices)", *dominance]),
        "\n".join([f"One send under the prices of {model.name}", *sentences.order_lines(data, model)]),
        "\n".join([f"Break-even (cycles modelled with {model.name})", *sentences.break_even_lines(data, model)]),
        "Strategy × operation (bytes of other domains, exposed to EL2 unless said)\n" + details(data, model)]
    if model.anchors:
        sections.append("How the prices stand to silicon (docs/cost-model.md)\n" + anchors(model))
    sections += [sentences.NOT_MODELLED, *(f"not measured: {result.metric}: {result.reason}" for result in data.missing)]
    return "\n\n".join(sections)


def quoted(said: str) -> str:
    """What to do about the answer that README.md quotes."""
    shown = answer.shown_in((paths.ROOT / "README.md").read_text(encoding="utf-8"))
    return "" if shown == said else "README.md quotes another answer; the one above is this image's"


def main(args: argparse.Namespace) -> int:
    model = costfile.load(args.cost)
    rows = metrics.load(board=args.board)
    opened = session.open_session("compare", args.board, Progress(), args.jobs)
    outcomes = session.run_all(opened, plan(opened, rows))
    data = sweep.build(outcomes, rows, strategy.of_board(opened.board.strategies), OPERATIONS)
    identity = opened.identity()
    written = output.write(data, model, identity, paths.REPORT)
    if args.json:
        bench.write_json(args.json, output.as_json(data, model, identity))
    if args.json != "-":
        print(text(data, model, identity, rows))
        print("\n" + "\n".join(f"wrote {paths.relative(file)}" for file in written))
        if args.cost is None and (note := quoted(answer.answer(data, model, identity))):
            print(note)
    return Exit.NOT_MEASURED if data.missing else Exit.FINE

# SPDX-License-Identifier: Apache-2.0
"""Made-up counts, rounds and comparisons for the tests of the measuring side."""
from __future__ import annotations

import json
from typing import Any

from bench import baseline, compare, costfile, counts, metrics, sweep
from bench.counts import CLASSES, Counts
from bench.session import Job, Outcome
from tool import strategy

MODEL = costfile.load(None)
TABLE = metrics.load()
HEADER = baseline.Header("arm-none-eabi-gcc 12.2.1", "10.0.2", "cortex-r52", "mps3-an536-release")
IDENTITY = {"board": "mps3-an536", "toolchain": "arm-none-eabi-gcc 12.2.1", "image": "0123456789abcdef",
            "emulator": "QEMU emulator version 10.0.2 (Debian)", "cpu": "cortex-r52", "preset": "mps3-an536-release"}


def of(**classes: int) -> Counts:
    words = {key: classes.pop(key) for key in ("load_words", "store_words", "el1_mpu") if key in classes}
    return Counts(tuple(classes.get(name, 0) for name in CLASSES), **words)


def row(hyp: Counts, **fields: Any) -> counts.Row:
    windows = {name: counts.Window(1, value) for name, value in fields.pop("windows", {}).items()}
    given_ = {"all": hyp.total + 4, "episodes": 1, "aborts": 0, "vectors": (0, 0, 0, 0, 0, hyp.total, 0, 0),
              "remote": Counts()} | fields
    return counts.Row(hyp=hyp, windows=windows, **given_)


def series(warm: counts.Row, index: int = 0, high: counts.Row | None = None) -> counts.Series:
    total = 1004 * warm.all
    return counts.Series(index, 1004, warm, warm, high or warm, total, 0, 0, 0, (total,) + (0,) * (len(CLASSES) - 1))


def row_named(name: str) -> metrics.Metric:
    found = metrics.row_of(name, TABLE)
    assert found is not None
    return found


def as_written(value: counts.Row) -> dict[str, Any]:
    return {"all": value.all, "episodes": value.episodes, "aborts": value.aborts, "vectors": list(value.vectors),
            "hyp": value.hyp.table(), "remote": value.remote.table(),
            "windows": {name: {"passes": window.passes, **window.counts.table()} for name, window in value.windows.items()}}


def line(value: counts.Series) -> str:
    rows = {"cold": value.cold, "min": value.low, "max": value.high}
    return json.dumps({"record": "series", "index": value.index, "rounds": value.rounds,
                       "all": value.all, "aborts": value.aborts, "cut": value.cut,
                       "sleeps": value.sleeps, "classes": list(value.classes),
                       **{name: as_written(part) for name, part in rows.items() if part}}) + "\n"


SEND = of(plain=20, load=9, store=5, branch=6, mpu=3, sysreg=1, isb=2, dsb=2, entry=1, eret=1, load_words=14)
DESCRIPTION = {
    "domains": [{"name": "a", "banks": [[0, 0x100000], [0x200000, 0x204000]]},
                {"name": "b", "banks": [[0x400000, 0x500000], [0x600000, 0x604000]]}],
    "budget": [{"view": view_, "slots": 16, "fixed": 5, "windows": 1, "resident": 0, "needs": needs}
               for view_, needs in (("a", 2), ("b", 2), ("hypervisor", 1))]}
PAIR = of(mpu=3, isb=2, dsb=2, plain=2)


def view(slots: int) -> Counts:
    return of(mpu=2 * slots + 1, isb=2, dsb=1, load=1 + slots // 6, load_words=2 * slots + 1, plain=1)


def outcome(name: str, strategy_name: str, labelled: dict[str, counts.Row]) -> Outcome:
    found = tuple(series(value, index) for index, value in enumerate(labelled.values()))
    return Outcome(Job(name, strategy_name), tuple(labelled), counts.Recording(None, found, 1), "", DESCRIPTION)


def touched(pages: int, strategy_name: str) -> Counts:
    each = of(load=1, store=1, plain=4, load_words=1, store_words=1)
    way = {"window": [PAIR] * pages, "switch": [view(1), view(2)]}[strategy_name]
    return sum(way + [each] * pages, Counts())


def probed(metric: str, *windows: Counts) -> counts.Row:
    """A round with these counts between the probes the metric is made of."""
    return row(SEND, windows=dict(zip(row_named(metric).windows, windows, strict=True)))


def made_up() -> sweep.Comparison:
    outcomes = [outcome("view.switch", "window", {f"view.switch.{n}": probed(f"view.switch.{n}", view(n))
                                                  for n in range(1, 12)}),
                outcome("region.add_remove", "window", {"region.add_remove": probed(
                    "region.add_remove", of(mpu=2, isb=1, dsb=1), of(mpu=1, isb=1, dsb=1, plain=2))}),
                outcome("view.mask", "mask", {"view.mask": probed("view.mask", of(mpu=1, isb=1, load=1, load_words=1))}),
                Outcome(Job("evtchn.unmask", "mask"), (), None, "crash: d1", {})]
    for name in ("window", "switch"):
        outcomes.append(outcome("access.touch", name, {f"access.touch.{k}": row(SEND, windows={"access.touch": touched(k, name)})
                                                       for k in range(1, 17)}))
        outcomes.append(outcome("evtchn.send_peer_one_page", name, {
            "evtchn.send.peer.one_page": row(of(plain=40, entry=1, eret=1) + touched(1, name),
                                             windows={"exposed": of(load=3, store=3)})}))
    return sweep.build(outcomes, TABLE, list(strategy.VARIANTS), compare.OPERATIONS)

# SPDX-License-Identifier: Apache-2.0
"""Good trees with some bytes changed: syscfg accepts or refuses, in words, and never dies of it."""
from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from testsuite.syscfg_dma import EXAMPLE
from testsuite.syscfg_tool import compile_tree, run, system

pytestmark = pytest.mark.host

CELLS = (0, 1, 2, 4, 8, 0x1000, 0x80000000, 0xffffffff)
MUTANTS = 150


def mutate(tree: bytes, dice: random.Random) -> bytes:
    """A few bytes or cells of the structure block."""
    mutant = bytearray(tree)
    (start,), (size,) = struct.unpack_from(">I", tree, 8), struct.unpack_from(">I", tree, 36)
    for _ in range(dice.randint(1, 4)):
        at = start + dice.randrange(size)
        if dice.random() < 0.5:
            mutant[at] = dice.randrange(256)
        else:
            struct.pack_into(">I", mutant, at & ~3, dice.choice((*CELLS, dice.getrandbits(32))))
    return bytes(mutant)


@pytest.mark.parametrize(("name", "overlay"), (("pair", EXAMPLE), ("shm", EXAMPLE), ("device", ""), ("smp-dom", "")))
def test_mutants_are_judged(name: str, overlay: str, tmp_path: Path) -> None:
    """Repeatable: the dice are seeded with the system's name."""
    tree = compile_tree(system(name, overlay), tmp_path / "seed.dtb").read_bytes()
    dice, statuses = random.Random(name), set()
    for _ in range(MUTANTS):
        mutant = tmp_path / "mutant.dtb"
        mutant.write_bytes(mutate(tree, dice))
        done = run(str(mutant), "--out", str(tmp_path / "out"), "--quiet")
        assert done.returncode in (0, 2), f"{mutant}: status {done.returncode}\n{done.stderr}"
        assert done.returncode == 0 or "error: " in done.stderr
        statuses.add(done.returncode)
    assert statuses == {0, 2}, "the mutants reach both verdicts"

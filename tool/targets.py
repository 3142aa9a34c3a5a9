# SPDX-License-Identifier: Apache-2.0
"""Where the guests run: each board with our hypervisor, and a real Xen on a board that has one."""
from __future__ import annotations

from dataclasses import dataclass

from tool import board as boards
from tool import stored, xen


@dataclass(frozen=True)
class Target:
    name: str
    board: str
    reference: str = ""          # the name of the real Xen; empty: the hypervisor is ours

    @property
    def hypervisor(self) -> str:
        return self.reference or stored.OURS

    @property
    def arguments(self) -> tuple[str, ...]:
        """Of `./fencepost test`, for what depends on the target: the guests' tests, and the recorded calls."""
        return (f"--board={self.board}", f"--hypervisor={self.hypervisor}", "testsuite/guests.py", "testsuite/test_vectors.py")

    @property
    def command(self) -> str:
        """What makes its results."""
        return " ".join(("./fencepost test", *self.arguments)).replace("=", " ")


TARGETS = (Target("Fencepost R52", boards.DEFAULT), Target("Fencepost A64", "virt-a64"),
           *(Target(f"Xen {name.removeprefix('xen-')}", "virt-a64", name) for name in xen.NAMES))

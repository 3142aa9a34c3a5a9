# SPDX-License-Identifier: Apache-2.0
"""A compiled device tree as nodes that can be changed, and back to source: nothing is lost, properties are bytes."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tool import devicetree


@dataclass
class Node:
    name: str
    properties: dict[str, bytes] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    def is_compatible(self, word: str) -> bool:
        return word.encode() in self.properties.get("compatible", b"").split(b"\0")

    def child(self, name: str) -> Node | None:
        return next((child for child in self.children if child.name == name), None)

    def walk(self, path: str = "") -> Iterator[tuple[str, Node]]:
        """Every node with its path, this one first."""
        here = f"{path}/{self.name}" if self.name else path
        yield here or "/", self
        for child in self.children:
            yield from child.walk(here)

    def source(self, depth: int = 0) -> str:
        indent = "\t" * depth
        lines = [f"{indent}{self.name or '/'} {{\n"]
        for name, value in self.properties.items():
            lines.append(f"{indent}\t{name}" + (f" = [{value.hex(' ')}];\n" if value else ";\n"))
        return "".join([*lines, *(child.source(depth + 1) for child in self.children), f"{indent}}};\n"])


def read(blob: bytes) -> Node:
    """The root. A node without properties does not count, as it says nothing."""
    root = Node("")
    for path, name, value in devicetree.walk(blob):
        node = root
        for part in filter(None, path.split("/")):
            found = node.child(part)
            if found is None:
                node.children.append(found := Node(part))
            node = found
        node.properties[name] = value
    return root


def cells(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(4, "big") for number in numbers)

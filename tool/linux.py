# SPDX-License-Identifier: Apache-2.0
"""
A stock Linux as a guest: Debian's arm64 kernel for virtual machines and a ramdisk with a static busybox, fetched like a
real Xen (foreignpackage.py), never installed.
"""
from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from tool import foreignpackage
from tool.exitcodes import EnvironmentMissing

KERNEL = foreignpackage.Package("bookworm", "linux-image-cloud-arm64", "arm64", "boot/vmlinuz-*", "linux-image-")
BUSYBOX = foreignpackage.Package("bookworm", "busybox-static", "arm64", "bin/busybox")
_CONSOLE = (5, 1)                # major and minor number of /dev/console, which the kernel opens for init


def kernel() -> Path:
    """The kernel's Image. Raises EnvironmentMissing."""
    return foreignpackage.fetch(KERNEL)


def driver(name: str) -> Path:
    """A module of the same kernel, such as xen-evtchn. Raises EnvironmentMissing."""
    kernel()
    found = foreignpackage.find(KERNEL, f"lib/modules/*/kernel/**/{name}.ko")
    if found is None:
        raise EnvironmentMissing(f"{KERNEL.name} has no {name}.ko")
    return found


def _entry(number: int, name: str, mode: int, data: bytes = b"", device: tuple[int, int] = (0, 0)) -> bytes:
    """One member of a cpio archive in the format `newc`: a header of hexadecimal words, the name, the content."""
    words = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % word for word in words) + name.encode() + b"\0"
    return b"".join(part + b"\0" * (-len(part) % 4) for part in (head, data))


def archive(programs: Mapping[str, bytes], folders: Iterable[str] = ("bin", "dev", "proc", "sys")) -> bytes:
    """A root file system of executable files; the kernel unpacks it and runs /init."""
    members = [(name, stat.S_IFDIR | 0o755, b"", (0, 0)) for name in folders]
    members += [("dev/console", stat.S_IFCHR | 0o600, b"", _CONSOLE)]
    members += [(name, stat.S_IFREG | 0o755, data, (0, 0)) for name, data in programs.items()]
    members += [("TRAILER!!!", 0, b"", (0, 0))]
    return b"".join(_entry(number, *member) for number, member in enumerate(members, 1))


def ramdisk(out: Path, init: Path, programs: Mapping[str, Path]) -> Path:
    """busybox, `init`, and files by their place in the root. Raises EnvironmentMissing."""
    files = {"bin/busybox": foreignpackage.fetch(BUSYBOX), "init": init, **programs}
    out.write_bytes(archive({name: file.read_bytes() for name, file in files.items()}))
    return out

# SPDX-License-Identifier: Apache-2.0
"""
A stock Linux in a direct-mapped domain, alone and with a second vCPU beside a bare-metal domain, and the same Linux under
real Xen: it finds Xen, uses event channels, turns its second CPU off and on, and balloons through its own driver.
"""
import dataclasses
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tool import board as boards
from tool import build, foreignpackage, kept, linux, machine, paths, system, xen
from tool.exitcodes import EnvironmentMissing
from tool.watch import Ended

BOARD = "virt-a64"
DATA = paths.TESTSUITE / "data" / "linux"
GUESTS = paths.ROOT / "guests" / "lib"
PRESET = paths.preset(BOARD, "release")
COMPILER = ("aarch64-linux-gnu-gcc", "-Wall", "-Wextra", "-Werror", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-static")
PROGRAM = (*COMPILER, "-Os")
PEER = (*COMPILER, "-std=gnu11", "-mcpu=cortex-a53", "-mgeneral-regs-only", "-mstrict-align", "-O2", "-fpie", "-fvisibility=hidden",
        "-fno-common", f"-I{GUESTS}", f"-I{GUESTS / 'aarch64'}", f"-I{paths.ROOT / 'hypervisor' / 'include'}",
        f"-I{paths.BOARDS / BOARD}")
LINKED = ("-Wl,-pie,--no-dynamic-linker,-z,text,--build-id=none,--gc-sections", f"-Wl,-T,{GUESTS / 'guest.ld'}", "-lgcc")
LIMITS = machine.Limits(guest_ms=30000, idle_seconds=600)   # a few seconds of its clock's time
# what a vPL011 says begins otherwise in each version, and with one domain otherwise than with two
PREFIX = re.compile(r"\(d1\) |\(XEN\) (?:DOM1: )?")
LAST_UNDER_XEN = (*(prefix + b"init: done" for prefix in (b"(d1) ", b"(XEN) ", b"(XEN) DOM1: ")), b"(XEN) Reboot in five seconds",
                  b"(XEN) Manual reset required")

FOUND = ("init: hypervisor xen {version}", "init: xen:events: Using {abi} ABI", "evtchn: sent and received", "init: upcalls came")
BALLOON = ("init: balloon -8192 KiB", "init: balloon 0 KiB", "init: done")
SECOND_CPU = ("init: 1 processor", "init: 2 processors", "init: calls to the second: some")
BESIDE = ("evtchn: three events, three answers", "init: upcalls on the second: some", "init: time that the second did not get: some")
# Debian's Xen lets no two domains connect, and gives each CPU to the vCPU that asks for it
NOBODY_BESIDE = ("evtchn: no channel to the other domain", "init: upcalls on the second: none",
                 "init: time that the second did not get: none")


@dataclass(frozen=True)
class Said:
    lines: tuple[str, ...]   # of domain 1
    other: tuple[str, ...]   # of domain 2
    last: str

    @property
    def told(self):
        """What the programs say, not the kernel."""
        return [line for line in self.lines if line.startswith(("init: ", "evtchn: "))]

    @property
    def complaints(self):
        return [line for line in self.lines if any(word in line for word in ("BUG", "WARNING", "Oops", "Call trace", "rcu_sched"))]


def needed(get):
    """Skips where something cannot be had here, with the reason."""
    try:
        return get()
    except EnvironmentMissing as stop:
        pytest.skip(f"MISSING: {stop}")


def images(folder: Path) -> tuple[dict[str, Path], dict[str, Path]]:
    """Guests and ramdisks by domain. Raises EnvironmentMissing."""
    kernel, driver = linux.kernel(), linux.driver("xen-evtchn")
    presence = boards.presence(BOARD)
    if not presence.present:
        raise EnvironmentMissing(presence.line())
    build.ensure_built([build.HOST, PRESET], lambda text: None)
    program, peer = folder / "evtchn", folder / "peer.elf"
    subprocess.run([*PROGRAM, "-o", program, DATA / "evtchn.c"], check=True)
    library = paths.guest_folder(BOARD, "release") / "libfencepost.a"
    subprocess.run([*PEER, "-o", peer, DATA / "peer.c", library, *LINKED], check=True)
    ramdisk = linux.ramdisk(folder / "ramdisk", DATA / "init", {"evtchn": program, "xen-evtchn.ko": driver})
    return {"domU1": kernel, "domU2": peer}, {"domU1": ramdisk}


def said(made: machine.Machine, folder: Path) -> Said:
    result = kept.run(made, folder, LIMITS)
    lines = result.text.splitlines()
    assert result.ended is Ended.END_LINE, "\n".join(lines[-20:])
    first = tuple(line[prefix.end():] for line in lines if (prefix := PREFIX.match(line)))
    return Said(first, tuple(line.removeprefix("(d2) ") for line in lines if line.startswith("(d2) ")), lines[-1])


def boot(folder: Path, name: str, domains: tuple[str, ...]) -> Said:
    guests, ramdisks = needed(lambda: images(folder))
    tree = paths.BOARDS / BOARD / "systems" / name
    prepared = system.prepare(tree, folder, {domain: guests[domain] for domain in domains}, ramdisks=ramdisks, board=BOARD,
                              named_commit="test")
    return said(machine.Machine(boards.load(BOARD), paths.hypervisor(BOARD, "release"), prepared.loads, prepared.cpus,
                                machine.new_nonce()), folder)


def boot_under(reference: str, folder: Path, name: str, domains: tuple[str, ...]) -> Said:
    hypervisor = needed(lambda: xen.image(reference))
    guests, ramdisks = needed(lambda: images(folder))
    board = boards.load(BOARD)
    bootargs = {"domU1": "console=ttyAMA0 panic=-1", "domU2": "fp1 domain=2"}
    prepared = xen.prepare(paths.BOARDS / BOARD / "systems" / name, folder, {domain: guests[domain] for domain in domains}, bootargs,
                           board, ramdisks)
    made = xen.machine_of(board, hypervisor, prepared)
    return said(dataclasses.replace(made, last_lines=LAST_UNDER_XEN), folder)


def lines(*parts, version="4.20", abi="2-level"):
    return [line.format(version=version, abi=abi) for part in parts for line in part]


@pytest.mark.requirement("S3-04")
def test_a_stock_linux_balloons_eight_mebibytes_out_and_in(tmp_path):
    found = boot(tmp_path, "linux.dts", ("domU1",))
    assert found.told == lines(FOUND, BALLOON)
    assert not found.complaints
    assert found.last.endswith("d1=poweroff")


@pytest.mark.requirement("S3-04", "S0-08")
def test_a_stock_linux_has_a_second_vcpu_and_a_bare_metal_domain_beside_it(tmp_path):
    found = boot(tmp_path, "linux-smp.dts", ("domU1", "domU2"))
    assert found.told == lines(FOUND, SECOND_CPU, BESIDE, BALLOON)
    assert not found.complaints
    assert found.other == ("peer: port 1", "peer: event 1", "peer: event 2", "peer: event 3")
    assert [line for line in found.lines if "CPU1: Booted secondary processor" in line][1:], "it did not start twice"
    assert found.last.endswith("d1=poweroff d2=running")


@pytest.mark.parametrize("reference", xen.NAMES)
def test_the_same_linux_says_the_same_under_real_xen(tmp_path, reference):
    found = boot_under(reference, tmp_path, "linux.dts", ("domU1",))
    assert found.told == lines(FOUND, BALLOON, version=reference.removeprefix("xen-"), abi="FIFO-based")
    assert not found.complaints


@pytest.mark.parametrize("reference", xen.NAMES)
def test_the_same_linux_says_the_same_of_its_second_vcpu_under_real_xen(tmp_path, reference):
    found = boot_under(reference, tmp_path, "linux-smp.dts", ("domU1", "domU2"))
    assert found.told == lines(FOUND, SECOND_CPU, NOBODY_BESIDE, BALLOON, version=reference.removeprefix("xen-"), abi="FIFO-based")
    assert not found.complaints


def test_an_archive_is_what_cpio_reads(tmp_path):
    made = linux.archive({"bin/a": b"12345", "init": b""}, folders=["bin"])
    listing = made.split(b"070701")[1:]
    assert [member[104:].split(b"\0")[0] for member in listing] == [b"bin", b"dev/console", b"bin/a", b"init", b"TRAILER!!!"]
    assert len(made) % 4 == 0 and b"12345\0\0\0" in made
    device = listing[1]
    assert (int(device[8:16], 16), int(device[72:80], 16), int(device[80:88], 16)) == (0o20600, 5, 1)


def test_a_package_that_stands_for_another_names_it():
    listing = "linux-image-cloud-arm64\n  Depends: linux-base\n  Depends: linux-image-6.1.0-50-cloud-arm64\n"
    assert foreignpackage.dependency(listing, "linux-image-") == "linux-image-6.1.0-50-cloud-arm64"
    assert foreignpackage.dependency(listing, "busybox") is None

# SPDX-License-Identifier: Apache-2.0
"""A stock Linux in a direct-mapped domain: it finds Xen, uses event channels, and balloons through its own driver."""
import subprocess

import pytest

from tool import board as boards
from tool import build, foreignpackage, linux, machine, paths, system
from tool.exitcodes import EnvironmentMissing

BOARD = "virt-a64"
DATA = paths.TESTSUITE / "data" / "linux"
COMPILER = ("aarch64-linux-gnu-gcc", "-Os", "-Wall", "-Wextra", "-Werror", "-static", "-nostdlib", "-ffreestanding",
            "-fno-stack-protector")
LIMITS = machine.Limits(guest_ms=20000, idle_seconds=600)   # it boots in less than a second of its clock's time


def boot(folder):
    """The lines of the domain's console and the last line of the hypervisor."""
    try:
        kernel, driver = linux.kernel(), linux.driver("xen-evtchn")
        presence = boards.presence(BOARD)
        if not presence.present:
            raise EnvironmentMissing(presence.line())
        program = folder / "evtchn"
        subprocess.run([*COMPILER, "-o", program, DATA / "evtchn.c"], check=True)
        ramdisk = linux.ramdisk(folder / "ramdisk", DATA / "init", {"evtchn": program, "xen-evtchn.ko": driver})
        build.ensure_built([build.HOST, paths.preset(BOARD, "release")], lambda text: None)
    except EnvironmentMissing as stop:
        pytest.skip(f"MISSING: {stop}")
    tree = paths.BOARDS / BOARD / "systems" / "linux.dts"
    prepared = system.prepare(tree, folder, {"domU1": kernel}, ramdisks={"domU1": ramdisk}, board=BOARD)
    made = machine.Machine(boards.load(BOARD), paths.hypervisor(BOARD, "release"), prepared.loads, prepared.cpus,
                           machine.new_nonce())
    result = machine.run(made, folder, LIMITS)
    lines = result.text.splitlines()
    assert result.ended is machine.Ended.END_LINE, "\n".join(lines[-20:])
    return [line.removeprefix("(d1) ") for line in lines if line.startswith("(d1) ")], lines[-1]


@pytest.mark.requirement("S3-04")
def test_a_stock_linux_balloons_eight_mebibytes_out_and_in(tmp_path):
    said, last = boot(tmp_path)
    told = [line for line in said if line.startswith(("init: ", "evtchn: "))]
    assert told == ["init: hypervisor xen 4.20", "init: xen:events: Using 2-level ABI", "evtchn: sent and received",
                    "init: upcalls came", "init: balloon -8192 KiB", "init: balloon 0 KiB", "init: done"]
    assert not [line for line in said if "BUG" in line or "WARNING" in line or "Oops" in line]
    assert last.endswith("d1=poweroff")


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

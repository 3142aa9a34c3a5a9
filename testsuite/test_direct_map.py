# SPDX-License-Identifier: Apache-2.0
"""Guests that are linked for the address of their bank and never look at their device tree."""
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tool import board as boards
from tool import devicetree, elfimage, kept, machine, paths
from tool.strategy import choices
from tool.system import prepare

BOARD = "mps3-an536"
SOURCES = paths.GUESTS / "direct_map" / "linked"


def linked_for(address: int, folder: Path) -> Path:
    """The guest of guests/direct_map/linked, linked for an address, as the flat image that a loader places."""
    compiler = "arm-none-eabi-gcc"
    if not shutil.which(compiler) or not boards.presence(BOARD).present or not paths.hypervisor(BOARD, "release").is_file():
        pytest.skip(f"MISSING: {BOARD}: no emulator or compiler, or nothing built (./fencepost test builds it)")
    image = folder / f"linked-{address:x}.elf"
    subprocess.run([compiler, "-std=c11", "-mcpu=cortex-r52", "-marm", "-mfloat-abi=soft", "-O2", "-ffreestanding",
                    "-nostdlib", "-Wall", "-Wextra", "-Werror", f"-Wl,--defsym=linked_base={address:#x}",
                    f"-Wl,-T,{SOURCES / 'linked.ld'}", "-Wl,--build-id=none", str(SOURCES / "linked.c"), "-o", str(image)],
                   check=True)
    flat = image.with_suffix(".bin")
    flat.write_bytes(elfimage.flatten(image))
    return flat


def boot(system: str, images: dict[str, int], folder: Path) -> str:
    guests = {domain: linked_for(address, folder) for domain, address in images.items()}
    prepared = prepare(paths.system(system), folder / "system", guests, choices=choices("window"), named_commit="test")
    board = boards.load(BOARD)
    chosen = machine.Machine(board, paths.hypervisor(BOARD, "release"), prepared.loads, prepared.cpus, machine.new_nonce())
    return kept.run(chosen, folder / "run", machine.Limits()).text


@pytest.mark.requirement("S0-25", "S0-01")
@pytest.mark.parametrize("address", [0x20000000, 0x20040000, 0x20080008], ids=hex)
def test_a_guest_runs_where_it_is_linked(tmp_path: Path, address: int) -> None:
    console = boot("solo", {"domU1": address}, tmp_path)
    assert f"start entry=0x{address:08x}" in console
    assert "(d1) runs where it is linked" in console
    assert "d1=poweroff" in console


@pytest.mark.requirement("S0-25", "S0-01")
def test_two_guests_run_where_they_are_linked(tmp_path: Path) -> None:
    """Each for its own bank: the same program is another image."""
    assert [domain.name for domain in devicetree.compile_tree(paths.system("pair")).domains] == ["domU1", "domU2"]
    console = boot("pair", {"domU1": 0x20010000, "domU2": 0x20400000}, tmp_path)
    assert "(d1) runs where it is linked" in console and "d1=poweroff" in console


@pytest.mark.requirement("S0-25", "S0-01")
def test_an_image_that_is_linked_elsewhere_is_refused(tmp_path: Path) -> None:
    from tool.exitcodes import UsageError

    with pytest.raises(UsageError, match="must fit one bank of the domain"):
        boot("solo", {"domU1": 0x20400000}, tmp_path)

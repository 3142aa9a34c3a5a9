# SPDX-License-Identifier: Apache-2.0
"""A configuration that is not whole stops the hypervisor with a reason, before any guest runs."""
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from tool import board as boards
from tool import kept, machine, paths
from tool.strategy import choices
from tool.system import prepare

BOARD = "mps3-an536"
HEADER_WORDS = {"magic": 0, "version": 1, "size": 2, "crc32": 3}


def _put(blob: bytearray, word: int, value: int) -> None:
    struct.pack_into("<I", blob, 4 * word, value)


def _seal(blob: bytearray) -> bytearray:
    """The checksum again, so that only the planted fault is left."""
    _put(blob, HEADER_WORDS["crc32"], 0)
    _put(blob, HEADER_WORDS["crc32"], zlib.crc32(blob))
    return blob


def _flipped(blob: bytearray) -> bytearray:
    blob[len(blob) // 2] ^= 0x10
    return blob


def _truncated(blob: bytearray) -> bytearray:
    return blob[: len(blob) // 2 & ~3]


def _no_magic(blob: bytearray) -> bytearray:
    _put(blob, HEADER_WORDS["magic"], 0x12345678)
    return blob


def _other_version(blob: bytearray) -> bytearray:
    _put(blob, HEADER_WORDS["version"], 99)
    return _seal(blob)


def _impossible_size(blob: bytearray) -> bytearray:
    _put(blob, HEADER_WORDS["size"], 0x7FFFFFFC)
    return blob


def _other_board(blob: bytearray) -> bytearray:
    blob[16:32] = b"another-board".ljust(16, b"\0")
    return _seal(blob)


def _other_slots(blob: bytearray) -> bytearray:
    _put(blob, 17, 24)
    return _seal(blob)


def _with(word: int, value: int):
    """One word of the header, sealed again."""
    def put(blob: bytearray) -> bytearray:
        _put(blob, word, value)
        return _seal(blob)
    put.__name__ = f"word_{word}_is_{value}"
    return put


def _shorter_than_its_header(blob: bytearray) -> bytearray:
    _put(blob, HEADER_WORDS["size"], 64)
    return blob


def _no_whole_words(blob: bytearray) -> bytearray:
    _put(blob, HEADER_WORDS["size"], len(blob) - 2)
    return blob


# Words of struct config_header (hv/config.h).
ACCESS, NR_CPUS, NR_DOMAINS, NR_VCPUS = 12, 19, 20, 22

FAULTS = [
    (_shorter_than_its_header, "size 64 is impossible"),
    (_no_whole_words, "is impossible"),
    (_with(NR_DOMAINS, 0), "0 domains, 1 vCPUs, 1 CPUs"),
    (_with(NR_DOMAINS, 9), "9 domains, 1 vCPUs, 1 CPUs"),
    (_with(NR_VCPUS, 17), "1 domains, 17 vCPUs, 1 CPUs"),
    (_with(NR_CPUS, 3), "1 domains, 1 vCPUs, 3 CPUs"),
    (_with(ACCESS, 6), "access strategy 6 is unknown"),
    (_flipped, "checksum"),
    (_truncated, "checksum"),
    (_no_magic, "magic 12345678"),
    (_other_version, "version 99"),
    (_impossible_size, "size 2147483644"),
    (_other_board, "another board"),
    (_other_slots, "planned for 24 EL2 regions, this CPU has 16"),
]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory):
    if not boards.presence(BOARD).present or not paths.hypervisor(BOARD, "release").exists():
        pytest.skip(f"MISSING: {BOARD}: no emulator, or nothing built (./fencepost test builds it)")
    folder = tmp_path_factory.mktemp("system")
    (folder / "guest.bin").write_bytes(bytes(64))
    return prepare(paths.system("solo"), folder, {"domU1": folder / "guest.bin"}, {}, choices("window"),
                   board=BOARD, named_commit="test")


@pytest.mark.parametrize("fault, message", FAULTS, ids=[fault.__name__.strip("_") for fault, _ in FAULTS])
def test_a_wrong_configuration_stops_before_any_guest(tmp_path: Path, system, fault, message: str) -> None:
    loads = []
    for load in system.loads:
        if load.file.name == "system.cfg":
            wrong = tmp_path / "system.cfg"
            wrong.write_bytes(fault(bytearray(load.file.read_bytes())))
            load = replace(load, file=wrong)
        loads.append(load)
    result = kept.run(machine.Machine(boards.load(BOARD), paths.hypervisor(BOARD, "release"), tuple(loads)), tmp_path, machine.Limits())
    assert "(hv) PANIC configuration: " in result.text and message in result.text
    assert "start entry" not in result.text
    assert f"(hv) END {result.nonce} panic" in result.text


def test_more_el1_regions_than_are_switched_are_refused(tmp_path: Path, system) -> None:
    """A region that is not switched would be one guest's window into another's life."""
    board = boards.load(BOARD)
    wide = replace(board, runner=replace(board.runner, cpu_options=board.runner.cpu_options + ",pmsav7-dregion=24"))
    result = kept.run(machine.Machine(wide, paths.hypervisor(BOARD, "release"), tuple(system.loads)), tmp_path, machine.Limits())
    assert "PANIC this CPU has 24 EL1 MPU regions, 16 are switched" in result.text

# SPDX-License-Identifier: Apache-2.0
"""
The instructions of an image and its conditional branches. A branch is whatever may leave the straight line
depending on a condition: B and BL with a condition, CBZ to TBNZ, and every write of pc that its own condition or an
IT block makes conditional. Encodings by the groups of the Arm architecture manual (A32: F4.1, T32: F3.1, A64: C4.1).
"""
from __future__ import annotations

import enum
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


class Isa(enum.Enum):
    A32 = "a"
    T32 = "t"
    A64 = "x"


class Condition(enum.IntEnum):
    """What a branch looks at; the numbers are the plugin's (bench/plugin/condition.h)."""
    FLAGS = 0
    ZERO = 1
    NOT_ZERO = 2
    BIT_0 = 3
    BIT_1 = 4


@dataclass(frozen=True)
class Branch:
    test: Condition
    code: int                  # of FLAGS the condition, otherwise the register
    target: int | None         # None: the instruction does not tell
    bit: int = 0
    narrow: bool = False       # only the low 32 bits of the register count


@dataclass(frozen=True)
class Instruction:
    address: int
    size: int
    branch: Branch | None = None

    @property
    def next(self) -> int:
        return self.address + self.size


def _bits(word: int, high: int, low: int) -> int:
    return word >> low & (2 << high - low) - 1


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> bits - 1 & 1 else value


def _writes_pc_a32(word: int) -> bool:
    """Apart from B and BL."""
    group, is_load = _bits(word, 27, 25), bool(_bits(word, 20, 20))
    if group == 4:                                              # LDM
        return is_load and bool(_bits(word, 15, 15))
    if group in (2, 3):                                         # LDR; media instructions have bit 4 with group 3
        return is_load and _bits(word, 15, 12) == 15 and not (group == 3 and _bits(word, 4, 4))
    if group > 1:
        return False
    is_compare = _bits(word, 24, 23) == 2
    if group == 0 and _bits(word, 7, 7) and _bits(word, 4, 4):  # multiplies, halfwords
        return False
    if group == 0 and is_compare and not is_load:               # BX, BXJ, BLX; ERET
        return _bits(word, 22, 21) == 1 and _bits(word, 7, 4) in (1, 2, 3) or _bits(word, 22, 21) == 3 and _bits(word, 7, 4) == 6
    return not is_compare and _bits(word, 15, 12) == 15


def branch_a32(address: int, word: int) -> Branch | None:
    condition = _bits(word, 31, 28)
    if condition >= 14:
        return None
    if _bits(word, 27, 25) == 5:
        return Branch(Condition.FLAGS, condition, address + 8 + 4 * _signed(_bits(word, 23, 0), 24))
    return Branch(Condition.FLAGS, condition, None) if _writes_pc_a32(word) else None


def _branch_t16(address: int, hw: int) -> Branch | None:
    """A branch by itself."""
    if _bits(hw, 15, 12) == 13 and _bits(hw, 11, 8) < 14:
        return Branch(Condition.FLAGS, _bits(hw, 11, 8), address + 4 + 2 * _signed(_bits(hw, 7, 0), 8))
    if hw & 0xF500 == 0xB100:                                   # CBZ, CBNZ
        offset = _bits(hw, 9, 9) << 6 | _bits(hw, 7, 3) << 1
        return Branch(Condition.NOT_ZERO if _bits(hw, 11, 11) else Condition.ZERO, _bits(hw, 2, 0), address + 4 + offset, narrow=True)
    return None


def _branch_t32(address: int, hw1: int, hw2: int) -> Branch | None:
    if hw1 & 0xF800 != 0xF000 or hw2 & 0xD000 != 0x8000 or _bits(hw1, 9, 7) == 7:
        return None
    offset = (_bits(hw1, 10, 10) << 19 | _bits(hw2, 11, 11) << 18 | _bits(hw2, 13, 13) << 17 |
              _bits(hw1, 5, 0) << 11 | _bits(hw2, 10, 0))
    return Branch(Condition.FLAGS, _bits(hw1, 9, 6), address + 4 + 2 * _signed(offset, 20))


def _writes_pc_t16(hw: int) -> bool:
    rd = _bits(hw, 7, 7) << 3 | _bits(hw, 2, 0)
    return (_bits(hw, 15, 11) == 0x1C or hw & 0xFF00 == 0xBD00 or hw & 0xFF00 == 0x4700 or   # B; POP; BX, BLX
            hw & 0xFD00 == 0x4400 and rd == 15)                                              # ADD, MOV


def _writes_pc_t32(hw1: int, hw2: int) -> bool:
    if hw1 & 0xF800 == 0xF000 and hw2 & 0x8000:                 # B, BL, BLX; ERET and BXJ among the rest
        return bool(hw2 & 0x5000) or hw1 & 0xFFE0 == 0xF3C0
    if hw1 & 0xFE40 == 0xE800:                                  # LDM; RFE has no condition of interest apart from IT
        return bool(hw1 & 0x10) and bool(hw2 & 0x8000)
    return hw1 & 0xFFF0 == 0xE8D0 and hw2 & 0xFFE0 == 0xF000 or hw1 & 0xFF70 == 0xF850 and _bits(hw2, 15, 12) == 15


def _target_t(address: int, hw1: int, hw2: int | None) -> int | None:
    """Of an unconditional immediate branch."""
    if hw2 is None:
        return address + 4 + 2 * _signed(_bits(hw1, 10, 0), 11) if _bits(hw1, 15, 11) == 0x1C else None
    if hw1 & 0xF800 == 0xF000 and hw2 & 0x9000 == 0x9000:
        sign = _bits(hw1, 10, 10)
        first, second = 1 - (_bits(hw2, 13, 13) ^ sign), 1 - (_bits(hw2, 11, 11) ^ sign)
        offset = sign << 23 | first << 22 | second << 21 | _bits(hw1, 9, 0) << 11 | _bits(hw2, 10, 0)
        return address + 4 + 2 * _signed(offset, 24)
    return None


def _walk_t32(address: int, data: bytes) -> Iterator[Instruction]:
    it, at = 0, 0
    while at + 2 <= len(data):
        (hw1,) = struct.unpack_from("<H", data, at)
        wide = hw1 >> 11 >= 0x1D and at + 4 <= len(data)
        hw2 = struct.unpack_from("<H", data, at + 2)[0] if wide else None
        here = address + at
        if it:
            writes_pc = _writes_pc_t16(hw1) if hw2 is None else _writes_pc_t32(hw1, hw2)
            found = Branch(Condition.FLAGS, it >> 4, _target_t(here, hw1, hw2)) if writes_pc and it >> 4 < 14 else None
        else:
            found = _branch_t16(here, hw1) if hw2 is None else _branch_t32(here, hw1, hw2)
        yield Instruction(here, 4 if wide else 2, found)
        if hw2 is None and hw1 & 0xFF00 == 0xBF00 and hw1 & 0xF:
            it = hw1 & 0xFF
        else:
            it = it & 0xE0 | it << 1 & 0x1F if it & 7 else 0
        at += 4 if wide else 2


def branch_a64(address: int, word: int) -> Branch | None:
    if word & 0xFF000000 == 0x54000000:                         # B.cond, BC.cond
        code = _bits(word, 3, 0)
        return Branch(Condition.FLAGS, code, address + 4 * _signed(_bits(word, 23, 5), 19)) if code < 14 else None
    register, wide = _bits(word, 4, 0), bool(_bits(word, 31, 31))
    if word & 0x7E000000 == 0x34000000:
        test = Condition.NOT_ZERO if _bits(word, 24, 24) else Condition.ZERO
        return Branch(test, register, address + 4 * _signed(_bits(word, 23, 5), 19), narrow=not wide)
    if word & 0x7E000000 == 0x36000000:
        test = Condition.BIT_1 if _bits(word, 24, 24) else Condition.BIT_0
        return Branch(test, register, address + 4 * _signed(_bits(word, 18, 5), 14), wide << 5 | _bits(word, 23, 19))
    return None


_NOP_T32, _BX_PC = 0xBF00, 0x4778


def is_padding(address: int, data: bytes, at: int, isa: Isa) -> bool:
    """A T32 halfword that aligns what follows: NOP before data, or whatever follows BX PC, which goes to the next word."""
    def halfword(offset: int) -> int:
        return int.from_bytes(data[offset:offset + 2], "little")

    if isa is not Isa.T32 or (address + at) % 4 == 0:
        return False
    return at + 2 == len(data) and halfword(at) == _NOP_T32 or at >= 2 and halfword(at - 2) == _BX_PC


def walk(address: int, data: bytes, isa: Isa) -> Iterator[Instruction]:
    """A stretch of code that begins at an instruction."""
    if isa is Isa.T32:
        yield from _walk_t32(address, data)
        return
    decode = branch_a32 if isa is Isa.A32 else branch_a64
    for at in range(0, len(data) - 3, 4):
        yield Instruction(address + at, 4, decode(address + at, struct.unpack_from("<I", data, at)[0]))


def spans(symbols: Iterable[tuple[str, int]], start: int, end: int) -> Iterator[tuple[int, int, Isa]]:
    """Where code of which instruction set lies: from each mapping symbol $a, $t, $x to the next one; $d is data."""
    kinds: Mapping[str, Isa | None] = {"$a": Isa.A32, "$t": Isa.T32, "$x": Isa.A64, "$d": None}
    marks = {address: kinds[name[:2]] for name, address in symbols
             if name[:2] in kinds and name[2:3] in ("", ".") and start <= address < end}
    edges = [*sorted(marks), end]
    for here, there in zip(edges, edges[1:]):
        if (isa := marks[here]) is not None:
            yield here, there, isa

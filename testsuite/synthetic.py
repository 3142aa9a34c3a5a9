# SPDX-License-Identifier: Apache-2.0
"""A guest image made by hand: records, strings and one function symbol, linked at 0."""
import struct
from pathlib import Path

ENTRY_SYMBOL = "test_body"


def _strings(words: list[str]) -> tuple[bytes, dict[str, int]]:
    table, where = bytearray(b"\0"), {}
    for word in words:
        where[word] = len(table)
        table += word.encode() + b"\0"
    return bytes(table), where


def guest(path: Path, records: list[dict[str, object]], section: str = "fp_tests") -> Path:
    """Writes an ELF file with the records; each is a dict with the fields of struct fp_record."""
    texts = ("suite", "name", "file", "ids", "why", "needs")
    strings, where = _strings(sorted({str(r.get(t, "")) for r in records for t in texts}))
    code_bytes, start = 16, 16
    table_at = start + len(strings) + (-len(strings) % 4)
    table = b"".join(_record(r, lambda t, r=r: start + where[str(r.get(t, ""))]) for r in records)
    loaded = bytes(code_bytes) + strings + bytes(table_at - start - len(strings)) + table
    names, name_at = _strings([section, ".symtab", ".strtab", ".shstrtab"])
    symbol_names, symbol_at = _strings([ENTRY_SYMBOL])
    symbols = bytes(16) + struct.pack("<IIIBBH", symbol_at[ENTRY_SYMBOL], 0, 8, 0x12, 0, 1)
    blobs = [loaded, symbols, symbol_names, names]
    at = [52 + 32 + sum(map(len, blobs[:i])) for i in range(len(blobs) + 1)]
    at[4] += -at[4] % 4
    headers = [(0,) * 10,
               (name_at[section], 1, 2, table_at, at[0] + table_at, len(table), 0, 0, 4, 0),
               (name_at[".symtab"], 2, 0, 0, at[1], len(symbols), 3, 1, 4, 16),
               (name_at[".strtab"], 3, 0, 0, at[2], len(symbol_names), 0, 0, 1, 0),
               (name_at[".shstrtab"], 3, 0, 0, at[3], len(names), 0, 0, 1, 0)]
    head = struct.pack("<4s5B7xHHIIIIIHHHHHH", b"\x7fELF", 1, 1, 1, 0, 0, 3, 40, 1, 0, 52, at[4], 0x05000000,
                       52, 32, 1, 40, 5, 4)
    program = struct.pack("<8I", 1, at[0], 0, 0, len(loaded), len(loaded) + 64, 7, 4)
    body = head + program + b"".join(blobs)
    path.write_bytes(body.ljust(at[4], b"\0") + b"".join(struct.pack("<10I", *h) for h in headers))
    return path


def _record(record: dict[str, object], at) -> bytes:
    return struct.pack("<9I", at("suite"), at("name"), at("file"), int(record.get("line", 1)), at("ids"), at("why"),
                       at("needs"), 0, int(record.get("kind", 1)))


def record(name: str, **fields: object) -> dict[str, object]:
    return {"suite": "mine", "name": name, "file": "./guests/mine/mine.c", "line": 7, "ids": "S4-04", "why": "because",
            **fields}

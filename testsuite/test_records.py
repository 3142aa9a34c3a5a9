# SPDX-License-Identifier: Apache-2.0
"""Collection: records of an image that was never booted."""
import pytest

from testsuite import session
from testsuite.collection import chosen
from testsuite.synthetic import guest, record
from tool import board, elfimage, records, trial
from tool.exitcodes import UsageError

BOARD = board.load("mps3-an536")


def settings(only):
    return session.Settings("mps3-an536", "", {}, strategy=only)


def test_fields_arrive(tmp_path):
    path = guest(tmp_path / "g.elf", [record("b_runs", line=9, needs="system=solo timeout_ms=50 crash=2 slow"),
                                      record("a_runs", line=3, ids="S4-04 X-14"), record("b_runs", kind=2)])
    first, second = records.tests(path)
    assert (first.test, first.file, first.line, first.ids) == ("mine.a_runs", "guests/mine/mine.c", 3, ("S4-04", "X-14"))
    assert second.needs == records.Needs("solo", crashes=frozenset({2}), guest_ms=50, slow=True)
    assert len(records.read(path)) == 3


def test_filled_memory_has_addresses_and_sizes():
    assert records.parse_needs("fill=0x20000000+0x1000,0x28000000+16").fills == ((0x20000000, 0x1000), (0x28000000, 16))


def test_what_is_typed_may_hold_any_byte():
    assert records.parse_needs(r"input=a\x01\x20b").typed == b"a\x01 b"


def test_benches_are_no_items(tmp_path):
    path = guest(tmp_path / "g.elf", [record("null", kind=records.BENCH), record("is_tested")])
    assert [r.name for r in records.benches(path)] == ["null"]
    assert [r.name for r in records.tests(path)] == ["is_tested"]


@pytest.mark.parametrize("needs", ["quick", "system=", "slow=1", "timeout_ms=soon", "preset=debug", "crash=x",
                                   "system=a system=b", "fill=here", "fill=0x1000", "fill=0x1002+4", "fill=0x1000+0", r"input=\xq"])
def test_wrong_need_names_its_place(tmp_path, needs):
    path = guest(tmp_path / "g.elf", [record("runs", needs=needs)])
    with pytest.raises(UsageError, match="guests/mine/mine.c:7: mine.runs"):
        records.read(path)


def test_doubled_test_is_refused(tmp_path):
    with pytest.raises(UsageError, match="defined twice: mine.runs"):
        records.read(guest(tmp_path / "g.elf", [record("runs"), record("runs", line=8)]))


def test_unknown_kind_is_refused(tmp_path):
    with pytest.raises(UsageError, match="neither a domain nor a bench"):
        records.read(guest(tmp_path / "g.elf", [record("runs", kind=9)]))


def test_image_without_records_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no section fp_tests"):
        records.read(guest(tmp_path / "g.elf", [record("runs")], section="other"))
    (tmp_path / "flat.bin").write_bytes(b"no elf file")
    with pytest.raises(UsageError, match="not a readable ELF"):
        records.read(tmp_path / "flat.bin")


def test_strategies_on_release_and_checked(tmp_path):
    path = guest(tmp_path / "g.elf", [record("all", needs="strategies=all"), record("two", needs="strategies=mask,auto"),
                                      record("plain"), record("only", needs="preset=checked")])
    by_name = {r.name: r for r in records.tests(path)}

    def names(name, kind, only=None):
        return trial.of(by_name[name], chosen(by_name[name], BOARD, settings(only)), kind)

    assert names("all", "release") == list(BOARD.strategies)
    assert names("all", "checked") == ["window"]
    assert names("two", "release") == ["mask", "auto"] and names("two", "checked") == ["mask"]
    assert names("plain", "release") == ["window"]
    assert names("only", "release") == [] and names("only", "checked") == ["window"]
    assert names("all", "release", "switch-entry") == ["switch-entry"]
    assert names("two", "release", "switch") == []


def test_unknown_strategy_is_refused(tmp_path):
    path = guest(tmp_path / "g.elf", [record("runs", needs="strategies=magic")])
    with pytest.raises(UsageError, match="magic"):
        chosen(records.tests(path)[0], BOARD, settings(None))


def test_flat_image_is_what_a_loader_places(tmp_path):
    path = guest(tmp_path / "g.elf", [record("runs")])
    flat = elfimage.flatten(path)
    assert b"runs\0" in flat and not flat.startswith(elfimage.MAGIC)


def test_written_image_reads_back(tmp_path):
    blobs = [elfimage.Segment(0x20000000, b"guest"), elfimage.Segment(0x10000000, b"code")]
    elfimage.write(tmp_path / "all.elf", 0x10000000, blobs)
    with elfimage.Image(tmp_path / "all.elf") as image:
        assert image.entry == 0x10000000
        assert image.segments() == sorted(blobs, key=lambda blob: blob.address)


def test_symbols_name_functions_only_inside(tmp_path):
    with elfimage.Image(guest(tmp_path / "g.elf", [record("runs")])) as image:
        symbols = image.symbols()
    assert symbols.name(0) == "test_body" and symbols.name(4) == "test_body+0x4" and symbols.name(0x100) is None

# SPDX-License-Identifier: Apache-2.0
"""That a test fails under real Xen may be expected; that it fails with other words than recorded is not."""
import pytest

from tool import divergences, xenfailures
from tool.exitcodes import UsageError

RECORDED = {"xen-4.17": {"a.b": "guests/a/x.c: port is -1, expected 1"}, "xen-4.20": {}}


@pytest.mark.parametrize("reason", ["guests/a/x.c:7: port is -1 (0xffffffffffffffff), expected 1 (0x1)",
                                    "guests/a/x.c:128: port is -1 (0xffffffff), expected 1 (0x1)"])
def test_lines_and_hexadecimal_doubles_make_no_difference(reason):
    assert xenfailures.otherwise(RECORDED, "xen-4.17", "a.b", reason) == ""


@pytest.mark.parametrize("reason", ["guests/a/x.c:7: port is -22 (0xffffffffffffffea), expected 1 (0x1)",
                                    "guests/a/y.c:7: port is -1 (0xffffffffffffffff), expected 1 (0x1)",
                                    "guests/a/x.c:7: expected: port > 0"])
def test_another_value_place_or_question_is_another_failure(reason):
    assert RECORDED["xen-4.17"]["a.b"] in xenfailures.otherwise(RECORDED, "xen-4.17", "a.b", reason)


def test_what_another_build_moves_is_left_out():
    assert xenfailures.words("g/c.c:66: pc is 1073747556 (0x40001664), expected 1073747552 (0x40001660)") == \
        "g/c.c: pc is LARGE, expected LARGE"
    assert xenfailures.words("g/r.c:169: 0x40114000, which is in, cannot be used") == "g/r.c: ADDRESS, which is in, cannot be used"


def test_what_is_not_recorded_says_how_to():
    assert "--record-failures" in xenfailures.otherwise(RECORDED, "xen-4.20", "a.b", "x.c:1: no")
    assert xenfailures.otherwise(RECORDED, "own-xen", "a.b", "x.c:1: no") == ""


def test_a_run_replaces_what_it_saw_and_drops_what_is_not_listed(tmp_path):
    before = {**RECORDED, "xen-4.20": {"a.c": "1", "a.d": "2", "a.e": "3", "gone.f": "4"}}
    found = xenfailures.merged(before, "xen-4.20", {"a.c": "c.c:9: is 8 (0x8)"}, (f"a.{letter}" for letter in "cde"))
    assert found == {**RECORDED, "xen-4.20": {"a.c": "c.c: is 8", "a.d": "2", "a.e": "3"}}
    xenfailures.write(found, tmp_path / "f.json")
    assert xenfailures.load(tmp_path / "f.json") == found


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"xen-4.17": {"a": 1}, "xen-4.20": {}}', '{"xen-4.17": [], "xen-4.20": {}, "x": {}}'])
def test_another_file_is_refused_with_the_remedy(text):
    with pytest.raises(UsageError, match="f.json: .*--record-failures"):
        xenfailures.parse(text, "f.json")


def test_what_is_listed_and_runs_is_recorded_and_nothing_else():
    listed = {name: {test for one in divergences.load().differs if one.on(name) and one.runs for test in one.tests}
              for name in divergences.XEN}
    left = {test for tests in listed.values() for test in tests if divergences.load().left_out(test)}
    for name, tests in xenfailures.load().items():
        assert set(tests) == listed[name] - left, name

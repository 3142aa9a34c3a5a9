# SPDX-License-Identifier: Apache-2.0
"""Stored results: the same bytes for the same outcome, in the shape of the schema."""
import json
import xml.etree.ElementTree as ElementTree
from types import SimpleNamespace

from hypothesis import given, settings, strategies as some

from testsuite import rows
from tool import paths, results
from tool.results import Row

SCHEMA = json.loads((paths.TESTSUITE / "results.schema.json").read_text())
METRIC = {"metric": "a.b", "value": 3, "unit": "instructions"}
ROWS = [Row("t::b", "fail", "a.c:1: no", "fencepost", "mps3-an536", "cortex-r52", "release", "s", "window", ids=("S4-04",)),
        Row("t::a", "pass", "", "fencepost", "mps3-an536", "cortex-r52", "release", "s", "mask", False, ("S4-05",), (METRIC,)),
        Row("t::x", "fail", "as expected", "fencepost", "mps3-an536", "", "release", "s", "shared", True),
        Row("t::h", "pass", ids=("S0-01",)), Row("t::c", "pass", "", "fencepost", "mps3-an536", image="checked", ids=("X-1",))]
TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


def conforms(table, schema):
    """The part of JSON Schema that results.schema.json uses."""
    assert isinstance(table, TYPES[schema["type"]]), (table, schema)
    assert table in schema.get("enum", [table])
    if schema["type"] == "object" and "properties" in schema:
        assert set(schema["required"]) <= set(table)
        assert schema.get("additionalProperties", True) or set(table) <= set(schema["properties"])
        for name, value in table.items():
            conforms(value, schema["properties"].get(name, {"type": next(k for k, v in TYPES.items() if isinstance(value, v))}))
    for item in table if schema["type"] == "array" else ():
        conforms(item, schema["items"])


def test_rows_conform_to_the_schema():
    lines = results.to_jsonl(ROWS, {"commit": "c", "compilers": {}, "images": {}}).splitlines()
    conforms(json.loads(lines[0]), SCHEMA["$defs"]["header"])
    for line in lines[1:]:
        conforms(json.loads(line), SCHEMA["$defs"]["row"])


@settings(deadline=None, derandomize=True)
@given(some.permutations(ROWS))
def test_order_of_running_does_not_show(order):
    assert results.to_jsonl(order, {}) == results.to_jsonl(ROWS, {})
    assert results.to_junit(order) == results.to_junit(ROWS)


def test_requirements_are_shown_by_release_and_host_tools_alone():
    assert results.shown(ROWS) == {"S4-05", "S0-01"}


def test_an_expected_failure_is_not_counted_as_one():
    assert results.summary(ROWS).startswith("3 pass, 1 fail, 1 fail as expected;")


def test_junit_counts_a_pass_that_should_have_failed():
    surprise = Row("t::y", "pass", expected_failure=True)
    suite = ElementTree.fromstring(results.to_junit([surprise])).find("testsuite")
    assert suite.get("failures") == str(len(suite.findall("testcase/failure"))) == "1"


def test_junit_counts():
    suite = ElementTree.fromstring(results.to_junit(ROWS)).find("testsuite")
    assert suite.attrib == {"name": "fencepost", "tests": "5", "failures": "1", "errors": "0", "skipped": "1"}


def report(when, outcome, **properties):
    return SimpleNamespace(nodeid="t", when=when, outcome=outcome, duration=0.1, user_properties=list(properties.items()))


def test_verdict_of_a_machine_wins_over_pytests_outcome():
    said = {"verdict": "crash", "reason": "d2", "board": "mps3-an536", "metric.a.b": "3 instructions"}
    row = rows.row("t", [report("setup", "passed", **said), report("call", "failed", **said)])
    assert (row.verdict, row.reason, row.metrics) == ("crash", "d2", (METRIC,))


def test_verdict_of_a_test_without_machine():
    passed, failed = report("setup", "passed"), report("call", "failed")
    assert rows.row("t", [passed, report("call", "passed")]).verdict == "pass"
    assert rows.row("t", [passed, failed]).verdict == "fail"
    assert rows.row("t", [report("setup", "failed")]).verdict == "error"
    skipped = SimpleNamespace(**vars(report("setup", "skipped")), longrepr=("file", 7, "Skipped: no board"))
    row = rows.row("t", [skipped])
    assert (row.verdict, row.reason) == ("skip", "no board")
    assert rows.row("t", [report("???", "failed")]).verdict == "error"   # a worker that died


def test_why_tests_were_skipped_is_told_the_most_frequent_reasons_first():
    made = [Row(f"t{n}", "skip", reason) for n, reason in enumerate(["no TCM", "slots", "slots", "", "one", "two"])] + [Row("p", "pass")]
    assert results.skips(made, most=2) == ["skipped 2: slots", "skipped 1: no TCM", "skipped 3: for 3 more reasons"]
    assert "skipped 1: no reason was given" in results.skips(made) and results.skips([Row("p", "pass")]) == []

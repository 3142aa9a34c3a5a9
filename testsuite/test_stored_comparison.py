# SPDX-License-Identifier: Apache-2.0
"""The comparison that compare.json holds is the one it was made from."""
import json

import pytest
from hypothesis import given, settings, strategies as st

from bench import output, plots, stored_comparison
from testsuite.made_up import IDENTITY, MODEL, made_up
from tool.exitcodes import UsageError

TABLE = output.as_json(made_up(), MODEL, IDENTITY)


def test_what_is_read_back_gives_the_same_numbers_and_pictures():
    found = stored_comparison.parse(json.dumps(TABLE), "compare.json")
    assert output.rows(found.data, found.model) == TABLE["rows"]
    assert [vars(one) for one in found.data.missing] == TABLE["not_measured"]
    assert plots.all_plots(found.data, found.model) == plots.all_plots(made_up(), MODEL)
    assert (found.verdict, list(found.break_even)) == (TABLE["verdict"], TABLE["break_even"])
    assert found.identity == IDENTITY


@settings(max_examples=50, deadline=None)
@given(st.recursive(st.none() | st.integers() | st.text(max_size=8), lambda inner: st.dictionaries(st.text(max_size=8), inner, max_size=3)
                    | st.lists(inner, max_size=3), max_leaves=6),
       st.sampled_from(sorted(TABLE)))
def test_any_other_table_is_refused_with_the_remedy(value, key):
    try:
        stored_comparison.parse(json.dumps({**TABLE, key: value}), "compare.json")
    except UsageError as error:
        assert str(error).startswith("compare.json: ") and "./fencepost compare" in str(error)


def test_no_file_is_no_comparison(tmp_path):
    assert stored_comparison.load(tmp_path / "compare.json", "compare.json") is None
    with pytest.raises(UsageError, match="schema 9 is not"):
        stored_comparison.parse(json.dumps({**TABLE, "schema": 9}), "compare.json")

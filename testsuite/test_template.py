# SPDX-License-Identifier: Apache-2.0
"""What every page is made by: text stays text, and a name that nobody gave is an error, not an empty place."""
import jinja2
import pytest

from tool import template


def page(folder, text, **names):
    return template.environment(folder).from_string(text).render(**names)


def test_a_name_that_a_page_does_not_know_is_an_error(tmp_path):
    for text in ("{{ total }}", "{% if total %}{% endif %}", "{% for row in total %}{% endfor %}", "{{ row.total }}"):
        with pytest.raises(jinja2.UndefinedError, match="total"):
            page(tmp_path, text, row={})


def test_text_is_never_markup(tmp_path):
    assert page(tmp_path, "{{ name }}", name="<b>&") == "&lt;b&gt;&amp;"

# SPDX-License-Identifier: Apache-2.0
"""The page: what must be on it, that it needs nothing beside it, that no text of a guest becomes markup."""
import argparse
import json
import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings, strategies as st

from testsuite import made_up_report as made
from testsuite.made_up_report import everything, guest, nothing
from tool import paths
from tool.exitcodes import Exit, UsageError
from tool.report import matrix, private, render, sources
from tool.report import html as kind
from tool.results import Row

VOID = {"meta", "br", "wbr", "path", "use", "rect", "circle", "polygon", "image"}
SIZE = 3 << 20
WORDS = ("pass", "fail", "skip", "error", "crash", "timeout")


class Page(HTMLParser):
    """What a browser would see."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.words, self.attributes, self.depth = Counter(), Counter(), [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        found = dict(attrs)
        self.attributes.append((tag, found))
        self.ids.update([found["id"]] if "id" in found else [])
        self.links += [found[name] for name in ("href", "src", "xlink:href", "data", "action") if name in found]

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return "".join(self.words)


@pytest.fixture(scope="module")
def whole():
    return render.html(everything())


def test_every_section_is_there_and_filled(whole):
    page = Page(whole)
    assert [found["id"] for tag, found in page.attributes if tag == "section"] == list(render.TITLES)
    assert [link[1:] for link in page.links[:len(render.TITLES)]] == list(render.TITLES)
    for words in ("7 tests: 1 crash, 4 pass, 1 fail as expected, 1 skip", "CRASH: ",
                  "<b>boom</b>", "evtchn_send", "irq.to_guest", "last moved by", "core/evtchn.c", "95.0", "core/evtchn.c:7", "branch taken", "unreachable",
                  "1 of 2 requirements shown", "S0-02", "evtchn.<send>", "0 rows are not explained", "against xen-4.20", "9.2", "tests finished", "other tools", "no host"):
        assert words in page.text, words
    for said in (made.comparison().answer, made.comparison().verdict):
        assert said.replace("`", "") in page.text
    assert "Not in this report" not in page.text


def test_it_needs_nothing_beside_it(whole):
    page = Page(whole)
    assert all(link.startswith("#") for link in page.links)
    assert not {"link", "script", "img", "iframe", "object", "base", "form"} & set(page.tags)
    assert re.findall(r"(?:https?:)?//[\w.]+", re.sub(r'xmlns(?::\w+)?="[^"]*"|<!DOCTYPE[^>]*>', "", whole)) == []
    assert "@import" not in whole and re.findall(r"url\((?!#)", whole) == []
    assert len(whole.encode()) < SIZE


def test_pictures_have_words_and_ids_are_of_one_thing(whole):
    page = Page(whole)
    assert page.tags["figure"] == page.tags["figcaption"] == page.tags["svg"] >= 14
    assert all(found.get("aria-label") for _, found in page.attributes if found.get("role") == "img")
    assert [name for name, amount in page.ids.items() if amount > 1] == []
    assert {link[1:] for link in page.links} <= set(page.ids)


def test_equal_results_make_equal_pages(whole):
    assert render.html(everything()) == whole
    plain = nothing(run=made.run())
    assert "2026-01-01" in render.html(plain) and "2026-01-01" not in render.html(plain, finished=False)


def test_what_is_not_stored_is_named_with_its_command():
    page = Page(render.html(nothing()))
    assert page.text.count("Not in this report") == 1
    for name in ("run", "trace", "comparison", "profile", "past", "coverage", "targets", "against"):
        assert page.text.count(f"./fencepost make {name}") >= 2, name
    assert page.tags["figure"] == 0 and "no verdicts" in page.text


def test_a_file_that_cannot_be_read_says_why_instead_of_an_empty_section(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "REPORT", tmp_path)
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    (tmp_path / "compare.json").write_text("{}")
    paths.last_coverage(made.BOARD).parent.mkdir()
    paths.last_coverage(made.BOARD).write_text('{"schema": "x"}')
    found = {one.what: one for one in sources.gather(made.BOARD).missing}
    assert found["comparison"].reason.startswith(f"{tmp_path}/compare.json: KeyError: ")
    assert "not fencepost-coverage version 1" in found["coverage"].reason and found["verdicts"].reason.startswith("no results for")
    assert found["hot functions"] == sources.Missing("hot functions", "./fencepost bench --profile")


def test_parts_of_different_images_are_told():
    other = made.run(images={made.IMAGE: "f" * 64})
    said = "different images: verdicts ffffffffffffffff, {} 0123456789abcdef"
    (told,) = render.warnings(nothing(run=other, comparison=made.comparison()))
    assert told.endswith(said.format("comparison"))
    assert said.format("hot functions") in Page(render.html(nothing(run=other, profile=made.profile()))).text
    assert render.warnings(everything()) == []


def page_with(text):
    row = guest("abi", "t", "fail", reason=text)
    return Page(render.html(nothing(
        run=made.run(row, commit=text, images={text: text}), failures={row.test: text}, trace=made.made_trace(),
        profile=made.profile(text), past=made.past(text, text, names=("m",)), coverage=made.coverage(text))))


PLAIN = page_with("plain")


@settings(made.CALM, max_examples=60)
@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1) | st.sampled_from(
    ["</pre><script>alert(1)</script>", "<img src=x onerror=y>", "&lt;b&gt;", "{{ 7 * 7 }}", "$x^2$", "\"'><svg/onload=1>"]))
def test_no_text_becomes_markup(text):
    """Of a console, a reason, a subject, a function, a file, a commit."""
    page = page_with(text)
    assert page.tags - Counter({"wbr": page.tags["wbr"]}) == PLAIN.tags - Counter({"wbr": PLAIN.tags["wbr"]})
    assert page.text.count(text) >= 5


def test_long_consoles_and_many_failures_are_cut():
    rows = [guest("abi", f"t{number}", "fail") for number in range(70)]
    found = nothing(run=made.run(*rows), failures={row.test: "x" * 100_000 + "the end" for row in rows})
    text = render.html(found)
    assert len(text) < 1 << 20 and text.count("the end</pre>") == render.FAILURES_SHOWN
    assert "20 more, named in the results" in text


# ---- the matrix

def made_rows():
    row = st.builds(lambda suite, verdict, strategy, image, expected: guest(
        suite, "t", verdict, strategy, image, expected_failure=expected), st.sampled_from("abc"), st.sampled_from(WORDS),
        st.sampled_from(["window", "mask"]), st.sampled_from(["release", "checked"]), st.booleans())
    return st.lists(row | st.builds(lambda verdict: Row("testsuite/test_a.py::t", verdict), st.sampled_from(WORDS)))


@made.CALM
@given(made_rows())
def test_every_row_is_counted_once_and_what_failed_comes_first(rows):
    found = [matrix.guests(rows), matrix.tools(rows)]
    assert sum(line.total.total for one in found for line in one.lines) == len(rows)
    for one in found:
        assert all(sum(cell.total for cell in line.cells) == line.total.total for line in one.lines)
        red = [line.total.red for line in one.lines]
        assert red == sorted(red, reverse=True)
    assert sum(line.total.red for one in found for line in one.lines) == len(matrix.failed(rows))


def test_an_expected_failure_is_none_and_a_pass_instead_of_it_is_one():
    rows = [guest("a", "t", "fail", expected_failure=True), guest("a", "u", "pass", expected_failure=True)]
    assert [matrix.word(row) for row in rows] == ["fail as expected", "passes unexpectedly"]
    assert matrix.failed(rows) == [rows[1]]
    assert matrix.guests(rows).lines[0].total.text == "1 passes unexpectedly, 1 fail as expected"


# ---- what nobody else should see

def test_a_failure_shows_no_path_of_this_machine():
    row = guest("abi", "t", "fail", reason=f"{paths.ROOT}/a.c:1: no")
    text = render.html(nothing(run=made.run(row), failures={row.test: f"at {paths.ROOT}/guests/a.c:3"}))
    assert "at ./guests/a.c:3" in text and "./a.c:1: no" in text and private.leaks(text) == []


@pytest.mark.parametrize("text, plain", [
    ("{root}/guests/a.c:3", "./guests/a.c:3"), ("in {root}", "in ."), ("{root}x", "{root}x"), ("~{home}", "~{home}"),
    ("{home}/x", "~/x"), ("{temp}/pytest-of-joe/pytest-1", "TMP/pytest-of-user/pytest-1"), ("a{temp}/b", "a{temp}/b")])
def test_paths_of_this_machine_are_taken_out(text, plain, monkeypatch, tmp_path):
    monkeypatch.setattr(private, "_folders", lambda: [("/some/where/root", "."), ("/some/home", "~"), ("/the/tmp", "TMP")])
    words = {"root": "/some/where/root", "home": "/some/home", "temp": "/the/tmp"}
    assert private.plain(text.format(**words)) == plain.format(**words)


# ---- the verb

def test_the_verb_writes_the_page_and_says_what_is_missing(tmp_path, monkeypatch, capsys):
    absent = sources.Missing("coverage", "./fencepost x")
    monkeypatch.setattr(sources, "gather", lambda board, folder: everything(coverage=absent))
    parser = argparse.ArgumentParser()
    kind.add_arguments(parser)
    out = tmp_path / "new" / "page.html"
    assert kind.main(parser.parse_args(["--out", str(out)])) == Exit.FINE
    assert "not in it: coverage: not recorded; run ./fencepost x" in capsys.readouterr().out
    assert out.stat().st_size > 100_000
    monkeypatch.setattr(sources, "gather", lambda board, folder: everything(comparison=absent, past=absent))   # no pictures
    assert kind.main(parser.parse_args(["--out", str(out), "--json", "-"])) == Exit.FINE
    table = json.loads(capsys.readouterr().out)
    assert table["tests"] == {"pass": 4, "crash": 1, "skip": 1, "fail as expected": 1}
    assert table["requirements_not_shown"] == ["S0-02"]
    assert table["matrix"][0]["suite"] == "abi" and table["failures"][0]["word"] == "crash"
    with pytest.raises(UsageError, match="--out "):
        kind.main(parser.parse_args(["--out", str(tmp_path)]))


FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--allow-file-access-from-files",
         "--hide-scrollbars", "--virtual-time-budget=2000", "--dump-dom")
PROBE = """<script>addEventListener("load", () => { const d = document.documentElement;
parent.postMessage(`${d.scrollWidth} of ${d.clientWidth};`, "*") })</script>"""
FRAME = '<iframe src="page.html" style="border:0;width:{}px;height:900px"></iframe>'
COLLECT = """<p id="sizes"></p><script>
addEventListener("message", event => document.getElementById("sizes").textContent += event.data)</script>"""


@pytest.mark.slow
def test_nothing_is_wider_than_the_window(whole, tmp_path):
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("chromium is not installed")
    (tmp_path / "page.html").write_text(whole.replace("</body>", PROBE + "</body>"))
    (tmp_path / "frame.html").write_text(COLLECT + FRAME.format(400) + FRAME.format(1280))
    done = subprocess.run([browser, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", f"file://{tmp_path}/frame.html"],
                          capture_output=True, text=True, timeout=120)
    assert "400 of 400;" in done.stdout and "1280 of 1280;" in done.stdout, done.stdout[-500:] + done.stderr[-500:]

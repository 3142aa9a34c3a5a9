# SPDX-License-Identifier: Apache-2.0
"""The documents: their links lead somewhere, their abbreviations are explained, every id is quoted by somebody."""
import fnmatch
import re

import pytest

from bench import metrics
from testsuite.plugin import COLLECTED
from tool import documents, paths, records, requirements

PAGES = sorted([*(paths.ROOT / "docs").glob("*.md"), paths.ROOT / "README.md", paths.ROOT / "hypervisor" / "README.md",
                paths.GUESTS / "README.md", paths.ROOT / "bench" / "METRICS.md"])
IDS = [paths.relative(page) for page in PAGES]
PLAIN = {"BENCH", "LOCAL", "README"}      # a macro, a bit, a file: no abbreviations


def words_of(page):
    """The page as read: no code, no comments, no targets of links."""
    text = "\n".join(documents.prose(page.read_text(encoding="utf-8")))
    return re.sub(r"<!--.*?-->|`[^`]*`|\]\([^)]*\)|[\w/]+\.md", " ", text, flags=re.S)


def abbreviations(text):
    """Words with two capitals or more, without an s of the plural and without the number of a register."""
    found = set(re.findall(r"(?<![\w.–-])[A-Za-z]*[A-Z][A-Za-z0-9]*[A-Z][A-Za-z0-9]*(?!\w)", text))
    return {re.sub(r"s$", "", word) for word in found} - PLAIN


def explained():
    text = words_of(paths.ROOT / "docs" / "glossary.md")
    return abbreviations(text)


def names_of_the_sources():
    """Registers and their fields, which hypervisor/README.md speaks of as the code does."""
    files = (paths.ROOT / "hypervisor").rglob("*.[chS]")
    words = {word for file in files for word in re.findall(r"\w+", file.read_text(encoding="utf-8"))}
    return {part for word in words for part in word.split("_")}


@pytest.mark.requirement("S0-26")
@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_abbreviation_is_in_the_glossary(page):
    known = explained() | (names_of_the_sources() if page.parent.name == "hypervisor" else set())
    assert {word for word in abbreviations(words_of(page))
            if word not in known and word.rstrip("0123456789") not in known} == set()


def test_no_page_has_a_merge_in_it():
    assert [f"{name}: {line}" for name, page in zip(IDS, PAGES, strict=True) for line in page.read_text(encoding="utf-8").splitlines()
            if re.match(r"(<{7}|>{7}|={7}$)", line)] == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_lead_somewhere(page):
    text = "\n".join(documents.prose(page.read_text(encoding="utf-8")))
    wrong = []
    for target in re.findall(r"\]\(([^)]+)\)", text):
        file, _, heading = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        if "://" in target:
            continue
        if not there.is_file() or (heading and heading not in documents.anchors(there.read_text(encoding="utf-8"))):
            wrong.append(target)
    assert wrong == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "METRICS.md"], ids=paths.relative)
def test_metrics_that_are_named_exist(page):
    """`view.switch.<N>`, or a group: `evtchn.send.*`."""
    names = [name for metric in metrics.load() for name in (metric.name, metric.bench)]
    groups = {name.partition(".")[0] for name in names} - {"window"}
    said = re.findall(r"`([a-z]+\.[\w.<>*]+)`", "\n".join(documents.prose(page.read_text(encoding="utf-8"))))
    wanted = {name for name in said
              if name.partition(".")[0] in groups and not re.search(r"\.(?:c|h|S|toml|py|md)$", name)}
    assert [name for name in wanted
            if not any(fnmatch.fnmatchcase(one, name) or one.startswith(f"{name}.") for one in names)] == []


@pytest.mark.parametrize("named", [row for row in requirements.load().values() if row.chapter], ids=lambda row: row.id)
def test_the_chapter_that_answers_a_requirement_exists(named):
    assert documents.missing(named.chapter, paths.ROOT) == ""


def test_every_property_that_the_checker_knows_is_in_the_bindings():
    """And no other one: a reader trusts the page."""
    sources = [file for file in sorted((paths.ROOT / "hypervisor" / "syscfg").glob("*.c")) if file.name != "guest_tree.c"]
    known = {word for file in sources
             for word in re.findall(r'"((?:fencepost|xen),[\w-]+)"', file.read_text(encoding="utf-8"))}
    said = set(re.findall(r'[`"]((?:fencepost|xen),[\w-]+)', (paths.ROOT / "docs" / "bindings.md").read_text(encoding="utf-8")))
    assert (sorted(known - said), sorted(said - known)) == ([], [])


@pytest.mark.requirement("S1-17")
def test_every_id_is_quoted_by_a_test_a_bench_or_a_chapter(request):
    """Of this board; what comes of it is for `./fencepost report trace` to say."""
    board = request.config.getoption("--board")
    images = [*paths.suites(board, "release"), *(paths.BUILD / f"{board}-release" / "bench" / "guests").glob("*.elf")]
    quoted = {name for image in images for one in records.read(image) for name in one.ids}
    quoted |= {name for ids in request.config.stash[COLLECTED].values() for name in ids}
    if not any(test.startswith("testsuite/test_syscfg") for test in request.config.stash[COLLECTED]):
        pytest.skip("only a part of the suite was asked for")
    assert [row.id for row in requirements.load().values()
            if row.on(board) and row.id not in quoted and not row.chapter] == []

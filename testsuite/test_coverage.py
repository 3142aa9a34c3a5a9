# SPDX-License-Identifier: Apache-2.0
"""Coverage without a machine: reading code, marks, exclusions, folding, words."""
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tool import paths
from tool.coverage import code, document, fold, image, rules, store, text
from tool.coverage.code import Branch, Instruction, Isa, Condition
from tool.coverage.image import Code, Place, Site
from tool.coverage.rules import Direction, Rule
from tool.coverage.store import Directions, Marks
from tool.exitcodes import UsageError
from tool.suite import pytest_arguments

BOARD = "mps3-an536"


# ---- reading code

def first(isa: Isa, *words: int, address: int = 0x1000) -> Instruction:
    size = 2 if isa is Isa.T32 else 4
    return next(code.walk(address, b"".join(word.to_bytes(size, "little") for word in words), isa))


@pytest.mark.parametrize("isa, word, branch", [
    (Isa.A32, 0x1A000001, Branch(Condition.FLAGS, 1, 0x100C)),           # bne .+12
    (Isa.A32, 0x0BFFFFFE, Branch(Condition.FLAGS, 0, 0x1000)),           # bleq .
    (Isa.A32, 0xEA000001, None),                                    # b .+12
    (Isa.A32, 0x012FFF1E, Branch(Condition.FLAGS, 0, None)),             # bxeq lr
    (Isa.A32, 0x112FFF33, Branch(Condition.FLAGS, 1, None)),             # blxne r3
    (Isa.A32, 0x08BD8010, Branch(Condition.FLAGS, 0, None)),             # popeq {r4, pc}
    (Isa.A32, 0x08BD0010, None),                                    # popeq {r4}
    (Isa.A32, 0x049DF004, Branch(Condition.FLAGS, 0, None)),             # popeq {pc}
    (Isa.A32, 0x179FF101, Branch(Condition.FLAGS, 1, None)),             # ldrne pc, [pc, r1, lsl #2]
    (Isa.A32, 0x01A0F00E, Branch(Condition.FLAGS, 0, None)),             # moveq pc, lr
    (Isa.A32, 0x11A0000E, None),                                    # movne r0, lr
    (Isa.A32, 0x0350F000, None),                                    # cmpeq r0, #0: no destination there
    (Isa.A32, 0x0160006E, Branch(Condition.FLAGS, 0, None)),             # ereteq
    (Isa.A32, 0x0001F291, None),                                    # muleq r1, r1, r2 (SBZ 15)
    (Isa.A32, 0xF57FF06F, None),                                    # isb
    (Isa.A64, 0x54000041, Branch(Condition.FLAGS, 1, 0x1008)),           # b.ne .+8
    (Isa.A64, 0x5400004E, None),                                    # b.al
    (Isa.A64, 0xB4FFFFE3, Branch(Condition.ZERO, 3, 0xFFC)),             # cbz x3, .-4
    (Isa.A64, 0x35000043, Branch(Condition.NOT_ZERO, 3, 0x1008, narrow=True)),   # cbnz w3, .+8
    (Isa.A64, 0x36280044, Branch(Condition.BIT_0, 4, 0x1008, bit=5)),    # tbz w4, #5, .+8
    (Isa.A64, 0xB7F80044, Branch(Condition.BIT_1, 4, 0x1008, bit=63)),   # tbnz x4, #63, .+8
    (Isa.A64, 0x14000002, None),                                    # b .+8
    (Isa.A64, 0xD65F03C0, None),                                    # ret
])
def test_branches_by_the_manual(isa, word, branch):
    assert first(isa, word).branch == branch


@pytest.mark.parametrize("halfwords, branch", [
    ([0xD002], Branch(Condition.FLAGS, 0, 0x1008)),                      # beq.n
    ([0xDE00], None), ([0xDF00], None),                             # udf, svc
    ([0xB10B], Branch(Condition.ZERO, 3, 0x1006, narrow=True)),          # cbz r3, .+6
    ([0xBB0B], Branch(Condition.NOT_ZERO, 3, 0x1046, narrow=True)),      # cbnz r3, .+70
    ([0xF43F, 0xAFFE], Branch(Condition.FLAGS, 0, 0x1000)),              # beq.w .
    ([0xF000, 0xB800], None),                                       # b.w
    ([0xF3BF, 0x8F6F], None),                                       # isb
    ([0x4770], None), ([0xBD10], None),                             # bx lr, pop {r4, pc}: nothing makes them conditional
])
def test_thumb_branches_by_the_manual(halfwords, branch):
    found = first(Isa.T32, *halfwords)
    assert (found.branch, found.size) == (branch, 2 * len(halfwords))


@pytest.mark.parametrize("halfwords, wanted", [
    ([0xBF08, 0x4770], (0, None)),                                  # it eq; bxeq lr
    ([0xBF18, 0xBD10], (1, None)),                                  # it ne; popne {r4, pc}
    ([0xBF0C, 0x2001, 0x4770], (1, None)),                          # ite eq; moveq r0, #1; bxne lr
    ([0xBF08, 0xE7FE], (0, 0x1002)),                                # it eq; beq .
    ([0xBF08, 0xF7FF, 0xFFFE], (0, 0x1002)),                        # it eq; bleq .
    ([0xBF08, 0xF8DF, 0xF004], (0, None)),                          # it eq; ldreq.w pc, [pc, #4]
    ([0xBF08, 0xE8BD, 0x8010], (0, None)),                          # it eq; popeq.w {r4, pc}
    ([0xBF08, 0x4687], (0, None)),                                  # it eq; moveq pc, r0
    ([0xBF08, 0x2001], None),                                       # it eq; moveq r0, #1
    ([0xBF08, 0x2001, 0x4770], None),                               # it eq; moveq r0, #1 | bx lr
])
def test_what_an_it_block_makes_conditional(halfwords, wanted):
    data = b"".join(word.to_bytes(2, "little") for word in halfwords)
    *_, last = code.walk(0x1000, data, Isa.T32)
    assert last.branch == (Branch(Condition.FLAGS, *wanted) if wanted else None)


@given(st.binary(max_size=200), st.sampled_from(list(Isa)))
def test_any_bytes_are_tiled_by_instructions(data, isa):
    at = 0x1000
    for instruction in code.walk(at, data, isa):
        assert instruction.address == at
        at = instruction.next
    assert 0x1000 + len(data) - at < (2 if isa is Isa.T32 else 4)


def test_data_between_code_is_no_code():
    symbols = [("$a", 0x10), ("$d", 0x18), ("$t.7", 0x20), ("$d.1", 0x24), ("$x", 0x40), ("$abc", 0x22), ("name", 0x12)]
    assert list(code.spans(symbols, 0x10, 0x30)) == [(0x10, 0x18, Isa.A32), (0x20, 0x24, Isa.T32)]


@pytest.mark.parametrize("halfwords, at, padding", [
    ([0x4770, 0xBF00], 2, True),            # bx lr, and a literal pool follows
    ([0xBF00, 0x4770], 0, False),           # in the midst of code
    ([0x4770, 0x2000, 0xBF00], 4, False),   # what follows is not aligned by it
    ([0x4778, 0xE7FD, 0xE7FD], 2, True),    # the filler of a veneer
    ([0x2000, 0xE7FD, 0xE7FD], 2, False),
    ([0x4770, 0x2000], 2, False),
])
def test_padding_is_no_code(halfwords, at, padding):
    data = b"".join(word.to_bytes(2, "little") for word in halfwords)
    assert code.is_padding(0x1000, data, at, Isa.T32) == padding
    assert not code.is_padding(0x1000, data, at, Isa.A32)


_CONDITIONS = "eq ne cs cc hs lo mi pl vs vc hi ls ge lt gt le".split()
_CONDITIONAL = re.compile(rf"(?:(?:b|bl|bx|blx)(?:{'|'.join(_CONDITIONS)})|cbn?z)(?:\.[nw])?")
_RETURN = re.compile(rf"(?:pop|ldm\w*|ldr|mov|add)(?:{'|'.join(_CONDITIONS)})(?:\.[nw])?")


@pytest.mark.parametrize("kind", paths.KINDS)
def test_the_disassembler_sees_the_same_instructions_and_branches(kind):
    """Every instruction, every conditional branch and its target, in the whole image."""
    file = paths.hypervisor(BOARD, kind)
    if not file.is_file():
        pytest.skip("MISSING: the image is not built (./fencepost test builds it)")
    done = subprocess.run(["arm-none-eabi-objdump", "-d", "--no-show-raw-insn", file], capture_output=True, text=True, check=True)
    found: dict[int, tuple[str, str]] = {}
    for line in done.stdout.splitlines():
        if (match := re.match(r"\s*([0-9a-f]+):\s+([^.\s]\S*)\s*(.*)", line)) is not None:
            found[int(match[1], 16)] = (match[2], match[3])
    read = image.read(file)
    mine = {site.address: site for site in read.sites}
    assert set(mine) <= set(found)
    assert all(found[address][0] == "nop" or found[address - 2] == ("bx", "pc") for address in set(found) - set(mine))
    branches = {address for address in mine for name, operands in [found[address]]
                if _CONDITIONAL.fullmatch(name) or _RETURN.fullmatch(name) and re.match(r"pc,|.*[{ ]pc}", operands)}
    assert {site.address for site in read.branches()} == branches and len(branches) > 1000
    for site in read.branches():
        told = re.search(r"\b([0-9a-f]{8})\b", found[site.address][1])
        assert site.instruction.branch.target == (int(told[1], 16) if told else None), hex(site.address)
    assert all(site.function for site in read.sites)
    assert all((paths.ROOT / site.place.file).is_file() for site in read.sites if site.place.file != image.NO_FILE)


# ---- a made-up image: f falls into a conditional branch over g's call; g is a return by itself

SHA = "ab" * 32
LINES = {1: "if (wrong)", 2: "    panic();", 3: "done();", 9: "return;"}


def site(address: int, line: int, function: str, branch: Branch | None = None) -> Site:
    return Site(Instruction(address, 4, branch), Place("hypervisor/f.c", line), function)


MADE_UP = Code(Path("made-up.elf"), SHA, 0x100, 0x120, (
    site(0x100, 1, "f"), site(0x104, 1, "f", Branch(Condition.FLAGS, 1, 0x110)),
    site(0x108, 2, "f"), site(0x10C, 2, "f"), site(0x110, 3, "f"), site(0x114, 9, "g"), site(0x118, 9, "g")))


def line_of(place: Place) -> str:
    return LINES.get(place.line, "")


def marks(executed: set[int], passed: bool = False, taken: bool = False) -> Marks:
    return Marks(SHA, frozenset(executed), {0x104: Directions(passed, taken)})


NORMAL = marks({0x100, 0x104, 0x110}, taken=True)


def folded(seen: Marks, *chosen: Rule, kind: str = "release") -> fold.Coverage:
    return fold.fold(kind, MADE_UP, seen, chosen, line_of)


def test_an_empty_map_is_read_back():
    seen = store.parse(store.empty(MADE_UP))
    assert seen == Marks(SHA, frozenset(), {0x104: Directions()})


def test_marks_are_read_where_the_plugin_puts_them():
    data = bytearray(store.empty(MADE_UP))
    data[64 + 16 + (0x10C - 0x100) // 2] = 1
    data[-1] = 1
    assert store.parse(bytes(data)) == Marks(SHA, frozenset({0x10C}), {0x104: Directions(taken=True)})


@pytest.mark.parametrize("spoil", [lambda d: d[:-1], lambda d: d + b"\0", lambda d: b"X" + d[1:], lambda d: b"", lambda d: d[:40]])
def test_what_is_no_map_is_refused(spoil, tmp_path):
    (tmp_path / "a.map").write_bytes(spoil(store.empty(MADE_UP)))
    with pytest.raises(UsageError, match="a.map"):
        store.read(tmp_path / "a.map")


def test_merging_adds_up_and_refuses_another_image():
    one, two = marks({0x100}, passed=True), marks({0x110}, taken=True)
    assert store.merge([one, two]) == marks({0x100, 0x110}, passed=True, taken=True)
    assert store.merge([one]) == one
    with pytest.raises(UsageError, match="cannot be merged"):
        store.merge([one, replace(two, sha256="cd" * 32)])


def test_contradictions_are_told():
    assert store.contradictions(MADE_UP, NORMAL) == []
    assert "no instruction" in store.contradictions(MADE_UP, marks({0x102}))[0]
    assert "differ" in store.contradictions(MADE_UP, marks(set(), taken=True))[0]
    assert "differ" in store.contradictions(MADE_UP, marks({0x104}))[0]
    assert "not of" in store.contradictions(MADE_UP, replace(NORMAL, sha256="cd" * 32))[0]


# ---- folding

def test_a_function_that_never_runs_is_missing():
    found = folded(NORMAL)
    assert found.instructions == fold.Tally(7, 3, 0) and found.directions == fold.Tally(2, 1, 0)
    assert [(gap.function, gap.lines, gap.address, gap.instructions) for gap in found.gaps] == [
        ("f", (2,), 0x108, 2), ("g", (9,), 0x114, 2)]
    assert [(one.address, one.direction) for one in found.undecided] == [(0x104, Direction.PASSED)]


def test_a_gap_ends_at_a_function_and_at_what_ran():
    found = folded(marks({0x100, 0x104, 0x10C}, passed=True))
    assert [(gap.function, gap.address, gap.instructions) for gap in found.gaps] == [
        ("f", 0x108, 1), ("f", 0x110, 1), ("g", 0x114, 2)]


def test_an_exclusion_takes_its_code_and_the_way_to_it():
    found = folded(NORMAL, Rule(1, "never", file="hypervisor/f.c", source="panic()"), Rule(2, "old", function="g"))
    assert found.instructions == fold.Tally(7, 3, 4) and found.directions == fold.Tally(2, 1, 1)
    assert [(use.instructions, use.directions, use.covered) for use in found.uses] == [(2, 1, 0), (2, 0, 0)]
    assert document.findings([found]) == []


def test_an_excluded_direction_is_that_direction_alone():
    never = Rule(1, "cannot", function="f", source="if (wrong)", direction=Direction.PASSED)
    found = folded(NORMAL, never)
    assert found.directions == fold.Tally(2, 1, 1) and found.instructions == fold.Tally(7, 3, 0)
    other = folded(NORMAL, replace(never, direction=Direction.TAKEN))
    assert other.directions == fold.Tally(2, 1, 0) and other.uses[0].stale and other.uses[0].covered == 1


def test_a_stale_exclusion_is_a_finding_and_says_which_kind():
    all_ran = marks({0x100, 0x104, 0x108, 0x10C, 0x110, 0x114, 0x118}, True, True)
    found = document.findings([folded(all_ran, Rule(1, "r", function="g"), Rule(2, "r", function="h"))])
    assert found == ["exclude 1 (g()) names only what is covered: take it out", "exclude 2 (h()) names no code: take it out"]


def test_an_exclusion_of_one_image_is_not_stale_in_the_other():
    only = Rule(1, "r", function="g", images=("checked",))
    release, checked = folded(NORMAL, only), folded(NORMAL, only, kind="checked")
    assert release.uses == () and release.instructions.excluded == 0
    assert document.stale([release, checked]) == []


def test_what_an_exclusion_names_and_is_covered_is_told():
    found = folded(NORMAL, Rule(1, "broad", function="f"))
    assert (found.uses[0].instructions, found.uses[0].covered) == (2, 4)
    assert "4 covered after all" in text.exclusions(made(found, True)["images"][0])[0]


def made(found: fold.Coverage, complete: bool) -> dict:
    return document.make(BOARD, complete, "c0ffee", [found], line_of)


def test_missing_code_is_a_finding_of_a_whole_run_alone():
    assert made(folded(NORMAL), False)["findings"] == []
    assert made(folded(NORMAL), True)["findings"] == [
        "release: 4 instructions are neither covered nor excluded",
        "release: of the branch directions 50.0 % are covered or excluded, 95 % are wanted"]


def test_the_checked_image_is_told_and_not_judged():
    checked = folded(NORMAL, kind="checked")
    assert checked.instructions.missing and document.findings([checked]) == []
    assert any("f.c" in line for line in text.of_run(made(checked, True), "here"))


def test_percent_is_rounded_down():
    assert (document.percent(9999, 10000), document.percent(1, 3), document.percent(0, 0)) == (99.9, 33.3, 100.0)


def test_a_reader_sees_the_rows_the_sums_and_the_lines():
    words = "\n".join(text.stored(made(folded(NORMAL), True), "here", ["release"], brief=False))
    for part in ("board mps3-an536; commit c0ffee; the whole suite; here", "hypervisor/f.c           3/7  42.8",
                 "instructions 3 of 7 (42.8 %), excluded 0, missing 4; directions 1 of 2 (50.0 %), excluded 0, missing 1",
                 "hypervisor/f.c:9: g: 2 instructions from 0x114", "        9 return;",
                 "hypervisor/f.c:1: f: branch at 0x104 never passed", "finding: release: 4 instructions"):
        assert part in words, words
    brief = "\n".join(text.stored(made(folded(NORMAL), True), "here", ["release"], brief=True))
    assert "never passed" not in brief and "3/7" in brief
    assert "3/7" not in "\n".join(text.stored(made(folded(NORMAL), True), "here", ["checked"], brief=False))


def test_a_partial_run_says_so_and_an_idle_image_has_no_table():
    words = text.of_run(made(folded(marks(set())), False), "here")
    assert "coverage of release: nothing of it ran" in words and any("only a part" in word for word in words)


# ---- exclusions as they are written

def test_an_exclusion_is_read():
    (rule,) = rules.parse('[[exclude]]\nfunction = "f*"\nsource = "x"\ndirection = "taken"\nimages = ["release"]\nreason = "r"\n', "c")
    assert rule == Rule(1, "r", function="f*", source="x", direction=Direction.TAKEN, images=("release",))
    assert rule.matches_place("fog", "any", "xyz") and not rule.matches_place("fog", "any", "y")
    assert rules.parse("", "c") == ()


@pytest.mark.parametrize("words, told", [
    ('function = "f"', "without a reason"),
    ('source = "x"\nreason = "r"', "neither a function nor a file"),
    ('function = "f"\nreason = ""', "reason = ''"),
    ('function = 3\nreason = "r"', "function = 3"),
    ('function = "f"\nreason = "r"\nline = 3', "unknown word 'line'"),
    ('function = "f"\nreason = "r"\ndirection = "left"', "direction = 'left'"),
    ("function = ", "c.toml: "),
])
def test_a_wrong_exclusion_is_refused_with_its_number(words, told):
    good = '[[exclude]]\nfunction = "g"\nreason = "r"\n'
    with pytest.raises(UsageError, match=re.escape(told)) as refused:
        rules.parse(f"{good}[[exclude]]\n{words}\n", "c.toml")
    assert "exclude 2" in str(refused.value) or told == "c.toml: "


@pytest.mark.parametrize("words, told", [('[include]\nx = 1', "include"), ("exclude = 3", "[[exclude]]"), ("exclude = [3]", "not a table")])
def test_another_table_is_refused(words, told):
    with pytest.raises(UsageError, match=re.escape(told)):
        rules.parse(words, "c.toml")


def test_the_committed_exclusions_can_be_read():
    for rule in rules.read(paths.TESTSUITE / "coverage.toml"):
        assert set(rule.images) <= set(paths.KINDS)
        assert not rule.file or (paths.ROOT / rule.file).is_file(), rule


def test_coverage_is_no_abbreviation_of_collect_only():
    assert pytest_arguments(["--coverage"], 2, Path()) == ["-n", "2", "--coverage"]
    assert pytest_arguments(["--co"], 2, Path()) == ["--co"]

# SPDX-License-Identifier: Apache-2.0
"""Coverage on the emulator: a program whose every step is known, and the hypervisor with and without the plugin."""
import subprocess
from pathlib import Path

import pytest

from tool import board as boards
from tool import devicetree, machine, paths, records, strategy, system
from tool.coverage import image, run, store
from tool.coverage.store import Directions

BOARD = "mps3-an536"
NONCE = "0" * 16

# What it does is said by the names. CPU 1 goes another way and ends in a wait, while CPU 0 yields to it; CPU 0 prints
# the end line last, after a visit to SVC mode, whose instructions are not the hypervisor's.
PROGRAM = r"""
    .syntax unified
    .section .text.start, "ax", %progbits
    .arm
    .global image_entry
image_entry:
    mrc p15, 0, r0, c0, c0, 5
    ands r0, r0, #255
both_ways_over_the_cpus:
    bne only_cpu_1
    movs r0, #0
always_taken:
    beq 1f
never_reached:
    nop
1:  movs r1, #9
loop:
    yield
    subs r1, r1, #1
both_ways:
    bne loop
conditional_call_not_made:
    blne never_called
    bl returns_if_equal
    blx thumb_code
    ldr r0, =on_the_other_side
    msr elr_hyp, r0
    mov r0, #0x1d3
    msr spsr_hyp, r0
    adr r0, vectors
    mcr p15, 4, r0, c12, c0, 0
    isb
    eret

on_the_other_side:
    movs r0, #0
not_the_hypervisors:
    beq 1f
    nop
1:  hvc #0

    .balign 32
vectors:
    nop
    nop
    nop
    nop
    nop
    b say_the_end
    nop
    nop

say_the_end:
    ldr r0, =0xe0205000
    mov r1, #16
    str r1, [r0, #16]
    mov r1, #1
    str r1, [r0, #8]
    adr r2, text
1:  ldrb r3, [r2], #1
    cmp r3, #0
    beq 3f
2:  ldr r1, [r0, #4]
    tst r1, #1
    bne 2b
    str r3, [r0]
    b 1b
3:  wfi
    b 3b

    .type never_called, %function
never_called:
    bx lr
    .size never_called, . - never_called

returns_if_equal:
    cmp r0, #0
conditional_return:
    bxeq lr
    b returns_if_equal

only_cpu_1:
    wfi
    b only_cpu_1

    .balign 4
text:
    .asciz "(hv) END 0000000000000000 done\n"
    .balign 4
    .ltorg

    .thumb
    .thumb_func
thumb_code:
    movs r0, #0
zero_is_zero:
    cbz r0, 1f
    nop
1:  movs r3, #1
zero_is_not_nonzero:
    cbnz r0, 2f
    cmp r3, #1
    it ne
it_branch_not_made:
    bne 2f
    it eq
it_return:
    bxeq lr
2:  nop
    bx lr
"""


@pytest.fixture(scope="module")
def board() -> boards.Board:
    if not boards.presence(BOARD).present or not run.PLUGIN.is_file():
        pytest.skip(f"MISSING: {BOARD}: no emulator, or nothing built (./fencepost test builds it)")
    return boards.load(BOARD)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("program")
    (folder / "p.S").write_text(PROGRAM)
    (folder / "p.ld").write_text("SECTIONS { . = 0x10000000; .text : { *(.text.start) } }\n")
    subprocess.run(["arm-none-eabi-gcc", "-mcpu=cortex-r52", "-g", "-nostdlib", "-static", "-Wl,--build-id=none",
                    "-Wl,-e,image_entry", "-T", folder / "p.ld", folder / "p.S", "-o", folder / "p.elf"], check=True)
    return folder / "p.elf"


@pytest.fixture
def covered(monkeypatch, tmp_path):
    """Begins a run under coverage of some images; gives a function that reads the marks."""
    monkeypatch.delenv(run.VARIABLE, raising=False)

    def begin(**images: Path):
        run.begin(tmp_path, {kind: str(file) for kind, file in images.items()})
        monkeypatch.setenv(run.VARIABLE, str(tmp_path / run.FOLDER))
        return lambda kind: store.read(tmp_path / run.FOLDER / f"{kind}.map")
    yield begin
    run.end()


def boot(board: boards.Board, program: Path, folder: Path, cpus: int) -> None:
    result = machine.run(machine.Machine(board, program, (), cpus, NONCE), folder)
    assert result.ended is machine.Ended.END_LINE, (result.ended, result.text, result.stderr)


@pytest.mark.parametrize("cpus", [1, 2])
def test_every_step_of_a_known_program_is_marked(board, program, covered, tmp_path, cpus):
    marks_of = covered(release=program)
    boot(board, program, tmp_path / "run", cpus)
    marks, code = marks_of("release"), image.read(program)
    assert store.contradictions(code, marks) == []
    at = labels(program)
    seen = {label: marks.directions[address] for label, address in at.items() if address in marks.directions}
    both, taken, passed, neither = Directions(True, True), Directions(taken=True), Directions(passed=True), Directions()
    assert seen == {"both_ways_over_the_cpus": both if cpus == 2 else passed, "always_taken": taken, "both_ways": both,
                    "conditional_call_not_made": passed, "not_the_hypervisors": neither, "conditional_return": taken,
                    "zero_is_zero": taken, "zero_is_not_nonzero": passed, "it_branch_not_made": passed, "it_return": taken}
    reached = {label: address in marks.executed for label, address in at.items()}
    assert {label for label, was in reached.items() if not was} == {
        "never_reached", "never_called", "on_the_other_side", "not_the_hypervisors", "vectors",
        *(["only_cpu_1"] if cpus == 1 else []), "text"}


def labels(program: Path) -> dict[str, int]:
    out = subprocess.run(["arm-none-eabi-nm", program], capture_output=True, text=True, check=True).stdout
    return {name: int(address, 16) & ~1 for address, _, name in map(str.split, out.splitlines()) if not name.startswith("$")}


def test_a_function_that_never_runs_is_missing_by_name(board, program, covered, tmp_path):
    covered(release=program)
    boot(board, program, tmp_path / "run", 1)
    made = run.finish(tmp_path, {"release": str(program)}, BOARD, False)
    missing = {gap["function"] for gap in made["images"][0]["gaps"]}
    assert "never_called" in missing and "both_ways" not in missing
    (gap,) = (gap for gap in made["images"][0]["gaps"] if gap["function"] == "never_called")
    assert gap["instructions"] == 1


def test_marks_of_several_machines_add_up(board, program, covered, tmp_path):
    marks_of = covered(release=program)
    boot(board, program, tmp_path / "one", 1)
    first = marks_of("release")
    boot(board, program, tmp_path / "two", 2)
    second = marks_of("release")
    assert first.executed < second.executed


def test_an_image_that_is_not_in_the_run_gets_no_plugin(board, program, covered, tmp_path):
    covered(release=program)
    other = tmp_path / "other.elf"
    other.write_bytes(program.read_bytes())
    assert run.plugins_for(program) != () and run.plugins_for(other) == ()


@pytest.mark.parametrize("name, cpus", [("send_sets_pending_selector_and_upcall", 1), ("both_cpus_storm_each_other", 2)])
def test_the_transcript_is_the_same_with_and_without(board, covered, tmp_path, name, cpus):
    hypervisor = paths.hypervisor(BOARD, "release")
    guest, record = next((file, found) for file in paths.suites(BOARD, "release") for found in records.tests(file)
                         if found.name == name)
    tree = paths.system(record.needs.system)
    args = {domain.name: f"fp1 domain={domain.domid} run={record.test}" for domain in devicetree.compile_tree(tree).domains}
    prepared = system.prepare(tree, tmp_path / "system",
                              {domain: guest.with_suffix(".bin") for domain in args}, args, strategy.choices("window"),
                              board=BOARD, named_commit="test")
    assert prepared.cpus == cpus
    chosen = machine.Machine(board, hypervisor, prepared.loads, prepared.cpus, NONCE)
    plain = machine.run(chosen, tmp_path / "plain")
    marks_of = covered(release=hypervisor)
    marked = machine.run(chosen, tmp_path / "marked")
    assert marked.console == plain.console and plain.ended is machine.Ended.END_LINE
    marks, code = marks_of("release"), image.read(hypervisor)
    assert store.contradictions(code, marks) == []
    executed = {site.function for site in code.sites if site.address in marks.executed}
    assert {"main_boot_cpu", "trap_resident"} <= executed and "panic" not in executed
    assert ("main_secondary_cpu" in executed) == (cpus == 2)

# SPDX-License-Identifier: Apache-2.0
"""Real Xen as the hypervisor: verdicts from its console, its tree, the list of divergences, what cannot be had."""
import dataclasses

import pytest

from testsuite import session
from tool import board as boards
from tool import devicetree, divergences, foreignpackage, paths, qemu, treenodes, xen, xenverdict
from tool.exitcodes import UsageError
from tool.system import Load
from tool.verdict import Expectation, Facts, Kind
from tool.watch import Ended

BANNER = "(XEN) Xen version 4.17.5 (Debian 4.17.5)\n"
GOOD = "(d1) fp1 plan a.b\n(d1) fp1 end pass\n"


def verdict(text, ended=Ended.END_LINE, **more):
    return xenverdict.judge(text, Facts(ended), Expectation("a.b", "", **more))


@pytest.mark.parametrize(("text", "kind"), [
    (BANNER + GOOD, Kind.PASS),
    (GOOD, Kind.ERROR),                                                        # who was that?
    (BANNER + BANNER + GOOD, Kind.CRASH),
    (BANNER + GOOD.replace("a.b", "a.c"), Kind.ERROR),
    (BANNER + "(d2) fp1 fail x.c:1: no\n" + GOOD, Kind.FAIL),
    (BANNER + "(XEN) Panic on CPU 0:\n(XEN) no memory\n" + GOOD, Kind.CRASH),
    (BANNER + "(d1) fp1 plan a.b\n(d1) fp1 exception data-abort pc=0x0\n", Kind.CRASH),
    (BANNER + "(d1) fp1 plan a.b\n(XEN) (d1) fp1 end pass\n", Kind.CRASH),     # what a UART of a guest says is Xen's line
    (BANNER + "(d2) fp1 plan a.b\n(d2) fp1 end pass\n", Kind.CRASH),
])
def test_a_verdict_needs_xens_banner_and_domain_1s_own_words(text, kind):
    assert verdict(text).kind is kind


def test_time_that_ran_out_is_no_pass():
    assert verdict(BANNER + GOOD, Ended.GUEST_TIME).kind is Kind.TIMEOUT


def test_a_tree_of_ours_becomes_one_of_xen(tmp_path):
    image = tmp_path / "image"
    image.write_bytes(bytes(0x1234))
    nodes = xen._domains(paths.system("pair"))
    for node in nodes:
        xen._give_heap(node)
        xen._module(node, "kernel", Load(image, 0x4A000000, ""))
    assert [node.name for node in nodes] == ["domU1", "domU2"]
    for node in nodes:
        assert not any(name.startswith("fencepost,") for name in node.properties) and "direct-map" not in node.properties
        kernel = next(child for child in node.children if child.is_compatible("multiboot,kernel"))
        assert kernel.properties["reg"] == treenodes.cells(0, 0x4A000000, 0, 0x1234)
    channels = [child for node in nodes for child in node.children if child.is_compatible("xen,evtchn-v1")]
    assert len(channels) == 4 and all("phandle" in child.properties for child in channels)


def test_nodes_survive_the_way_through_source():
    blob = devicetree.compile_tree(paths.system("pair")).blob.read_bytes()
    again = devicetree.compile_text("/dts-v1/;\n" + treenodes.read(blob).source())
    assert treenodes.read(again) == treenodes.read(blob)


@pytest.mark.parametrize(("system", "why"), [("shm", "shared memory"), ("restart", "shared memory"), ("slice", "time-slice"),
                                             ("prio", "priority"), ("solo", ""), ("pair", "")])
def test_a_system_that_stock_xen_cannot_run_says_why(system, why):
    reason = xen.unsupported(paths.system(system))
    assert (why in reason) if why else reason == ""


def test_a_system_that_needs_more_of_the_emulator_needs_it_under_xen_too(tmp_path):
    """In the machine's own tree, and on the command line."""
    board = dataclasses.replace(boards.load("virt-a64"), additions=(("solo", boards.Addition("iommu=smmuv3", ("-seed", "1"))),))
    if not boards.presence("virt-a64").present:
        pytest.skip("MISSING: the emulator")
    guest = tmp_path / "guest.bin"
    guest.write_bytes(bytes(64))
    found = {}
    for name in ("solo", "pair"):
        system = xen.prepare(paths.system(name), tmp_path / name, {"domU1": guest, "domU2": guest}, {}, board)
        words = qemu.command(xen.machine_of(board, guest, system))
        found[name] = ("smmuv3" in devicetree.source_of(system.tree), words[words.index("-M") + 1].endswith("iommu=smmuv3"), "-seed" in words)
    assert found == {"solo": (True, True, True), "pair": (False, False, False)}


def test_xen_is_refused_on_a_board_without_it():
    with pytest.raises(UsageError, match="virt-a64"):
        session.reference("mps3-an536", "xen-4.17")


def test_the_server_is_the_one_of_the_own_release():
    listing = "bookworm|contrib|one/\nbookworm|main|two/\nbookworm-updates|main|three/\n"
    assert foreignpackage.server(listing, "bookworm") == "two/" and foreignpackage.server(listing, "trixie") is None


@pytest.mark.parametrize("text", [
    "[[differs]]\nid='X'\ntests=['a.b']\ncall='c'\nfencepost='1'\nreason='r'\n",                     # no Xen
    "[[differs]]\nid='X'\ntests=['a.b']\ncall='c'\nfencepost='1'\nreason='r'\n'xen-4.17'='0'\nmore=1\n",
    "[[different]]\n", "[[left-out]]\ntests=['a']\n", "x",
    2 * "[[differs]]\nid='X'\ntests=['a.b']\ncall='c'\nfencepost='1'\nreason='r'\n'xen-4.17'='0'\n"])
def test_a_wrong_entry_is_refused(text):
    with pytest.raises(UsageError):
        divergences.parse(text, "file")


def test_an_entry_without_a_test_is_an_error():
    table = divergences.parse("[[left-out]]\ntests=['a.b', 'c.*']\nreason='r'\n", "file")
    divergences.check_names(table, ["a.b", "c.d"])
    with pytest.raises(UsageError, match="a.b"):
        divergences.check_names(table, ["c.d"])

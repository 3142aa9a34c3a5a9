# SPDX-License-Identifier: Apache-2.0
"""Trees are compiled once per content, whoever asks first, and by several threads at once."""
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from testsuite import syscfg_tool
from tool import devicetree, paths


def test_threads_that_compile_one_tree_do_not_meet(tmp_path: Path, monkeypatch) -> None:
    """The first `compare` of a fresh clone measures in threads and has no compiled tree yet."""
    together = threading.Barrier(2)
    write = Path.write_bytes

    def slow_write(self: Path, data: bytes) -> int:
        written = write(self, data)
        together.wait(timeout=10)  # both drafts are there before either is moved
        return written

    monkeypatch.setattr(devicetree, "_tool", lambda command, data=None: b"blob")
    monkeypatch.setattr(Path, "write_bytes", slow_write)
    blob = tmp_path / "tree.dtb"
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(devicetree._compile, b"", (tmp_path,), blob) for _ in range(2)]:
            done.result()
    assert blob.read_bytes() == b"blob"
    assert list(tmp_path.iterdir()) == [blob]


def test_a_tree_is_made_again_when_a_file_that_it_includes_is_another(tmp_path: Path, monkeypatch) -> None:
    """Also when one comes up that cpp finds before the one it took, and when only cpp knows which file is meant."""
    monkeypatch.setattr(paths, "TREES", tmp_path / "trees")
    boards, source = tmp_path / "boards", tmp_path / "own" / "tree.dts"
    for folder in (boards / "b", boards / "systems", source.parent):
        folder.mkdir(parents=True)
    source.write_text('/dts-v1/;\n#define NAMED "named.dtsi"\n#include "part.dtsi"\n#include NAMED\n')
    part, named = boards / "systems" / "part.dtsi", boards / "named.dtsi"
    part.write_text('#include "deep.dtsi"\n')
    (boards / "systems" / "deep.dtsi").write_text("/ { deep; };\n")
    named.write_text("/ { named; };\n")

    def names() -> list[str]:
        for function in (devicetree.preprocess, devicetree.compile_tree):
            function.cache_clear()
        return [name for _, name, _ in devicetree.walk(devicetree.compile_tree(source, "b", boards).blob.read_bytes())]

    assert names() == ["deep", "named"] == names()
    (boards / "systems" / "deep.dtsi").write_text("/ { deeper; };\n")
    assert names() == ["deeper", "named"]
    (boards / "b" / "part.dtsi").write_text("/ { other; };\n")
    assert names() == ["other", "named"]
    named.write_text("/ { renamed; };\n")
    assert names() == ["other", "renamed"]


def test_what_is_known_is_not_compiled_again(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(paths, "TREES", tmp_path / "trees")
    source, called, tool = tmp_path / "tree.dts", [], devicetree._tool
    source.write_text("/dts-v1/; / { one; };\n")
    monkeypatch.setattr(devicetree, "_tool", lambda command, data=None: called.append(command[0]) or tool(command, data))
    for _ in range(2):
        devicetree.preprocess.cache_clear()
        devicetree.compile_tree.cache_clear()
        devicetree.compile_tree(source)
    assert called == ["cpp", "dtc"]


@pytest.mark.parametrize("change", ["&domU1 { cpus = <2>; };", "&domU1 { nr_spis = <LEVEL_HIGH>; };",
                                    "#define CPUS 2\n&domU1 { cpus = <CPUS>; };"])
def test_a_change_behind_a_system_is_what_cpp_makes_of_both(tmp_path: Path, change: str) -> None:
    """The tests of syscfg run cpp once for a system, not once for each change of it."""
    whole = tmp_path / "whole.dts"
    whole.write_text(f'#include "pair.dts"\n{change}\n')
    assert syscfg_tool.compiled(syscfg_tool.system("pair", change)) == devicetree.compile_tree(whole).blob.read_bytes()

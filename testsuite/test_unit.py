# SPDX-License-Identifier: Apache-2.0
"""The hosted unit tests of the C sources, as CTest knows them: one item each, so that -k and --lf reach them."""
import json
import subprocess

import pytest

from tool import build, paths
from tool.requirements import ID


def unit_tests() -> dict[str, list[str]]:
    """Commands by name; empty if the host tree is not built."""
    folder = paths.BUILD / build.HOST
    if not (folder / "CTestTestfile.cmake").is_file():
        return {}
    listing = subprocess.run(["ctest", "--test-dir", str(folder), "--show-only=json-v1"], capture_output=True, text=True)
    known = json.loads(listing.stdout)["tests"] if listing.returncode == 0 else []
    return {test["name"]: test["command"] for test in known if "command" in test}


def requirements(name: str) -> list[str]:
    """The ids in the opening comment of hypervisor/test/test_<name>.c: what the program shows."""
    file = paths.ROOT / "hypervisor" / "test" / f"test_{name}.c"
    opening = file.read_text().partition("#include")[0] if file.is_file() else ""
    return sorted(set(ID.findall(opening)))


def marks(name: str) -> list[pytest.MarkDecorator]:
    return [pytest.mark.requirement(named) for named in requirements(name)]


def pytest_generate_tests(metafunc):
    commands = unit_tests()
    metafunc.parametrize("unit", [pytest.param(commands[name], id=name, marks=marks(name)) for name in sorted(commands)] or
                         [pytest.param(None, id="not_built")])


def test_unit(unit, tmp_path):
    assert unit is not None, "the host tree is not built: see build/host.log"
    done = subprocess.run(unit, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=60)
    assert done.returncode == 0, f"status {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"

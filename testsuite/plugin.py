# SPDX-License-Identifier: Apache-2.0
"""The one module that hooks into pytest: options, markers, the build before the workers, results."""
from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from testsuite import rows, session as sessions
from testsuite.collection import SETTINGS, GuestFile, GuestItem, register
from tool import board as boards
from tool import divergences, environment, paths, results, stored, strategy, xen, xenfailures
from tool.coverage import run as coverage
from tool.coverage import text as coverage_text
from tool.exitcodes import EnvironmentMissing, Exit, Stop, UsageError
from tool.kept import AGAIN
from tool.progress import Progress

_ENVIRONMENT = pytest.StashKey[environment.Environment]()
_COVERED = pytest.StashKey[dict[str, Any]]()
_ROWS = pytest.StashKey[rows.Collector]()
COLLECTED = pytest.StashKey[dict[str, tuple[str, ...]]]()   # every test before -k and -m choose, and its ids


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("fencepost")
    group.addoption("--board", default=boards.DEFAULT, help="the machine that runs the guests")
    group.addoption("--hypervisor", default="fencepost", metavar="NAME|FILE", help="fencepost, or an ELF file of it")
    group.addoption("--strategy", choices=list(strategy.VARIANTS), help="only this access strategy")
    group.addoption("--require-board", metavar="B", help="a missing board is an error, not a skip")
    group.addoption("--runner", default="", metavar="FILE", help="a real board: TOML file with its [runner]")
    group.addoption("--serial", default="", metavar="DEV", help="the real board's console")
    group.addoption("--coverage", action="store_true",
                    help="mark which instructions of the hypervisor run and which way its branches go; print it per file")
    group.addoption("--record-failures", action="store_true",
                    help="write down how the tests that testsuite/divergences.toml lists fail under this Xen")
    group.addoption("--guest", metavar="FILE", help="run the tests of a guest image of your own (ELF)")


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    for name in boards.names():
        register(config, name, "board")
    for name in strategy.VARIANTS:
        register(config, name, "access strategy")
    for folder in sorted(paths.GUESTS.glob("*/")):
        register(config, folder.name, "guest suite")
    if _is_worker(config):
        config.stash[SETTINGS] = sessions.Settings(**json.loads(config.workerinput["fencepost"]))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Before the workers start: what is asked for exists, is built, and has a folder for its results."""
    config = session.config
    if _is_worker(config):
        return
    config.stash[_ROWS] = rows.Collector()
    config.pluginmanager.register(config.stash[_ROWS], "fencepost-rows")
    board, required = config.getoption("--board"), config.getoption("--require-board")
    attached = boards.Attached(config.getoption("--runner"), config.getoption("--serial"))
    try:
        if config.getoption("--coverage") and config.getoption("--runner"):
            raise UsageError("--coverage: a real board does not tell what it executes; the emulator does, without --runner")
        if required is not None:
            boards.demand(required, attached if required == board else boards.Attached())
        settings = sessions.begin(board, config.getoption("--hypervisor"), config.getoption("--guest"),
                                  config.getoption("--strategy"), attached, Progress(quiet=config.getoption("quiet", 0) > 0),
                                  _has_tests_of_tools(config))
        if config.getoption("--record-failures"):
            if settings.reference not in xen.NAMES:
                raise UsageError(f"--record-failures: is for a real Xen: --hypervisor {' or '.join(xen.NAMES)}")
            settings = replace(settings, record_failures=True)
        if config.getoption("--coverage") and not settings.broken:
            coverage.begin(Path(settings.run_folder), settings.images)
    except EnvironmentMissing as stop:
        pytest.exit(str(stop), int(Exit.ENVIRONMENT))
    except Stop as stop:
        raise pytest.UsageError(str(stop)) from stop
    config.stash[SETTINGS] = settings
    config.stash[_ENVIRONMENT] = environment.describe(board, attached)


def pytest_report_header(config: pytest.Config) -> list[str]:
    return [] if _is_worker(config) or _ENVIRONMENT not in config.stash else config.stash[_ENVIRONMENT].lines()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["fencepost"] = json.dumps(node.config.stash[SETTINGS].plain())


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Who brings a guest wants to see that guest's tests alone."""
    own = config.getoption("--guest") is not None
    return True if own and collection_path.name.startswith("test_") else None


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if module_path == paths.TESTSUITE / "guests.py":
        return GuestFile.from_parent(parent, path=module_path)
    return None


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    """A guest's failure speaks the harness's language in every phase."""
    report = (yield).get_result()
    if call.excinfo is not None and report.failed and isinstance(item, GuestItem):
        report.longrepr = item.told(call.excinfo.value) or report.longrepr


def _asked_for(config: pytest.Config) -> list[Path]:
    """What is collected whole; nothing if an option narrows it. -k and -m choose later, among what was collected."""
    narrowed = any(config.getoption(name, None) for name in ("guest", "strategy", "runner", "serial", "ignore", "ignore_glob", "lf"))
    return [] if narrowed else [Path(config.invocation_params.dir, word).resolve() for word in config.args]


def _has_tests_of_tools(config: pytest.Config) -> bool:
    """Whether the arguments name more than tests in guests, and calls made by one."""
    guests = config.getoption("guest") is not None
    return not guests and any(Path(word.partition("::")[0]).name not in ("guests.py", "test_vectors.py") for word in config.args)


def _whole(config: pytest.Config) -> bool:
    """Whether the arguments leave every test in."""
    return _asked_for(config) == [paths.TESTSUITE] and config.getoption("hypervisor") == "fencepost"


def _all_guests(config: pytest.Config) -> bool:
    """Whether they leave every test in a guest in, under a hypervisor that has a name."""
    guests, calls = paths.TESTSUITE / "guests.py", paths.TESTSUITE / "test_vectors.py"
    return _asked_for(config) in ([paths.TESTSUITE], [guests], [guests, calls]) and \
        config.getoption("hypervisor") in ("fencepost", *xen.NAMES)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of the host tools get their markers and requirement ids, so that -m and -k speak of all tests."""
    for item in items:
        ids = [name for mark in item.iter_markers("requirement") for name in mark.args]
        if ids:
            item.extra_keyword_matches.update(ids)
            item.user_properties.append(("ids", " ".join(ids)))
        if not any(name == "image" for name, _ in item.user_properties):
            item.add_marker("host")
    config.stash[COLLECTED] = {item.nodeid: tuple(dict(item.user_properties).get("ids", "").split()) for item in items}
    if not _is_worker(config) or config.workerinput["workerid"] == "gw0":
        stored.write_collected(Path(config.stash[SETTINGS].run_folder), config.stash[COLLECTED], _whole(config))


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    config = session.config
    found = config.stash.get(_ROWS, None)
    if found is not None and found.rows() and SETTINGS in config.stash:
        described = config.stash[_ENVIRONMENT]
        kept = {key: value for key, value in described.table().items() if key != "boards"}
        run = {"finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "environment": described.table(),
               "settings": config.stash[SETTINGS].plain(), "seconds": found.seconds()}
        folder = Path(config.stash[SETTINGS].run_folder)
        results.write(folder, found.rows(), kept, run)
        stored.write_failures(folder, found.failures())
        run = stored.read(folder) if (folder / stored.COLLECTED).is_file() else None
        complete = run is not None and run.complete
        if complete:
            stored.keep(folder, config.getoption("--board"))
        if run is not None and _all_guests(config) and run.ran_all:
            stored.keep(folder, config.getoption("--board"), config.stash[SETTINGS].reference or stored.OURS)
        if config.stash[SETTINGS].record_failures:
            _record_failures(config.stash[SETTINGS].reference, found.rows())
        if config.getoption("--coverage"):
            _finish_coverage(session, folder, complete)
    yield


def _record_failures(hypervisor: str, found: list[results.Row]) -> None:
    seen = {row.name: row.reason for row in found if results.failed_as_expected(row)}
    listed = (test for one in divergences.load().differs if one.on(hypervisor) for test in one.tests)
    xenfailures.write(xenfailures.merged(xenfailures.load(), hypervisor, seen, listed))


def _finish_coverage(session: pytest.Session, folder: Path, complete: bool) -> None:
    """The tests' own status stays; green tests with a finding are a finding."""
    config = session.config
    coverage.end()
    if (folder / coverage.FOLDER).is_dir():
        images = config.stash[SETTINGS].images
        config.stash[_COVERED] = coverage.finish(folder, images, config.getoption("--board"), complete)
        if config.stash[_COVERED]["findings"] and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    found = config.stash.get(_ROWS, None)
    if found is not None and found.rows() and SETTINGS in config.stash:
        folder = paths.relative(config.stash[SETTINGS].run_folder)
        terminalreporter.write_line(f"verdicts: {results.summary(found.rows())}")
        for line in results.skips(found.rows()):
            terminalreporter.write_line(line)
        if known := found.kept():
            terminalreporter.write_line(f"kept:     machines that were not booted, for not a byte is another one: {known} "
                                        f"({AGAIN}=1 boots them)")
        terminalreporter.write_line(f"results:  {folder}/results.jsonl")
        if _COVERED in config.stash:
            where = f"{folder}/{coverage.FOLDER}/{coverage.DOCUMENT}"
            for line in coverage_text.of_run(config.stash[_COVERED], where):
                terminalreporter.write_line(line)

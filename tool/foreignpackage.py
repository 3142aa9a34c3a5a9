# SPDX-License-Identifier: Apache-2.0
"""
A package of another suite and architecture, unpacked into the cache and never installed: apt runs with lists, state
and archives of its own, so that nothing of this machine's package database is read or changed. The server is the one
that this machine's own sources name for the release's main component.
"""
from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tool import aptsource, paths
from tool.exitcodes import EnvironmentMissing

_FORMAT = "$(RELEASE)|$(COMPONENT)|$(REPO_URI)"
_KEYRING = "/debian-archive-keyring.gpg"


@dataclass(frozen=True)
class Package:
    suite: str
    name: str
    architecture: str
    file: str                    # what is wanted of it, from its root; with * where its version is in the name
    behind: str = ""             # it holds nothing itself and depends on the real one, whose name begins so


def folder() -> Path:
    return paths.cache() / "packages"


def find(package: Package, file: str) -> Path | None:
    """Another file of an unpacked package."""
    return next((found for found in sorted((folder() / package.name).glob(file)) if found.is_file()), None)


def fetched(package: Package) -> Path | None:
    """The file, if an earlier call left it."""
    return find(package, package.file)


def fetch(package: Package) -> Path:
    """The file of the package; from the cache if it is there. Raises EnvironmentMissing with apt's own words."""
    if found := fetched(package):
        return found
    if os.environ.get("FENCEPOST_NO_INSTALL") == "1" and os.environ.get("FENCEPOST_NO_FETCH", "0") == "1":
        raise EnvironmentMissing(f"{package.name} is not in the cache, and FENCEPOST_NO_FETCH=1 forbids to fetch it")
    cache = folder()
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return fetched(package) or _fetch(package, cache)


def source_line(package: Package, server: str, keyring: str) -> str:
    return f"deb [arch={package.architecture} signed-by={keyring}] {server} {package.suite} main\n"


def server(listing: str, release: str) -> str | None:
    """The server of the release's main component, from `apt-get indextargets`."""
    for row in listing.splitlines():
        suite, component, uri = (row.split("|") + ["", ""])[:3]
        if suite == release and component == "main" and uri:
            return uri
    return None


def _run(command: Sequence[str], where: Path, package: Package) -> str:
    try:
        done = subprocess.run(command, cwd=where, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise EnvironmentMissing(f"{package.name} cannot be fetched: no {command[0]} on this machine") from error
    if done.returncode != 0:
        words = re.sub(r"\s+", " ", done.stderr.strip()) or f"status {done.returncode}"
        raise EnvironmentMissing(f"{package.name} cannot be fetched from {package.suite}: {words}")
    return done.stdout


def _keyring(package: Package, cache: Path) -> str:
    files = _run(["dpkg", "-L", "debian-archive-keyring"], cache, package).splitlines()
    found = next((file for file in files if file.endswith(_KEYRING)), None)
    if found is None:
        raise EnvironmentMissing(f"{package.name} cannot be fetched: no Debian archive keyring on this machine")
    return found


def dependency(listing: str, begins: str) -> str | None:
    """The first package that another one depends on and whose name begins so, from `apt-cache depends`."""
    match = re.search(rf"^\s*Depends: ({re.escape(begins)}\S*)$", listing, re.MULTILINE)
    return match[1] if match else None


def _real_name(package: Package, apt: Sequence[str], cache: Path) -> str:
    if not package.behind:
        return package.name
    words = _run(["apt-cache", *apt[2:], "depends", package.name], cache, package)
    name = dependency(words, package.behind)
    if name is None:
        raise EnvironmentMissing(f"{package.name} cannot be fetched: it depends on no {package.behind}*")
    return name


def _isolated(cache: Path, package: Package) -> list[str]:
    options = {"Dir::Etc::sourcelist": cache / f"{package.name}.list", "Dir::Etc::sourceparts": "/dev/null",
               "Dir::State::Lists": cache / "lists", "Dir::State::status": cache / "status", "Dir::Cache": cache,
               "APT::Architecture": package.architecture, "APT::Architectures": package.architecture}
    return ["apt-get", "-qq"] + [word for key, value in options.items() for word in ("-o", f"{key}={value}")]


def _fetch(package: Package, cache: Path) -> Path:
    release = aptsource.codename(Path("/etc/os-release").read_text())
    listing = _run(["apt-get", "indextargets", "--format", _FORMAT, "Created-By: Packages"], cache, package)
    where = server(listing, release)
    if where is None:
        raise EnvironmentMissing(f"{package.name} cannot be fetched: apt has no source for {release or 'this release'}, "
                                 "component main; run apt-get update first")
    for name in ("lists/partial", "archives/partial"):
        (cache / name).mkdir(parents=True, exist_ok=True)
    (cache / "status").touch()
    (cache / f"{package.name}.list").write_text(source_line(package, where, _keyring(package, cache)))
    apt = _isolated(cache, package)
    _run([*apt, "update"], cache, package)
    name = _real_name(package, apt, cache)
    for old in (cache / "archives").glob(f"{name}_*.deb"):
        old.unlink()
    _run([*apt, "download", name], cache / "archives", package)
    archive = next((cache / "archives").glob(f"{name}_*.deb"))
    draft = cache / f"{package.name}.draft"
    shutil.rmtree(draft, ignore_errors=True)
    _run(["dpkg", "-x", str(archive), str(draft)], cache, package)
    archive.unlink()
    shutil.rmtree(cache / package.name, ignore_errors=True)
    draft.rename(cache / package.name)
    if found := fetched(package):
        return found
    raise EnvironmentMissing(f"{name} does not hold {package.file}")

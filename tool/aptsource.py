# SPDX-License-Identifier: Apache-2.0
"""
The backports suite, derived from the machine's own apt configuration: the entry that serves the release's
main component already names server, options and signing key; only the suite changes. No server is named here.
"""
from __future__ import annotations

import re
from dataclasses import dataclass

NAME = "fencepost-backports"


@dataclass(frozen=True)
class Target:
    """One row of `apt-get indextargets`: release, component, and the entry it came from."""
    release: str
    component: str
    file: str
    number: int      # stanza of a .sources file, line of a .list file; from 1


@dataclass(frozen=True)
class Source:
    """A file for apt's sources.list.d."""
    name: str
    text: str


FORMAT = "$(RELEASE)|$(COMPONENT)|$(SOURCESENTRY)"


def targets(listing: str) -> list[Target]:
    found = []
    for row in listing.splitlines():
        release, _, rest = row.partition("|")
        component, _, entry = rest.partition("|")
        file, _, number = entry.rpartition(":")
        if file and number.isdigit():
            found.append(Target(release, component, file, int(number)))
    return found


def codename(os_release: str) -> str:
    match = re.search(r'^VERSION_CODENAME="?([\w.-]+)"?$', os_release, re.MULTILINE)
    return match[1] if match else ""


def has_backports(known: list[Target], release: str) -> bool:
    return any(target.release == f"{release}-backports" for target in known)


def main_entry(known: list[Target], release: str) -> Target | None:
    return next((t for t in known if t.release == release and t.component == "main"), None)


def derive(entry: Target, text: str) -> Source:
    """The backports source with the same server; it keeps the ending of the file it came from."""
    if entry.file.endswith(".sources"):
        return Source(f"{NAME}.sources", _stanza(entry, text))
    line = text.splitlines()[entry.number - 1]
    pattern = rf"(\s){re.escape(entry.release)}(\s).*"
    return Source(f"{NAME}.list", re.sub(pattern, rf"\g<1>{entry.release}-backports\g<2>main", line, count=1) + "\n")


def _stanza(entry: Target, text: str) -> str:
    stanzas = [s for s in re.split(r"\n[ \t]*\n+", text.strip("\n")) if s.strip()]
    lines = [line for line in stanzas[entry.number - 1].splitlines() if not line.startswith("#")]
    fields = {"Suites": f"{entry.release}-backports", "Components": "main"}
    changed = []
    for line in lines:
        name = line.partition(":")[0]
        changed.append(f"{name}: {fields[name]}" if name in fields else line)
    return "\n".join(changed) + "\n"

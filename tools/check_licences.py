"""Dragoman is under the Apache licence, so nothing it needs at run time may be under the GPL or AGPL (LGPL is fine)."""

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# "GPL-3.0-or-later", "GPLv2", "GNU General Public License", "AGPL": but neither LGPL nor "Lesser General Public".
STRONG_COPYLEFT = re.compile(r"(?<![A-Za-z])A?GPL|(?<!Lesser )General Public License", re.IGNORECASE)


def main() -> int:
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    problems = list(find_problems([Requirement(line) for line in project["dependencies"]]))
    for problem in problems:
        print(f"licences: {problem}")
    return 1 if problems else 0


def find_problems(wanted: list[Requirement]) -> Iterator[str]:
    """Walks the installed packages from the requirements down; needs no network."""
    seen: set[str] = set()
    queue = [(requirement, "dragoman") for requirement in wanted if _inherits(requirement, extras={""})]
    while queue:
        requirement, parent = queue.pop()
        name = canonicalize_name(requirement.name)
        if name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            yield f"{name}, needed by {parent}, is not installed"
            continue
        if licence := copyleft(found):
            yield f"{name}, needed by {parent}, is under {licence}"
        needs = [Requirement(line) for line in found.requires or []]
        queue += [(inner, name) for inner in needs if _inherits(inner, requirement.extras or {""})]


def copyleft(package: Distribution) -> str | None:
    """The licence's name when it is strong copyleft; a choice ("MIT OR GPL-2.0") is no problem."""
    for expression in package.metadata.get_all("License-Expression", []):
        choices = re.split(r"\s+OR\s+", expression)
        return expression if all(STRONG_COPYLEFT.search(choice) for choice in choices) else None
    classified = [c for c in package.metadata.get_all("Classifier", []) if c.startswith("License ::")]
    if classified:
        return next((c for c in classified if STRONG_COPYLEFT.search(c)), None)
    # The old free-text field sometimes holds a whole licence text, so only its first line is a name.
    [free_text] = package.metadata.get_all("License", [""])
    first_line = free_text.strip().partition("\n")[0]
    return first_line if STRONG_COPYLEFT.search(first_line) else None


def _inherits(inner: Requirement, extras: set[str]) -> bool:
    """Whether a requirement counts on this machine, with the extras its parent was asked for."""
    return inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in extras)


if __name__ == "__main__":
    sys.exit(main())

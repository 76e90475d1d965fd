"""The generated pages of docs/ say what the code says. `--write` writes them again (`make docs`)."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tools import command_reference, configuration_reference

PAGES: Mapping[Path, Callable[[], str]] = {
    Path("docs/commands.md"): command_reference.text,
    Path("docs/configuration.md"): configuration_reference.text,
}


def main(arguments: list[str]) -> int:
    if arguments == ["--write"]:
        for page, text in PAGES.items():
            page.write_text(text(), "utf-8")
        return 0
    stale = find_stale(PAGES)
    for page in stale:
        print(f"{page} is not what the code says; make docs writes it again")
    return 1 if stale else 0


def find_stale(pages: Mapping[Path, Callable[[], str]]) -> list[Path]:
    return [page for page, text in pages.items() if not page.exists() or page.read_text("utf-8") != text()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

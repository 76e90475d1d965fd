"""uv.lock may name the public package index only: a mirror's address in it would break every other machine."""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

PUBLIC_HOSTS = {"pypi.org", "files.pythonhosted.org"}


def main() -> int:
    problems = list(find_problems(Path("uv.lock").read_text("utf-8")))
    for problem in problems:
        print(f"uv.lock: {problem}")
    return 1 if problems else 0


def find_problems(text: str) -> Iterator[str]:
    for package in tomllib.loads(text)["package"]:
        for place in _strings(package):
            if "://" in place and not _is_public(place):
                yield f"{package['name']} comes from {urlsplit(place).hostname or place}, not from the public index"
        if not {"registry", "virtual", "editable"} & package["source"].keys():
            yield f"{package['name']} comes from {next(iter(package['source']))}, not from the public index"


def _is_public(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and parts.netloc in PUBLIC_HOSTS


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _strings(inner)
        case list():
            for inner in value:
                yield from _strings(inner)


if __name__ == "__main__":
    sys.exit(main())

"""No test may be skipped in .ci/run: what cannot run there is not tested at all. Reads pytest's JUnit files."""

import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree


def main(paths: list[Path]) -> int:
    skipped = [line for path in paths for line in find_skips(path)]
    for line in skipped:
        print(line)
    return 1 if skipped else 0


def find_skips(path: Path) -> Iterator[str]:
    cases = list(ElementTree.parse(path).iter("testcase"))
    if not cases:
        yield f"{path.name}: no test ran"
    for case in cases:
        for skip in case.iter("skipped"):
            yield f"skipped: {case.get('classname')}::{case.get('name')}: {skip.get('message')}"


if __name__ == "__main__":
    sys.exit(main([Path(argument) for argument in sys.argv[1:]]))

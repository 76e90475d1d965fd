"""docs/recovery.md names a test for every line, and each of them exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "recovery.md"
NAMED = re.compile(r"\]\(\.\./(tests/[\w/]+\.py)\)(?: `(\w+)`)?")
LINES = [line for line in PAGE.read_text().splitlines() if line.startswith("| ") and not line.startswith("| fault")]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split("|")[1].strip()[:40])
def test_every_line_is_held_by_tests_that_exist(line: str) -> None:
    named = NAMED.findall(line)
    assert named, line
    for path, test in named:
        assert re.search(rf"^(?:async )?def test_{test}\(", (ROOT / path).read_text(), re.MULTILINE), (path, test)

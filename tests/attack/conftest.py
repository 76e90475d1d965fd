"""A fort for each test: the real program, over real HTTP on the loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.attack.fort import Fort, besieged
from tests.databases import Dialect, fresh_database


@pytest.fixture
async def fort(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> AsyncIterator[Fort]:
    """On SQLite, unless a test names its databases."""
    dialect: Dialect = getattr(request, "param", "sqlite")
    with fresh_database(dialect, tmp_path, shared_folder, migrated=True) as url:
        async with besieged(url, tmp_path) as made:
            yield made

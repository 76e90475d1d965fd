"""A fort for each test: the real program, over real HTTP on the loopback."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.attack.fort import Browser, Fort, besieged
from tests.databases import Dialect, fresh_database


@pytest.fixture
async def fort(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> AsyncIterator[Fort]:
    """On SQLite and with the usual settings, unless a test names its database or its settings."""
    given: Dialect | dict[str, Any] = getattr(request, "param", "sqlite")
    dialect: Dialect = given if isinstance(given, str) else "sqlite"
    with fresh_database(dialect, tmp_path, shared_folder, migrated=True) as url:
        async with besieged(url, tmp_path, **({} if isinstance(given, str) else given)) as made:
            yield made


@pytest.fixture
async def mei(fort: Fort) -> Browser:
    """An agent's signed-in browser."""
    return await fort.enters(fort.mei)

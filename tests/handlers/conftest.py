"""Every handler test has a house of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.handlers.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """SQLite: what the databases do alike is tested with the store."""
    made = await World.open(f"sqlite:///{tmp_path / 'house.sqlite3'}")
    yield made
    await made.store.close()

"""Every handler test has a house of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import open_store
from tests.handlers.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """SQLite: what the databases do alike is tested with the store."""
    store = await open_store(f"sqlite:///{tmp_path / 'house.sqlite3'}")
    try:
        yield await World.peopled(store)
    finally:
        await store.close()

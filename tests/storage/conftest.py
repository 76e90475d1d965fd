"""A store on each engine in turn, and a small house to put into it."""

from collections.abc import AsyncIterator

import pytest

from storage import SqlStore, open_store
from tests.storage.house import House


@pytest.fixture
async def store(migrated_url: str) -> AsyncIterator[SqlStore]:
    opened = await open_store(migrated_url)
    yield opened
    await opened.close()


@pytest.fixture
async def other(store: SqlStore, migrated_url: str) -> AsyncIterator[SqlStore]:
    """A second process on the same database; SQLite has none."""
    if migrated_url.startswith("sqlite"):
        yield store
        return
    opened = await open_store(migrated_url)
    yield opened
    await opened.close()


@pytest.fixture
def house(store: SqlStore) -> House:
    return House(store)

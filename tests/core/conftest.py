"""The house behind the door, on each database in turn."""

from collections.abc import AsyncIterator

import pytest

from core.ports import NewPerson
from storage import open_store
from tests.clock import StoryClock
from tests.core.door import House
from tests.core.house import LIU, MEI, NOON, SUPPORT


@pytest.fixture
async def house(migrated_url: str) -> AsyncIterator[House]:
    store = await open_store(migrated_url)
    try:
        for person in (MEI, LIU):
            made = await store.create_person(NewPerson(person.name, person.email, queues=frozenset({SUPPORT})), NOON)
            assert made.id == person.id
        yield House(store, StoryClock(NOON))
    finally:
        await store.close()

"""An office with two people and a customer's phone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.people import Identity
from core.ports import NewPerson
from storage import open_store
from tests.clock import StoryClock
from tests.core.door import House
from tests.core.house import LIU, MEI, NOON, SHOP, SLACK, SUPPORT
from tests.workers.office import POLICY, TELEGRAM, Office, Phone


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    store = await open_store(f"sqlite:///{tmp_path / 'house.sqlite3'}")
    for person in (MEI, LIU):
        made = await store.create_person(NewPerson(person.name, person.email, queues=frozenset({SUPPORT})), NOON)
        for desk in (SLACK, TELEGRAM):
            await store.add_identity(made.id, Identity(desk, "", person.name))
    try:
        yield Office(House(store, StoryClock(NOON), POLICY), tmp_path, channels={SHOP: Phone()})
    finally:
        await store.close()

"""The app's own copy of the team: names and identities for renderers, which may not ask the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.ids import PersonId
from core.people import Identity
from core.ports import Clock
from storage import SqlStore

FRESH_FOR = timedelta(seconds=5)


class Roll:
    def __init__(self, store: SqlStore, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._names: dict[PersonId, str] = {}
        self._identities: tuple[Identity, ...] = ()

    async def step(self) -> datetime | None:
        """Read it again; when next."""
        self._names = {person.id: person.name for person in await self._store.list_people()}
        self._identities = tuple(await self._store.person_identities())
        return self._clock.now() + FRESH_FOR

    def name(self, person: PersonId) -> str:
        """Somebody who joined a moment ago may still be a number."""
        return self._names.get(person, f"#{person}")

    def identities(self) -> Sequence[Identity]:
        return self._identities

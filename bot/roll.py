"""The app's own copy of the team and its places, for desks, which may not ask the database."""

from collections.abc import Sequence
from datetime import timedelta

from core.ids import DeskName, PersonId
from core.people import Identity
from storage import SqlStore

FRESH_FOR = timedelta(seconds=5)
"""How old the copy may be."""


class Roll:
    """Implements `core.ports.Places` besides."""

    def __init__(self) -> None:
        self._names: dict[PersonId, str] = {}
        self._identities: tuple[Identity, ...] = ()
        self._chats: dict[tuple[DeskName, str], str] = {}
        self._places: dict[tuple[DeskName, str], str] = {}

    async def read(self, store: SqlStore) -> None:
        """Until it was read once, nobody is known."""
        self._names = {person.id: person.name for person in await store.list_people()}
        self._identities = tuple(await store.person_identities())
        groups = await store.groups()
        self._chats = {(group.desk, group.place): group.chat for group in groups}
        self._places = {(group.desk, group.chat): group.place for group in groups}

    def name(self, person: PersonId) -> str:
        """Somebody who joined a moment ago may still be a number."""
        return self._names.get(person, f"#{person}")

    def chat(self, desk: DeskName, place: str) -> str | None:
        return self._chats.get((desk, place))

    def place(self, desk: DeskName, chat: str) -> str | None:
        return self._places.get((desk, chat))

    def identities(self) -> Sequence[Identity]:
        return self._identities

"""The team, changed one transaction at a time: people, their invitations and sessions, and the groups they sit in."""

from datetime import datetime, timedelta

from core.ids import DeskName, PersonId, QueueName
from core.people import Identity, Person, Role, Stand
from core.ports import NewPerson, Profile
from storage.database import Database
from storage.queries.people import NewSession
from storage.tx import SqlTx


class TeamStore(Database):
    """The part of `core.ports.Store` that concerns the team, and what console, commands and demo ask besides."""

    async def create_person(self, new: NewPerson, at: datetime) -> Person:
        """Raises `EmailTaken`."""
        return await self.atomic(lambda tx: tx.make_person(new, at))

    async def update_person(
        self,
        person: PersonId,
        *,
        name: str | None = None,
        public_name: str | None = None,
        role: Role | None = None,
        queues: frozenset[QueueName] | None = None,
        active: bool | None = None,
    ) -> None:
        """What is None stays. Who is no longer active is signed out."""

        async def change(tx: SqlTx) -> None:
            await tx.change_person(person, queues=queues, name=name, public_name=public_name, role=role, active=active)
            if active is False:
                await tx.drop_sessions_of(person)

        await self.atomic(change)

    async def set_person(self, person: PersonId, *, locale: str | None = None, zone: str | None = None) -> None:
        await self.atomic(lambda tx: tx.change_person(person, locale=locale, zone=zone))

    async def set_email(self, person: PersonId, email: str) -> None:
        """Empty: none. Raises `EmailTaken`."""
        await self.atomic(lambda tx: tx.set_email(person, email))

    async def set_duty(self, person: Person) -> None:
        """Shifts, languages, capacity and substitute, as they stand in `person`."""
        await self.atomic(lambda tx: tx.set_duty(person))

    async def set_away(
        self, person: PersonId, since: datetime, until: datetime | None = None, substitute: PersonId | None = None
    ) -> None:
        await self.atomic(lambda tx: tx.go_away(person, since, until, substitute))

    async def set_back(self, person: PersonId) -> None:
        await self.atomic(lambda tx: tx.come_back(person))

    async def put_stand(self, stand: Stand) -> None:
        await self.atomic(lambda tx: tx.put_stand(stand))

    async def end_stands(self, queue: QueueName, person: PersonId) -> int:
        return await self.atomic(lambda tx: tx.end_stands(queue, person))

    async def add_identity(self, person: PersonId, identity: Identity) -> None:
        await self.atomic(lambda tx: tx.know_as(person, identity))

    async def new_invite(self, person: PersonId, at: datetime, lives: timedelta) -> str:
        """The code to hand to the person; only its hash is stored."""
        return await self.atomic(lambda tx: tx.make_invite(person, at, lives))

    async def redeem_invite(
        self, code: str, identity: Identity, profile: Profile | None, at: datetime
    ) -> Person | None:
        return await self.atomic(lambda tx: tx.use_invite(code, identity, profile, at))

    async def new_group_code(self, desk: DeskName, place: str, at: datetime, lives: timedelta) -> str:
        return await self.atomic(lambda tx: tx.make_group_code(desk, place, at, lives))

    async def hold_code(self, desk: DeskName, code: str, chat: str, at: datetime) -> bool:
        return await self.atomic(lambda tx: tx.hold_group_code(desk, code, chat, at)) is not None

    async def bind_group(self, desk: DeskName, code: str, chat: str, title: str, at: datetime) -> str | None:
        return await self.atomic(lambda tx: tx.use_group_code(desk, code, chat, title, at))

    async def new_login(self, person: PersonId, at: datetime, lives: timedelta) -> str:
        return await self.atomic(lambda tx: tx.make_login(person, at, lives))

    async def redeem_login(self, token: str, at: datetime, lives: timedelta) -> NewSession | None:
        """Spend a one-time sign-in token for a session; None when it is unknown, used or expired."""
        return await self.atomic(lambda tx: tx.use_login(token, at, lives))

    async def new_session(self, person: PersonId, at: datetime, lives: timedelta) -> NewSession:
        """A session without a sign-in token: the demo's."""
        return await self.atomic(lambda tx: tx.make_session(person, at, lives))

    async def touch_session(self, token: str, at: datetime, lives: timedelta) -> None:
        """Used again: it lives on from now."""
        await self.atomic(lambda tx: tx.prolong_session(token, at, lives))

    async def end_session(self, token: str) -> None:
        await self.atomic(lambda tx: tx.drop_session(token))

    async def seen_notices(self, person: PersonId, at: datetime) -> None:
        await self.atomic(lambda tx: tx.see_notices(person, at))

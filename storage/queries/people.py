"""The team: people, how they are known on desks, invitations, sign-ins and what they were told in private.

Of codes and tokens only hashes are stored.
"""

import hashlib
import json
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.queryset import QuerySet

from core.ids import CONSOLE, PersonId, QueueName
from core.people import Identity, Person, Role
from core.ports import NewPerson, Profile
from storage import models, rows
from storage.commits import Changes
from storage.errors import EmailTaken
from storage.session import Bound, chunks, marks


@dataclass(frozen=True, slots=True)
class NewSession:
    """A console session as its browser gets it: `token` goes into the cookie, `csrf` into the pages."""

    token: str
    csrf: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WebSession:
    """Whose a session is."""

    person: PersonId
    csrf: str
    expires_at: datetime
    seen_at: datetime


def hashed(secret: str) -> str:
    """Secrets have 256 bits of chance, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


class PeopleReads(Bound):
    async def person(self, person: PersonId) -> Person | None:
        return await self._one(models.Person.filter(id=person))

    async def person_known_as(self, identity: Identity) -> Person | None:
        known = models.PersonIdentity.filter(kind=identity.kind, scope=identity.scope, value=identity.value)
        row = await known.using_db(self.session.client).first()
        return await self.person(PersonId(row.person_id)) if row else None

    async def person_by_email(self, email: str) -> Person | None:
        address = email.strip().lower()
        return await self._one(models.Person.filter(email=address)) if address else None

    async def identity_of(self, person: PersonId, kind: str) -> Identity | None:
        known = models.PersonIdentity.filter(person_id=person, kind=kind).order_by("-id")
        row = await known.using_db(self.session.client).first()
        return Identity(row.kind, row.scope, row.value) if row else None

    async def person_identities(self) -> Sequence[Identity]:
        """How everybody is known on every desk."""
        known = models.PersonIdentity.all().order_by("id")
        return [Identity(row.kind, row.scope, row.value) for row in await known.using_db(self.session.client)]

    async def list_people(self) -> Sequence[Person]:
        """Everybody, active or not, in the order they came."""
        return await self._people(models.Person.all())

    async def _one(self, found: QuerySet[models.Person]) -> Person | None:
        return next(iter(await self._people(found)), None)

    async def _people(self, found: QuerySet[models.Person]) -> Sequence[Person]:
        people = await found.using_db(self.session.client).order_by("id")
        queues: defaultdict[int, list[str]] = defaultdict(list)
        for some in chunks(person.id for person in people):
            sql = f"SELECT person_id, queue FROM memberships WHERE person_id IN ({marks(len(some))})"
            for row in await self.session.rows(sql, *some):
                queues[row["person_id"]].append(row["queue"])
        return [rows.person(person, queues[person.id]) for person in people]

    async def web_session(self, token: str, at: datetime) -> WebSession | None:
        """By the cookie's token; None when it is unknown, expired, or the person is no longer active."""
        live = models.WebSession.filter(token_hash=hashed(token), expires_at__gt=at)
        row = await live.using_db(self.session.client).first()
        if row is None or not await self._is_active(row.person_id):
            return None
        return WebSession(PersonId(row.person_id), row.csrf, row.expires_at, row.seen_at)

    async def _is_active(self, person: int) -> bool:
        return await models.Person.filter(id=person, active=True).using_db(self.session.client).exists()


class PeopleWrites(PeopleReads):
    changes: Changes

    async def make_person(self, new: NewPerson, at: datetime) -> Person:
        """Raises `EmailTaken`."""
        email = new.email.strip().lower()
        if await self.person_by_email(email):
            raise EmailTaken
        made = await models.Person.create(
            name=new.name,
            public_name=new.public_name,
            email=email,
            role=new.role,
            locale=new.locale,
            zone=new.zone,
            shifts=json.dumps(new.shifts),
            languages=json.dumps(sorted(new.languages)),
            capacity=new.capacity,
            substitute_id=new.substitute,
            created_at=at,
            using_db=self.session.client,
        )
        self.changes.roll = True
        await self._join(PersonId(made.id), new.queues)
        await self.know_as(PersonId(made.id), Identity(CONSOLE, "", str(made.id)))
        return rows.person(made, sorted(new.queues))

    async def set_email(self, person: PersonId, email: str) -> None:
        """Raises `EmailTaken`."""
        address = email.strip().lower()
        known = await self.person_by_email(address)
        if known is not None and known.id != person:
            raise EmailTaken
        await self.put_person(person, email=address)

    async def change_person(
        self, person: PersonId, *, queues: frozenset[QueueName] | None = None, **columns: str | bool | Role | None
    ) -> None:
        """Sets the columns that are not None, and the queues when given."""
        await self.put_person(person, **{name: value for name, value in columns.items() if value is not None})
        if queues is not None:
            await self.session.run("DELETE FROM memberships WHERE person_id = ?", person)
            await self._join(person, queues)

    async def put_person(self, person: PersonId, **columns: str | bool | int | datetime | None) -> None:
        """Sets the columns, also to None."""
        self.changes.roll = True
        if columns:
            await models.Person.filter(id=person).using_db(self.session.client).update(**columns)

    async def _join(self, person: PersonId, queues: frozenset[QueueName]) -> None:
        await self.session.many(
            "INSERT INTO memberships (person_id, queue) VALUES (?, ?)", [(person, queue) for queue in sorted(queues)]
        )

    async def know_as(self, person: PersonId, identity: Identity) -> None:
        """Whoever was known so before is so no longer: the desk says who this is now."""
        self.changes.roll = True
        await self.session.run(
            "INSERT INTO person_identities (person_id, kind, scope, value) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, scope, value) DO UPDATE SET person_id = excluded.person_id",
            person,
            identity.kind,
            identity.scope,
            identity.value,
        )

    async def make_invite(self, person: PersonId, at: datetime, lives: timedelta) -> str:
        code = secrets.token_urlsafe(16)
        await models.Invite.create(
            code_hash=hashed(code), person_id=person, expires_at=at + lives, using_db=self.session.client
        )
        return code

    async def use_invite(self, code: str, identity: Identity, profile: Profile | None, at: datetime) -> Person | None:
        person = await self._use(models.Invite, code, at)
        if person is None:
            return None
        await self.know_as(person, identity)
        if profile and profile.zone:
            zoneless = models.Person.filter(id=person, zone__isnull=True)
            await zoneless.using_db(self.session.client).update(zone=profile.zone)
        return await self.person(person)

    async def make_login(self, person: PersonId, at: datetime, lives: timedelta) -> str:
        token = secrets.token_urlsafe(32)
        await models.Login.create(
            token_hash=hashed(token), person_id=person, expires_at=at + lives, using_db=self.session.client
        )
        return token

    async def use_login(self, token: str, at: datetime, lives: timedelta) -> NewSession | None:
        person = await self._use(models.Login, token, at)
        return None if person is None else await self.make_session(person, at, lives)

    async def _use(self, table: type[models.Invite] | type[models.Login], secret: str, at: datetime) -> PersonId | None:
        """Compare-and-set: of two who use it at once, one gets None."""
        live = table.filter(pk=hashed(secret), used_at__isnull=True, expires_at__gt=at)
        row = await live.using_db(self.session.client).first()
        if row is None or not await self._is_active(row.person_id):
            return None
        used = await live.using_db(self.session.client).update(used_at=at)
        return PersonId(row.person_id) if used else None

    async def make_session(self, person: PersonId, at: datetime, lives: timedelta) -> NewSession:
        new = NewSession(secrets.token_urlsafe(32), secrets.token_urlsafe(32), at + lives)
        await models.WebSession.create(
            token_hash=hashed(new.token),
            person_id=person,
            csrf=new.csrf,
            expires_at=new.expires_at,
            seen_at=at,
            using_db=self.session.client,
        )
        return new

    async def prolong_session(self, token: str, at: datetime, lives: timedelta) -> None:
        live = models.WebSession.filter(token_hash=hashed(token), expires_at__gt=at)
        await live.using_db(self.session.client).update(seen_at=at, expires_at=at + lives)

    async def drop_session(self, token: str) -> None:
        await models.WebSession.filter(token_hash=hashed(token)).using_db(self.session.client).delete()

    async def drop_sessions_of(self, person: PersonId) -> None:
        await models.WebSession.filter(person_id=person).using_db(self.session.client).delete()

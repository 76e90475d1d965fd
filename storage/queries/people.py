"""The team: people, how they are known on desks, invitations, sign-ins and what they were told in private.

Of codes and tokens only hashes are stored.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.ids import PersonId, QueueName, TicketId
from core.model import Identity, Person, Role, Roster
from core.ports import NewPerson, Notice, Profile
from core.say import Say
from storage import rows
from storage.commits import Changes
from storage.fields import instant
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
    return hashlib.sha256(secret.encode()).hexdigest()


class PeopleReads(Bound):
    async def person(self, person: PersonId) -> Person | None:
        return await self._person("id = ?", person)

    async def person_known_as(self, identity: Identity) -> Person | None:
        return await self._person(
            "id = (SELECT person_id FROM person_identities WHERE kind = ? AND scope = ? AND value = ?)",
            identity.kind,
            identity.scope,
            identity.value,
        )

    async def person_by_email(self, email: str) -> Person | None:
        return await self._person("email = ? AND email <> ''", email.strip().lower())

    async def identity_of(self, person: PersonId, kind: str) -> Identity | None:
        row = await self.session.one(
            "SELECT kind, scope, value FROM person_identities WHERE person_id = ? AND kind = ?"
            " ORDER BY id DESC LIMIT 1",
            person,
            kind,
        )
        return Identity(row["kind"], row["scope"], row["value"]) if row else None

    async def person_identities(self) -> Sequence[Identity]:
        """How everybody is known on every desk."""
        found = await self.session.rows("SELECT kind, scope, value FROM person_identities ORDER BY id")
        return [Identity(row["kind"], row["scope"], row["value"]) for row in found]

    async def roster(self) -> Roster:
        return Roster(tuple(person for person in await self.list_people() if person.active))

    async def list_people(self) -> Sequence[Person]:
        """Everybody, active or not, in the order they came."""
        return await self._people("1 = 1")

    async def _person(self, where: str, *values: Any) -> Person | None:
        return next(iter(await self._people(where, *values)), None)

    async def _people(self, where: str, *values: Any) -> list[Person]:
        found = await self.session.rows(f"SELECT * FROM people WHERE {where} ORDER BY id", *values)
        queues: defaultdict[int, list[str]] = defaultdict(list)
        for some in chunks(row["id"] for row in found):
            sql = f"SELECT person_id, queue FROM memberships WHERE person_id IN ({marks(len(some))})"
            for row in await self.session.rows(sql, *some):
                queues[row["person_id"]].append(row["queue"])
        return [rows.person(row, queues[row["id"]]) for row in found]

    async def notices(self, person: PersonId, limit: int) -> Sequence[Notice]:
        found = await self.session.rows(
            "SELECT * FROM notices WHERE person_id = ? ORDER BY id DESC LIMIT ?", person, limit
        )
        return [rows.notice(row) for row in found]

    async def notice(self, notice: int) -> Notice | None:
        row = await self.session.one("SELECT * FROM notices WHERE id = ?", notice)
        return rows.notice(row) if row else None

    async def web_session(self, token: str, at: datetime) -> WebSession | None:
        """By the cookie's token; None when it is unknown, expired, or the person is no longer active."""
        row = await self.session.one(
            "SELECT s.* FROM sessions s JOIN people p ON p.id = s.person_id"
            " WHERE s.token_hash = ? AND s.expires_at > ? AND p.active",
            hashed(token),
            at,
        )
        if row is None:
            return None
        return WebSession(row["person_id"], row["csrf"], instant(row["expires_at"]), instant(row["seen_at"]))


class PeopleWrites(PeopleReads):
    changes: Changes

    async def add_notice(self, person: PersonId, say: Say, ticket: TicketId | None, at: datetime) -> int:
        row = await self.session.one(
            "INSERT INTO notices (person_id, ticket_id, say, at) VALUES (?, ?, ?, ?) RETURNING id",
            person,
            ticket,
            rows.dump_say(say),
            at,
        )
        assert row is not None
        made: int = row["id"]
        self.changes.people |= {person}
        return made

    async def see_notices(self, person: PersonId, at: datetime) -> None:
        await self.session.run(
            "UPDATE notices SET seen_at = ? WHERE person_id = ? AND seen_at IS NULL AND at <= ?", at, person, at
        )

    async def make_person(self, new: NewPerson, at: datetime) -> Person:
        row = await self.session.one(
            "INSERT INTO people (name, public_name, email, role, locale, zone, created_at)"
            f" VALUES ({marks(7)}) RETURNING id",
            new.name,
            new.public_name,
            new.email.strip().lower(),
            new.role,
            new.locale,
            new.zone,
            at,
        )
        assert row is not None
        await self._join(row["id"], new.queues)
        await self.know_as(row["id"], Identity("console", "", str(row["id"])))
        made = await self.person(row["id"])
        assert made is not None
        return made

    async def change_person(
        self, person: PersonId, *, queues: frozenset[QueueName] | None = None, **columns: str | bool | Role | None
    ) -> None:
        """Sets the columns that are not None, and the queues when given."""
        given = {name: value for name, value in columns.items() if value is not None}
        if given:
            sets = ", ".join(f"{name} = ?" for name in given)
            await self.session.run(f"UPDATE people SET {sets} WHERE id = ?", *given.values(), person)
        if queues is not None:
            await self.session.run("DELETE FROM memberships WHERE person_id = ?", person)
            await self._join(person, queues)

    async def _join(self, person: PersonId, queues: frozenset[QueueName]) -> None:
        await self.session.many(
            "INSERT INTO memberships (person_id, queue) VALUES (?, ?)", [(person, queue) for queue in sorted(queues)]
        )

    async def know_as(self, person: PersonId, identity: Identity) -> None:
        """Whoever was known so before is so no longer: the desk says who this is now."""
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
        await self.session.run(
            "INSERT INTO invites (code_hash, person_id, expires_at) VALUES (?, ?, ?)", hashed(code), person, at + lives
        )
        return code

    async def use_invite(self, code: str, identity: Identity, profile: Profile | None, at: datetime) -> Person | None:
        person = await self._use("invites", "code_hash", code, at)
        if person is None:
            return None
        await self.know_as(person, identity)
        if profile:
            await self.session.run("UPDATE people SET zone = COALESCE(zone, ?) WHERE id = ?", profile.zone, person)
        return await self.person(person)

    async def make_login(self, person: PersonId, at: datetime, lives: timedelta) -> str:
        token = secrets.token_urlsafe(32)
        await self.session.run(
            "INSERT INTO logins (token_hash, person_id, expires_at) VALUES (?, ?, ?)", hashed(token), person, at + lives
        )
        return token

    async def use_login(self, token: str, at: datetime, lives: timedelta) -> NewSession | None:
        person = await self._use("logins", "token_hash", token, at)
        return None if person is None else await self.make_session(person, at, lives)

    async def _use(self, table: str, column: str, secret: str, at: datetime) -> PersonId | None:
        """Compare-and-set: of two who use it at once, one gets None."""
        row = await self.session.one(
            f"UPDATE {table} SET used_at = ? WHERE {column} = ? AND used_at IS NULL AND expires_at > ?"
            " AND person_id IN (SELECT id FROM people WHERE active) RETURNING person_id",
            at,
            hashed(secret),
            at,
        )
        return PersonId(row["person_id"]) if row else None

    async def make_session(self, person: PersonId, at: datetime, lives: timedelta) -> NewSession:
        new = NewSession(secrets.token_urlsafe(32), secrets.token_urlsafe(32), at + lives)
        await self.session.run(
            "INSERT INTO sessions (token_hash, person_id, csrf, expires_at, seen_at) VALUES (?, ?, ?, ?, ?)",
            hashed(new.token),
            person,
            new.csrf,
            new.expires_at,
            at,
        )
        return new

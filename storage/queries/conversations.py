"""Customers: contacts, the identities they are known by, and the conversations they write in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from core.errors import Lost
from core.ids import ContactId, ConversationId, InboxName
from core.model import Conversation
from core.people import Contact, Identity
from core.ports import Pointer, Wanted
from storage import rows
from storage.queries.ids import Ids
from storage.session import Bound, chunks, marks, tuples

Key = tuple[InboxName, str]
CHANGEABLE = tuple(field.name for field in fields(Contact) if field.name != "id")
COLUMNS = {"account": "account_id"}
"""Where a column's name is not the field's."""
NEWEST = 20_000
"""Contacts that are asked where they are: those that came last, however many there are."""


class ConversationReads(Bound):
    async def contact(self, contact: ContactId) -> Contact | None:
        return (await self.contacts([contact])).get(contact)

    async def contacts(self, ids: Sequence[ContactId]) -> Mapping[ContactId, Contact]:
        found: dict[ContactId, Contact] = {}
        for some in chunks(ids):
            for row in await self.session.rows(f"SELECT * FROM contacts WHERE id IN ({marks(len(some))})", *some):
                found[row["id"]] = rows.contact(row)
        return found

    async def contact_places(self, limit: int) -> Sequence[tuple[str | None, str]]:
        found = await self.session.rows(
            "SELECT country, zone FROM (SELECT country, zone FROM contacts ORDER BY id DESC LIMIT ?) AS newest "
            "WHERE zone IS NOT NULL GROUP BY country, zone ORDER BY count(*) DESC, country, zone LIMIT ?",
            NEWEST,
            limit,
        )
        return [(row["country"], row["zone"]) for row in found]

    async def conversation(self, conversation: ConversationId) -> Conversation | None:
        row = await self.session.one("SELECT * FROM conversations WHERE id = ?", conversation)
        return rows.conversation(row) if row else None

    async def conversation_at(self, inbox: InboxName, key: str) -> Conversation | None:
        row = await self.session.one("SELECT * FROM conversations WHERE inbox = ? AND key = ?", inbox, key)
        return rows.conversation(row) if row else None

    async def identities(self, contact: ContactId) -> Sequence[Identity]:
        """How a contact is known, oldest first; for cards and exports."""
        found = await self.session.rows(
            "SELECT kind, scope, value FROM identities WHERE contact_id = ? ORDER BY id", contact
        )
        return [Identity(row["kind"], row["scope"], row["value"]) for row in found]


class ConversationWrites(Ids, ConversationReads):
    async def senders(self, wanted: Sequence[Wanted]) -> Sequence[tuple[Conversation, Contact]]:
        """All in key order, and identities before conversations, so that two batches never wait for each other."""
        by_key = {(w.inbox, w.key): w for w in sorted(wanted, key=lambda w: (w.inbox, w.key))}
        known = await self._conversations(by_key)
        owners = await self._owners(identity for w in by_key.values() for identity in w.identities)
        aliases = await self._known_otherwise([w for key, w in by_key.items() if key not in known], owners)
        beginning = [w for key, w in by_key.items() if key not in known and key not in aliases]
        whose = await self._contacts_of(beginning, owners)
        await self.session.many(
            "INSERT INTO conversations (inbox, key, contact_id, address) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (inbox, key) DO NOTHING",
            [(w.inbox, w.key, whose[w.inbox, w.key], w.address) for w in beginning],
        )
        locked = await self._conversations({aliases.get(key, key) for key in by_key}, lock=True)
        known = {key: locked[aliases.get(key, key)] for key in by_key}
        await self._learn_identities(by_key, known, owners)
        contacts = await self.contacts([c.contact for c in known.values()])
        return [
            await self._refreshed(w, known[w.inbox, w.key], contacts[known[w.inbox, w.key].contact]) for w in wanted
        ]

    async def _known_otherwise(
        self, wanted: Sequence[Wanted], owners: Mapping[Identity, ContactId]
    ) -> Mapping[Key, Key]:
        """Keys under which a customer's conversation stands already: begun when only another identity was known."""
        aliases: dict[Key, Key] = {}
        for w in wanted:
            contact = _owner(w, owners)
            row = contact and await self.session.one(
                "SELECT key FROM conversations WHERE inbox = ? AND contact_id = ?"
                " AND key IN (SELECT value FROM identities WHERE contact_id = ?) ORDER BY id DESC LIMIT 1",
                w.inbox,
                contact,
                contact,
            )
            if row:
                aliases[w.inbox, w.key] = w.inbox, row["key"]
        return aliases

    async def _conversations(self, keys: Iterable[Key], *, lock: bool = False) -> dict[Key, Conversation]:
        found: dict[Key, Conversation] = {}
        for some in chunks(keys):
            sql = (
                f"WITH wanted (inbox, key) AS (VALUES {tuples(len(some), 2)}) SELECT c.* FROM wanted w"
                " JOIN conversations c ON c.inbox = w.inbox AND c.key = w.key"
                f" ORDER BY c.inbox, c.key{self.session.for_update_of('c') if lock else ''}"
            )
            for row in await self.session.rows(sql, *(part for key in some for part in key)):
                found[row["inbox"], row["key"]] = rows.conversation(row)
        return found

    async def _owners(self, identities: Iterable[Identity]) -> dict[Identity, ContactId]:
        """Whose they are; a merged contact's are its successor's."""
        found: dict[Identity, ContactId] = {}
        for some in chunks(identities):
            sql = (
                f"WITH wanted (kind, scope, value) AS (VALUES {tuples(len(some), 3)})"
                " SELECT i.kind, i.scope, i.value, COALESCE(c.merged_into, c.id) AS owner FROM wanted w"
                " JOIN identities i ON i.kind = w.kind AND i.scope = w.scope AND i.value = w.value"
                " JOIN contacts c ON c.id = i.contact_id"
            )
            for row in await self.session.rows(sql, *(part for i in some for part in (i.kind, i.scope, i.value))):
                found[Identity(row["kind"], row["scope"], row["value"])] = ContactId(row["owner"])
        return found

    async def _contacts_of(
        self, wanted: Sequence[Wanted], owners: dict[Identity, ContactId]
    ) -> Mapping[Key, ContactId]:
        """Whoever nobody knows is made, with their identities. Raises `Lost` when somebody just made one."""
        ids = iter(await self.new_ids("contacts", len(wanted)) if wanted else ())
        whose: dict[Key, ContactId] = {}
        made: list[tuple[ContactId, Wanted]] = []
        for w in wanted:
            contact = _owner(w, owners)
            if contact is None:
                contact = ContactId(next(ids))
                made.append((contact, w))
                owners.update(dict.fromkeys(w.identities, contact))
            whose[w.inbox, w.key] = contact
        await self.session.many(
            "INSERT INTO contacts (id, name, country, zone, language, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            [(contact, w.name, w.country, w.zone, w.language, w.at or datetime.now(UTC)) for contact, w in made],
        )
        if not await self._claim({identity: contact for contact, w in made for identity in w.identities}):
            raise Lost
        return whose

    async def _claim(self, identities: Mapping[Identity, ContactId]) -> bool:
        """Whether nobody had any of them. In order, so that two batches never wait for each other."""
        in_order = sorted(identities.items(), key=lambda pair: _order(pair[0]))
        claimed = 0
        for some in chunks(in_order):
            made = await self.session.rows(
                f"INSERT INTO identities (contact_id, kind, scope, value) VALUES {tuples(len(some), 4)}"
                " ON CONFLICT (kind, scope, value) DO NOTHING RETURNING id",
                *(value for identity, contact in some for value in (contact, *_order(identity))),
            )
            claimed += len(made)
        return claimed == len(in_order)

    async def _learn_identities(
        self, by_key: Mapping[Key, Wanted], known: Mapping[Key, Conversation], owners: dict[Identity, ContactId]
    ) -> None:
        """A customer known by a phone number may show a user id from today on."""
        for key, w in by_key.items():
            for identity in sorted(w.identities, key=_order):
                if identity not in owners and await self._claim({identity: known[key].contact}):
                    owners[identity] = known[key].contact

    async def _refreshed(self, w: Wanted, conversation: Conversation, contact: Contact) -> tuple[Conversation, Contact]:
        """What the platform tells and we did not know. What is known is not overwritten: people correct it by hand."""
        fresh = {
            name: value
            for name, value in (("name", w.name), ("country", w.country), ("language", w.language), ("zone", w.zone))
            if value and not getattr(contact, name)
        }
        if fresh:
            sets = ", ".join(f"{name} = ?" for name in fresh)
            await self.session.run(f"UPDATE contacts SET {sets} WHERE id = ?", *fresh.values(), contact.id)
            contact = (await self.contacts([contact.id]))[contact.id]
        if w.address and w.address != conversation.address:
            await self.session.run("UPDATE conversations SET address = ? WHERE id = ?", w.address, conversation.id)
            conversation = replace(conversation, address=w.address)
        return conversation, contact

    async def move_identity(self, old: Sequence[Identity], new: Sequence[Identity]) -> ContactId | None:
        owners = await self._owners(old)
        contact = next((owners[identity] for identity in old if identity in owners), None)
        if contact is None:
            return None
        for identity in sorted(new, key=_order):
            await self.session.run(
                "INSERT INTO identities (contact_id, kind, scope, value) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (kind, scope, value) DO UPDATE SET contact_id = excluded.contact_id",
                contact,
                identity.kind,
                identity.scope,
                identity.value,
            )
        successors = {identity.kind: identity.value for identity in new}
        for identity in old:
            if after := successors.get(identity.kind):
                await self._rename_conversations(contact, identity.value, after)
                await self._give_up(identity, contact, new)
        return contact

    async def _give_up(self, old: Identity, contact: ContactId, kept: Sequence[Identity]) -> None:
        """A number that was given up belongs to somebody else one day, who must not be taken for this customer."""
        if old not in kept:
            await self.session.run(
                "DELETE FROM identities WHERE contact_id = ? AND kind = ? AND scope = ? AND value = ?",
                contact,
                old.kind,
                old.scope,
                old.value,
            )

    async def _rename_conversations(self, contact: ContactId, old: str, new: str) -> None:
        """Unless the customer wrote from the new address before we heard of it: then both conversations stand."""
        mine: list[Any] = [contact, old]
        await self.session.run("UPDATE conversations SET address = ? WHERE contact_id = ? AND address = ?", new, *mine)
        await self.session.run(
            "UPDATE conversations SET key = ? WHERE contact_id = ? AND key = ? AND NOT EXISTS"
            " (SELECT 1 FROM conversations o WHERE o.inbox = conversations.inbox AND o.key = ?)",
            new,
            *mine,
            new,
        )

    async def point(self, moves: Sequence[Pointer]) -> None:
        olds = {move.conversation: move.old for move in sorted(moves, key=lambda move: move.conversation)}
        for some in chunks(olds):
            sql = f"SELECT id, ticket_id FROM conversations WHERE id IN ({marks(len(some))}) ORDER BY id"
            found = await self.session.rows(f"{sql}{self.session.for_no_key_update}", *some)
            if {row["id"]: row["ticket_id"] for row in found} != {each: olds[each] for each in some}:
                raise Lost
        await self.session.many(
            "UPDATE conversations SET ticket_id = ? WHERE id = ?", [(move.new, move.conversation) for move in moves]
        )

    async def update_contact(self, before: Contact, after: Contact) -> None:
        changed = [name for name in CHANGEABLE if getattr(before, name) != getattr(after, name)]
        if changed:
            sets = ", ".join(f"{COLUMNS.get(name, name)} = ?" for name in changed)
            values = [getattr(after, name) for name in changed]
            await self.session.run(f"UPDATE contacts SET {sets} WHERE id = ?", *values, before.id)


def _owner(w: Wanted, owners: Mapping[Identity, ContactId]) -> ContactId | None:
    return next((owners[identity] for identity in w.identities if identity in owners), None)


def _order(identity: Identity) -> tuple[str, str, str]:
    return identity.kind, identity.scope, identity.value

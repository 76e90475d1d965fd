"""Writing the search index: which tickets are due, what their documents hold, and how far it goes.

A document is a ticket with all that was said in it. It is due when a message has come (known by their ids, which go
up), when something else of it changed (`search_dirty`, written by triggers), and once for what was there before.
How it is searched: `storage.queries.search`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.ids import MessageId, TicketId
from core.search import tokens
from storage.queries.search import MARK, QUEUE, TAG, WORD, plain, segment_of
from storage.session import Bound, Dialect, chunks, marks

BELOW = "search.below"
"""The setting that says which tickets were there before the index and are not in it yet: those below."""
BEFORE = 2_000
"""Messages before the newest that are looked at again when the index begins: some may not be committed yet."""
MESSAGES = 1_000
"""The newest of a ticket that its document holds."""
LETTERS = 300_000
"""The same in characters, about: a document is made anew with every message, and whoever writes without end must not
keep us busy with all of it."""
BYTES = 500_000
"""Of a document; PostgreSQL takes a megabyte."""


class Came(NamedTuple):
    """A message that is not in the index yet."""

    id: MessageId
    ticket: TicketId


class Stale(NamedTuple):
    """A ticket whose document is no longer true, by the row that says so."""

    id: int
    ticket: TicketId


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the index goes: messages up to `message`, and tickets from `below` on; 0 when all are in it."""

    message: int
    below: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a ticket is found by."""

    ticket: TicketId
    queue: str
    tags: frozenset[str]
    texts: tuple[str, ...]

    def tokens(self) -> list[str]:
        """Distinct, with the ticket's segment."""
        segment, found, size = segment_of(self.ticket), dict[str, None](), 0
        found[f"{segment}{QUEUE}{plain(self.queue)}"] = None
        found.update((f"{segment}{TAG}{plain(tag)}", None) for tag in sorted(self.tags))
        for word in (f"{segment}{WORD}{it}" for text in (*sorted(self.tags), *self.texts) for it in tokens(text)):
            if word not in found:
                found[word] = None
                size += len(word.encode())
                if size > BYTES:
                    break
        return list(found)


class IndexReads(Bound):
    async def index_reach(self) -> Reach | None:
        """None before the index was begun."""
        rows = await self.session.rows("SELECT name, value FROM settings WHERE name IN (?, ?)", MARK, BELOW)
        found = {row["name"]: int(row["value"]) for row in rows}
        return Reach(found[MARK], found[BELOW]) if len(found) == 2 else None

    async def index_start(self) -> Reach:
        """Where the index begins: nothing is in it, and from now on every new message will be."""
        row = await self.session.one(
            "SELECT (SELECT max(id) FROM messages) AS message, (SELECT max(id) FROM tickets) AS ticket"
        )
        assert row is not None
        return Reach(max((row["message"] or 0) - BEFORE, 0), (row["ticket"] or 0) + 1)

    async def messages_since(self, after: int, limit: int) -> Sequence[Came]:
        rows = await self.session.rows(
            "SELECT id, ticket_id FROM messages WHERE id > ? ORDER BY id LIMIT ?", after, limit
        )
        return [Came(row["id"], row["ticket_id"]) for row in rows]

    async def messages_late(self, ids: Sequence[int]) -> Sequence[Came]:
        """Those of the ids that are there by now."""
        found: list[Came] = []
        for some in chunks(ids):
            sql = f"SELECT id, ticket_id FROM messages WHERE id IN ({marks(len(some))})"
            found += [Came(row["id"], row["ticket_id"]) for row in await self.session.rows(sql, *some)]
        return found

    async def stale_tickets(self, limit: int) -> Sequence[Stale]:
        rows = await self.session.rows("SELECT id, ticket_id FROM search_dirty ORDER BY id LIMIT ?", limit)
        return [Stale(row["id"], row["ticket_id"]) for row in rows]

    async def tickets_below(self, below: int, limit: int) -> Sequence[TicketId]:
        """Newest first."""
        rows = await self.session.rows("SELECT id FROM tickets WHERE id < ? ORDER BY id DESC LIMIT ?", below, limit)
        return [row["id"] for row in rows]

    async def documents(self, ids: Sequence[TicketId]) -> Sequence[Document]:
        """Of those tickets that are there; with the customer's name and what they wrote, were answered and sent."""
        texts: dict[TicketId, list[str]] = {}
        about = []
        for some in chunks(ids):
            within = marks(len(some))
            about += await self.session.rows(
                "SELECT t.id, t.queue, c.name, c.company, c.email FROM tickets t JOIN contacts c ON c.id = t.contact_id"
                f" WHERE t.id IN ({within})",
                *some,
            )
            for sql in (f"{NEWEST.format(ids=within)}", f"{FILES.format(ids=within)}"):
                for row in await self.session.rows(sql, *some, MESSAGES, LETTERS):
                    texts.setdefault(row["ticket_id"], []).append(row["text"])
        tags = await self._tags(ids)
        return [
            Document(
                row["id"],
                row["queue"],
                frozenset(tags.get(row["id"], ())),
                (row["name"], row["company"], row["email"], *texts.get(row["id"], ())),
            )
            for row in about
        ]

    async def _tags(self, ids: Sequence[TicketId]) -> Mapping[TicketId, Sequence[str]]:
        tags: dict[TicketId, list[str]] = {}
        for some in chunks(ids):
            sql = f"SELECT ticket_id, tag FROM ticket_tags WHERE ticket_id IN ({marks(len(some))})"
            for row in await self.session.rows(sql, *some):
                tags.setdefault(row["ticket_id"], []).append(row["tag"])
        return tags


NEWEST = (
    "SELECT ticket_id, text FROM (SELECT ticket_id, text, row_number() OVER newest AS n,"
    " sum(length(text)) OVER newest - length(text) AS above FROM messages WHERE ticket_id IN ({ids})"
    " AND deleted_at IS NULL AND kind <> 'auto' AND text <> ''"
    " WINDOW newest AS (PARTITION BY ticket_id ORDER BY id DESC)) AS said WHERE n <= ? AND above < ?"
)
"""Not what the house says by itself: those words stand in every ticket."""
FILES = (
    "SELECT ticket_id, text FROM (SELECT m.ticket_id, f.name AS text, row_number() OVER newest AS n,"
    " sum(length(f.name)) OVER newest - length(f.name) AS above FROM messages m JOIN files f ON f.message_id = m.id"
    " WHERE m.ticket_id IN ({ids}) AND m.deleted_at IS NULL AND f.name <> ''"
    " WINDOW newest AS (PARTITION BY m.ticket_id ORDER BY f.id DESC)) AS sent WHERE n <= ? AND above < ?"
)


class IndexWrites(IndexReads):
    async def write_documents(self, documents: Mapping[TicketId, Sequence[str]]) -> None:
        """The tokens of each, in place of what its document held. A ticket that has gone meanwhile gets none."""
        await self.session.many(
            WRITE[self.session.dialect],
            [(list(it) if self.session.dialect == "postgres" else " ".join(it), id) for id, it in documents.items()],
        )

    async def no_longer_stale(self, rows: Sequence[int]) -> None:
        """These rows of `search_dirty` have been seen to."""
        for some in chunks(rows):
            await self.session.run(f"DELETE FROM search_dirty WHERE id IN ({marks(len(some))})", *some)

    async def begin_index(self, reach: Reach) -> None:
        """From now on it goes so far; what documents there are stay and are written over."""
        await self.forget_index()
        for name, value in ((MARK, reach.message), (BELOW, reach.below)):
            await self.session.run("INSERT INTO settings (name, value) VALUES (?, ?)", name, str(value))

    async def index_reached(self, before: Reach, after: Reach) -> bool:
        """Compare-and-set; False when somebody else was here, or it was begun anew."""
        for name, old, new in ((MARK, before.message, after.message), (BELOW, before.below, after.below)):
            sql = "UPDATE settings SET value = ? WHERE name = ? AND value = ?"
            if not await self.session.run(sql, str(new), name, str(old)):
                return False
        return True

    async def forget_index(self) -> None:
        """Its worker begins it anew; until it is through, what is there answers."""
        await self.session.run("DELETE FROM settings WHERE name IN (?, ?)", MARK, BELOW)


WRITE: Mapping[Dialect, str] = {
    "sqlite": "INSERT OR REPLACE INTO search_docs (tokens, rowid) SELECT ?, id FROM tickets WHERE id = ?",
    "postgres": "INSERT INTO search_docs (tokens, ticket_id) SELECT array_to_tsvector(CAST(? AS text[])), id"
    " FROM tickets WHERE id = ? ON CONFLICT (ticket_id) DO UPDATE SET tokens = excluded.tokens",
}

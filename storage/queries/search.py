"""The search over tickets: by number, by who the customer is, by tag, and by words of what was said.

Words are found in the index that `storage.queries.indexing` writes: one document a ticket, so several words are sought
in the ticket as a whole. Its tokens bear the segment of ids that the ticket is in: an inverted index gives all that
fits or nothing, and so it is asked segment by segment from the newest tickets on, until there is enough. That makes a
common word as cheap as a rare one. The viewer's queues are tokens too, so one who sees a small queue does not go
through all that others may see; what is found is checked against the tickets themselves.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from core.ids import ContactId, QueueName, TicketId, row_number
from core.search import Sought, fold, phone_digits, sought, tokens
from storage.session import Bound, Dialect, marks

NUMBER = re.compile(r"(?:[tT]-|#)?(\d{1,15})")
SEGMENT = 14
"""Bits: a segment has 16,384 tickets."""
STEPS = (2, 4, 8)
"""Segments that are asked at once: one after the other, the last again and again."""
STALE = 4
"""The index may say that a ticket is still in a queue which it left a moment ago: so many times more are looked at."""
JUST_NOW = 300
"""The newest messages that no document holds yet are read one by one; so many of them."""
KNOWN = 100
"""Customers who go by one name, number or address."""
TAGGED = 200
"""Tickets newest tagged so, of which the index may not know yet."""
MARK = "search.message"
"""The setting that says up to which message the index goes."""
PHONE_END = 7


WORD, TAG, QUEUE = "w", "t", "q"
"""What a token of a document is: its kind stands between the segment and the token itself."""


def segment_of(ticket: int) -> int:
    return ticket >> SEGMENT


def plain(name: str) -> str:
    """A queue or tag as a token: letters and digits. Two names may become one: what is found is checked."""
    return re.sub(r"[\W_]", "", fold(name))


class SearchReads(Bound):
    async def search(self, words: str, queues: Sequence[QueueName], limit: int) -> Sequence[TicketId]:
        if not (words := words.strip()) or not queues:
            return []
        named = await self._by_number(words, queues)
        found = {
            *await self._of_contacts(await self._contacts_known_as(words), queues, limit),
            *await self._by_tag(words.removeprefix("#"), queues, limit),
        }
        if words.startswith("#") and (tag := plain(words)):
            found |= set(await self._indexed(Sought((tag,)), TAG, queues, limit))
        for wanted in () if found and words.startswith("#") else _readings(words):
            found |= set(await self._just_written(wanted, queues))
            found |= set(await self._indexed(wanted, WORD, queues, limit))
        return [*named, *sorted(found - set(named), reverse=True)][:limit]

    async def _by_number(self, words: str, queues: Sequence[QueueName]) -> list[TicketId]:
        number = row_number(match[1]) if (match := NUMBER.fullmatch(words)) else None
        if number is None:
            return []
        sql = f"SELECT id FROM tickets WHERE id = ? AND queue IN ({marks(len(queues))})"
        return [row["id"] for row in await self.session.rows(sql, number, *queues)]

    async def _contacts_known_as(self, words: str) -> list[ContactId]:
        """By their whole name, address or number; parts of a name are words like others."""
        named = await self.session.rows(
            "SELECT contact_id FROM (SELECT contact_id FROM identities WHERE value IN (?, ?) LIMIT ?) AS known"
            " UNION SELECT id FROM (SELECT id FROM contacts WHERE lower(name) = lower(?) LIMIT ?) AS named UNION"
            " SELECT id FROM (SELECT id FROM contacts WHERE lower(email) = lower(?) AND email <> '' LIMIT ?) AS mail",
            *(words, words.lower(), KNOWN, words, KNOWN, words, KNOWN),
        )
        digits = phone_digits(words)
        called = (
            await self.session.rows(
                "SELECT contact_id, value FROM identities WHERE kind = 'phone' AND substr(value, length(value) - 6) = ?"
                " LIMIT ?",
                digits[-PHONE_END:],
                KNOWN,
            )
            if len(digits) >= PHONE_END
            else []
        )
        return [row["contact_id"] for row in named] + [
            row["contact_id"] for row in called if row["value"].endswith(digits)
        ]

    async def _of_contacts(
        self, contacts: Sequence[ContactId], queues: Sequence[QueueName], limit: int
    ) -> list[TicketId]:
        if not contacts:
            return []
        found = await self.session.rows(
            f"SELECT id FROM tickets WHERE contact_id IN ({marks(len(contacts))}) AND queue IN ({marks(len(queues))})"
            " ORDER BY id DESC LIMIT ?",
            *contacts,
            *queues,
            limit,
        )
        return [row["id"] for row in found]

    async def _by_tag(self, tag: str, queues: Sequence[QueueName], limit: int) -> list[TicketId]:
        found = await self.session.rows(
            "SELECT t.id FROM (SELECT ticket_id AS id FROM ticket_tags WHERE tag = ? ORDER BY ticket_id DESC LIMIT ?)"
            f" AS tagged JOIN tickets t ON t.id = tagged.id WHERE t.queue IN ({marks(len(queues))})"
            " ORDER BY t.id DESC LIMIT ?",
            tag.lower(),
            TAGGED,
            *queues,
            limit,
        )
        return [row["id"] for row in found]

    async def _just_written(self, wanted: Sought, queues: Sequence[QueueName]) -> list[TicketId]:
        """What came since the index was last written: a second's worth, so it is read and not looked up."""
        found = await self.session.rows(
            "SELECT late.ticket_id, late.text, c.name FROM (SELECT ticket_id, text FROM messages WHERE id >"
            " COALESCE((SELECT CAST(value AS bigint) FROM settings WHERE name = ?), 0) AND deleted_at IS NULL"
            " AND kind <> 'auto' ORDER BY id DESC LIMIT ?) AS late JOIN tickets t ON t.id = late.ticket_id"
            f" JOIN contacts c ON c.id = t.contact_id WHERE t.queue IN ({marks(len(queues))}) ORDER BY late.ticket_id",
            MARK,
            JUST_NOW,
            *queues,
        )
        said = {
            ticket: {token for row in rows for text in (row["text"], row["name"]) for token in tokens(text)}
            for ticket, rows in groupby(found, lambda row: row["ticket_id"])
        }
        return [ticket for ticket, there in said.items() if wanted.within(there)]

    async def _indexed(self, wanted: Sought, kind: str, queues: Sequence[QueueName], limit: int) -> list[TicketId]:
        """The newest tickets whose documents have it all."""
        newest = await self.session.one("SELECT max(id) AS id FROM tickets")
        sql = FIND[self.session.dialect].format(queues=marks(len(queues)))
        found: list[TicketId] = []
        for some in _segments(segment_of((newest and newest["id"]) or 0)):
            asked = _asked(self.session.dialect, some, wanted, kind, queues)
            found += [row["id"] for row in await self.session.rows(sql, asked, limit * STALE, *queues)]
            if len(found) >= limit:
                break
        return found[:limit]


FIND: Mapping[Dialect, str] = {
    "sqlite": "SELECT t.id FROM (SELECT rowid AS id FROM search_docs WHERE search_docs MATCH ? ORDER BY rowid DESC"
    " LIMIT ?) AS found JOIN tickets t ON t.id = found.id WHERE t.queue IN ({queues}) ORDER BY t.id DESC",
    "postgres": "WITH hits AS MATERIALIZED (SELECT ticket_id FROM search_docs WHERE tokens @@"
    " CAST(CAST(? AS text) AS tsquery)) SELECT t.id FROM (SELECT ticket_id AS id FROM hits ORDER BY ticket_id DESC"
    " LIMIT ?) AS found JOIN tickets t ON t.id = found.id WHERE t.queue IN ({queues}) ORDER BY t.id DESC",
}
"""MATERIALIZED: else the planner may walk through all documents from the newest on, in the belief that what is sought
is common."""


def _readings(words: str) -> Iterator[Sought]:
    """As words; and, where it may be a telephone number in whatever writing, as one."""
    if wanted := sought(words):
        yield wanted
    if digits := phone_digits(words):
        yield Sought((digits,))


def _segments(newest: int) -> Iterator[Sequence[int]]:
    """All, newest first, in growing numbers."""
    steps = iter(STEPS)
    while newest >= 0:
        step = next(steps, STEPS[-1])
        yield range(newest, max(newest - step, -1), -1)
        newest -= step


def _asked(dialect: Dialect, segments: Iterable[int], wanted: Sought, kind: str, queues: Sequence[QueueName]) -> str:
    """In any of the segments one of the queues and all tokens, as FTS5 or PostgreSQL reads it. Tokens are letters and
    digits: they need no more than quotes."""
    either, both, mark, more = (" OR ", " AND ", '"', '"*') if dialect == "sqlite" else (" | ", " & ", "'", "':*")
    names = sorted({plain(queue) for queue in queues})

    def within(segment: int) -> str:
        visible = either.join(f"{mark}{segment}{QUEUE}{name}{mark}" for name in names)
        terms = [f"{mark}{segment}{kind}{token}{mark}" for token in wanted.tokens]
        terms += [f"{mark}{segment}{kind}{wanted.beginning}{more}"] if wanted.beginning else []
        return f"({both.join([f'({visible})', *terms])})"

    return either.join(within(segment) for segment in segments)

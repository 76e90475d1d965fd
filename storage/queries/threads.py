"""The thread of a ticket (its entries), and where it stands on each desk."""

from collections.abc import Sequence
from datetime import datetime

from core.ids import CONSOLE, DeskName, MessageId, ThreadId, TicketId
from core.model import Entry, PostRef, Thread, ThreadRef
from storage import rows
from storage.session import Bound, chunks, marks


class ThreadReads(Bound):
    async def thread(self, ticket: TicketId, desk: DeskName) -> Thread | None:
        row = await self.session.one("SELECT * FROM threads WHERE ticket_id = ? AND desk = ? AND current", ticket, desk)
        return rows.thread(row) if row else None

    async def threads(self, ticket: TicketId) -> Sequence[Thread]:
        found = await self.session.rows("SELECT * FROM threads WHERE ticket_id = ? ORDER BY id", ticket)
        return [rows.thread(row) for row in found]

    async def thread_at(self, ref: ThreadRef) -> Thread | None:
        row = await self.session.one(
            "SELECT * FROM threads WHERE desk = ? AND place = ? AND root = ?", ref.desk, ref.place, ref.root
        )
        return rows.thread(row) if row else None

    async def thread_of_card(self, post: PostRef) -> Thread | None:
        row = await self.session.one(
            "SELECT * FROM threads WHERE desk = ? AND place = ? AND card = ? AND card <> ''",
            post.desk,
            post.place,
            post.post,
        )
        return rows.thread(row) if row else None

    async def entry_at(self, post: PostRef) -> Entry | None:
        row = await self.session.one(
            "SELECT e.* FROM posts p JOIN entries e ON e.ticket_id = p.ticket_id AND e.seq = p.seq"
            " WHERE p.desk = ? AND p.place = ? AND p.post = ? ORDER BY e.seq DESC LIMIT 1",
            post.desk,
            post.place,
            post.post,
        ) or await self.session.one(
            "SELECT * FROM entries WHERE desk = ? AND place = ? AND post = ? ORDER BY ticket_id DESC, seq DESC LIMIT 1",
            post.desk,
            post.place,
            post.post,
        )
        return rows.entry(row) if row else None

    async def entries_at(self, post: PostRef) -> Sequence[Entry]:
        found = await self.session.rows(
            "SELECT e.* FROM posts p JOIN entries e ON e.ticket_id = p.ticket_id AND e.seq = p.seq"
            " WHERE p.desk = ? AND p.place = ? AND p.post = ? ORDER BY e.seq",
            post.desk,
            post.place,
            post.post,
        )
        return [rows.entry(row) for row in found]

    async def shown_until(self, ticket: TicketId, desk: DeskName, at: datetime) -> MessageId | None:
        newest = " AND e.kind = 'customer' AND e.message_id IS NOT NULL ORDER BY e.seq DESC LIMIT 1"
        if desk == CONSOLE:
            row = await self.session.one(
                f"SELECT e.message_id FROM entries e WHERE e.ticket_id = ? AND e.at <= ?{newest}", ticket, at
            )
        else:
            row = await self.session.one(
                "SELECT e.message_id FROM entries e JOIN posts p ON p.ticket_id = e.ticket_id AND p.seq = e.seq"
                f" WHERE e.ticket_id = ? AND p.desk = ? AND p.at <= ?{newest}",
                ticket,
                desk,
                at,
            )
        return MessageId(row["message_id"]) if row else None

    async def posts(self, ticket: TicketId, desk: DeskName, seq: int) -> Sequence[PostRef]:
        found = await self.session.rows(
            "SELECT desk, place, post FROM posts WHERE ticket_id = ? AND desk = ? AND seq = ? ORDER BY thread_id",
            ticket,
            desk,
            seq,
        )
        return [ref for row in found if (ref := rows.post_ref(row))]

    async def entries(
        self, ticket: TicketId, *, above_rev: int = -1, from_seq: int = 0, limit: int = 200
    ) -> Sequence[Entry]:
        found = await self.session.rows(
            "SELECT * FROM entries WHERE ticket_id = ? AND rev > ? AND seq >= ? ORDER BY seq LIMIT ?",
            ticket,
            above_rev,
            from_seq,
            limit,
        )
        return [rows.entry(row) for row in found]


class ThreadWrites(Bound):
    async def insert_entries(self, entries: Sequence[Entry]) -> None:
        await self.session.many(
            "INSERT INTO entries (ticket_id, seq, rev, kind, at, message_id, say, by_id, mention_id, desk, place, post)"
            f" VALUES ({marks(12)})",
            [
                (
                    e.ticket, e.seq, e.rev, e.kind, e.at, e.message, rows.dump_say(e.say), e.by, e.mention,
                    e.origin and e.origin.desk, e.origin and e.origin.place, e.origin and e.origin.post,
                )
                for e in entries
            ],
        )  # fmt: skip

    async def touch_entries(self, ticket: TicketId, messages: Sequence[MessageId], rev: int) -> Sequence[int]:
        touched: list[int] = []
        for some in chunks(messages):
            found = await self.session.rows(
                f"UPDATE entries SET rev = ? WHERE ticket_id = ? AND message_id IN ({marks(len(some))}) RETURNING seq",
                rev,
                ticket,
                *some,
            )
            touched += [row["seq"] for row in found]
        return sorted(touched)

    async def save_thread(self, ticket: TicketId, ref: ThreadRef, posted: int) -> ThreadId:
        await self.session.run(
            "UPDATE threads SET current = ? WHERE ticket_id = ? AND desk = ? AND current", False, ticket, ref.desk
        )
        row = await self.session.one(
            "INSERT INTO threads (ticket_id, desk, place, root, card, current, posted) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (desk, place, root) DO UPDATE SET ticket_id = excluded.ticket_id, card = excluded.card,"
            " current = excluded.current, posted = excluded.posted RETURNING id",
            ticket,
            ref.desk,
            ref.place,
            ref.root,
            ref.card,
            True,
            posted,
        )
        assert row is not None
        return ThreadId(row["id"])

    async def leave_thread(self, thread: ThreadId) -> None:
        await self.session.run("UPDATE threads SET current = ? WHERE id = ?", False, thread)

    async def save_card(self, thread: ThreadId, card: str) -> None:
        await self.session.run("UPDATE threads SET card = ? WHERE id = ?", card, thread)

    async def advance_thread(
        self, thread: ThreadId, posted: int, post: PostRef | None, seqs: Sequence[int], at: datetime
    ) -> None:
        row = await self.session.one("UPDATE threads SET posted = ? WHERE id = ? RETURNING ticket_id", posted, thread)
        if row is None or post is None:
            return
        await self.session.many(
            "INSERT INTO posts (thread_id, seq, ticket_id, desk, place, post, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (thread_id, seq)"
            " DO UPDATE SET place = excluded.place, post = excluded.post, at = excluded.at",
            [(thread, seq, row["ticket_id"], post.desk, post.place, post.post, at) for seq in seqs],
        )

"""What was written: messages with their files and parts, delivery reports that came too early, drafts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.ids import FileId, InboxName, MessageId, PersonId, TicketId
from core.messages import File, Ladder, Message, Part
from core.model import PostRef
from core.ports import SavedDraft
from storage import rows
from storage.fields import instant
from storage.session import Bound, chunks, marks

PUT_PART = (
    "INSERT INTO parts (message_id, seq, text, file_id, state, external, code, sent_at, inbox)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT inbox FROM messages WHERE id = ?))"
    " ON CONFLICT (message_id, seq) DO UPDATE SET text = excluded.text, file_id = excluded.file_id,"
    " state = excluded.state, external = excluded.external, code = excluded.code, sent_at = excluded.sent_at"
)


def _part_values(message: MessageId, part: Part) -> tuple[Any, ...]:
    return message, part.seq, part.text, part.file, part.state, part.external, part.code, part.sent_at, message


class MessageReads(Bound):
    async def message(self, message: MessageId) -> Message | None:
        return (await self.messages([message])).get(message)

    async def messages(self, ids: Sequence[MessageId]) -> Mapping[MessageId, Message]:
        found: dict[MessageId, Message] = {}
        for some in chunks(ids):
            files = await self._of("files", "id", some)
            parts = await self._of("parts", "seq", some)
            for row in await self.session.rows(f"SELECT * FROM messages WHERE id IN ({marks(len(some))})", *some):
                found[row["id"]] = rows.message(row, files[row["id"]], parts[row["id"]])
        return {message: found[message] for message in ids if message in found}

    async def _of(self, table: str, order: str, messages: Sequence[MessageId]) -> Mapping[int, list[rows.Row]]:
        found: defaultdict[int, list[rows.Row]] = defaultdict(list)
        sql = f"SELECT * FROM {table} WHERE message_id IN ({marks(len(messages))}) ORDER BY message_id, {order}"
        for row in await self.session.rows(sql, *messages):
            found[row["message_id"]].append(row)
        return found

    async def file(self, file: FileId) -> File | None:
        row = await self.session.one("SELECT * FROM files WHERE id = ?", file)
        return rows.file(row) if row else None

    async def draft(self, draft: int) -> SavedDraft | None:
        row = await self.session.one("SELECT * FROM drafts WHERE id = ?", draft)
        return rows.draft(row) if row else None


class MessageWrites(MessageReads):
    async def messages(self, ids: Sequence[MessageId]) -> Mapping[MessageId, Message]:
        """Locked until the transaction ends: parts are written back whole, so nobody may move one in between."""
        for some in chunks(sorted(ids)) if self.session.for_no_key_update else ():
            sql = f"SELECT id FROM messages WHERE id IN ({marks(len(some))}) ORDER BY id"
            await self.session.rows(f"{sql}{self.session.for_no_key_update}", *some)
        return await super().messages(ids)

    async def insert_messages(self, messages: Sequence[Message]) -> None:
        await self.session.many(
            "INSERT INTO messages (id, ticket_id, conversation_id, kind, text, about, at, person_id, external,"
            f" edited_at, deleted_at, reaction, reply_to, inbox) VALUES ({marks(13)},"
            " (SELECT inbox FROM conversations WHERE id = ?))",
            [
                (
                    m.id, m.ticket, m.conversation, m.kind, m.text, rows.dump_say(m.about), m.at, m.person, m.external,
                    m.edited_at, m.deleted_at, m.reaction, m.reply_to, m.conversation,
                )
                for m in messages
            ],
        )  # fmt: skip
        await self.session.many(
            f"INSERT INTO files (id, message_id, name, mime, size, state, source, blob, reason) VALUES ({marks(9)})",
            [
                (f.id, f.message, f.name, f.mime, f.size, f.state, f.source, f.blob, f.reason)
                for m in messages
                for f in m.files
            ],
        )
        await self.session.many(PUT_PART, [_part_values(m.id, part) for m in messages for part in m.parts])

    async def update_message(self, message: Message) -> None:
        await self.session.run(
            "UPDATE messages SET text = ?, about = ?, external = ?, edited_at = ?, deleted_at = ?, reaction = ?"
            " WHERE id = ?",
            message.text,
            rows.dump_say(message.about),
            message.external,
            message.edited_at,
            message.deleted_at,
            message.reaction,
            message.id,
        )
        await self.session.run("DELETE FROM parts WHERE message_id = ? AND seq >= ?", message.id, len(message.parts))
        await self.session.many(PUT_PART, [_part_values(message.id, part) for part in message.parts])

    async def update_part(self, message: MessageId, part: Part) -> None:
        await self.session.many(PUT_PART, [_part_values(message, part)])

    async def message_by_external(self, inbox: InboxName, external: str) -> Message | None:
        for table, column in (("messages", "id"), ("parts", "message_id")):
            row = await self.session.one(
                f"SELECT {column} AS id FROM {table} WHERE inbox = ? AND external = ? ORDER BY 1 DESC LIMIT 1",
                inbox,
                external,
            )
            if row:
                return await self.message(row["id"])
        return None

    async def taken_before(self, inbox: InboxName, key: str, at: datetime) -> Sequence[Message]:
        found = await self.session.rows(
            "SELECT DISTINCT m.id FROM conversations c JOIN messages m ON m.conversation_id = c.id"
            " JOIN parts p ON p.message_id = m.id WHERE c.inbox = ? AND c.key = ? AND p.sent_at <= ?"
            " AND p.state IN ('sent', 'delivered') ORDER BY m.id",
            inbox,
            key,
            at,
        )
        return list((await self.messages([MessageId(row["id"]) for row in found])).values())

    async def answered_at(self, ticket: TicketId, since: datetime, but: MessageId) -> datetime | None:
        found = await self.session.one(
            "SELECT min(m.at) AS at FROM messages m WHERE m.ticket_id = ? AND m.kind = 'reply' AND m.at >= ?"
            " AND m.id <> ? AND NOT EXISTS (SELECT 1 FROM parts p WHERE p.message_id = m.id"
            " AND p.state NOT IN ('sent', 'delivered', 'read'))",
            ticket,
            since,
            but,
        )
        return rows.moment(found["at"]) if found else None

    async def park_report(self, inbox: InboxName, external: str, state: Ladder, code: str, at: datetime) -> None:
        await self.session.run(
            "INSERT INTO early_reports (inbox, external, state, code, at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (inbox, external, state) DO NOTHING",
            inbox,
            external,
            state,
            code,
            at,
        )

    async def parked_reports(self, inbox: InboxName, external: str) -> Sequence[tuple[Ladder, str]]:
        found = await self.session.rows(
            "DELETE FROM early_reports WHERE inbox = ? AND external = ? RETURNING state, code, at", inbox, external
        )
        found.sort(key=lambda row: instant(row["at"]))
        return [(Ladder(row["state"]), row["code"]) for row in found]

    async def update_file(self, file: File) -> None:
        await self.session.run(
            "UPDATE files SET name = ?, mime = ?, size = ?, state = ?, source = ?, blob = ?, reason = ? WHERE id = ?",
            file.name,
            file.mime,
            file.size,
            file.state,
            file.source,
            file.blob,
            file.reason,
            file.id,
        )

    async def save_draft(
        self, ticket: TicketId, person: PersonId, text: str, files: str, origin: PostRef | None, at: datetime
    ) -> int:
        row = await self.session.one(
            "INSERT INTO drafts (ticket_id, person_id, text, files, desk, place, post, at)"
            f" VALUES ({marks(8)}) RETURNING id",
            ticket,
            person,
            text,
            files,
            origin and origin.desk,
            origin and origin.place,
            origin and origin.post,
            at,
        )
        assert row is not None
        made: int = row["id"]
        return made

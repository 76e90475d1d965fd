"""The site chat: each visitor's log with its marks, who is there, and who has gone without seeing the team's words.

Whatever changes a visitor's log locks their row first, so that seqs are committed in order and a tail misses none.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.ids import InboxName
from core.ports import ChatEntry, ChatFile, ChatKind, ChatWords, Left, Visitor, VisitorKey
from storage.commits import Changes
from storage.fields import instant
from storage.session import Bound, chunks, tuples

AWAITED = "NOT told_left AND last_agent > seen"
"""Word for word what the index visitors_awaited is of."""


class ChatReads(Bound):
    async def visitor(self, inbox: InboxName, visitor: str) -> Visitor | None:
        return (await self.visitors([(inbox, visitor)])).get((inbox, visitor))

    async def visitors(self, keys: Sequence[VisitorKey]) -> Mapping[VisitorKey, Visitor]:
        found: dict[VisitorKey, Visitor] = {}
        for some in chunks(keys):
            sql = (
                f"WITH wanted (inbox, visitor) AS (VALUES {tuples(len(some), 2)}) SELECT v.* FROM wanted w"
                " JOIN visitors v ON v.inbox = w.inbox AND v.visitor = w.visitor"
            )
            for row in await self.session.rows(sql, *(part for key in some for part in key)):
                found[row["inbox"], row["visitor"]] = _visitor(row)
        return found

    async def visitor_of_user(self, inbox: InboxName, user: str) -> Visitor | None:
        row = await self.session.one("SELECT * FROM visitors WHERE inbox = ? AND user_ref = ?", inbox, user)
        return _visitor(row) if row else None

    async def chat_entries(self, inbox: InboxName, visitor: str, after: int, limit: int) -> Sequence[ChatEntry]:
        found = await self.session.rows(
            "SELECT * FROM chat_log WHERE inbox = ? AND visitor = ? AND seq > ? ORDER BY seq LIMIT ?",
            inbox,
            visitor,
            after,
            limit,
        )
        return [_entry(row) for row in found]

    async def next_to_leave(self) -> datetime | None:
        """When the first of those whom the team's words wait for was last there, or will have been."""
        row = await self.session.one(f"SELECT MIN(present_until) AS at FROM visitors WHERE {AWAITED}")
        return instant(row["at"]) if row and row["at"] is not None else None


class ChatWrites(ChatReads):
    changes: Changes

    async def make_visitor(
        self, inbox: InboxName, visitor: str, user: str | None, language: str | None, at: datetime
    ) -> None:
        """Nothing when there is one already, or another of the same user."""
        await self.session.run(
            "INSERT INTO visitors (inbox, visitor, user_ref, language, present_until, active_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            inbox,
            visitor,
            user,
            language,
            at,
            at,
        )

    async def lock_visitor(self, inbox: InboxName, visitor: str) -> Visitor | None:
        sql = f"SELECT * FROM visitors WHERE inbox = ? AND visitor = ?{self.session.for_update}"
        row = await self.session.one(sql, inbox, visitor)
        return _visitor(row) if row else None

    async def bind_visitor(self, inbox: InboxName, visitor: str, user: str) -> None:
        sql = "UPDATE visitors SET user_ref = ? WHERE inbox = ? AND visitor = ?"
        await self.session.run(sql, user, inbox, visitor)

    async def set_visitor(self, who: VisitorKey, **values: Any) -> None:
        """Columns by name: never from outside."""
        sets = ", ".join(f"{column} = ?" for column in values)
        sql = f"UPDATE visitors SET {sets} WHERE inbox = ? AND visitor = ?"
        await self.session.run(sql, *values.values(), *who)
        self.changes.visitors |= {who}

    async def seq_of(self, inbox: InboxName, visitor: str, ref: str) -> int | None:
        sql = "SELECT seq FROM chat_log WHERE inbox = ? AND visitor = ? AND ref = ?"
        row = await self.session.one(sql, inbox, visitor, ref)
        return row["seq"] if row else None

    async def insert_chat(self, who: Visitor, entry: ChatEntry) -> None:
        await self.session.run(
            "INSERT INTO chat_log (inbox, visitor, seq, ref, kind, body, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            *who.key,
            entry.seq,
            entry.ref,
            entry.kind,
            _body(entry.words),
            entry.at,
        )
        newest = {"last_agent": entry.seq} if entry.kind is ChatKind.AGENT else {}
        await self.set_visitor(who.key, last_seq=entry.seq, active_at=entry.at, **newest)

    async def prolong(self, keys: Sequence[VisitorKey], at: datetime, until: datetime) -> None:
        """In order, so that two processes never wait for each other. Who is back may be said to leave again."""
        await self.session.many(
            "UPDATE visitors SET present_until = ?, told_left = ?, active_at = ? WHERE inbox = ? AND visitor = ?",
            [(until, False, at, *key) for key in sorted(keys)],
        )

    async def take_left(self, before: datetime) -> Sequence[Left]:
        """Marked as told."""
        found = await self.session.rows(
            f"UPDATE visitors SET told_left = ? WHERE {AWAITED} AND present_until <= ?"
            " RETURNING inbox, visitor, present_until, last_agent",
            True,
            before,
        )
        left = [Left((row["inbox"], row["visitor"]), instant(row["present_until"]), row["last_agent"]) for row in found]
        return sorted(left, key=lambda one: (one.at, one.visitor))


def _visitor(row: Mapping[str, Any]) -> Visitor:
    return Visitor(
        inbox=InboxName(row["inbox"]),
        id=row["visitor"],
        user=row["user_ref"],
        last_seq=row["last_seq"],
        delivered=row["delivered"],
        seen=row["seen"],
        team_read=row["team_read"],
        language=row["language"],
        reachable=bool(row["reachable"]),
    )


def _body(words: ChatWords) -> str:
    files = [{"blob": f.blob, "name": f.name, "mime": f.mime, "size": f.size} for f in words.files]
    body = {"text": words.text, "author": words.author, "files": files, "reply_to": words.reply_to}
    return json.dumps({name: value for name, value in body.items() if value}, ensure_ascii=False)


def _entry(row: Mapping[str, Any]) -> ChatEntry:
    body = json.loads(row["body"])
    files = tuple(ChatFile(**file) for file in body.get("files", ()))
    words = ChatWords(body.get("text", ""), body.get("author", ""), files, body.get("reply_to"))
    return ChatEntry(row["seq"], row["ref"], ChatKind(row["kind"]), words, instant(row["at"]))

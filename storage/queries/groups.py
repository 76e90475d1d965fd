"""Our names of groups and the chats they are on the platform, for desks whose places are set up from within."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from core.ids import DeskName
from core.ports import Group
from storage import rows
from storage.commits import Changes
from storage.queries.people import hashed
from storage.session import Bound


class GroupReads(Bound):
    async def group(self, desk: DeskName, place: str) -> Group | None:
        row = await self.session.one("SELECT * FROM group_chats WHERE desk = ? AND place = ?", desk, place)
        return rows.group(row) if row else None

    async def groups(self) -> Sequence[Group]:
        return [rows.group(row) for row in await self.session.rows("SELECT * FROM group_chats ORDER BY desk, place")]


class GroupWrites(GroupReads):
    changes: Changes

    async def make_group_code(self, desk: DeskName, place: str, at: datetime, lives: timedelta) -> str:
        code = secrets.token_urlsafe(9)
        await self.session.run("DELETE FROM group_codes WHERE desk = ? AND place = ?", desk, place)
        await self.session.run(
            "INSERT INTO group_codes (code_hash, desk, place, expires_at) VALUES (?, ?, ?, ?)",
            hashed(code),
            desk,
            place,
            at + lives,
        )
        return code

    async def hold_group_code(self, desk: DeskName, code: str, chat: str, at: datetime) -> str | None:
        """Whoever can read the code in that chat can use it in no other. Its place; None when it is not good there."""
        row = await self.session.one(
            "UPDATE group_codes SET chat = ? WHERE code_hash = ? AND desk = ? AND expires_at > ? AND chat IN ('', ?)"
            " RETURNING place",
            chat,
            hashed(code),
            desk,
            at,
            chat,
        )
        return row["place"] if row else None

    async def use_group_code(self, desk: DeskName, code: str, chat: str, title: str, at: datetime) -> str | None:
        """Of two who use it at once, one gets None. A chat is one place only: what it was before, it is no more.

        Threads stay with their chat: topic 5 of the place's new chat is another one.
        """
        place = await self.hold_group_code(desk, code, chat, at)
        if place is None or not await self.session.run("DELETE FROM group_codes WHERE code_hash = ?", hashed(code)):
            return None
        await self._rename_threads(desk, place, chat)
        await self.session.run("DELETE FROM group_chats WHERE desk = ? AND chat = ? AND place <> ?", desk, chat, place)
        await self.session.run(
            "INSERT INTO group_chats (desk, place, chat, title, bound_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (desk, place) DO UPDATE SET board = CASE WHEN group_chats.chat = excluded.chat"
            " THEN group_chats.board ELSE '' END, chat = excluded.chat, title = excluded.title,"
            " bound_at = excluded.bound_at",
            desk,
            place,
            chat,
            title,
            at,
        )
        self.changes.roll = True
        return place

    async def _rename_threads(self, desk: DeskName, place: str, chat: str) -> None:
        """`chat` becomes `place`: what stands in another chat is known by that chat's address from now on."""
        known = await self.group(desk, place)
        if known is not None and known.chat != chat:
            await self._rename(desk, place, known.chat)
        held = await self.session.one("SELECT place FROM group_chats WHERE desk = ? AND chat = ?", desk, chat)
        await self._rename(desk, held["place"] if held else chat, place)

    async def _rename(self, desk: DeskName, old: str, new: str) -> None:
        if old == new:
            return
        for table, at in (("threads", "root"), ("posts", "post"), ("entries", "post")):
            sql = f"UPDATE {table} SET place = ? WHERE desk = ? AND place = ? AND {at} IS NOT NULL"
            await self.session.run(sql, new, desk, old)

    async def move_group(self, desk: DeskName, place: str, chat: str) -> bool:
        """Whoever set the new chat up as another place meanwhile has said what it is. What is no place yet is known by
        its chat, and may be about to become one: as a rule it moves because it got topics."""
        await self.session.run("UPDATE group_codes SET chat = ? WHERE desk = ? AND chat = ?", chat, desk, place)
        moved = await self.session.run(
            "UPDATE group_chats SET chat = ?, board = '' WHERE desk = ? AND place = ? AND NOT EXISTS"
            " (SELECT 1 FROM group_chats o WHERE o.desk = ? AND o.chat = ?)",
            chat,
            desk,
            place,
            desk,
            chat,
        )
        self.changes.roll |= bool(moved)
        return bool(moved)

    async def save_board(self, desk: DeskName, place: str, post: str) -> None:
        await self.session.run("UPDATE group_chats SET board = ? WHERE desk = ? AND place = ?", post, desk, place)

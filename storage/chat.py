"""The site chat's log as the channel and the sockets use it: each method one transaction, or one look."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from core.ids import InboxName
from core.messages import Ladder
from core.ports import FROM_CHANNEL, ChatEntry, ChatKind, ChatWords, Delivery, Left, Visitor, VisitorKey
from storage.queries.deliveries import raw_row
from storage.store import SqlStore
from storage.tx import SqlTx

PAGE = 500
"""Entries that one acknowledgement looks at; a later one takes in the rest."""


class SqlChatLog:
    """`core.ports.ChatLog`."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def visitor(self, inbox: InboxName, visitor: str) -> Visitor | None:
        return await self._store.visitor(inbox, visitor)

    async def visitors(self, keys: Sequence[VisitorKey]) -> Mapping[VisitorKey, Visitor]:
        return await self._store.visitors(keys)

    async def entries(self, inbox: InboxName, visitor: str, after: int, limit: int) -> Sequence[ChatEntry]:
        return await self._store.chat_entries(inbox, visitor, after, limit)

    async def entry(self, inbox: InboxName, visitor: str, seq: int) -> ChatEntry | None:
        found = await self._store.chat_entries(inbox, visitor, seq - 1, 1)
        return found[0] if found and found[0].seq == seq else None

    async def arrive(
        self, inbox: InboxName, known: str | None, user: str | None, new: str, language: str | None, at: datetime
    ) -> Visitor:
        async def work(tx: SqlTx) -> Visitor:
            visitor = await _theirs(tx, inbox, known, user)
            if visitor is None:
                await tx.make_visitor(inbox, new, user, language, at)
                visitor = await tx.visitor_of_user(inbox, user) if user else await tx.visitor(inbox, new)
            assert visitor is not None
            await tx.set_visitor(visitor.key, active_at=at, language=visitor.language or language)
            return visitor

        return await self._store.atomic(work)

    async def append(
        self,
        inbox: InboxName,
        visitor: str,
        kind: ChatKind,
        ref: str,
        words: ChatWords,
        at: datetime,
        report: Callable[[int], Delivery] | None = None,
    ) -> int:
        async def work(tx: SqlTx) -> int:
            who = await tx.lock_visitor(inbox, visitor)
            if who is None:
                raise LookupError("no such visitor")
            before = await tx.seq_of(inbox, visitor, ref)
            if before is not None:
                return before
            seq = who.last_seq + 1
            await tx.insert_chat(who, ChatEntry(seq, ref, kind, words, at))
            if report is not None:
                await _report(tx, inbox, report(seq), at)
            return seq

        return await self._store.atomic(work)

    async def acknowledge(
        self,
        inbox: InboxName,
        visitor: str,
        state: Ladder,
        upto: int,
        at: datetime,
        report: Callable[[Sequence[ChatEntry]], Delivery],
    ) -> int:
        """What was seen was delivered too."""
        column = "seen" if state is Ladder.READ else "delivered"

        async def work(tx: SqlTx) -> int:
            who = await tx.lock_visitor(inbox, visitor)
            if who is None:
                return 0
            before, reached = getattr(who, column), min(upto, who.last_seq)
            if reached <= before:
                return int(before)
            entries = await tx.chat_entries(inbox, visitor, before, min(PAGE, reached - before))
            team = [entry for entry in entries if entry.kind is ChatKind.AGENT]
            reached = entries[-1].seq if entries else reached
            await tx.set_visitor(who.key, **{column: reached, "delivered": max(reached, who.delivered)})
            if team:
                await _report(tx, inbox, report(team), at)
            return reached

        return await self._store.atomic(work)

    async def read_by_team(self, inbox: InboxName, visitor: str, upto: int) -> None:
        async def work(tx: SqlTx) -> None:
            who = await tx.lock_visitor(inbox, visitor)
            if who is not None and who.team_read < upto <= who.last_seq:
                await tx.set_visitor(who.key, team_read=upto)

        await self._store.atomic(work)

    async def note(self, inbox: InboxName, visitor: str, report: Delivery, at: datetime, *, reachable: bool) -> None:
        async def work(tx: SqlTx) -> None:
            if reachable:
                await tx.set_visitor((inbox, visitor), reachable=True)
            await _report(tx, inbox, report, at)

        await self._store.atomic(work)

    async def speaks(self, inbox: InboxName, visitor: str, language: str) -> None:
        await self._store.atomic(lambda tx: tx.set_visitor((inbox, visitor), language=language))

    async def present(self, keys: Sequence[VisitorKey], at: datetime, until: datetime) -> None:
        await self._store.atomic(lambda tx: tx.prolong(keys, at, until))

    async def gone(self, keys: Sequence[VisitorKey], at: datetime) -> None:
        async def work(tx: SqlTx) -> None:
            await tx.prolong(keys, at, at)
            tx.changes.visitors |= set(keys)

        await self._store.atomic(work)

    async def tell_left(self, before: datetime, at: datetime, report: Callable[[Left], Delivery]) -> datetime | None:
        first = await self._store.next_to_leave()
        if first is None or first > before:
            return first

        async def work(tx: SqlTx) -> datetime | None:
            for left in await tx.take_left(before):
                await _report(tx, left.visitor[0], report(left), at)
            return await tx.next_to_leave()

        return await self._store.atomic(work)


async def _theirs(tx: SqlTx, inbox: InboxName, known: str | None, user: str | None) -> Visitor | None:
    """The log that the one who comes may go on with."""
    own = await tx.visitor_of_user(inbox, user) if user else None
    if own is not None:
        return own
    visitor = await tx.lock_visitor(inbox, known) if known else None
    if visitor is None or visitor.user is not None:
        return None
    if user:
        await tx.bind_visitor(inbox, visitor.id, user)
    return visitor


async def _report(tx: SqlTx, inbox: InboxName, delivery: Delivery, at: datetime) -> None:
    await tx.insert_raws([raw_row(FROM_CHANNEL + inbox, delivery.key, delivery.body, {}, at)])

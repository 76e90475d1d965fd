"""Tells people how things stand: the digests of the regions at their times, and the handovers when shifts end.

It looks at the clock and at the people's hours, again and again; what was told is known by once-keys, so that nobody is
told twice by several processes, or after a restart. What was missed is told when we run again, if it is not too old.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from core import bulletins, turns
from core.apply import Door
from core.bulletins import Bulletin, Scope, Views
from core.digests import Digest
from core.ids import PersonId, QueueName
from core.ledger import Ledger
from core.say import Say, say
from core.staffing import Staffing

EVERY = timedelta(minutes=1)
"""Between two looks that nothing asked for: people may have other hours meanwhile."""
TURN = timedelta(minutes=5)
"""How long a process that tells may be silent until another does."""
REMEMBERED = 5_000
"""Keys of what was told, so that the database need not be asked for each of them every minute."""
AT_ONCE = 25
"""People in one transaction, which others wait for on SQLite."""
Told = tuple[PersonId, Sequence[str], Sequence[Say]]
"""Who is told what, and by which keys it is known that they were."""


@dataclass(slots=True)
class _Due:
    """What one person is to be told: of digests, and of the queues whose shift they take over."""

    keys: list[str] = field(default_factory=list)
    digests: list[tuple[Digest, datetime, Scope]] = field(default_factory=list)
    queues: list[QueueName] = field(default_factory=list)
    until: datetime | None = None


class Bulletins:
    """`step` is a worker's. `our_turn`: whether it is this process that tells."""

    def __init__(self, door: Door, our_turn: Callable[[], Awaitable[bool]]) -> None:
        self._door = door
        self._our_turn = our_turn
        self._told: dict[str, None] = {}
        self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._next_at: datetime | None = None

    async def step(self) -> datetime | None:
        """Called more often than needed, and when somebody comes or goes."""
        now, policy = self._door.clock.now(), self._door.policy
        if self._next_at is not None and now < (again := min(self._next_at, self._looked_at + EVERY)):
            return again
        if not await self._our_turn():
            return now + TURN
        staffing = Staffing(policy, await self._door.store.roster())
        if due := await self._untold(staffing, now):
            await self._tell(due, now)
        turn = turns.next_turn(staffing, now) if policy.handovers else None
        times = [digest.following(now) for digest in policy.digests]
        self._looked_at, self._next_at = now, min([*times, *([turn] if turn else [])], default=None)
        return self._next_at

    async def _untold(self, staffing: Staffing, now: datetime) -> dict[PersonId, _Due]:
        """What is due, without what was told before we started, or by another."""
        due = self._due(staffing, now)
        used = await self._door.store.used([key for theirs in due.values() for key in theirs.keys]) if due else ()
        if not used:
            return due
        self._told |= dict.fromkeys(used)
        return self._due(staffing, now)

    def _due(self, staffing: Staffing, now: datetime) -> dict[PersonId, _Due]:
        due: dict[PersonId, _Due] = {}
        for digest in self._door.policy.digests:
            if (at := turns.digest_due(digest, now)) is None:
                continue
            for person, queues in turns.readers(digest, staffing, at):
                key = turns.digest_key(digest, at, person)
                if key not in self._told:
                    theirs = due.setdefault(person.id, _Due())
                    theirs.keys.append(key)
                    theirs.digests.append((digest, at, Scope(queues, digest.countries)))
        for taken in turns.handovers(staffing, now) if self._door.policy.handovers else ():
            if taken.key not in self._told:
                theirs = due.setdefault(taken.person.id, _Due())
                theirs.keys.append(taken.key)
                theirs.queues.append(taken.queue)
                ends = turns.shift_ends(staffing.hours_of(taken.person, taken.queue), now)
                theirs.until = max(ends, theirs.until or ends)
        return due

    async def _tell(self, due: dict[PersonId, _Due], now: datetime) -> None:
        """Who is told, and that they were, in one transaction. Who has nothing to hear counts as told."""
        views, kept = Views(self._door.store), dict[object, Bulletin]()
        told = [(person, theirs.keys, await self._words(theirs, now, views, kept)) for person, theirs in due.items()]
        for start in range(0, len(told), AT_ONCE):
            await self._door.write(partial(_write, told[start : start + AT_ONCE]))
            await self._our_turn()
        self._told |= {key: None for _, keys, _ in told for key in keys}
        self._told = dict(list(self._told.items())[-REMEMBERED:])

    async def _words(self, theirs: _Due, now: datetime, views: Views, kept: dict[object, Bulletin]) -> Sequence[Say]:
        """A notice a digest. A shift that begins with one has its tickets under the handover's headings, in that."""
        notices: list[Say] = []
        for digest, at, scope in theirs.digests:
            asked = digest.region, at, scope
            if asked not in kept:
                until = max(digest.day_ends(at), digest.following(at))
                kept[asked] = await bulletins.digest(views, scope, digest.before(at), now, until)
            if found := kept[asked]:
                begins = theirs.queues and not notices
                lines = found.counts if begins else (*found.counts, *found.rows)
                notices.append(say("bulletin.digest", region=digest.region, lines=lines))
        if theirs.queues and theirs.until is not None:
            over = Scope(tuple(sorted(set(theirs.queues)))), theirs.until
            if over not in kept:
                kept[over] = await bulletins.handover(views, self._door.policy, over[0], now, over[1])
            if found := kept[over]:
                handover = say("bulletin.handover", until=over[1], lines=found.rows)
                first = notices[:1]
                notices[:1] = [replace(each, lines=(*each.lines, handover)) for each in first] or [handover]
        return notices


async def _write(told: Sequence[Told], ledger: Ledger) -> None:
    for person, keys, notices in told:
        if any(await ledger.tx.once(keys, ledger.now)):
            for words in notices:
                ledger.tell(person, words)

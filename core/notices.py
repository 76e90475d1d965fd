"""What people are told in private: now, several alarms as one, or in the morning. Inside a transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import alarms, owed
from core.ids import PersonId, TicketId
from core.jobs import Owed
from core.model import Ticket
from core.ports import Tx
from core.quiet import Alarm
from core.say import Say
from core.staffing import Staffing
from core.waking import heard_at

CROWD = timedelta(seconds=15)
"""How long alarms wait for each other when more are due than one transaction holds, as after an outage: one notice then
tells of all of them, and not one of every hundred."""
MORNING = timedelta(minutes=5)
"""What waited for longer did so because somebody slept."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing that somebody is told."""

    ticket: TicketId | None
    person: PersonId
    say: Say
    alarm: Alarm | None = None


async def write(
    tx: Tx,
    told: Sequence[Telling],
    tickets: Mapping[TicketId, Ticket],
    now: datetime,
    staffing: Staffing,
    *,
    crowded: bool,
) -> list[Owed]:
    """The notices, and the work of bringing them. `staffing` is asked only where there are alarms. `crowded`: more
    alarms follow at once."""
    jobs: list[Owed] = []
    loud: defaultdict[PersonId, list[alarms.Told]] = defaultdict(list)
    for it in told:
        later = _later(it, tickets, now, staffing)
        if it.alarm is None:
            jobs += await bring(tx, it.person, (it.ticket, it.say), now, staffing)
        elif later is None and crowded:
            await _keep(tx, it, now, now + CROWD)
        elif later is None:
            loud[it.person].append((it.ticket, it.say))
        else:
            await _keep(tx, it, now, later)
    for person, theirs in loud.items():
        jobs += await bring(tx, person, alarms.together(theirs), now, staffing)
    return jobs


async def bring(tx: Tx, person: PersonId, told: alarms.Told, now: datetime, staffing: Staffing) -> list[Owed]:
    """A notice on every desk there is."""
    ticket, words = told
    notice = await tx.add_notice(person, words, ticket, now)
    return [owed.tell_person(person, notice, desk, ticket) for desk in staffing.policy.desks]


async def waited(tx: Tx, person: PersonId, now: datetime, staffing: Staffing) -> list[Owed]:
    """All that waited for somebody's morning, or for the rest of a crowd, as one notice; nothing when nothing of it is
    left to do. Whoever asks first takes it."""
    waiting = await tx.take_waiting(person, now)
    tickets = await tx.tickets(sorted({notice.ticket for notice in waiting if notice.ticket is not None}))
    left = [(it.ticket, it.say) for it in waiting if it.ticket is None or alarms.still(tickets[it.ticket], it.say)]
    if not left or staffing.roster.person(person) is None:
        return []
    if now - min(it.at for it in waiting) < MORNING:
        return await bring(tx, person, alarms.together(left), now, staffing)
    settled = {it.ticket for it in waiting} - {ticket for ticket, _ in left}
    return await bring(tx, person, alarms.morning(left, len(settled)), now, staffing)


def _later(it: Telling, tickets: Mapping[TicketId, Ticket], now: datetime, staffing: Staffing) -> datetime | None:
    """When it is heard; None: now."""
    person = staffing.roster.person(it.person) if it.alarm is not None else None
    if person is None or it.alarm is None or it.ticket is None:
        return None
    return heard_at(person, tickets[it.ticket], it.alarm, now, staffing)


async def _keep(tx: Tx, it: Telling, now: datetime, later: datetime) -> None:
    """That a customer wrote is said once, however much they write."""
    once = f"wrote|{it.person}|{it.ticket}|{later.isoformat()}"
    if it.say.key != alarms.WROTE or (await tx.once([once], now))[0]:
        await tx.add_notice(it.person, it.say, it.ticket, now, later)

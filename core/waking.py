"""Who hears an alarm at once, and who in the morning. Pure.

Whoever is at work for the ticket's queue hears everything. In quiet hours an alarm waits for the person's digest, but
for three: the customer is a VIP, or a hard trigger was set off; a colleague calls for them; a target broke in a queue
they are on call for.
"""

from collections.abc import Iterable
from datetime import datetime

from core.ids import PersonId
from core.model import Ticket
from core.people import Person, Tier
from core.quiet import Alarm
from core.staffing import Staffing


def heard_at(person: Person, ticket: Ticket, alarm: Alarm, now: datetime, staffing: Staffing) -> datetime | None:
    """When a person hears of it; None: now."""
    # Somebody of another queue keeps its hours; an admin of none those of the ticket's.
    queue = ticket.queue if ticket.queue in person.queues or not person.queues else None
    quiet, hours = staffing.policy.quiet, staffing.hours_of(person, queue)
    if quiet is None or alarm is Alarm.CALL or staffing.policy.tier(ticket) is Tier.VIP or ticket.triggers:
        return None
    if not person.is_away(now) and hours.is_open(now):
        return None
    zone = staffing.policy.zone_of(person)
    if not quiet.rests(now, zone, hours):
        return None
    if alarm is Alarm.BREACH and person in staffing.oncall(ticket.queue, now):
        return None
    return quiet.digest_after(now, zone, hours)


def first_heard(told: Iterable[PersonId], ticket: Ticket, alarm: Alarm, now: datetime, staffing: Staffing) -> datetime:
    """When the first of them hears of it: from then on they have their time to acknowledge."""
    people = [person for one in told if (person := staffing.roster.person(one)) is not None]
    return min((heard_at(person, ticket, alarm, now, staffing) or now for person in people), default=now)

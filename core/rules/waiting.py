"""A customer waits for a person: the clocks of it begin and end together."""

from datetime import datetime, timedelta

from core import sla
from core.clocks import ClockKind
from core.rules import promising
from core.rules.change import Change

WINDOW_STEPS = (timedelta(hours=4), timedelta(hours=1))
"""How long before the channel stops taking our words somebody is told."""


def begin(change: Change, at: datetime, *, opens: bool = False, closed: bool = False) -> None:
    """They wrote at `at`. First reply once in a ticket's life; after it, next reply whenever none is running."""
    if opens:
        change.take(sla.start(change.ticket, ClockKind.RESOLVE, at, change.policy))
    if change.ticket.clock(ClockKind.FIRST_REPLY) is None:
        change.take(sla.start(change.ticket, ClockKind.FIRST_REPLY, at, change.policy))
    elif change.ticket.waiting_since is None:
        change.take(sla.start(change.ticket, ClockKind.NEXT_REPLY, at, change.policy))
    change.follow_status()
    _watch_window(change)
    promising.expect(change, closed=closed)


def over(change: Change) -> None:
    """A person has answered everything."""
    change.stop(ClockKind.WINDOW, ClockKind.PROMISE)


def again(change: Change) -> None:
    """An answer never arrived: they wait as before, and what they were promised holds."""
    if change.ticket.waiting_since is not None:
        _watch_window(change)
        promising.resume(change)


def next_look(ends: datetime, now: datetime) -> datetime:
    """When somebody must be told next that the channel stops taking our words at `ends`."""
    return min((ends - before for before in WINDOW_STEPS if ends - before > now), default=ends)


def _watch_window(change: Change) -> None:
    """Each of their messages opens the channel's window anew."""
    inbox = change.policy.inboxes.get(change.ticket.inbox)
    ends = change.ticket.window_ends(inbox.words_window) if inbox else None
    if ends is not None and ends > change.now:
        look = next_look(ends, change.now)
        change.ticket = sla.start_timer(change.ticket, ClockKind.WINDOW, change.now, ends, look)

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
    if not change.runs(ClockKind.WINDOW):
        watch_window(change)
    promising.expect(change, closed=closed)


def over(change: Change) -> None:
    """A person has answered everything."""
    change.stop(ClockKind.WINDOW, ClockKind.PROMISE)


def again(change: Change) -> None:
    """An answer never arrived: they wait as before, and what they were promised holds."""
    if change.ticket.waiting_since is not None:
        watch_window(change)
        promising.resume(change)


def next_look(ends: datetime, now: datetime) -> datetime:
    """When somebody must be told next that the channel stops taking our words at `ends`."""
    return min((ends - before for before in WINDOW_STEPS if ends - before > now), default=ends)


def window_ends(change: Change) -> datetime | None:
    """When the channel stops taking our words; None: never."""
    inbox = change.policy.inboxes.get(change.ticket.inbox)
    return change.ticket.window_ends(inbox.words_window) if inbox else None


def watch_window(change: Change) -> None:
    """From the end of the channel's window as it stands. Each of their messages opens it anew: that is looked up when
    the clock comes round, and not written with each message."""
    ends = window_ends(change)
    if ends is not None and ends > change.now:
        look = next_look(ends, change.now)
        change.ticket = sla.start_timer(change.ticket, ClockKind.WINDOW, change.now, ends, look)

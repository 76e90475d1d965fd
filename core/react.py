"""(ticket, facts) -> what follows: entries of the thread, notices, and outside work. The one place. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import assert_never

from core import alarms, inside, owed
from core import facts as f
from core.effects import Effect, Log, Tell, Touch
from core.ids import MessageId, PersonId, QueueName
from core.jobs import Owed, Urgency
from core.messages import Ladder
from core.model import EntryKind, SendMode, Status, Ticket
from core.policy import Policy
from core.quiet import Alarm
from core.say import PersonName, Say, TicketLabel, Value, Word, say

QUIET = (
    f.CustomerChanged
    | f.ReplyChanged
    | f.ReplyUndone
    | f.EditedAfterSending
    | f.Noted
    | f.NoteChanged
    | f.DeliveryMoved
    | f.LeftUnseen
    | f.Unreached
)
"""Facts that change nothing on the card by themselves; a clock they start or stop does. Not a customer's message: the
card says how long the channel's window stays open after it."""
DEAR = QUIET | f.CustomerWrote | f.ReplyHeld | f.ReplyReleased | f.ReplyStopped | f.PromiseMade
"""The same where every write is dear: there a message or a reply is told by the clock that it starts or stops."""
Owning = f.Claimed | f.Released | f.Assigned | f.HandedOn | f.Moved
BOARD = f.Opened | f.StatusSet | Owning | f.Breached
"""What is seen on a queue's overview."""


def react(ticket: Ticket, facts: tuple[f.Fact, ...], policy: Policy) -> tuple[Effect, ...]:
    """Everything that follows from `facts`, in their order, and last what the desks owe the thread and card."""
    effects = [effect for fact in facts for effect in _follows(ticket, fact, policy)]
    return (*effects, *_desk_work(ticket, facts, effects, policy))


def _follows(ticket: Ticket, fact: f.Fact, policy: Policy) -> Iterator[Effect]:
    match fact:
        case f.Opened() | f.CustomerWrote() | f.CustomerChanged() | f.AnsweredElsewhere():
            yield from _customer(ticket, fact, policy)
        case f.LeftUnseen():
            yield _line("line.left_unseen")
        case f.DetailsGiven():
            yield _line("line.details_given")
        case f.Unreached(person, _):
            yield _line("line.unreached", mention=person)
        case f.ReplyHeld() | f.ReplyChanged() | f.ReplyReleased() | f.ReplyStopped() | f.ReplyUndone():
            yield from _reply(ticket, fact)
        case f.EditedAfterSending(_, by):
            yield _line("line.edited_after", by=PersonName(by))
        case f.DeliveryMoved():
            yield from _delivery(ticket, fact)
        case f.Noted(message, by, files, desk):
            yield Log(EntryKind.NOTE, message, by=by)
            yield from (owed.fetch_from_desk(ticket, file, desk) for file in files)
        case f.NoteChanged(message):
            yield Touch(message)
        case f.Claimed() | f.Released() | f.Assigned() | f.HandedOn() | f.Moved():
            yield from _ownership(ticket, fact, policy)
        case f.StatusSet():
            yield from _status(fact)
        case f.Consulted() | f.ConsultAnswered() | f.ConsultLate() | f.ConsultEnded():
            yield from inside.consult(ticket, fact, policy)
        case f.PromiseMade(message):
            yield Log(EntryKind.REPLY, message)
            yield owed.send(ticket, message)
        case f.ModeSet() | f.Snoozed() | f.AnswerAwaited() | f.Woke():
            yield from _attention(ticket, fact)
        case f.PrioritySet() | f.Tagged() | f.TierSet() | f.ZoneSet() | f.ContactBlocked():
            yield _mark(fact)
        case f.Warned() | f.Breached() | f.Escalated() | f.Reminded() | f.EscalationSpent() | f.Acked():
            yield from alarms.alarm(ticket, fact)
        case f.Triggered() | f.WindowClosed() | f.PromiseBroken():
            yield from alarms.alarm(ticket, fact)
        case f.ClockStarted() | f.ClockMoved() | f.ClockPaused() | f.ClockResumed() | f.ClockStopped():
            return
        case _:
            assert_never(fact)


def _customer(
    ticket: Ticket, fact: f.Opened | f.CustomerWrote | f.CustomerChanged | f.AnsweredElsewhere, policy: Policy
) -> Iterator[Effect]:
    match fact:
        case f.Opened(previous):
            if previous is not None:
                yield _line("line.follows", ticket=TicketLabel(previous))
        case f.CustomerWrote(message, files):
            rests = Alarm.WARNING if ticket.assignee is not None else None
            yield Log(EntryKind.CUSTOMER, message, mention=ticket.assignee, alarm=rests)
            yield from (owed.fetch_from_inbox(ticket, file) for file in files)
            if ticket.assignee is not None:
                yield from _read_tick(ticket, message, policy)
        case f.AnsweredElsewhere(message, files):
            yield Log(EntryKind.REPLY, message)
            yield from (owed.fetch_from_inbox(ticket, file) for file in files)
        case f.CustomerChanged(message):
            yield Touch(message)
        case _:
            assert_never(fact)


def _reply(
    ticket: Ticket, fact: f.ReplyHeld | f.ReplyChanged | f.ReplyReleased | f.ReplyStopped | f.ReplyUndone
) -> Iterator[Effect]:
    match fact:
        case f.ReplyHeld(message, by, until, files, desk):
            yield Log(EntryKind.REPLY, message, by=by)
            yield from (owed.fetch_from_desk(ticket, file, desk) for file in files)
            yield owed.send(ticket, message, until)
        case f.ReplyChanged(message, _, until):
            yield Touch(message)
            yield owed.send(ticket, message, until)
        case f.ReplyReleased(message):
            yield Touch(message)
            yield owed.send(ticket, message)
        case f.ReplyStopped(message):
            yield Touch(message)
            yield _line("line.reply_stopped", mention=_replier(ticket))
        case f.ReplyUndone(message):
            yield Touch(message)
        case _:
            assert_never(fact)


def _delivery(ticket: Ticket, fact: f.DeliveryMoved) -> Iterator[Effect]:
    yield Touch(fact.message)
    if fact.automatic:
        if fact.state is Ladder.FAILED:
            yield _line("line.auto_failed", reason=Word(f"send_error.{fact.code or 'platform_error'}"))
    elif fact.state is Ladder.FAILED:
        reason = Word(f"send_error.{fact.code or 'platform_error'}")
        yield _line("line.failed", mention=_replier(ticket), reason=reason)
    elif fact.state is Ladder.UNCERTAIN:
        yield _line("line.uncertain", mention=_replier(ticket))
    elif fact.state is Ladder.QUEUED and fact.code:
        yield _line("line.waits", mention=_replier(ticket), reason=Word(f"send_error.{fact.code}"))


def _replier(ticket: Ticket) -> PersonId | None:
    """Whom trouble with a reply concerns."""
    return ticket.last_reply_by or ticket.assignee


def _read_tick(ticket: Ticket, message: MessageId, policy: Policy) -> Iterator[Effect]:
    inbox = policy.inboxes.get(ticket.inbox)
    if inbox is not None and inbox.read_ticks:
        yield owed.read_tick(ticket, message)


def _ownership(ticket: Ticket, fact: Owning, policy: Policy) -> Iterator[Effect]:
    match fact:
        case f.Claimed(by, over):
            if over is None:
                yield _line("line.claimed", by=PersonName(by))
            else:
                yield _line("line.taken_over", mention=over, by=PersonName(by), over=PersonName(over))
            if ticket.last_customer is not None:
                yield from _read_tick(ticket, ticket.last_customer, policy)
        case f.Released(by):
            yield _line("line.released", by=PersonName(by))
        case f.Assigned(by, to):
            yield _line("line.assigned", by=PersonName(by), to=PersonName(to))
            if by != to:
                yield Tell(to, say("tell.assigned", ticket=TicketLabel(ticket.id), by=PersonName(by)))
        case f.HandedOn(old_owner, None, why):
            yield _line(f"line.handed_back_{why}", old=PersonName(old_owner))
        case f.HandedOn(old_owner, new_owner, why):
            assert new_owner is not None
            yield _line(f"line.handed_on_{why}", mention=new_owner, old=PersonName(old_owner), to=PersonName(new_owner))
            key = "tell.handed_up" if why == "escalated" else "tell.handed_on"
            words = say(key, ticket=TicketLabel(ticket.id), old=PersonName(old_owner))
            yield Tell(new_owner, words, alarm=Alarm.WARNING)
        case f.Moved(by, old, new):
            old_title, new_title = policy.queue(old).title, policy.queue(new).title
            if by is None:
                yield _line("line.moved_by_clock", old=old_title, new=new_title)
            else:
                yield _line("line.moved", by=PersonName(by), old=old_title, new=new_title)
            yield from _leave(ticket, old, policy)
        case _:
            assert_never(fact)


def _leave(ticket: Ticket, old: QueueName, policy: Policy) -> Iterator[Effect]:
    """The threads in the old queue's places get a pointer; new ones open where the new queue lives."""
    now_at = policy.queue(ticket.queue).places
    for desk, place in policy.queue(old).stands(ticket.id).items():
        if place not in now_at.get(desk, ()):
            yield owed.close_thread(ticket, desk, place)


def _status(fact: f.StatusSet) -> Iterator[Effect]:
    if fact.old is Status.NEW and fact.new is Status.OPEN:
        return  # the answer that did it says so itself
    if fact.by is None:
        yield _line("line.reopened_customer" if fact.old is Status.CLOSED else "line.status_customer")
    elif fact.new is Status.CLOSED and fact.code:
        yield _line("line.closed_code", by=PersonName(fact.by), code=fact.code)
    elif fact.old is Status.CLOSED:
        yield _line("line.reopened", by=PersonName(fact.by))
    else:
        yield _line(f"line.status_{fact.new}", by=PersonName(fact.by))


def _attention(ticket: Ticket, fact: f.ModeSet | f.Snoozed | f.AnswerAwaited | f.Woke) -> Iterator[Effect]:
    match fact:
        case f.ModeSet(mode, by, why):
            key = "line.live_on" if mode is SendMode.LIVE else f"line.live_off_{why}"
            yield _line(key, by=PersonName(by)) if by is not None else _line(key)
        case f.Snoozed(by, until):
            yield _line("line.snoozed", by=PersonName(by), until=until)
        case f.AnswerAwaited(by, until):
            yield _line("line.answer_awaited", by=PersonName(by), until=until)
        case f.Woke(why):
            yield _line(f"line.woke_{why}", mention=ticket.assignee)
        case _:
            assert_never(fact)


def _mark(fact: f.PrioritySet | f.Tagged | f.TierSet | f.ZoneSet | f.ContactBlocked) -> Log:
    match fact:
        case f.PrioritySet(old, new, None):
            return _line("line.priority_by_clock", old=Word(f"priority.{old}"), new=Word(f"priority.{new}"))
        case f.PrioritySet(old, new, by):
            assert by is not None
            return _line("line.priority", by=PersonName(by), old=Word(f"priority.{old}"), new=Word(f"priority.{new}"))
        case f.Tagged(added, removed, by):
            tags = " ".join([*(f"+{tag}" for tag in added), *(f"-{tag}" for tag in removed)])
            return _line("line.tagged", by=PersonName(by), tags=tags)
        case f.TierSet(old_tier, new_tier, by):
            return _line("line.tier", by=PersonName(by), old=Word(f"tier.{old_tier}"), new=Word(f"tier.{new_tier}"))
        case f.ZoneSet(by, zone):
            return _line("line.zone", by=PersonName(by), zone=zone)
        case f.ContactBlocked(by, blocked):
            return _line("line.blocked" if blocked else "line.unblocked", by=PersonName(by))
        case _:
            assert_never(fact)


def _desk_work(ticket: Ticket, facts: tuple[f.Fact, ...], effects: list[Effect], policy: Policy) -> Iterator[Owed]:
    """Bring each desk of the queue up to date: the thread when there are new entries, the card when it changed."""
    logs = [effect for effect in effects if isinstance(effect, Log)]
    opened = any(isinstance(fact, f.Opened) for fact in facts)
    urgency, wait = _urgency(logs, facts), _wait(ticket, facts, policy)
    for desk, place in policy.queue(ticket.queue).stands(ticket.id).items():
        if logs:
            settle = policy.settles(desk) if urgency is Urgency.COSMETIC else timedelta()
            yield owed.sync_thread(ticket, desk, place, urgency, wait, settle)
        quiet = DEAR if policy.settles(desk) else QUIET
        if not opened and any(not isinstance(fact, quiet) for fact in facts):
            yield owed.edit_card(ticket, desk, place, policy.settles(desk))
    if any(isinstance(fact, BOARD) for fact in facts):
        yield from _boards([ticket.queue, *(fact.old for fact in facts if isinstance(fact, f.Moved))], policy)


def _boards(queues: Iterable[QueueName], policy: Policy) -> Iterator[Owed]:
    """A queue's overview stands in each of its places."""
    for queue in queues:
        for desk, places in policy.queue(queue).places.items():
            if desk in policy.boards:
                yield from (owed.edit_board(queue, desk, place) for place in places)


def _urgency(logs: Iterable[Log], facts: tuple[f.Fact, ...]) -> Urgency:
    """What pings somebody goes before words, and words before lines that only say what was done. A ticket that comes
    from another queue is all words to this one."""
    if any(log.mention is not None and log.kind is not EntryKind.CUSTOMER for log in logs):
        return Urgency.PING
    quiet = all(log.kind is EntryKind.LINE and not (log.say and log.say.buttons) for log in logs)
    return Urgency.COSMETIC if quiet and not any(isinstance(fact, f.Moved) for fact in facts) else Urgency.THREAD


def _wait(ticket: Ticket, facts: tuple[f.Fact, ...], policy: Policy) -> datetime | None:
    """A customer's burst becomes one post; anything else goes up at once."""
    wrote = [fact for fact in facts if isinstance(fact, f.CustomerWrote)]
    if not wrote or ticket.last_received_at is None:
        return None
    if any(fact.follows for fact in wrote):
        return ticket.last_received_at + policy.burst
    return None


def _line(key: str, *, mention: PersonId | None = None, **params: Value) -> Log:
    return Log(EntryKind.LINE, say=Say(key, params), mention=mention)

"""(ticket, facts) -> what follows: entries of the thread, notices, and outside work. The one place. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import assert_never

from core import facts as f
from core.clocks import ClockKind
from core.effects import Effect, Log, Tell, Touch
from core.ids import DeskName, FileId, MessageId, PersonId, QueueName, ticket_label
from core.jobs import (
    CloseThread,
    EditCard,
    FetchFile,
    MarkRead,
    Owed,
    SendReply,
    SyncThread,
    Urgency,
    customer_lane,
    send_key,
    thread_lane,
)
from core.model import EntryKind, Ladder, SendMode, Status, Ticket
from core.policy import Policy
from core.say import Button, PersonName, Say, TicketLabel, Value, Word, say


def alarm_buttons(ticket: Ticket) -> tuple[Button, ...]:
    """What an alarm offers. They name the ticket: a private message stands in no thread."""
    label = ticket_label(ticket.id)
    return Button("ack", "button.ack", label, "primary"), Button("reassign", "button.reassign", label)


QUIET = (
    f.CustomerWrote
    | f.CustomerChanged
    | f.ReplyChanged
    | f.ReplyUndone
    | f.EditedAfterSending
    | f.Noted
    | f.NoteChanged
    | f.DeliveryMoved
)
"""Facts that change nothing on the card by themselves; a clock they start or stop does."""


def react(ticket: Ticket, facts: tuple[f.Fact, ...], policy: Policy) -> tuple[Effect, ...]:
    """Everything that follows from `facts`, in their order, and last what the desks owe the thread and card."""
    effects = [effect for fact in facts for effect in _follows(ticket, fact, policy)]
    return (*effects, *_desk_work(ticket, facts, effects, policy))


def desk_bucket(desk: DeskName, place: str) -> str:
    """The rate limit of a desk is per place: a Slack channel, a Telegram group."""
    return f"{desk}:{place}"


def _follows(ticket: Ticket, fact: f.Fact, policy: Policy) -> Iterator[Effect]:
    match fact:
        case f.Opened(previous):
            if previous is not None:
                yield _line("line.follows", ticket=TicketLabel(previous))
        case f.CustomerWrote(message, files):
            yield Log(EntryKind.CUSTOMER, message, mention=ticket.assignee)
            yield from _fetch_from_inbox(ticket, files)
            if ticket.assignee is not None:
                yield from _read_tick(ticket, message, policy)
        case f.AnsweredElsewhere(message, files):
            yield Log(EntryKind.REPLY, message)
            yield from _fetch_from_inbox(ticket, files)
        case f.CustomerChanged(message) | f.NoteChanged(message) | f.ReplyUndone(message):
            yield Touch(message)
        case f.ReplyHeld(message, by, until, files, desk):
            yield Log(EntryKind.REPLY, message, by=by)
            yield from _fetch_from_desk(ticket, files, desk)
            yield send_job(ticket, message, until)
        case f.ReplyChanged(message, _, until):
            yield Touch(message)
            yield send_job(ticket, message, until)
        case f.ReplyReleased(message):
            yield Touch(message)
            yield send_job(ticket, message, None)
        case f.ReplyStopped(message):
            yield Touch(message)
            yield _line("line.reply_stopped", mention=ticket.last_reply_by or ticket.assignee)
        case f.EditedAfterSending(_, by):
            yield _line("line.edited_after", by=PersonName(by))
        case f.DeliveryMoved(message, state, code):
            yield Touch(message)
            whose = ticket.last_reply_by or ticket.assignee
            if state is Ladder.FAILED:
                yield _line("line.failed", mention=whose, reason=Word(f"send_error.{code or 'platform_error'}"))
            elif state is Ladder.UNCERTAIN:
                yield _line("line.uncertain", mention=whose)
        case f.Noted(message, by, files, desk):
            yield Log(EntryKind.NOTE, message, by=by)
            yield from _fetch_from_desk(ticket, files, desk)
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
        case f.Moved(by, old, new):
            old_title, new_title = policy.queue(old).title, policy.queue(new).title
            yield _line("line.moved", by=PersonName(by), old=old_title, new=new_title)
            yield from _leave(ticket, old, policy)
        case f.ModeSet(mode, by, why):
            key = "line.live_on" if mode is SendMode.LIVE else f"line.live_off_{why}"
            yield _line(key, by=PersonName(by)) if by is not None else _line(key)
        case f.StatusSet():
            yield from _status_lines(ticket, fact)
        case f.Snoozed(by, until):
            yield _line("line.snoozed", by=PersonName(by), until=until)
        case f.Woke(why):
            yield _line(f"line.woke_{why}", mention=ticket.assignee)
        case f.Acked(by, level):
            yield _line("line.acked", by=PersonName(by), level=level)
        case f.PrioritySet(old_priority, new_priority, by):
            old_word, new_word = Word(f"priority.{old_priority}"), Word(f"priority.{new_priority}")
            yield _line("line.priority", by=PersonName(by), old=old_word, new=new_word)
        case f.Tagged(added, removed, by):
            tags = " ".join([*(f"+{tag}" for tag in added), *(f"-{tag}" for tag in removed)])
            yield _line("line.tagged", by=PersonName(by), tags=tags)
        case f.TierSet(old_tier, new_tier, by):
            yield _line("line.tier", by=PersonName(by), old=Word(f"tier.{old_tier}"), new=Word(f"tier.{new_tier}"))
        case f.ZoneSet(by, zone):
            yield _line("line.zone", by=PersonName(by), zone=zone)
        case f.ContactBlocked(by, blocked):
            yield _line("line.blocked" if blocked else "line.unblocked", by=PersonName(by))
        case f.Escalated() | f.EscalationSpent() | f.Warned() | f.Breached():
            yield from _alarm(ticket, fact)
        case f.ClockStarted() | f.ClockMoved() | f.ClockPaused() | f.ClockResumed() | f.ClockStopped():
            return
        case _:
            assert_never(fact)


def _alarm(ticket: Ticket, fact: f.Escalated | f.EscalationSpent | f.Warned | f.Breached) -> Iterator[Effect]:
    label = TicketLabel(ticket.id)
    match fact:
        case f.Warned(kind, _, steps, due, told):
            clock = Word(f"clock.{kind}")
            yield _line("line.warned", mention=ticket.assignee, clock=clock, due=due, step=steps[-1])
            yield from _tell(told, say("tell.warned", ticket=label, clock=clock, due=due, step=steps[-1]))
        case f.Breached(kind, _, due):
            yield _line("line.breached", mention=ticket.assignee, clock=Word(f"clock.{kind}"), due=due)
        case f.Escalated(level, by, told, clock_kind):
            cause = _cause(by, clock_kind)
            yield Log(
                EntryKind.LINE,
                say=Say(f"line.escalated_{cause}", {**_who(by), "level": level}, alarm_buttons(ticket)[:1]),
            )
            words = {**_who(by), "ticket": label, "level": level}
            yield from _tell(told, Say(f"tell.escalated_{cause}", words, alarm_buttons(ticket)))
        case f.EscalationSpent(told):
            yield _line("line.escalation_spent")
            yield from _tell(told, say("tell.escalation_spent", ticket=label, buttons=alarm_buttons(ticket)))


def _cause(by: object, clock: ClockKind | None) -> str:
    """By a person; by a broken target; or because the level before did not acknowledge."""
    if by is not None:
        return "by"
    return "breach" if clock is not None and clock.is_reply else "unacked"


def _who(by: PersonId | None) -> dict[str, Value]:
    return {} if by is None else {"by": PersonName(by)}


def _tell(told: Iterable[PersonId], words: Say) -> Iterator[Tell]:
    for person in told:
        yield Tell(person, words)


def _status_lines(ticket: Ticket, fact: f.StatusSet) -> Iterator[Effect]:
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


def _leave(ticket: Ticket, old: QueueName, policy: Policy) -> Iterator[Owed]:
    """The threads in the old queue's places get a pointer; new ones open where the new queue lives."""
    now_at = policy.queue(ticket.queue).places
    for desk, place in policy.queue(old).places.items():
        if now_at.get(desk) != place:
            work, key = CloseThread(ticket.id, desk, place), f"close:{desk}:{place}:{ticket.id}"
            lane, bucket = thread_lane(ticket.id, desk), desk_bucket(desk, place)
            yield Owed(work, lane, bucket, Urgency.COSMETIC, key, ticket.id)


def _desk_work(ticket: Ticket, facts: tuple[f.Fact, ...], effects: list[Effect], policy: Policy) -> Iterator[Owed]:
    """Bring each desk of the queue up to date: the thread when there are new entries, the card when it changed."""
    logs = [effect for effect in effects if isinstance(effect, Log)]
    opened = any(isinstance(fact, f.Opened) for fact in facts)
    card = not opened and any(not isinstance(fact, QUIET) for fact in facts)
    for desk, place in policy.queue(ticket.queue).places.items():
        lane, bucket = thread_lane(ticket.id, desk), desk_bucket(desk, place)
        if logs:
            urgency = Urgency.THREAD if all(_is_plain(log) for log in logs) else Urgency.PING
            work, key = SyncThread(ticket.id, desk), sync_key(ticket, desk)
            wait = _wait(ticket, facts, policy)
            yield Owed(work, lane, bucket, urgency, key, ticket.id, wait, hurries=True)
        if card:
            key = f"card:{desk}:{ticket.id}"
            yield Owed(EditCard(ticket.id, desk), lane, bucket, Urgency.COSMETIC, key, ticket.id)


def sync_key(ticket: Ticket, desk: DeskName) -> str:
    return f"sync:{desk}:{ticket.id}"


def _is_plain(log: Log) -> bool:
    return log.mention is None or log.kind is EntryKind.CUSTOMER


def _wait(ticket: Ticket, facts: tuple[f.Fact, ...], policy: Policy) -> datetime | None:
    """A customer's burst becomes one post; anything else goes up at once."""
    wrote = [fact for fact in facts if isinstance(fact, f.CustomerWrote)]
    if not wrote or ticket.last_received_at is None:
        return None
    if any(fact.follows for fact in wrote):
        return ticket.last_received_at + policy.burst
    return None


def send_job(ticket: Ticket, message: MessageId, not_before: datetime | None = None) -> Owed:
    """What sends the unsent parts of a reply."""
    lane, bucket = customer_lane(ticket.conversation), f"{ticket.channel}:{ticket.inbox}"
    work = SendReply(message, ticket.inbox)
    return Owed(work, lane, bucket, Urgency.CUSTOMER, send_key(message), ticket.id, not_before)


def _read_tick(ticket: Ticket, message: MessageId, policy: Policy) -> Iterator[Owed]:
    inbox = policy.inboxes.get(ticket.inbox)
    if inbox is not None and inbox.read_ticks:
        key, bucket = f"tick:{message}", f"{ticket.channel}:{ticket.inbox}"
        yield Owed(MarkRead(message, ticket.inbox), key, bucket, Urgency.COSMETIC, key, ticket.id)


def _fetch_from_inbox(ticket: Ticket, files: tuple[FileId, ...]) -> Iterator[Owed]:
    for file in files:
        yield _fetch(ticket, FetchFile(file, inbox=ticket.inbox), f"files:{ticket.inbox}")


def _fetch_from_desk(ticket: Ticket, files: tuple[FileId, ...], desk: DeskName | None) -> Iterator[Owed]:
    for file in files:
        yield _fetch(ticket, FetchFile(file, desk=desk), f"files:{desk}")


def _fetch(ticket: Ticket, work: FetchFile, bucket: str) -> Owed:
    key = f"file:{work.file}"
    return Owed(work, key, bucket, Urgency.CUSTOMER, key, ticket.id)


def _line(key: str, *, mention: PersonId | None = None, **params: Value) -> Log:
    return Log(EntryKind.LINE, say=Say(key, params), mention=mention)

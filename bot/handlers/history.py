"""A ticket's history in words: one line a fact."""

from datetime import timedelta
from typing import assert_never

from bot.handlers.asking import Answer, Ask
from core import facts as f
from core.ids import PersonId
from core.inside import asked_name
from core.ports import SavedFact
from core.say import PersonName, Say, TicketLabel, Value, Word

SHOWN = 30


async def log(ask: Ask) -> Answer:
    """The newest facts, oldest of them first."""
    saved = await ask.house.store.history(ask.here.id, SHOWN)
    lines = tuple(line(each) for each in reversed(saved))
    if not lines:
        return ask.tell("log.none")
    return ask.tell("log.title", lines=lines, ticket=TicketLabel(ask.here.id))


def line(saved: SavedFact) -> Say:
    """One fact, with when it happened."""
    key, params = _words(saved.fact)
    return Say(key, {"at": saved.at, **params})


def who(person: PersonId | None) -> Value:
    return PersonName(person) if person is not None else Word("log.nobody")


def _words(fact: f.Fact) -> tuple[str, dict[str, Value]]:
    match fact:
        case f.Opened():
            if fact.previous is not None:
                return "log.opened_again", {"previous": TicketLabel(fact.previous)}
            return "log.opened", {}
        case f.CustomerWrote():
            return "log.customer_wrote", {}
        case f.CustomerChanged():
            return f"log.customer_{fact.what}", {}
        case f.LeftUnseen():
            return "log.left_unseen", {}
        case f.DetailsGiven():
            return "log.details_given", {}
        case f.Unreached(person, _):
            return "log.unreached", {"who": PersonName(person)}
        case f.Woke() | f.Breached() | f.EscalationSpent() | f.Warned() | f.Escalated() | f.Reminded() | f.Acked():
            return _alarm(fact)
        case f.Triggered() | f.WindowClosed() | f.PromiseMade() | f.PromiseBroken():
            return _waiting(fact)
        case f.Consulted() | f.ConsultAnswered() | f.ConsultLate() | f.ConsultEnded():
            return _consult(fact)
        case f.Claimed() | f.Released() | f.Assigned() | f.HandedOn() | f.Moved():
            return _owner(fact)
        case (
            f.AnsweredElsewhere()
            | f.ReplyHeld()
            | f.ReplyChanged()
            | f.ReplyStopped()
            | f.ReplyReleased()
            | f.ReplyUndone()
            | f.EditedAfterSending()
            | f.DeliveryMoved()
        ):
            return _reply(fact)
        case f.ClockStarted() | f.ClockMoved() | f.ClockPaused() | f.ClockResumed() | f.ClockStopped():
            return _clock(fact)
        case _:
            return _mark(fact)


def _waiting(fact: f.Triggered | f.WindowClosed | f.PromiseMade | f.PromiseBroken) -> tuple[str, dict[str, Value]]:
    match fact:
        case f.Triggered():
            return "log.triggered", {"kinds": ", ".join(fact.kinds)}
        case f.WindowClosed():
            return "log.window_closed", {}
        case f.PromiseMade(until=None):
            return "log.acknowledged", {}
        case f.PromiseMade():
            assert fact.until is not None
            return "log.promised", {"until": fact.until}
        case f.PromiseBroken():
            return "log.promise_broken", {"until": fact.until}
        case _:
            assert_never(fact)


def _consult(fact: f.Consulted | f.ConsultAnswered | f.ConsultLate | f.ConsultEnded) -> tuple[str, dict[str, Value]]:
    match fact:
        case f.Consulted():
            return "log.consulted", {"by": PersonName(fact.by), "whom": asked_name(fact.whom)}
        case f.ConsultAnswered():
            return "log.consult_answered", {"by": PersonName(fact.by), "took": timedelta(seconds=fact.seconds)}
        case f.ConsultLate():
            return "log.consult_late" if fact.over else "log.consult_soon", {"whom": asked_name(fact.whom)}
        case f.ConsultEnded():
            return "log.consult_ended", {"whom": asked_name(fact.whom)}
        case _:
            assert_never(fact)


def _owner(fact: f.Claimed | f.Released | f.Assigned | f.HandedOn | f.Moved) -> tuple[str, dict[str, Value]]:
    if isinstance(fact, f.HandedOn):
        return "log.handed_on", {"old": PersonName(fact.old), "to": who(fact.to)}
    if isinstance(fact, f.Moved):
        return "log.moved", {"by": who(fact.by), "old": fact.old, "new": fact.new}
    by: dict[str, Value] = {"by": PersonName(fact.by)}
    match fact:
        case f.Claimed():
            if fact.over is not None:
                return "log.taken_over", by | {"old": PersonName(fact.over)}
            return "log.claimed", by
        case f.Released():
            return "log.released", by
        case f.Assigned():
            return "log.assigned", by | {"to": PersonName(fact.to)}
        case _:
            assert_never(fact)


Replies = (
    f.AnsweredElsewhere
    | f.ReplyHeld
    | f.ReplyChanged
    | f.ReplyStopped
    | f.ReplyReleased
    | f.ReplyUndone
    | f.EditedAfterSending
    | f.DeliveryMoved
)


def _reply(fact: Replies) -> tuple[str, dict[str, Value]]:
    match fact:
        case f.AnsweredElsewhere():
            return "log.answered_elsewhere", {}
        case f.ReplyHeld():
            return "log.reply_held", {"by": PersonName(fact.by)}
        case f.ReplyChanged():
            return "log.reply_changed", {"by": PersonName(fact.by)}
        case f.ReplyStopped():
            return "log.reply_stopped", {}
        case f.ReplyReleased():
            return "log.reply_released", {"by": PersonName(fact.by)}
        case f.ReplyUndone():
            return "log.reply_undone", {"by": PersonName(fact.by)}
        case f.EditedAfterSending():
            return "log.edited_after_sending", {"by": PersonName(fact.by)}
        case f.DeliveryMoved():
            if fact.code:
                state, why = Word(f"ladder.{fact.state}"), Word(f"send_error.{fact.code}")
                return "log.delivery_trouble", {"state": state, "why": why}
            return "log.delivery", {"state": Word(f"ladder.{fact.state}")}
        case _:
            assert_never(fact)


Alarms = f.Woke | f.Breached | f.EscalationSpent | f.Warned | f.Escalated | f.Reminded | f.Acked


def _alarm(fact: Alarms) -> tuple[str, dict[str, Value]]:
    match fact:
        case f.Woke():
            return f"log.woke_{fact.why}", {}
        case f.Breached():
            return "log.breached", {"kind": Word(f"clock.{fact.kind}")}
        case f.EscalationSpent():
            return "log.escalation_spent", {}
        case f.Warned():
            return "log.warned", {"kind": Word(f"clock.{fact.kind}"), "step": fact.steps[-1]}
        case f.Escalated():
            return "log.escalated", {"level": fact.level, "by": who(fact.by)}
        case f.Reminded():
            return "log.reminded", {"level": fact.level}
        case f.Acked():
            return "log.acked", {"level": fact.level, "by": PersonName(fact.by)}
        case _:
            assert_never(fact)


Clocks = f.ClockStarted | f.ClockMoved | f.ClockPaused | f.ClockResumed | f.ClockStopped


def _clock(fact: Clocks) -> tuple[str, dict[str, Value]]:
    kind: dict[str, Value] = {"kind": Word(f"clock.{fact.kind}")}
    match fact:
        case f.ClockStarted():
            return "log.clock_started", kind | {"due": fact.due_at}
        case f.ClockMoved():
            return "log.clock_moved", kind | {"due": fact.due_at}
        case f.ClockPaused():
            return "log.clock_paused", kind
        case f.ClockResumed():
            return "log.clock_resumed", kind | {"due": fact.due_at}
        case f.ClockStopped():
            key = "log.clock_stopped_late" if fact.late else "log.clock_stopped"
            return key, kind | {"used": timedelta(seconds=fact.seconds)}
        case _:
            assert_never(fact)


Marks = (
    f.Noted
    | f.NoteChanged
    | f.ModeSet
    | f.StatusSet
    | f.Snoozed
    | f.AnswerAwaited
    | f.PrioritySet
    | f.Tagged
    | f.TierSet
    | f.ZoneSet
    | f.ContactBlocked
)


def _mark(fact: Marks) -> tuple[str, dict[str, Value]]:
    match fact:
        case f.Noted():
            return "log.noted", {"by": PersonName(fact.by)}
        case f.NoteChanged():
            return f"log.note_{fact.what}", {}
        case f.ModeSet():
            return f"log.mode_{fact.mode}", {"by": who(fact.by), "why": Word(f"log.mode_why.{fact.why}")}
        case f.StatusSet():
            params: dict[str, Value] = {"by": who(fact.by), "new": Word(f"status.{fact.new}")}
            return ("log.status_code", params | {"code": fact.code}) if fact.code else ("log.status", params)
        case f.AnswerAwaited():
            return "log.answer_awaited", {"by": PersonName(fact.by), "until": fact.until}
        case f.Snoozed():
            return "log.snoozed", {"by": PersonName(fact.by), "until": fact.until}
        case f.PrioritySet():
            return "log.priority", {"by": who(fact.by), "new": Word(f"priority.{fact.new}")}
        case f.Tagged():
            tags = " ".join((*(f"+{tag}" for tag in fact.added), *(f"-{tag}" for tag in fact.removed)))
            return "log.tagged", {"by": PersonName(fact.by), "tags": tags}
        case f.TierSet():
            return "log.tier", {"by": PersonName(fact.by), "new": Word(f"tier.{fact.new}")}
        case f.ZoneSet():
            return "log.zone", {"by": PersonName(fact.by), "zone": fact.zone}
        case f.ContactBlocked():
            return "log.blocked" if fact.blocked else "log.unblocked", {"by": PersonName(fact.by)}
        case _:
            assert_never(fact)

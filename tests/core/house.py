"""A small house for the tests of the core: three people, two queues, one inbox, round numbers.

First replies are due after 60 minutes, next replies after 30; level 1 has 10 minutes to acknowledge, level 2 has 20.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from core.chains import Chain, EarlyWarning, Level
from core.clocks import ClockKind, TicketClock
from core.commands import Command, Draft, MoveDelivery, ReceiveMessage, Reply, Tick
from core.decide import decide
from core.facts import Fact
from core.hours import Calendar
from core.ids import (
    ChannelName,
    ContactId,
    ConversationId,
    DeskName,
    InboxName,
    MessageId,
    PersonId,
    QueueName,
    TicketId,
)
from core.messages import Ladder
from core.model import Ticket
from core.people import Person, Role, Roster, Tier
from core.policy import InboxPolicy, Policy, QueuePolicy
from core.targets import DEFAULT_CHAIN, Target

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday
SUPPORT, FINANCE = QueueName("support"), QueueName("finance")
SHOP = InboxName("shop")
SLACK = DeskName("slack")

MEI = Person(PersonId(1), "Mei", email="mei@example.com", queues=frozenset({SUPPORT}))
LIU = Person(PersonId(2), "Liu", email="liu@example.com", queues=frozenset({SUPPORT}))
BOSS = Person(PersonId(3), "Boss", email="boss@example.com", role=Role.SUPERVISOR, queues=frozenset({SUPPORT, FINANCE}))
ROOT = Person(PersonId(4), "Root", email="root@example.com", role=Role.ADMIN)
mei, liu, boss, root = MEI.id, LIU.id, BOSS.id, ROOT.id
EVERYBODY = Roster((MEI, LIU, BOSS, ROOT))

F = TypeVar("F")


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def at(n: float) -> datetime:
    """`n` minutes after noon."""
    return NOON + minutes(n)


def local(zone: str, year: int, month: int, day: int, hour: int = 0, minute: int = 0, fold: int = 0) -> datetime:
    """By the clock on the wall of a place."""
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def new_york(year: int, month: int, day: int, hour: int = 0, minute: int = 0, fold: int = 0) -> datetime:
    return local("America/New_York", year, month, day, hour, minute, fold)


CHAIN = Chain(
    warnings=(EarlyWarning(0.75, ("assignee",)), EarlyWarning(0.9, ("assignee",))),
    levels=(Level(("supervisors",), minutes(10)), Level(("admins",), minutes(20))),
)


def a_policy(**changes: Any) -> Policy:
    policy = Policy(
        queues={
            SUPPORT: QueuePolicy(SUPPORT, "Support", Calendar.always(), {SLACK: ("C1",)}),
            FINANCE: QueuePolicy(FINANCE, "Finance", Calendar.always(), {SLACK: ("C2",)}),
        },
        inboxes={SHOP: InboxPolicy(SHOP, ChannelName("whatsapp"), SUPPORT, 4096, timedelta(hours=24))},
        targets=(Target(minutes(20), minutes(10), tier=Tier.VIP), Target(minutes(60), minutes(30))),
        chains={DEFAULT_CHAIN: CHAIN},
    )
    return replace(policy, **changes)


def with_chain(**changes: Any) -> Policy:
    """The house with another chain."""
    return a_policy(chains={DEFAULT_CHAIN: replace(CHAIN, **changes)})


POLICY = a_policy()


def a_ticket(**changes: Any) -> Ticket:
    """Open for nobody, nothing written yet."""
    ticket = Ticket(
        TicketId(12), 1, SUPPORT, SHOP, ChannelName("whatsapp"), ConversationId(5), ContactId(7), opened_at=NOON
    )
    return replace(ticket, **changes)


def do(ticket: Ticket, command: Command, now: datetime = NOON, policy: Policy = POLICY) -> Ticket:
    """The ticket after it."""
    return decide(ticket, command, now, policy)[0]


def facts_of(ticket: Ticket, command: Command, now: datetime = NOON, policy: Policy = POLICY) -> tuple[Fact, ...]:
    return decide(ticket, command, now, policy)[1]


def of_kind(facts: Sequence[Fact], kind: type[F]) -> list[F]:
    return [fact for fact in facts if isinstance(fact, kind)]


def wrote(n: int = 100, when: datetime = NOON, *, stopped: tuple[int, ...] = ()) -> ReceiveMessage:
    """The customer's message number `n`."""
    return ReceiveMessage(MessageId(n), when, stopped=tuple(MessageId(m) for m in stopped))


def asked(when: datetime = NOON, **changes: Any) -> Ticket:
    """A ticket whose customer wrote message 100 and waits."""
    return do(a_ticket(**changes), wrote(100, when), when)


def a_reply(by: PersonId = mei, n: int = 200, *, seen: int | None = 100, when: datetime = NOON, **more: Any) -> Reply:
    """An answer that becomes message `n`, from somebody who has seen message `seen`."""
    return Reply(by, Draft("We are on it."), _id(seen), when, message=MessageId(n), **more)


def moved(state: Ladder, when: datetime = NOON, n: int = 200, **more: Any) -> MoveDelivery:
    """Message `n`, given at `when`, stands at `state` now."""
    return MoveDelivery(MessageId(n), state, when, mei, **more)


def answered(ticket: Ticket, when: datetime, n: int = 200) -> Ticket:
    """Mei replies at `when` and the channel takes it ten seconds later."""
    held = do(ticket, a_reply(seen=ticket.last_customer, n=n, when=when, force=True), when)
    return do(held, moved(Ladder.SENT, when, n, was=Ladder.HELD), when + timedelta(seconds=10))


def tick(ticket: Ticket, now: datetime, policy: Policy = POLICY) -> tuple[Ticket, tuple[Fact, ...]]:
    """The clock worker looks at the ticket."""
    return decide(ticket, Tick(EVERYBODY), now, policy)


def clock(ticket: Ticket, kind: ClockKind) -> TicketClock:
    found = ticket.clock(kind)
    assert found is not None, f"no {kind} clock"
    return found


def _id(n: int | None) -> MessageId | None:
    return None if n is None else MessageId(n)

"""A customer who waits, the clock worker and the channel, without any of their machinery; and teams of all kinds."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core import promises
from core.clocks import ClockKind
from core.commands import MoveDelivery, Promised, ReceiveMessage, Tick
from core.decide import decide
from core.facts import Fact
from core.hours import Calendar
from core.ids import MessageId
from core.messages import Ladder
from core.model import Ticket
from core.opentime import Hours
from core.people import Roster
from core.policy import Policy, QueuePolicy
from core.promises import Plan
from core.staffing import Staffing
from core.targets import Target, Whose
from tests.core.house import LIU, MEI, SUPPORT, a_policy, a_reply, a_ticket, moved

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
SHENZHEN = Calendar.parse("Asia/Shanghai", {day: ["09:00-12:00", "13:00-18:00"] for day in WORKDAYS}, "CN")
RIYADH = Calendar.parse("Asia/Riyadh", {day: ["09:00-18:00"] for day in ("sun", "mon", "tue", "wed", "thu")})
NIGHTS = Calendar.parse("Asia/Shanghai", {day: ["21:00-06:00"] for day in WORKDAYS})
THURSDAYS = Calendar.parse("Europe/Berlin", {"thu": ["09:00-09:20"]})
TEAMS = (SHENZHEN, RIYADH, NIGHTS, THURSDAYS, Calendar.always())
HOUR = timedelta(hours=1)
BOTH = Roster((MEI, LIU))
START = datetime(2026, 9, 21, tzinfo=UTC)
"""Three weeks with the Mid-Autumn Festival and the National Day of China, Columbus Day, and a make-up Saturday."""


def house(
    team: Calendar = SHENZHEN, target: timedelta = 2 * HOUR, whose: Whose = Whose.CUSTOMER, **more: object
) -> Policy:
    row = Target(target, target, whose=whose)
    return a_policy(queues={SUPPORT: QueuePolicy(SUPPORT, "Support", team)}, targets=(row,), **more)


@dataclass
class Story:
    """A customer, the clock worker and the channel: what each does, and what was said and recorded."""

    policy: Policy = field(default_factory=house)
    roster: Roster = BOTH
    zone: str = "America/New_York"
    country: str = "US"
    said: list[tuple[datetime, Plan]] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    delivers: Ladder | None = Ladder.SENT
    """What becomes of an automatic message; None: it waits."""
    ticket: Ticket = field(init=False)
    now: datetime = START

    def __post_init__(self) -> None:
        self.ticket = a_ticket(zone=self.zone, country=self.country)
        self.number = 100

    @property
    def hours(self) -> Hours:
        found = Staffing(self.policy, self.roster).hours(SUPPORT, None)
        assert found is not None
        return found

    def do(self, command: object, now: datetime) -> None:
        self.now = now
        self.ticket, facts = decide(self.ticket, command, now, self.policy)  # type: ignore[arg-type]
        self.facts += facts

    def writes(self, now: datetime) -> None:
        self.number += 1
        staffing = Staffing(self.policy, self.roster)
        closed = promises.is_closed(SUPPORT, None, now, self.policy, staffing)
        opens = self.ticket.last_customer is None
        self.do(ReceiveMessage(MessageId(self.number), now, opens=opens, closed=closed), now)

    def runs(self, until: datetime) -> None:
        """The clock worker, up to then."""
        for _ in range(2_000):
            looks = [clock.next_at for clock in self.ticket.clocks if clock.running and clock.next_at]
            now = max(min(looks, default=until), self.now)
            if now >= until:
                return
            self.ticks(now)
        raise AssertionError("the clocks never come to rest")

    def ticks(self, now: datetime) -> None:
        clock = self.ticket.clock(ClockKind.PROMISE)
        due = clock is not None and clock.running and clock.next_at is not None and clock.next_at <= now
        plan = promises.plan(self.ticket, now, self.policy, Staffing(self.policy, self.roster)) if due else None
        self.number += 1
        written = Promised(MessageId(self.number), plan.until, plan.why) if plan else None
        self.do(Tick(self.roster, promise=written), now)
        if plan is not None:
            self.said.append((now, plan))
            if self.delivers is not None:
                self.becomes(self.delivers, now)

    def becomes(self, state: Ladder, now: datetime, was: Ladder = Ladder.QUEUED) -> None:
        clock = self.ticket.clock(ClockKind.PROMISE)
        message = promises.last_message(clock) if clock else None
        assert message is not None
        self.do(MoveDelivery(message, state, now, None, was=was, automatic=True), now)

    def answers(self, now: datetime) -> None:
        reply = a_reply(seen=None, when=now, force=True, n=9_000)
        self.do(reply, now)
        self.do(moved(Ladder.SENT, now, 9_000, was=Ladder.HELD), now + timedelta(seconds=10))

    @property
    def only(self) -> Plan:
        assert len(self.said) == 1, self.said
        return self.said[0][1]

    @property
    def keys(self) -> list[str]:
        return [plan.words.key for _, plan in self.said]

"""Each step once per clock and cycle: whatever happens between, and however often it is looked at."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core import commands as c
from core.chains import REPEATS, Chain, Deed, EarlyWarning, Level
from core.clocks import ClockKind
from core.decide import decide
from core.errors import Refused
from core.facts import Acked, Breached, Escalated, EscalationSpent, Fact, Reminded, Triggered, Warned
from core.messages import Ladder
from core.model import Priority, Ticket
from core.people import Tier
from core.targets import DEFAULT_CHAIN, Target
from core.triggers import TriggerRule, Triggers
from tests.core.house import EVERYBODY, FINANCE, NOON, SUPPORT, a_policy, a_ticket, boss, mei, minutes, moved, wrote

CHAIN = Chain(
    (EarlyWarning(0.5, ("assignee",), Deed(Priority.HIGH)), EarlyWarning(0.9, ("queue",))),
    (
        Level(("supervisors",), minutes(25), Deed(queue=FINANCE), again=minutes(10)),
        Level(("oncall",), minutes(20)),
        Level(("admins",), minutes(15), again=minutes(5)),
    ),
)
POLICY = a_policy(
    targets=(
        Target(minutes(20), minutes(10), minutes(90), tier=Tier.VIP),
        Target(minutes(40), minutes(20), minutes(120), priority=Priority.HIGH),
        Target(minutes(60), minutes(30), minutes(200)),
    ),
    chains={DEFAULT_CHAIN: CHAIN},
    triggers=Triggers((TriggerRule("law", level=2),)),
)
LEVELS = len(CHAIN.levels)

MOVES: list[c.Command] = [
    c.SetTier(mei, Tier.VIP),
    c.SetTier(mei, Tier.STANDARD),
    c.SetPriority(mei, Priority.HIGH),
    c.SetPriority(mei, Priority.NORMAL),
    c.Move(mei, SUPPORT),
    c.Claim(mei, take_over=True),
    c.Hold(mei),
    c.SetPending(mei),
    c.Close(mei, take_over=True),
    c.Reopen(mei),
    c.Escalate(mei, roster=EVERYBODY),
    c.Ack(boss),
    c.Trigger(("law",), roster=EVERYBODY),
    c.Recount(),
]
SOONER = st.integers(0, 45).map(minutes)
STEPS = st.lists(st.tuples(SOONER, st.sampled_from(["tick", "tick", "wrote", "answered", *MOVES])), max_size=40)


@dataclass
class Story:
    ticket: Ticket = field(default_factory=lambda: a_ticket(assignee=mei))
    now: timedelta = timedelta()
    said: int = 100
    facts: list[tuple[timedelta, Fact]] = field(default_factory=list)

    def does(self, command: c.Command) -> tuple[Fact, ...]:
        try:
            self.ticket, facts = decide(self.ticket, command, NOON + self.now, POLICY)
        except Refused:
            return ()
        self.facts += [(self.now, fact) for fact in facts]
        return facts

    def happens(self, what: object) -> None:
        self.said += 1
        when = NOON + self.now
        match what:
            case "tick":
                self.does(c.Tick(EVERYBODY))
            case "wrote":
                self.does(wrote(self.said, when))
            case "answered":
                draft = c.Reply(mei, c.Draft("soon"), None, when, force=True, message=wrote(self.said).message)
                if self.does(draft):
                    self.does(moved(Ladder.SENT, when, self.said, was=Ladder.HELD))
            case _:
                self.does(what)  # type: ignore[arg-type]


def told(steps: list[tuple[timedelta, object]]) -> Story:
    story = Story()
    story.does(replace(wrote(), opens=True))
    for after, what in steps:
        story.now += after
        story.happens(what)
    return story


@given(STEPS)
def test_each_step_fires_once_per_clock_and_cycle(steps: list[tuple[timedelta, object]]) -> None:
    story = told(steps)
    fired: Counter[tuple[ClockKind, int, str]] = Counter()
    for _, fact in story.facts:
        match fact:
            case Warned(kind, cycle, names):
                fired.update((kind, cycle, name) for name in names)
            case Breached(kind, cycle):
                fired[kind, cycle, "100%"] += 1
    assert all(count == 1 for count in fired.values()), fired


@given(STEPS)
def test_looking_twice_is_looking_once(steps: list[tuple[timedelta, object]]) -> None:
    """What one look did, a second at the same moment does not: not even what the first one's changes made due, more
    than once."""
    story = told(steps)
    for _ in range(4):
        story.happens("tick")
    before = story.ticket
    assert story.does(c.Tick(EVERYBODY)) == ()
    assert story.ticket == before


@given(STEPS)
def test_nobody_is_told_of_a_level_for_ever(steps: list[tuple[timedelta, object]]) -> None:
    """However it began: it goes up, each level is repeated six times at most, and then it is said once that nobody
    came."""
    story = told(steps)
    begun = len(story.facts)
    for _ in range(2000):
        looks = [clock.next_at for clock in story.ticket.clocks if clock.next_at is not None]
        if not looks:
            break
        story.now = max(story.now, min(looks) - NOON)
        story.happens("tick")
    else:
        raise AssertionError("it never ends")
    last = [fact for _, fact in story.facts[begun:]]
    assert sum(isinstance(fact, Escalated) for fact in last) <= LEVELS + 3  # three targets may break yet
    spent = sum(isinstance(fact, EscalationSpent) for fact in last)
    assert sum(isinstance(fact, Reminded) for fact in last) <= REPEATS * (LEVELS + 3)
    assert spent <= 4
    if story.ticket.level and story.ticket.acked_by is None:
        assert any(isinstance(fact, EscalationSpent) for _, fact in story.facts)


@given(STEPS)
def test_levels_only_rise_until_somebody_answers_or_closes(steps: list[tuple[timedelta, object]]) -> None:
    story = told(steps)
    for _, fact in story.facts:
        if isinstance(fact, Escalated):
            assert 1 <= fact.level <= LEVELS
            assert fact.told, "somebody is always told"


@given(STEPS)
def test_a_kind_of_trigger_is_set_off_once(steps: list[tuple[timedelta, object]]) -> None:
    kinds = [kind for _, fact in told(steps).facts if isinstance(fact, Triggered) for kind in fact.kinds]
    assert len(kinds) == len(set(kinds))


@given(STEPS)
def test_after_an_ack_it_is_still_until_something_new_happens(steps: list[tuple[timedelta, object]]) -> None:
    story = told(steps)
    if not any(isinstance(fact, Acked) for fact in story.does(c.Ack(boss))):
        return
    still = replace(story.ticket, clocks=tuple(clock for clock in story.ticket.clocks if not clock.kind.is_business))
    story.ticket = still
    for minute in range(0, 3000, 7):
        story.now += minutes(minute)
        assert not [f for f in story.does(c.Tick(EVERYBODY)) if isinstance(f, Escalated | Reminded | EscalationSpent)]

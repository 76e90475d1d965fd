"""What will happen in a run, from its seed alone: who writes what, what is answered, and when something is killed.

Pure. When each thing happens by the clock depends on the machine; what happens, and in which order for a customer, not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

Where = Literal["whatsapp", "messenger", "site"]
CHANNELS: tuple[Where, ...] = ("whatsapp", "messenger", "site")
Moment = Literal["any", "sending", "sent", "posting", "posted"]
MOMENTS: tuple[Moment, ...] = ("any", "any", "any", "sending", "sent", "posting", "posted")
PER_CUSTOMER = 5
"""Messages of a customer on average."""
LONGEST_BURST = 4
AGENTS = 6
LONG_EVERY = 12
"""One reply in so many is too long for a single message of its channel."""
LONG = 4500
"""Characters; three messages on Messenger, two elsewhere."""
AT_ONCE, TWICE, PICTURE = 0.5, 0.1, 0.08
"""The shares of turns of which that holds."""
NOTE_EVERY = 6
"""One reply in so many follows a note of the agent's to the team."""
SOON, LATE = 0.02, 0.97
"""The share of all that happens within which processes are killed."""
LONGEST_PAUSE = 0.4
"""Seconds from the chosen moment to the kill: kills must not fall on what the simulators see alone."""


@dataclass(frozen=True, slots=True)
class Size:
    messages: int = 2000
    replies: int = 500
    kills: int = 20


@dataclass(frozen=True, slots=True)
class Reply:
    """What an agent (by number) types for the customer, after a note to the team where there is one."""

    text: str
    agent: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A customer says something in a row; it may be answered. `at_once`: the platform has it all in one delivery."""

    says: tuple[str, ...]
    reply: Reply | None = None
    at_once: bool = False
    twice: bool = False
    """The platform delivers some of it twice."""
    picture: bool = False
    """The first of it comes with a picture."""


@dataclass(frozen=True, slots=True)
class Script:
    """One customer's conversation."""

    name: str
    where: Where
    turns: tuple[Turn, ...]

    @property
    def says(self) -> Sequence[str]:
        return [text for turn in self.turns for text in turn.says]


@dataclass(frozen=True, slots=True)
class Kill:
    """When `after` of all messages and replies have arrived, and `pause` seconds later; then at any moment, or while
    the next reply or post is under way: before the platform took it, or when it has and did not answer yet. `victim` is
    any number: which of the processes."""

    after: float
    pause: float
    moment: Moment
    victim: int


@dataclass(frozen=True, slots=True)
class Plan:
    scripts: tuple[Script, ...]
    kills: tuple[Kill, ...]


def make_plan(seed: int, size: Size) -> Plan:
    dice = Random(seed)
    bursts = list(_bursts(dice, size.messages))
    answered = set(dice.sample(range(len(bursts)), min(size.replies, len(bursts))))
    turns = [_turn(dice, nth, says, nth in answered) for nth, says in enumerate(bursts)]
    kills = sorted(dice.uniform(SOON, LATE) for _ in range(size.kills))
    return Plan(
        tuple(_scripts(dice, turns, max(3, size.messages // PER_CUSTOMER))),
        tuple(_kill(dice, after) for after in kills),
    )


def _kill(dice: Random, after: float) -> Kill:
    return Kill(after, dice.uniform(0, LONGEST_PAUSE), dice.choice(MOMENTS), dice.randrange(1000))


def _bursts(dice: Random, messages: int) -> Iterator[tuple[str, ...]]:
    said = 0
    while said < messages:
        long = min(dice.choice((1, 1, 1, 2, LONGEST_BURST)), messages - said)
        yield tuple(f"m{said + nth:05} {_words(dice, 4)}" for nth in range(long))
        said += long


def _turn(dice: Random, nth: int, says: tuple[str, ...], answered: bool) -> Turn:
    reply = None
    if answered:
        words = _words(dice, LONG // 8) if dice.randrange(LONG_EVERY) == 0 else _words(dice, 5)
        note = f"n{nth:05} internal: {_words(dice, 4)}" if dice.randrange(NOTE_EVERY) == 0 else ""
        reply = Reply(f"r{nth:05} {words}", dice.randrange(AGENTS), note)
    at_once, twice, picture = (dice.random() < share for share in (AT_ONCE, TWICE, PICTURE))
    return Turn(says, reply, at_once, twice, picture)


def _scripts(dice: Random, turns: Sequence[Turn], customers: int) -> Iterator[Script]:
    """Every customer has at least one turn, as long as there are enough."""
    mine: list[list[Turn]] = [[] for _ in range(min(customers, len(turns)))]
    for nth, turn in enumerate(turns):
        (mine[nth] if nth < len(mine) else dice.choice(mine)).append(turn)
    for nth, own in enumerate(mine):
        yield Script(f"Customer {nth:04}", CHANNELS[nth % len(CHANNELS)], tuple(own))


def _words(dice: Random, count: int) -> str:
    """Of eight characters with the space, numbered, so that no two pieces of a long text are the same."""
    return " ".join(f"w{nth:03}{dice.randrange(1000):03}" for nth in range(count))

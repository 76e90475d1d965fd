"""Every command there is: a literal table, and how a typed word finds its row."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from bot.handlers import (
    alarm,
    consulting,
    covering,
    deadlines,
    finding,
    helping,
    history,
    joining,
    marking,
    oncall,
    owning,
    presence,
    replying,
    setting_up,
    status,
)
from bot.handlers.asking import Answer, Ask
from core.asked import is_asked
from core.ids import DeskName
from core.model import Priority, Ticket
from core.people import Person, Role, Tier
from core.words import EVERYWHERE, WITH_SLASH


class Takes(StrEnum):
    """What an argument is; the catalogue has `argument.<kind>`."""

    TEXT = "text"
    REASON = "reason"
    QUESTION = "question"
    TO = "to"
    WHEN = "when"
    CODE = "code"
    TAGS = "tags"
    QUEUE = "queue"
    COMMAND = "command"
    ZONE = "zone"
    INVITE = "invite"
    CHOICE = "choice"
    ABSENCE = "absence"
    ONCALL = "oncall"


class Theme(StrEnum):
    """How help groups the commands; the catalogue has `help.theme.<theme>`."""

    OWNING = "owning"
    REPLYING = "replying"
    STATUS = "status"
    INSIDE = "inside"
    ALARM = "alarm"
    MARKING = "marking"
    FINDING = "finding"
    TEAM = "team"


class Owner(StrEnum):
    """Whose ticket it must be. Help goes by it; that it is so is decided inside the transaction, where it cannot
    change between the look and the deed."""

    ANY = "any"
    MINE = "mine"
    NOT_MINE = "not_mine"


class State(StrEnum):
    ANY = "any"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Argument:
    takes: Takes
    required: bool = False
    choices: tuple[str, ...] = ()
    words: str = ""
    """Under which the catalogue has the choices, where a form offers them."""


@dataclass(frozen=True, slots=True)
class Command:
    """A row of the table. In the catalogue: `help.<name>.line` and `.more`, and further names as `alias.<name>`."""

    name: str
    theme: Theme
    run: Callable[[Ask], Awaitable[Answer]]
    aliases: tuple[str, ...] = ()
    argument: Argument | None = None
    role: Role = Role.AGENT
    needs_ticket: bool = True
    owner: Owner = Owner.ANY
    state: State = State.OPEN
    strangers: bool = False
    """Whether people who have not joined may use it."""
    typed: bool = True
    """False: only buttons and forms name it."""
    offered: bool = True
    """False: help does not list it; who needs it is told by the guide."""
    for_asked: bool = False
    """Whoever is asked inside about a ticket may use it there, though its queue is not theirs."""
    lays_aside: bool = False
    """The ticket needs nobody's attention after it. Found long after it was typed, it must not bury what the customer
    has written since."""

    def fits(self, person: Person | None, ticket: Ticket | None) -> bool:
        """Whether this person could do it here and now."""
        if person is None:
            return self.strangers
        if not person.role.covers(self.role) or (self.strangers and self.name != "help"):
            return False
        if not self.needs_ticket:
            return True
        if ticket is None:
            return False
        if not person.sees(ticket.queue):
            return self.for_asked and is_asked(ticket.consulted, person)
        mine = ticket.assignee == person.id
        owned = self.owner is Owner.ANY or mine is (self.owner is Owner.MINE)
        return owned and (self.state is State.ANY or ticket.is_open is (self.state is State.OPEN))


ON_OFF = Argument(Takes.CHOICE, choices=("on", "off"))
REASON = Argument(Takes.REASON)
TEXT = Argument(Takes.TEXT, required=True)
T = Theme

_TABLE = (
    Command("claim", T.OWNING, owning.claim, ("take",), owner=Owner.NOT_MINE),
    Command("release", T.OWNING, owning.release, ("drop",), owner=Owner.MINE),
    Command("assign", T.OWNING, owning.assign, ("give",), Argument(Takes.TO, required=True)),
    Command("r", T.REPLYING, replying.r, ("reply",), TEXT),
    Command("n", T.REPLYING, marking.note, ("note",), TEXT, state=State.ANY),
    Command("live", T.REPLYING, status.live, (), ON_OFF, owner=Owner.MINE),
    Command("undo", T.REPLYING, replying.undo, ("u",), state=State.ANY),
    Command("pending", T.STATUS, status.pending, ("wait",), Argument(Takes.WHEN), lays_aside=True),
    Command("hold", T.STATUS, status.hold, (), REASON, lays_aside=True),
    Command("close", T.STATUS, status.close, ("done", "solve"), Argument(Takes.CODE), lays_aside=True),
    Command("reopen", T.STATUS, status.reopen, ("open",), state=State.CLOSED),
    Command("snooze", T.STATUS, status.snooze, ("later",), Argument(Takes.WHEN, required=True), lays_aside=True),
    Command("consult", T.INSIDE, consulting.consult, ("ask",), Argument(Takes.QUESTION, required=True)),
    Command("answer", T.INSIDE, consulting.answer, (), TEXT, for_asked=True),
    Command("esc", T.ALARM, alarm.esc, ("escalate",), REASON),
    Command("ack", T.ALARM, alarm.ack),
    Command(
        "due",
        T.ALARM,
        deadlines.due,
        ("sla",),
        Argument(Takes.CHOICE, choices=tuple(deadlines.WANTED)),
        state=State.ANY,
    ),
    Command(
        "prio",
        T.MARKING,
        marking.prio,
        ("priority",),
        Argument(Takes.CHOICE, required=True, choices=tuple(Priority), words="priority"),
        state=State.ANY,
    ),
    Command("tag", T.MARKING, marking.tag, ("tags",), Argument(Takes.TAGS, required=True), state=State.ANY),
    Command("vip", T.MARKING, marking.vip, (), ON_OFF, state=State.ANY),
    Command(
        "tier",
        T.MARKING,
        marking.tier,
        (),
        Argument(Takes.CHOICE, required=True, choices=tuple(Tier), words="tier"),
        state=State.ANY,
    ),
    Command("tz", T.MARKING, marking.tz, ("zone",), Argument(Takes.ZONE, required=True), state=State.ANY),
    Command("block", T.MARKING, marking.block, (), ON_OFF, role=Role.SUPERVISOR, state=State.ANY),
    Command("log", T.FINDING, history.log, ("history",), state=State.ANY),
    Command("find", T.FINDING, finding.find, ("search",), TEXT, needs_ticket=False),
    Command("queue", T.FINDING, finding.queue, ("q",), Argument(Takes.QUEUE), needs_ticket=False),
    Command("coverage", T.FINDING, covering.coverage, needs_ticket=False),
    Command("handover", T.TEAM, finding.handover, (), Argument(Takes.QUEUE), needs_ticket=False),
    Command("away", T.TEAM, presence.away, (), Argument(Takes.ABSENCE), needs_ticket=False),
    Command("back", T.TEAM, presence.back, needs_ticket=False),
    Command("oncall", T.TEAM, oncall.oncall, ("duty",), Argument(Takes.ONCALL), needs_ticket=False),
    Command("login", T.TEAM, joining.login, needs_ticket=False),
    Command(
        "join", T.TEAM, joining.join, (), Argument(Takes.INVITE, required=True), needs_ticket=False, strangers=True
    ),
    Command(
        "setup",
        T.TEAM,
        setting_up.setup,
        (),
        Argument(Takes.INVITE, required=True),
        needs_ticket=False,
        strangers=True,
        offered=False,
    ),
    Command("help", T.TEAM, helping.help_, ("h",), Argument(Takes.COMMAND), needs_ticket=False, strangers=True),
    Command("reply", T.REPLYING, replying.form, typed=False),
    Command("shortcut", T.REPLYING, replying.shortcut, typed=False),
    Command("send", T.REPLYING, replying.send, typed=False),
    Command("cancel", T.REPLYING, replying.cancel, typed=False, state=State.ANY),
    Command("reassign", T.OWNING, owning.assign_form, typed=False),
)

COMMANDS: Mapping[str, Command] = {command.name: command for command in _TABLE}
"""By name, in the order help shows them."""


def alias_key(command: str) -> str:
    """Where the catalogue has a command's further names in a locale, with spaces between them."""
    return f"alias.{command}"


class Book:
    """The table with the names of every locale in it. `localised`: command name -> its names from the catalogues;
    `slash`: the desks where a slash begins a command too."""

    def __init__(self, localised: Mapping[str, Iterable[str]], slash: frozenset[DeskName] = frozenset()) -> None:
        self._slash = slash
        self._words: dict[str, Command] = {}
        for command in COMMANDS.values():
            if command.typed:
                for word in (command.name, *command.aliases, *localised.get(command.name, ())):
                    taken = self._words.setdefault(word.casefold(), command)
                    if taken is not command:
                        raise ValueError(f"{word} means both {taken.name} and {command.name}")

    def find(self, word: str) -> Command | None:
        """The command that a typed word names."""
        return self._words.get(word.casefold())

    def is_(self, word: str, *names: str) -> bool:
        """Whether a typed word names one of these commands."""
        command = self.find(word)
        return command is not None and command.name in names

    def action(self, name: str) -> Command | None:
        """The command that a button, menu or form names."""
        return COMMANDS.get(name)

    def nearest(self, word: str) -> Command | None:
        """What a misspelt word may have meant."""
        near = get_close_matches(word.casefold(), self._words, n=1, cutoff=0.6)
        return self._words[near[0]] if near else None

    def names(self, command: Command) -> tuple[str, ...]:
        """All words for a command, its own name first."""
        return tuple(word for word, named in self._words.items() if named is command)

    def prefixes(self, desk: DeskName) -> frozenset[str]:
        """What a command may begin with on a desk."""
        return WITH_SLASH if desk in self._slash else EVERYWHERE

    def offered(self, person: Person | None, ticket: Ticket | None) -> tuple[Command, ...]:
        """What this person could type here and now, in the table's order."""
        return tuple(c for c in COMMANDS.values() if c.typed and c.offered and c.fits(person, ticket))

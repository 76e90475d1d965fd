"""What a handler is given and what it gives back. No command lives here."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from core.commands import Command, Draft
from core.errors import Refused
from core.events import FileNote, Origin
from core.ids import DeskName, QueueName, TicketId, row_number, ticket_label
from core.model import Ticket
from core.people import Person
from core.policy import Policy
from core.ports import Clock, Desk, Doors, Store, Withdraws
from core.say import Button, Say, TicketLabel, Value, say
from core.staffing import Staffing
from core.views import Dialog, Overview
from core.words import one_line, visible

if TYPE_CHECKING:
    from bot.handlers.registry import Book

OFF = frozenset({"off", "no", "stop", "关", "关闭"})
ON = frozenset({"", "on", "yes", "开", "开启"})
NOTE_LIMIT = 40_000
"""Characters; what Slack takes in one message."""
REPLY_LIMIT = 10_000
REASON_LIMIT = 2_000
FILES_LIMIT = 10
FRESH = timedelta(seconds=10)
"""What was shown less than this before somebody wrote, they may not have read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What only the one who asked is shown. `locale` and `zone` are how they read it; dispatch fills them in."""

    whispers: tuple[Say, ...] = ()
    dialog: Dialog | None = None
    overview: Overview | None = None
    locale: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """What every handler works with. `overview` puts together what a person's home shows; `console` is
    the address of the web console, without a path."""

    store: Store
    door: Doors
    clock: Clock
    policy: Policy
    book: "Book"
    desks: Mapping[DeskName, Desk]
    overview: Callable[[Person], Awaitable[Overview]]
    console: str

    async def staffing(self) -> Staffing:
        """Who works when, by the roster as it is now."""
        return Staffing(self.policy, await self.store.roster())


@dataclass(frozen=True, slots=True)
class Ask:
    """One command asked for by one person. Person, role, ticket and queue have been checked where the command needs
    them.

    `text`: its argument as typed, pressed or filled in. `typed`: `origin.post` is where the words themselves stand.
    `in_thread`: it was asked in the ticket's own thread.
    """

    house: House
    origin: Origin
    person: Person | None
    ticket: Ticket | None
    text: str = ""
    files: tuple[FileNote, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    typed: bool = False
    in_thread: bool = False

    @property
    def me(self) -> Person:
        """The one who asks; only `!join` and `!help` are for strangers too."""
        assert self.person is not None, "the command needs a person"
        return self.person

    @property
    def here(self) -> Ticket:
        assert self.ticket is not None, "the command needs a ticket"
        return self.ticket

    @property
    def overheard(self) -> bool:
        """Whether others can see what the asker is answered."""
        return not self.origin.direct and isinstance(self.house.desks.get(self.origin.desk), Withdraws)

    @property
    def zone(self) -> str:
        """The asker's time zone, else the queue's."""
        if self.person is not None and self.person.zone:
            return self.person.zone
        return self.team_zone

    @property
    def team_zone(self) -> str:
        queues = self.queues
        queue = self.ticket.queue if self.ticket else queues[0] if queues else None
        return self.house.policy.queue(queue).calendar.zone if queue else "UTC"

    @property
    def queues(self) -> tuple[QueueName, ...]:
        """The queues that are the asker's business."""
        if self.person is None:
            return ()
        return tuple(name for name in self.house.policy.queues if self.person.sees(name))

    async def do(self, command: Command, *, once: str | None = None) -> Answer:
        """Take the one door. What changes is seen in the thread; away from it the asker is told that it is done."""
        await self.house.door.apply(self.here.id, command, once=once or self.origin.key)
        if not self.in_thread:
            return self.tell("done.elsewhere", ticket=TicketLabel(self.here.id))
        return Answer()

    def tell(
        self, key: str, *, buttons: tuple[Button, ...] = (), lines: tuple[Say, ...] = (), **params: Value
    ) -> Answer:
        return Answer((say(key, buttons=buttons, lines=lines, **params),))

    def draft(self, text: str, limit: int) -> Draft:
        """Words for a message row. Raises Refused when there is too much of them."""
        check_length(text, limit)
        if len(self.files) > FILES_LIMIT:
            raise refused("refused.too_many_files", count=len(self.files), limit=FILES_LIMIT)
        # Typed elsewhere, with the ticket's number, the thread has yet to show them.
        where = self.origin.post if self.typed and self.in_thread else None
        return Draft(visible(text).strip(), self.files, where, self.origin.desk)

    def at_ticket(self, rest: str = "") -> str:
        """A button's or dialog's value that names the ticket, wherever it is pressed."""
        return f"{ticket_label(self.here.id)} {rest}".strip()


def check_length(text: str, limit: int) -> None:
    if len(text) > limit:
        raise refused("refused.too_long", length=len(text), limit=limit)


def refused(key: str, *buttons: Button, **params: Value) -> Refused:
    return Refused(Say(key, params, buttons))


def ticket_named(text: str) -> tuple[TicketId | None, str]:
    """`T-12 rest` is ticket 12 and `rest`."""
    first, _, rest = text.strip().partition(" ")
    number = row_number(first[2:])
    if first[:2].upper() == "T-" and number is not None:
        return TicketId(number), rest.strip()
    return None, text


def switch(text: str, command: str) -> bool:
    """`on`, `off`, or nothing, which is on. Raises Refused."""
    plain = text.strip().casefold()
    if plain in ON | OFF:
        return plain in ON
    raise refused("refused.on_or_off", command=command, text=one_line(text, 40))

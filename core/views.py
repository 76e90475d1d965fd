"""What a desk shows, resolved from rows and free of platform shapes: the card, a post, the overview, a dialog.

A renderer turns these into blocks, HTML or JSON; it decides nothing. Customer text in them is raw: every renderer
escapes it.
"""

from dataclasses import dataclass, field
from datetime import datetime

from core.ids import PersonId, TicketId
from core.messages import File, Message, MessageKind
from core.model import Entry, Ticket
from core.people import Contact
from core.say import Button, Say


@dataclass(frozen=True, slots=True)
class Card:
    """Everything the card of a ticket shows. Deadline in `zone` (the team's), the customer's time in theirs."""

    ticket: Ticket
    contact: Contact
    queue_title: str
    locale: str
    zone: str
    now: datetime
    assignee: str = ""
    deadline: datetime | None = None
    deadline_kind: str = ""
    promised: datetime | None = None
    """By when the waiting customer was told that a person answers."""
    window_ends: datetime | None = None
    human_until: datetime | None = None
    """Until when a person's own words may go after that, where the channel allows it."""
    earlier: tuple[TicketId, ...] = ()
    buttons: tuple[Button, ...] = ()
    more: tuple[Button, ...] = ()
    """Behind the More menu."""
    link: str = ""
    """The ticket in the console."""
    plain: bool = False
    """Words alone, with nothing to press: the desk did not take it as it is drawn."""
    email: str = ""
    """An address that we know to be theirs; what they only said is `contact.email`."""

    @property
    def window(self) -> tuple[str, datetime | None] | None:
        """How the channel's window stands (`open`, `human`: for a person's own words only, `closed`) and until when;
        None where there is no window."""
        if self.window_ends is None:
            return None
        if self.window_ends > self.now:
            return "open", self.window_ends
        if self.human_until is not None and self.human_until > self.now:
            return "human", self.human_until
        return "closed", None


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with what it shows. `here`: it was typed in this very thread, which shows the words already."""

    entry: Entry
    message: Message | None = None
    author: str = ""
    files: tuple[File, ...] = ()
    confirmation: Say | None = None
    """A reply's delivery state with its buttons, or a note's mark."""
    mention: PersonId | None = None
    mention_address: str = ""
    """The pinged person's id on this desk."""
    here: bool = False
    quoted: str = ""
    """The beginning of the message that this one answers."""

    @property
    def is_automatic(self) -> bool:
        """The house wrote it to the customer by itself."""
        return self.message is not None and self.message.kind is MessageKind.AUTO


@dataclass(frozen=True, slots=True)
class Post:
    """One post in a thread: one entry, or several of a customer's burst."""

    ticket: TicketId
    shown: tuple[Shown, ...]
    locale: str
    zone: str
    job: int
    """Put into the platform's metadata where there is any, so that an uncertain post can be looked for. Unique
    in a thread: -1 minus the first entry's seq, as one job makes several posts; all else bears its job's id."""
    repeated: bool = False
    """May appear twice, and says so."""
    plain: bool = False
    """Words alone, with nothing to press and nobody pinged by more than their name: the desk did not take it as it is
    drawn."""


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in a list: queue views, search results, App Home."""

    ticket: Ticket
    contact: str
    assignee: str = ""
    deadline: datetime | None = None
    excerpt: str = ""
    root: str = ""
    """Its thread in the place that shows the list, where it has one."""


@dataclass(frozen=True, slots=True)
class Overview:
    """App Home and its like: what is mine, nobody's, and about to break."""

    locale: str
    zone: str
    now: datetime
    mine: tuple[Row, ...] = ()
    unassigned: tuple[Row, ...] = ()
    breaching: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """A queue at a glance, as it stands in the queue's own place for everybody there."""

    queue_title: str
    locale: str
    zone: str
    now: datetime
    open: int
    unassigned: tuple[Row, ...] = ()
    unassigned_total: int = 0
    breaching: tuple[Row, ...] = ()
    breaching_total: int = 0
    link: str = ""
    """The queue in the console."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a dialog. `choices` makes it a select of (value, label key or plain text)."""

    name: str
    label: str
    multiline: bool = False
    value: str = ""
    required: bool = True
    limit: int = 3000
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Dialog:
    """A form a desk opens where it can. Submitting it gives `Submitted(action, value, fields)`."""

    action: str
    value: str
    title: str
    submit: str
    fields: tuple[Field, ...] = field(default_factory=tuple)

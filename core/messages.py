"""What is written: messages with their parts and files, and the ladder on which a message to the customer stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.ids import ConversationId, FileId, MessageId, PersonId, TicketId
from core.say import Say


class FileState(StrEnum):
    PENDING = "pending"
    """Named by the platform, not yet fetched."""
    STORED = "stored"
    REFUSED = "refused"
    """Too large, expired or forbidden; `reason` says which."""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment of a message. `blob`: its key in the Blob store. `source`: what the platform fetches it by."""

    id: FileId
    message: MessageId
    name: str
    mime: str
    size: int | None = None
    state: FileState = FileState.PENDING
    source: str = ""
    blob: str = ""
    reason: str = ""


class MessageKind(StrEnum):
    CUSTOMER = "customer"
    REPLY = "reply"
    """A human's public answer, typed here or in the channel's own app (then `person` is None)."""
    AUTO = "auto"
    """The house's own words to the customer, such as when a person will answer. Never counts as an answer."""
    NOTE = "note"
    """Internal. Never leaves the house."""


class Ladder(StrEnum):
    """Where a message to the customer stands. Order matters: a state only moves up (FAILED and UNCERTAIN aside)."""

    HELD = "held"
    """Waits out the undo time."""
    ASKED = "asked"
    """The customer wrote during the hold: it waits for the agent's word."""
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNDONE = "undone"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    """The platform may have it. Never repeated by itself."""

    def outranks(self, other: "Ladder") -> bool:
        """Whether a report of this state changes one that already stands at `other`; reports come in any order."""
        order = list(Ladder)
        if other is Ladder.FAILED:
            return self in (Ladder.DELIVERED, Ladder.READ)
        if self in (Ladder.FAILED, Ladder.UNCERTAIN):
            return other in (Ladder.HELD, Ladder.ASKED, Ladder.QUEUED, Ladder.SENT, Ladder.UNCERTAIN)
        if other is Ladder.UNCERTAIN:
            return self in (Ladder.SENT, Ladder.DELIVERED, Ladder.READ)
        return other is not Ladder.UNDONE and order.index(self) > order.index(other)


TAKEN = (Ladder.SENT, Ladder.DELIVERED, Ladder.READ)
"""The platform has it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One platform request of a reply: a piece of its text or one file. `seq` counts from 0."""

    seq: int
    text: str = ""
    file: FileId | None = None
    state: Ladder = Ladder.HELD
    external: str | None = None
    """The platform's id, once it took the part."""
    code: str = ""
    """Why it failed: a key under `send_error.`."""
    sent_at: datetime | None = None
    """When the platform took it: what a watermark is compared with."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something written: by the customer, to the customer, or a note. `text` is erasable and lives nowhere else."""

    id: MessageId
    ticket: TicketId
    conversation: ConversationId
    kind: MessageKind
    text: str
    at: datetime
    person: PersonId | None = None
    external: str | None = None
    about: Say | None = None
    """What is not text: a location, a sticker, an unsupported type, said honestly."""
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    reaction: str = ""
    """The customer's reaction to this message, or the message's own emoji."""
    files: tuple[File, ...] = ()
    parts: tuple[Part, ...] = ()
    reply_to: MessageId | None = None

    def ref(self, seq: int) -> str:
        """What a channel repeats of a part: the moment in it tells it from a part of another database's."""
        return f"{self.id}.{seq}.{self.at.timestamp():.6f}"

    @property
    def waits_for(self) -> str:
        """The code of what a reply waits for the end of, nothing of it having left for certain; else empty."""
        if any(part.external or part.state not in (Ladder.HELD, Ladder.QUEUED) for part in self.parts):
            return ""
        return next((part.code for part in self.parts if part.code), "")

    @property
    def ladder(self) -> Ladder:
        """A reply stands where its worst part stands."""
        return worst(part.state for part in self.parts)


def worst(states: Iterable[Ladder]) -> Ladder:
    """The state a message of several parts is shown with: a trouble if any part has one, else the lowest rung."""
    seen = list(states)
    for trouble in (Ladder.FAILED, Ladder.UNCERTAIN, Ladder.UNDONE):
        if trouble in seen:
            return trouble
    order = list(Ladder)
    return min(seen, key=order.index, default=Ladder.QUEUED)

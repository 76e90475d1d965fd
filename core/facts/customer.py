"""What the customer did, and what was heard of them."""

from dataclasses import dataclass

from core.ids import DeskName, FileId, MessageId, PersonId, TicketId


@dataclass(frozen=True, slots=True)
class Opened:
    previous: TicketId | None = None


@dataclass(frozen=True, slots=True)
class CustomerWrote:
    """`follows`: within a burst, so that its post may wait for the rest. `files`: to be fetched."""

    message: MessageId
    files: tuple[FileId, ...] = ()
    follows: bool = False


@dataclass(frozen=True, slots=True)
class CustomerChanged:
    """They edited, deleted or reacted to a message; `what` is edited, deleted or reaction."""

    message: MessageId
    what: str


@dataclass(frozen=True, slots=True)
class AnsweredElsewhere:
    """A colleague replied in the channel's own app."""

    message: MessageId
    files: tuple[FileId, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftUnseen:
    """The customer left the site chat without having seen our last words."""


@dataclass(frozen=True, slots=True)
class DetailsGiven:
    """The customer said how to reach them; what they said stands with the contact."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """A desk did not let us write to a person in private."""

    person: PersonId
    desk: DeskName

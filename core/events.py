"""What channels and desks tell us, already parsed and free of platform shapes. Parsing is pure; nothing here acts."""

from dataclasses import dataclass, field
from datetime import datetime

from core.ids import DeskName, InboxName
from core.messages import Ladder
from core.model import PostRef
from core.people import Identity
from core.say import Say


@dataclass(frozen=True, slots=True)
class FileNote:
    """A file a message came with, before it is fetched. `source` is what the channel or desk fetches it by."""

    source: str
    name: str
    mime: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote, as the channel knows them. `key` names the conversation, `address` is where an answer goes."""

    identities: tuple[Identity, ...]
    key: str
    address: str
    name: str = ""
    language: str | None = None
    """The locale that they chose, or that their device says."""
    zone: str | None = None
    """The time zone that their device says: an IANA name of some place."""


@dataclass(frozen=True, slots=True)
class CustomerMessage:
    inbox: InboxName
    external: str
    at: datetime
    sender: Sender
    text: str = ""
    about: Say | None = None
    """What is not text, as an honest line: a location, a sticker, an unsupported type."""
    files: tuple[FileNote, ...] = ()
    reply_to: str | None = None
    """External id of the message it answers."""


@dataclass(frozen=True, slots=True)
class CustomerEdit:
    """The customer changed an earlier message."""

    inbox: InboxName
    external: str
    """Of this event; `target` is the message's."""
    target: str
    at: datetime
    sender: Sender
    text: str


@dataclass(frozen=True, slots=True)
class CustomerDelete:
    """The customer took an earlier message back."""

    inbox: InboxName
    external: str
    target: str
    at: datetime
    sender: Sender


@dataclass(frozen=True, slots=True)
class CustomerReaction:
    """An emoji on a message of ours or theirs; an empty emoji takes it away."""

    inbox: InboxName
    external: str
    target: str
    at: datetime
    sender: Sender
    emoji: str


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """The platform says how far a part we sent has come. May precede the answer to the send."""

    inbox: InboxName
    external: str
    state: Ladder
    at: datetime
    code: str = ""
    """Why it failed: a key under `send_error.`."""
    ref: str = ""
    """What we gave the send to be known by (`Outgoing.ref`), where the platform repeats it."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """Everything we sent to a customer up to a moment has come this far; the platform names no message."""

    inbox: InboxName
    external: str
    key: str
    """Of the conversation."""
    state: Ladder
    """DELIVERED or READ."""
    upto: datetime


@dataclass(frozen=True, slots=True)
class CustomerLeft:
    """The customer is gone from the site chat, and has not seen our last words. Once for each time they left."""

    inbox: InboxName
    external: str
    key: str
    """Of the conversation."""
    at: datetime


@dataclass(frozen=True, slots=True)
class CustomerDetails:
    """The customer said how to reach them. Nobody has verified it."""

    inbox: InboxName
    external: str
    at: datetime
    sender: Sender
    email: str


@dataclass(frozen=True, slots=True)
class ForeignEcho:
    """A colleague answered in the channel's own app: counts as a human reply."""

    inbox: InboxName
    external: str
    at: datetime
    sender: Sender
    """The customer it went to."""
    text: str = ""
    about: Say | None = None
    files: tuple[FileNote, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityChanged:
    """The customer's number or id changed: the identity moves, the history stays."""

    inbox: InboxName
    external: str
    at: datetime
    old: tuple[Identity, ...]
    sender: Sender
    """The customer under the new identity."""


FOREIGN = "foreign_number"
"""The code of a delivery for an account that is not the inbox's; `external` names the account."""


@dataclass(frozen=True, slots=True)
class InboxTrouble:
    """The platform reports an error about the inbox itself; an admin is told once a code and day."""

    inbox: InboxName
    external: str
    at: datetime
    code: str


ChannelEvent = (
    CustomerMessage
    | CustomerEdit
    | CustomerDelete
    | CustomerReaction
    | DeliveryReport
    | Watermark
    | CustomerLeft
    | CustomerDetails
    | ForeignEcho
    | IdentityChanged
    | InboxTrouble
)


def once_key(event: ChannelEvent) -> str:
    """Unique (inbox, event kind, external id, variant): what makes a redelivered event have no second effect."""
    variant = event.state if isinstance(event, DeliveryReport | Watermark) else ""
    return f"{event.inbox}|{type(event).__name__}|{event.external}|{variant}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where on a desk something was done, by whom, and what makes it unique.

    `root` is the thread (None: outside any); `post` the message typed, pressed on or reacted to. `trigger` lets a desk
    open a dialog for a few seconds. `key` is the once-key of whatever command comes of it: the message's or
    interaction's own id, never the delivery's.
    """

    desk: DeskName
    key: str
    who: Identity
    place: str
    at: datetime
    root: str | None = None
    post: PostRef | None = None
    trigger: str = ""
    direct: bool = False
    """Said in private to the bot."""
    words: str = ""
    """Of an edit or deletion: the once-key of the message when it was typed."""
    anonymous: bool = False
    """The platform does not say who it was, as with a group's anonymous admins."""
    confirms: bool = False
    """A form filled in where the desk could not show one: a reply in it is a draft that is shown before it leaves."""

    missed: bool = False
    """Nobody heard it when it was typed: it was found when the desk looked, minutes or hours later."""

    @property
    def at_home(self) -> bool:
        """Done on a person's own overview, which is no place of the team's."""
        return not self.place and self.root is None


@dataclass(frozen=True, slots=True)
class Typed:
    """A person wrote in a thread, a channel or to the bot."""

    origin: Origin
    text: str
    files: tuple[FileNote, ...] = ()
    mentions_first: bool = False
    """The text begins with a teammate's mention: never sent to a customer, whatever the mode."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A person changed a message; `text` is the new one."""

    origin: Origin
    text: str


@dataclass(frozen=True, slots=True)
class Deleted:
    origin: Origin


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button, menu entry or message shortcut: `action` is a command word, `value` its argument text.

    `text` and `files` are those of the message a shortcut was used on.
    """

    origin: Origin
    action: str
    value: str = ""
    text: str = ""
    files: tuple[FileNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Submitted:
    """A dialog was filled in: `action` and `value` as the dialog was opened with, `fields` what the person entered."""

    origin: Origin
    action: str
    value: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reacted:
    """An emoji, by its short name, on a message."""

    origin: Origin
    emoji: str


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """Someone looks at their overview on the desk."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class PlaceChanged:
    """The place a queue lives in was archived or renamed, or the bot removed: `what` is a key under `tell.place.`."""

    origin: Origin
    what: str


@dataclass(frozen=True, slots=True)
class PlaceMoved:
    """The place is the same and has another address on the platform now: a group became a supergroup."""

    origin: Origin
    address: str


@dataclass(frozen=True, slots=True)
class Unheard:
    """The platform keeps events from us, or we refuse what comes in its name: `what` is a key under `tell.unheard.`."""

    origin: Origin
    what: str


DeskEvent = Typed | Edited | Deleted | Pressed | Submitted | Reacted | HomeOpened | PlaceChanged | PlaceMoved | Unheard

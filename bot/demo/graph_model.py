"""What the Graph simulator remembers: accounts, files and messages, and the feed of what changes.

No HTTP here and no rules; customers have their own modules because they act, and what only Messenger has is in
messenger_model.py.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from secrets import choice, token_hex
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from bot.demo.messenger_person import Person
    from bot.demo.whatsapp_customer import Customer

Json = dict[str, Any]
Status = Literal["accepted", "sent", "delivered", "read", "failed"]
Sender = Literal["customer", "business", "phone_app", "page_inbox", "other_app"]
LADDER: tuple[Status, ...] = ("accepted", "sent", "delivered", "read")
MESSAGING = "whatsapp_business_messaging"
MANAGEMENT = "whatsapp_business_management"


def new_id(digits: int = 15) -> str:
    """A node id as Graph makes them: decimal digits, as a string."""
    return choice("123456789") + "".join(choice("0123456789") for _ in range(digits - 1))


def new_wamid() -> str:
    """A message id. Random, so that a restarted demo never repeats one."""
    return f"wamid.HBgL{token_hex(14).upper()}=="


@dataclass(slots=True, eq=False, kw_only=True)
class Account:
    """What a token, an app and a webhook belong to: a phone number or a Page.

    `webhook` is the full callback URL; empty: updates wait.
    """

    token: str
    app_secret: str
    verify_token: str
    webhook: str = ""
    id: str = field(default_factory=new_id)
    app_id: str = field(default_factory=new_id)
    token_valid: bool = True
    subscribed: bool = True


@dataclass(slots=True, eq=False)
class Number(Account):
    """A business phone number, and the account (WABA) it belongs to.

    `templates` maps a name to {language: text with {{1}}}.
    """

    display: str
    name: str
    waba: str = field(default_factory=new_id)
    quality: str = "GREEN"
    registered: bool = True
    locked: bool = False
    scopes: tuple[str, ...] = (MANAGEMENT, MESSAGING)
    templates: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def digits(self) -> str:
        """The display number as webhooks carry it: digits only."""
        return "".join(filter(str.isdigit, self.display))


@dataclass(slots=True, eq=False)
class Media:
    """A stored file. `mime` may carry parameters (`audio/ogg; codecs=opus`)."""

    data: bytes
    mime: str
    name: str
    expires: datetime
    id: str = field(default_factory=new_id)
    secret: str = field(default_factory=lambda: token_hex(16))


@dataclass(slots=True, eq=False, kw_only=True)
class Bubble:
    """One message of a conversation as the customer's phone shows it.

    `content` is its part of the wire; `text` is what a person reads (body, caption, title). `status` is the tick: of a
    business message what the customer's phone did, of a customer's whether the business got it (`delivered`: the
    webhook answered 200; `read`: marked as read). `history` has every step with its time.
    """

    id: str
    sender: Sender
    kind: str
    text: str
    at: datetime
    content: Any
    media: Media | None = None
    reply_to: str = ""
    callback_data: str = ""
    """Ours, repeated in what is told of the message: `biz_opaque_callback_data`, or `metadata` on Messenger."""
    status: Status = "accepted"
    error: int = 0
    edited: bool = False
    deleted: bool = False
    reactions: dict[Sender, str] = field(default_factory=dict)
    history: list[tuple[Status, datetime]] = field(default_factory=list)

    @property
    def whose(self) -> "Customer | Person | None":
        """On whose phone it is."""
        raise NotImplementedError

    def advance(self, status: Status, at: datetime) -> bool:
        """Climb the ladder; False when there is nothing to climb (already there, or failed)."""
        if self.status == "failed" or status == self.status:
            return False
        if status != "failed" and LADDER.index(status) < LADDER.index(self.status):
            return False
        self.status = status
        self.history.append((status, at))
        return True


@dataclass(slots=True, eq=False, kw_only=True)
class Message(Bubble):
    """One of WhatsApp; `group`: the id of the group it was written in."""

    id: str = field(default_factory=new_wamid)
    number: Number
    customer: "Customer | None"
    group: str = ""

    @property
    def whose(self) -> "Customer | None":
        return self.customer


@dataclass(frozen=True, slots=True)
class Change:
    """Something a page that shows `customer` has to redraw."""

    kind: Literal["message", "status", "reaction", "edit", "typing"]
    customer: "Customer | Person | None"
    message: Bubble | None = None


class Feed:
    """Tells everyone who listens what changed. Nobody listening costs nothing; nothing is kept for later."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Change]] = set()

    def publish(self, change: Change) -> None:
        for queue in self._queues:
            queue.put_nowait(change)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Change]]:
        """A queue that gets every change from now until the block ends."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

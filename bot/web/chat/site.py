"""A chat's inbox as the server keeps it: its settings, its signer, and whether somebody of its queue is there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.channels.livechat_inbox import LivechatInbox
from bot.web.chat.signing import Signer
from bot.web.parts import MB, Parts
from core.ids import InboxName, QueueName
from core.staffing import Staffing


@dataclass(frozen=True, slots=True)
class Team:
    """What a visitor is told of whom they write to."""

    title: str
    open: bool
    opens_at: datetime | None
    there: bool
    """Open, and somebody of the queue is working."""

    def json(self, *, known: bool) -> dict[str, Any]:
        """`known`: we can reach the visitor when they are gone."""
        opens_at = self.opens_at.isoformat() if self.opens_at else None
        return {"title": self.title, "open": self.open, "opens_at": opens_at, "ask_email": not self.there and not known}


@dataclass(frozen=True, slots=True)
class Site:
    inbox: LivechatInbox
    title: str
    signer: Signer

    @classmethod
    def of(cls, inbox: LivechatInbox, organisation: str) -> "Site":
        return cls(inbox, inbox.title or organisation, Signer(inbox))

    @property
    def name(self) -> InboxName:
        return InboxName(self.inbox.name)

    @property
    def upload_limit(self) -> int:
        """Bytes."""
        return self.inbox.upload_mb * MB

    async def team(self, parts: Parts) -> Team:
        now, queue = parts.clock.now(), parts.policy.queue(QueueName(self.inbox.queue))
        is_open = queue.calendar.is_open(now)
        staffing = Staffing(parts.policy, await parts.store.roster())
        opens_at = None if is_open else queue.calendar.next_open(now)
        return Team(self.title, is_open, opens_at, is_open and bool(staffing.on_shift(queue.name, now)))

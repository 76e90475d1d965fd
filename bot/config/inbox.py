"""What every inbox has, whatever its channel. A channel's own keys are a subclass in its own file (bot/channels/)."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from bot.config.table import Table
from bot.config.values import Name


class Inbox(Table):
    """Where customers write: a number, a page, a site. Each channel has further keys, which follow below."""

    unique: ClassVar[tuple[str, ...]] = ()
    """Keys whose value no two inboxes of the channel may share."""

    name: Name
    """Small letters, digits, - and _. Tickets remember it: rename nothing that has tickets."""
    channel: str
    """One of the channels below."""
    queue: Name
    """Where its new tickets go."""
    public_name: Literal["agent", "team"] = "team"
    """`agent`: the agent's public name stands above each reply. `team`: only the account's own name is seen."""
    read_ticks: bool = False
    """Whether customers see that their message was read."""
    acknowledge: bool | None = None
    """Whether who writes out of hours is told when a person answers; else as its queue."""
    soothe: bool | None = None
    """Whether who waits too long is told so, with a new time; else as its queue."""

    @property
    def api_bases(self) -> tuple[str, ...]:
        """The platform's addresses that its requests go to; none when it asks nobody."""
        return ()

    def handshake(self, challenge: str) -> Mapping[str, str] | None:
        """The query with which the platform makes sure of our webhook, which must answer `challenge`. None: it has
        no such custom. `dragoman doctor` asks the same of us."""
        return None

"""What the Graph simulator remembers of Messenger alone: Pages, and messages as both sides of a chat see them."""

from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from bot.demo.graph_model import Account, Bubble, Json

if TYPE_CHECKING:
    from bot.demo.messenger_person import Person

SCOPES = ("pages_messaging", "pages_manage_metadata", "pages_show_list", "pages_read_engagement")
FIELDS = frozenset(
    {
        "messages",
        "messaging_postbacks",
        "messaging_optins",
        "messaging_referrals",
        "messaging_handovers",
        "messaging_policy_enforcement",
        "message_deliveries",
        "message_reads",
        "message_echoes",
        "message_reactions",
        "message_edits",
        "standby",
    }
)
"""What an app can subscribe to for a Page, as far as the simulator speaks of it."""
PAGE_INBOX = "263902037430900"
"""The app id of Meta's own Page inbox, as handovers name it."""


def new_mid() -> str:
    """A message id. Random, so that a restarted demo never repeats one."""
    return f"m_{token_urlsafe(24)}"


@dataclass(slots=True, eq=False)
class Page(Account):
    """A Facebook Page and the app that serves it.

    `fields`: what the app is subscribed to; nothing else is told. `human_agent`: Meta has approved the feature.
    """

    name: str
    fields: frozenset[str] = FIELDS
    scopes: tuple[str, ...] = SCOPES
    human_agent: bool = True


@dataclass(slots=True, eq=False, kw_only=True)
class Said(Bubble):
    """A message of a Messenger chat. `tag` and `app_id`: of one that a business sent through the API."""

    id: str = field(default_factory=new_mid)
    page: Page
    person: "Person"
    tag: str = ""
    app_id: str = ""
    attachments: list[Json] = field(default_factory=list)
    edits: int = 0

    @property
    def whose(self) -> "Person":
        return self.person

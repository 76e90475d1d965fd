"""The keys of a Messenger inbox."""

from typing import ClassVar, Literal

from bot.channels.meta_inbox import MetaInbox
from bot.config.values import Secret, Text


class MessengerInbox(MetaInbox):
    """A Facebook Page on Messenger."""

    unique: ClassVar[tuple[str, ...]] = ("page_id",)

    channel: Literal["messenger"]
    page_id: Text
    """The Page's id: digits, not its name."""
    app_id: Text
    """Of the Meta app: what it says for the Page is told from what others say by it."""
    access_token: Secret
    """Of the Page, with pages_messaging and pages_manage_metadata."""

"""The keys of a site's chat."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from bot.config.inbox import Inbox
from bot.config.values import Language, Secret, complaint

_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?")


def _origin(text: str) -> str:
    """As a browser writes it: small letters, no path, no port that goes without saying."""
    origin = text.strip().lower().rstrip("/")
    if not _ORIGIN.fullmatch(origin):
        raise complaint("bad_form")
    return re.sub(r"^(https:.*):443$|^(http:.*):80$", lambda match: match[1] or match[2], origin)


Origin = Annotated[str, AfterValidator(_origin)]


class LivechatInbox(Inbox):
    """The chat on the pages of a site."""

    channel: Literal["livechat"]
    origins: Annotated[tuple[Origin, ...], Field(min_length=1)]
    """The sites that may show the chat: `["https://shop.example"]`."""
    secret: Secret
    """Any long random text. Signs who a visitor is, and the shop signs its users with it."""
    old_secret: Secret | None = None
    """The secret before, for as long as what it signed shall hold."""
    title: str = ""
    """Above the chat. Empty: the organisation."""
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#0b5fff"
    """Of the button and of what the visitor says."""
    languages: tuple[Language, ...] = ()
    """Among which a visitor may choose, such as `["en", "es", "ar"]`. Empty: those that the chat itself speaks."""
    upload_mb: Annotated[int, Field(ge=1, le=25)] = 10
    """The largest file that a visitor may send."""

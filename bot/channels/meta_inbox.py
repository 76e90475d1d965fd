"""The keys that every inbox behind Meta's Graph API has. Each platform's own subclass adds its account and token."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from bot.config.inbox import Inbox
from bot.config.values import HttpUrl, Secret


class MetaInbox(Inbox):
    """A number or page of a Meta app."""

    app_secret: Secret
    """Signs the webhooks."""
    verify_token: Secret
    """Any text; the same in Meta's webhook settings."""
    api_base: HttpUrl = "https://graph.facebook.com"
    """Another one for a gateway or a simulator."""
    api_version: Annotated[str, Field(pattern=r"^v\d+\.\d+$")] = "v26.0"

    @property
    def api_bases(self) -> tuple[str, ...]:
        return (self.api_base,)

    def handshake(self, challenge: str) -> Mapping[str, str]:
        """Source: "Getting Started", Webhooks from Meta."""
        verify_token = self.verify_token.get_secret_value()
        return {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}

"""What is configured of the Telegram desk."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, SecretStr

from bot.config.desk import DeskKey, DeskTable, needed_in_mode
from bot.config.problems import Problem
from bot.config.values import HttpUrl, Name, Secret, complaint
from core.ids import DeskName

TELEGRAM = DeskName("telegram")


def _webhook_secret(secret: SecretStr) -> SecretStr:
    # Source: setWebhook, Telegram Bot API.
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()):
        raise complaint("bad_form")
    return secret


WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]


class TelegramBot(DeskTable):
    """The Telegram bot; needed when a queue is on Telegram."""

    proxied: ClassVar[bool] = True

    bot_token: Secret
    """123456:ABC..., from @BotFather."""
    mode: Literal["polling", "webhook"] = "polling"
    """Polling needs no public address."""
    secret_token: WebhookSecret | None = None
    """For mode webhook: letters, digits, _ and -. Telegram sends it back with every update."""
    api_base: HttpUrl = "https://api.telegram.org"
    """Another one for a local Bot API server."""

    @property
    def callers(self) -> tuple[str, ...]:
        return (self.api_base,) if self.mode == "webhook" else ()

    @classmethod
    def check(cls, given: Mapping[str, Any], base_url: object) -> Iterator[Problem]:
        if given.get("mode") == "webhook":
            yield from needed_in_mode(TELEGRAM, given, "webhook", "secret_token")
            # Source: setWebhook, Telegram Bot API.
            if not (isinstance(base_url, str) and base_url.startswith("https://")):
                yield Problem("dragoman.base_url", "config.telegram_needs_https")


class OnTelegram(DeskKey):
    """A group is one queue's, once: by it a thread and its topic find each other."""

    telegram: tuple[Name, ...] = ()
    """Our own names of its Telegram groups, such as `["sales"]`; several share its tickets."""

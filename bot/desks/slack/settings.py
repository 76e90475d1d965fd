"""What is configured of the Slack desk."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from bot.config.desk import DeskKey, DeskTable, needed_in_mode
from bot.config.problems import Problem
from bot.config.values import HttpUrl, Secret
from core.ids import DeskName

SLACK = DeskName("slack")


class SlackApp(DeskTable):
    """The Slack app; needed when a queue is on Slack."""

    proxied: ClassVar[bool] = True

    bot_token: Secret
    """xoxb-..."""
    app_token: Secret | None = None
    """xapp-..., for mode socket."""
    signing_secret: Secret | None = None
    """For mode http."""
    mode: Literal["socket", "http"] = "socket"
    """Socket Mode needs no public address."""
    api_base: HttpUrl = "https://slack.com/api"

    @property
    def callers(self) -> tuple[str, ...]:
        return (self.api_base,) if self.mode == "http" else ()

    @classmethod
    def check(cls, given: Mapping[str, Any], base_url: object) -> Iterator[Problem]:
        mode = str(given.get("mode", "socket"))
        yield from needed_in_mode(SLACK, given, mode, "signing_secret" if mode == "http" else "app_token")


class OnSlack(DeskKey):
    """Queues may share a channel."""

    shared: ClassVar[bool] = True

    slack: str = ""
    """The id of its Slack channel (C...); empty: not on Slack."""

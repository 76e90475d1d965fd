"""Where the team is. The registry: every desk by its name, made from the settings; the app asks here and nowhere else.

A factory imports its desk when it is called: the chat libraries cost seconds, and most commands never need them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from aiohttp import web

from bot.config.settings import SLACK, TELEGRAM, Settings
from bot.rates import UNLIMITED, Budget, Limit, Rate
from core.ids import CONSOLE, DeskName, PersonId, TicketId
from core.owed import desk_bucket
from core.people import Identity
from core.ports import Blob, Clock, Desk, Places, Sink

if TYPE_CHECKING:
    from bot.desks.telegram.account import Account


@dataclass(frozen=True, slots=True)
class Around:
    """What a desk is given of the house besides its settings."""

    clock: Clock
    blobs: Blob
    names: Callable[[PersonId], str]
    """A teammate's name, from the app's own copy of the roster."""
    links: Callable[[TicketId], str]
    """A ticket's page on the console; empty when there is none."""
    people: Callable[[], Sequence[Identity]]
    """How the team is known on all desks."""
    places: Places
    """Where places that were set up from within are on the platform."""
    heard: Callable[[DeskName, str, datetime], Awaitable[Sequence[bytes]]]
    """What a desk has put into its sink since a moment, under keys that begin so: for what it must put together again
    after a crash."""
    spend: Callable[[str], None]
    """Draw once more from a bucket (`core.owed.desk_bucket`), for a request beyond the one that a job has drawn for."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the registry."""

    build: Callable[[Settings, Around], Desk]
    rate: Limit
    """Of requests, each place by itself."""
    settle: timedelta = timedelta()
    """How long edits and lines that ping nobody wait for more to come, where every write is dear."""
    boards: bool = False
    """It keeps an overview in each place; the desk is `core.ports.ShowsBoards`."""


@runtime_checkable
class HoldsConnections(Protocol):
    """A desk with connections of its own."""

    async def aclose(self) -> None:
        """Called once, when nobody asks anything of the desk any more."""
        ...


@runtime_checkable
class CalledOverHttp(Protocol):
    """A desk whose platform calls us."""

    def http_handler(self, sink: Sink) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Called once by the app, in whatever process serves the web; everything goes into `sink` before the ack."""
        ...


def _console(settings: Settings, around: Around) -> Desk:
    from bot.desks.console import ConsoleDesk

    return ConsoleDesk(around.blobs)


def _slack(settings: Settings, around: Around) -> Desk:
    """Raises ValueError when there is no [slack]; the configuration's own checks say so first."""
    from bot.desks.slack.account import Account
    from bot.desks.slack.desk import SlackDesk

    app = settings.slack
    if app is None:
        raise ValueError("a queue uses Slack, and there is no [slack]")
    in_socket_mode = app.mode == "socket" and app.app_token is not None
    account = Account(
        bot_token=app.bot_token.get_secret_value(),
        app_token=app.app_token.get_secret_value() if in_socket_mode and app.app_token else "",
        signing_secret=app.signing_secret.get_secret_value() if app.signing_secret else "",
        base_url=app.api_base,
        proxy=settings.proxies.slack.get_secret_value() if settings.proxies.slack else None,
        places=tuple(queue.slack for queue in settings.queues if queue.slack),
    )
    return SlackDesk(account, around.clock, around.names, around.links, around.people)


def telegram_account(settings: Settings) -> "Account":
    """Raises ValueError when there is no [telegram]; the configuration's own checks say so first."""
    from bot.desks.telegram.account import Account

    bot = settings.telegram
    if bot is None:
        raise ValueError("a queue uses Telegram, and there is no [telegram]")
    called = bot.mode == "webhook" and bot.secret_token is not None
    return Account(
        bot_token=bot.bot_token.get_secret_value(),
        api_base=bot.api_base,
        secret_token=bot.secret_token.get_secret_value() if called and bot.secret_token else "",
        hook_url=f"{settings.dragoman.base_url}/telegram/events" if called else "",
        places=tuple(dict.fromkeys(place for queue in settings.queues for place in queue.telegram)),
        proxy=settings.proxies.telegram.get_secret_value() if settings.proxies.telegram else None,
    )


def _telegram(settings: Settings, around: Around) -> Desk:
    from bot.desks.telegram.desk import TelegramDesk

    return TelegramDesk(
        telegram_account(settings),
        around.clock,
        around.names,
        around.links,
        around.places,
        around.people,
        lambda place: around.spend(desk_bucket(TELEGRAM, place)),
        partial(around.heard, TELEGRAM),
    )


DESKS: Mapping[DeskName, Kind] = {
    CONSOLE: Kind(_console, UNLIMITED),
    # chat.postMessage: about 1/s a channel, short bursts allowed.
    SLACK: Kind(_slack, Rate(1, 4)),
    # About 20 writes a minute a group, edits and topics included. A second more, as Telegram counts when they arrive.
    TELEGRAM: Kind(_telegram, Budget(20, timedelta(seconds=61), kept=5), settle=timedelta(seconds=5), boards=True),
}

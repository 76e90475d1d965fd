"""`SlackSim`: one simulated workspace with its server, the people in it and the waiting that stories need."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from tests.platforms.faults import Faults

from . import reading
from .delivery import Dispatcher
from .limits import Limits
from .people import Person
from .rooms import Room
from .server import Server
from .state import BOT_USER, Call, Channel, Message, User, Workspace

T = TypeVar("T")
PATIENCE = 5.0
"""Real seconds until `until` gives up: a safety net, never a measured time."""


def opening_day() -> datetime:
    """The instant at which a simulator without a clock stands still."""
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class SlackSim:
    """A Slack workspace on a loopback port. Start with `SlackSim.start`, end with `stop`, or use `async with`."""

    def __init__(self, clock: Callable[[], datetime], limits: float | None) -> None:
        self.workspace = Workspace(clock)
        self._limits = Limits(self.workspace.seconds, limits)
        self._server = Server(self.workspace, self._limits)
        self._people: dict[str, Person] = {}

    @classmethod
    async def start(
        cls,
        *,
        clock: Callable[[], datetime] = opening_day,
        limits: float | None = None,
        request_url: str | None = None,
    ) -> "SlackSim":
        """`limits`: None off, 1 Slack's own, 10 ten times as generous. `request_url`: HTTP mode, else Socket Mode."""
        sim = cls(clock, limits)
        await sim._server.start()
        await sim.outbox.start()
        sim.outbox.request_url = request_url
        return sim

    async def stop(self) -> None:
        await self.outbox.stop()
        await self._server.stop()

    async def __aenter__(self) -> "SlackSim":
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    # What the app is configured with

    @property
    def api_url(self) -> str:
        """For `AsyncWebClient(base_url=...)`."""
        return f"{self.workspace.base_url}/api/"

    @property
    def bot_token(self) -> str:
        return self.workspace.bot_token

    @property
    def app_token(self) -> str:
        return self.workspace.app_token

    @property
    def signing_secret(self) -> str:
        return self.outbox.signing_secret

    @property
    def bot_user(self) -> str:
        return BOT_USER

    # What the operator of the workspace may change

    @property
    def faults(self) -> Faults:
        """Calls by method name, `upload` and `download`; deliveries by event or interaction type, messages as
        `message` (people's own words), `message.bot` (the app's posts) and `message.<subtype>`."""
        return self.workspace.faults

    @property
    def scopes(self) -> set[str]:
        """The bot token's scopes; remove one to meet `missing_scope`."""
        return self.workspace.scopes

    def installs(self, scopes: Iterable[str], events: Iterable[str]) -> None:
        """Give the app exactly the scopes and event subscriptions (`message.channels`, ...) of its manifest."""
        self.workspace.scopes, self.workspace.subscriptions = set(scopes), set(events)

    @property
    def outbox(self) -> Dispatcher:
        """Deliveries: `log`, `connections`, `request_url`, `stamp` (the clock of the signatures), `disconnect()`,
        `release()`, `verifies_url()`."""
        return self.workspace.outbox

    def set_limits(self, factor: float | None) -> None:
        """Change the rate limits while the simulator runs."""
        self._limits.factor = factor

    def runs_ahead(self, by: timedelta) -> None:
        """Slack's clock and ours differ: its timestamps, the `Date` of its answers and the stamps of its signatures."""
        ours, stamp = self.workspace.clock, self.outbox.stamp
        self.workspace.clock = lambda: ours() + by
        self.outbox.stamp = lambda: stamp() + by.total_seconds()

    def revoke(self, error: str = "token_revoked") -> None:
        """From now on every call fails with `token_revoked` (or `account_inactive`)."""
        self.workspace.dead_token = error

    def issues(self, bot_token: str = "", app_token: str = "", signing_secret: str = "") -> None:
        """Somebody made new ones in the app's settings; the old ones are worth nothing."""
        workspace = self.workspace
        workspace.dead_token = None if bot_token else workspace.dead_token
        workspace.bot_token, workspace.app_token = bot_token or workspace.bot_token, app_token or workspace.app_token
        self.outbox.signing_secret = signing_secret or self.outbox.signing_secret

    def channel(self, channel_id: str, *, private: bool = False, bot: bool = True) -> Room:
        """The channel of this id; made at first mention, with the bot (unless told) and everyone known in it."""
        if channel_id not in self.workspace.channels:
            members = {each for each in self.workspace.users if bot or each != BOT_USER}
            name = channel_id.removeprefix("C").strip("_").lower().replace("_", "-")
            kind = "group" if private else "channel"
            self.workspace.add_channel(Channel(channel_id, name, kind, members))
        return Room(self.workspace, self.workspace.channels[channel_id])

    def person(
        self,
        name: str,
        *,
        email: str = "",
        tz: str = "Asia/Shanghai",
        tz_offset: int = 28_800,
        locale: str = "en-US",
        verified: bool = True,
    ) -> Person:
        """The person of this name; made at first mention, a member of every channel there is."""
        if name not in self._people:
            user = User(self.workspace.new_id("U"), name, name, email, tz, tz_offset, locale, email_confirmed=verified)
            self.workspace.add_user(user)
            for channel in self.workspace.channels.values():
                if channel.kind != "im":
                    channel.members.add(user.id)
            self._people[name] = Person(self.workspace, user)
        return self._people[name]

    # What stories look at and wait for

    def calls(self, method: str | None = None) -> list[Call]:
        """Web API calls in order, of one method or all: `.args`, `.ok`, `.error`, `.response`, `.at`."""
        return [each for each in self.workspace.calls if method in (None, each.method)]

    def read(self, message: Message) -> str:
        """What a message shows to a reader."""
        return reading.plain(self.workspace, message)

    async def retries(self) -> int:
        """Redeliver the events that are due by the clock (at once, 1 min, 5 min after failing); returns how many."""
        return self.outbox.retries()

    async def until(self, condition: Callable[[], T], why: str = "", timeout: float = PATIENCE) -> T:
        """Wait until the condition holds, asking again at every change here; returns its value.

        A LookupError in the condition counts as not yet. Fails with a dump of the workspace.
        """
        try:
            async with asyncio.timeout(timeout):
                while not (value := _attempt(condition)):
                    await self.workspace.change()
                return value
        except TimeoutError:
            raise AssertionError(f"waited in vain{f' for {why}' if why else ''}\n{self.dump()}") from None

    async def connected(self) -> None:
        """Wait for a Socket Mode connection."""
        await self.until(lambda: self.outbox.connections, "a Socket Mode connection")

    async def settled(self) -> None:
        """Wait until every delivery was acked or has failed and no API call is under way."""
        await self.until(lambda: not self.outbox.pending() and not self.workspace.open_calls, "quiet")

    def dump(self) -> str:
        """All conversations, unacked deliveries and failed calls, for a person to read."""
        parts = []
        for channel in self.workspace.channels.values():
            name = (
                f"#{channel.name}" if channel.name else f"direct with {self.workspace.users[channel.user or ''].name}"
            )
            parts.append(f"--- {name} ({channel.id})\n{Room(self.workspace, channel)!r}")
        parts += [
            f"--- only for {self.workspace.users[each.ephemeral_to or ''].name}: {self.read(each)}"
            for each in self.workspace.ephemerals
        ]
        parts += [f"--- {each.name} {each.state.name} {each.reason}" for each in self.outbox.log if not each.acked]
        parts += [f"--- {each.method} failed: {each.response}" for each in self.workspace.calls if each.error]
        return "\n".join(parts)


def _attempt(condition: Callable[[], T]) -> T | None:
    try:
        return condition()
    except LookupError:
        return None

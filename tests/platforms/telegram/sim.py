"""`TelegramSim`: one simulated Telegram with its server, the people in it and the waiting that stories need."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from tests.platforms.faults import Faults

from .limits import Limits
from .people import Person
from .rooms import SUPERGROUPS_FROM, Conversation, Group
from .server import Server
from .state import BOT_ID, BOT_RIGHTS, Call, Chat, Member, User, World
from .updates import Updates

T = TypeVar("T")
PATIENCE = 5.0
"""Real seconds until `until` gives up: a safety net, never a measured time."""
PEOPLE_FROM = 510_000_000


def opening_day() -> datetime:
    """The instant at which a simulator without a clock stands still."""
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class TelegramSim:
    """Telegram on a loopback port. Start with `TelegramSim.start`, end with `stop`, or use `async with`."""

    def __init__(self, clock: Callable[[], datetime], limits: float | None) -> None:
        self.world = World(clock)
        self._limits = Limits(self.world.seconds, limits)
        self._server = Server(self.world, self._limits)
        self._people: dict[str, Person] = {}
        self._groups: dict[str, Group] = {}
        self._owner = self.world.add_user(User(PEOPLE_FROM, "Owner"))

    @classmethod
    async def start(cls, *, clock: Callable[[], datetime] = opening_day, limits: float | None = None) -> "TelegramSim":
        """`limits`: None off, 1 Telegram's own, 10 ten times as generous."""
        sim = cls(clock, limits)
        await sim._server.start()
        await sim.updates.start()
        return sim

    async def stop(self) -> None:
        await self.updates.stop()
        await self._server.stop()

    async def __aenter__(self) -> "TelegramSim":
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    # What the bot is configured with

    @property
    def api_base(self) -> str:
        """What stands in for https://api.telegram.org."""
        return self.world.base_url

    @property
    def base_url(self) -> str:
        """For `telegram.Bot(base_url=...)`."""
        return f"{self.world.base_url}/bot"

    @property
    def base_file_url(self) -> str:
        """For `telegram.Bot(base_file_url=...)`."""
        return f"{self.world.base_url}/file/bot"

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def bot_id(self) -> int:
        return BOT_ID

    def link(self, code: str = "") -> str:
        """The deep link to the private chat; with a code, what `starts(code)` opens."""
        return f"https://t.me/{self.world.bot.username}" + (f"?start={code}" if code else "")

    # What may be changed

    @property
    def faults(self) -> Faults:
        """Calls by method name and `download`; deliveries by the kind of update (`message`, `callback_query`, ...)."""
        return self.world.faults

    @property
    def updates(self) -> Updates:
        """`log`, `pending()`, `polling`, `webhook`, `reroute`, `retries()`, `release()`."""
        return self.world.updates

    def set_limits(self, factor: float | None) -> None:
        """Change the limits while the simulator runs."""
        self._limits.factor = factor

    def revoke(self) -> None:
        """From now on every call fails with 401."""
        self.world.revoked = True

    def issues(self, token: str) -> None:
        """@BotFather made a new token; the old one is worth nothing. The bot stays who it is."""
        self.world.token, self.world.revoked = token, False

    async def goes_down(self) -> None:
        """From now on every connection is refused, and those there are end."""
        await self._server.stop()

    async def comes_back(self) -> None:
        """At the same address, with everything it knew."""
        await self._server.start()

    def tick(self) -> None:
        """Say that the clock moved: a long poll whose timeout has passed ends."""
        self.world.changed()

    def group(
        self,
        title: str,
        *,
        forum: bool = True,
        basic: bool = False,
        bot: str = "administrator",
        rights: frozenset[str] = BOT_RIGHTS,
    ) -> Group:
        """The group of this title; made at first mention, with everyone known in it.

        By default a forum with the bot as an administrator of all rights it needs. `bot`: administrator, member or
        left. `basic`: a basic group, without topics, whose id changes when it migrates.
        """
        if title not in self._groups:
            number = next(self.world.counter)
            chat = Chat(-4_200_000 - number if basic else SUPERGROUPS_FROM - number, "supergroup", title, forum)
            if basic:
                chat.kind, chat.forum = "group", False
            chat.members[self._owner.id] = Member("creator")
            chat.members |= {each.id: Member() for each in self._people.values()}
            if bot != "left":
                chat.members[BOT_ID] = Member("administrator", rights) if bot == "administrator" else Member()
            self._groups[title] = Group(self.world, self.world.add_chat(chat))
        return self._groups[title]

    @property
    def groups(self) -> list[Group]:
        return list(self._groups.values())

    def person(self, name: str, *, username: str = "", language: str = "en", started: bool = False) -> Person:
        """The person of this name; made at first mention, a member of every group there is.

        `started`: they pressed Start long ago, so that the bot may write to them.
        """
        if name not in self._people:
            user = User(PEOPLE_FROM + next(self.world.counter), name, username, language, started=started)
            self.world.add_user(user)
            for group in self._groups.values():
                group.chat.members[user.id] = Member()
            self._people[name] = Person(self.world, user)
        return self._people[name]

    # What stories look at and wait for

    def calls(self, method: str | None = None) -> list[Call]:
        """Calls in order, of one method or all: `.args`, `.ok`, `.error`, `.result`, `.at`."""
        return [each for each in self.world.calls if method in (None, each.method)]

    async def until(self, condition: Callable[[], T], why: str = "", timeout: float = PATIENCE) -> T:
        """Wait until the condition holds, asking again at every change here; returns its value.

        A LookupError or an AssertionError in the condition counts as not yet. Fails with a dump of everything.
        """
        try:
            async with asyncio.timeout(timeout):
                while not (value := _attempt(condition)):
                    await self.world.change()
                return value
        except TimeoutError:
            raise AssertionError(f"waited in vain{f' for {why}' if why else ''}\n{self.dump()}") from None

    async def polled(self) -> None:
        """Wait until a poller stands at getUpdates."""
        await self.until(lambda: self.updates.polling, "a getUpdates")

    async def settled(self) -> None:
        """Wait until every update is confirmed and no call but a long poll is under way."""
        await self.until(lambda: not self.updates.pending() and not self.world.open_calls, "quiet")

    def dump(self) -> str:
        """All chats, pending updates and failed calls, for a person to read."""
        parts = [f"--- {each.title} ({each.id})\n{_told(each)}" for each in self.world.chats.values()]
        parts += [f"--- {each.kind} {each.id} {each.state.name}" for each in self.updates.pending()]
        parts += [f"--- {each.method} failed: {each.error}" for each in self.world.calls if each.error]
        return "\n".join(parts)


def _told(chat: Chat) -> str:
    return repr(Conversation(lambda: list(chat.messages.values())))


def _attempt(condition: Callable[[], T]) -> T | None:
    try:
        return condition()
    except (LookupError, AssertionError):
        return None

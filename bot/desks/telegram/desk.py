"""The Telegram desk: implements core.ports.Desk and what Telegram can do besides. It puts rendered things where they
belong.

How things look is `card`, `posts`, `board` and `forms`; what Telegram says is `parse`; how it is heard, `listen`. A
group takes about 20 writes a minute, edits and topics included: nothing is written that stands there already.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from aiohttp import web

from bot.desks.telegram import board as boards
from bot.desks.telegram import files, html, posts
from bot.desks.telegram.account import Account
from bot.desks.telegram.answers import Answers
from bot.desks.telegram.api import Api
from bot.desks.telegram.examine import Examination, inspected
from bot.desks.telegram.keyboards import data, keyboard, packed
from bot.desks.telegram.listen import KEPT, Heard, Listener
from bot.desks.telegram.parse import Reader
from bot.desks.telegram.payload import raw_row
from bot.desks.telegram.reach import Reach, unless_deleted
from bot.desks.telegram.settings import TELEGRAM
from bot.desks.telegram.topics import Topics
from bot.desks.voice import Links, Names
from core.errors import SendError
from core.events import DeskEvent
from core.ids import DeskName
from core.messages import File
from core.model import PostRef, ThreadRef
from core.people import Identity
from core.ports import Clock, Content, Finding, Hearing, Inspection, Places, Sink
from core.say import Say
from core.views import Board, Card, Dialog, Post


def _unspent(place: str) -> None:
    """Nobody counts."""


async def _unheard(prefix: str, since: datetime) -> Sequence[bytes]:
    """Nobody remembers."""
    return ()


class TelegramDesk:
    """One bot in the team's groups. `names` shows people, `links` a ticket's page on the console, `places` says which
    chat a group is; `people` are the team's identities here, for the doctor. `spend` is told of every write in a place
    beyond the one that a job stands for; `heard` gives what was stored since a moment under keys that begin so."""

    def __init__(
        self,
        account: Account,
        clock: Clock,
        names: Names,
        links: Links,
        places: Places,
        people: Callable[[], Sequence[Identity]] = tuple,
        spend: Callable[[str], None] = _unspent,
        heard: Heard = _unheard,
    ) -> None:
        self._account = account
        self._clock = clock
        self._places, self._people = places, people
        self._api = Api(account.bot_token, account.api_base, account.proxy, account.timeout, self._moved)
        self._reach = Reach(self._api, places, names, links, spend)
        self._topics, self._answers = Topics(self._reach), Answers(self._reach)
        self._listener = Listener(self._api, clock, account.bot_id, heard, account.secret_token, account.hook_url)
        self._reader = Reader(account.bot_id, lambda chat: places.place(TELEGRAM, chat))
        self._sink: Sink | None = None

    @property
    def name(self) -> DeskName:
        return TELEGRAM

    @property
    def alone(self) -> bool:
        """Whoever asks second interrupts the first (409): "Two pollers". A webhook may lead to any process."""
        return not self._account.secret_token

    @property
    def hearing(self) -> Hearing:
        return self._listener.hearing

    @property
    def kept(self) -> timedelta:
        """Telegram has no history for bots: what was not fetched in time is gone."""
        return KEPT

    # The thread of a ticket

    async def open(self, place: str, card: Card, job: int) -> ThreadRef:
        """Make the topic; `put_card` puts the card into it."""
        return await self._topics.open(place, card)

    async def put_card(self, thread: ThreadRef, card: Card, job: int) -> str:
        return await self._topics.put_card(thread, card)

    async def update(self, thread: ThreadRef, card: Card) -> bool:
        """The card, then the topic's name, then whether it is closed."""
        return await self._topics.update(thread, card)

    async def close(self, thread: ThreadRef, card: Card) -> None:
        await self._topics.leave(thread, card)

    async def post(self, thread: ThreadRef, post: Post) -> PostRef | None:
        """Silent, unless it pings somebody."""
        voice = self._reach.voice(post.locale, post.zone)
        written = posts.written(voice, post)
        if written is None:
            return None
        message = await self._api.say(
            self._reach.chat(thread.place),
            written.text,
            thread=int(thread.root),
            keyboard=keyboard(voice, written.buttons),
            silent=not written.pings,
            plain=written.plain,
        )
        return PostRef(TELEGRAM, thread.place, str(message))

    async def edit(self, at: PostRef, thread: ThreadRef, post: Post) -> None:
        """An edit notifies nobody, whatever it mentions. A post that somebody deleted stays deleted."""
        voice = self._reach.voice(post.locale, post.zone)
        written = posts.written(voice, post)
        if written is not None:
            with unless_deleted():
                keys = keyboard(voice, written.buttons)
                chat = self._reach.chat(at.place)
                await self._api.change(chat, int(at.post), written.text, keys, plain=written.plain)

    async def post_file(
        self, thread: ThreadRef, file: File, content: bytes, job: int, repeated: str = ""
    ) -> PostRef | None:
        mark = self._reach.voice(repeated, "UTC").text("desk.repeated") if repeated else None
        return await files.posted(self._reach, thread, file, content, mark)

    async def fetch(self, file: File) -> Content:
        return await self._api.download(file.source, file.mime)

    async def board(self, place: str, board: Board, post: str) -> str:
        """In General. A new one is pinned; where we may not pin it stands there all the same."""
        chat, voice = self._reach.chat(place), self._reach.voice(board.locale, board.zone)
        text = boards.text(voice, board, str(chat))
        keys = packed([(label, data("claim", ticket)) for label, ticket in boards.claims(voice, board)])
        if post:
            try:
                await self._api.change(chat, int(post), text, keys)
                return post
            except SendError as error:
                if error.code != "thread_gone":
                    raise
                self._reach.spend(place)
        message = await self._api.say(chat, text, keyboard=keys)
        self._reach.spend(place)
        with unless_deleted("permission", "rate_limited"):
            await self._api.do(self._api.bot.pin_chat_message(chat, message, disable_notification=True), chat)
        return str(message)

    # People

    async def tell(self, who: Identity, notice: Say, locale: str, zone: str, job: int) -> None:
        voice = self._reach.voice(locale, zone)
        text = html.fitted(voice.say(notice).split("\n"))
        await self._reach.in_private(who, text, keyboard(voice, notice.buttons))

    async def whisper(self, event: DeskEvent, answer: Say, locale: str, zone: str) -> PostRef | None:
        return await self._answers.whisper(event, answer, locale, zone)

    async def withdraw(self, post: PostRef) -> None:
        await self._api.take_back(self._reach.chat(post.place), int(post.post))

    async def acknowledge(self, event: DeskEvent) -> None:
        await self._answers.acknowledge(event)

    async def dialog(self, event: DeskEvent, form: Dialog, locale: str) -> None:
        await self._answers.ask(event, form, locale)

    async def inspect(self, chat: str) -> Inspection:
        return await inspected(self._api, self._account.bot_id, int(chat))

    async def examine(self) -> Sequence[Finding]:
        people = [who for who in self._people() if who.kind == TELEGRAM]
        return await Examination(self._api, self._account, self._places, people).findings()

    # Listening

    def parse(self, raw: bytes) -> Sequence[DeskEvent]:
        return self._reader.events_of(raw)

    async def run(self, sink: Sink) -> None:
        """Ask until cancelled. With a webhook the web app listens, and Telegram is only told where that is."""
        self._sink = self._sink or sink
        if not self._account.secret_token:
            await self._listener.poll(sink)
        await self._listener.announce(sink)
        await asyncio.Event().wait()

    def http_handler(self, sink: Sink) -> Callable[[web.Request], Awaitable[web.Response]]:
        """For the webhook: the web app mounts it as POST /telegram/events."""
        self._sink = self._sink or sink
        return self._listener.http(sink)

    async def aclose(self) -> None:
        """Let go of the connections when nobody asks anything of the desk any more; called once, at the very end."""
        await self._listener.aclose()
        await self._api.close()

    async def _moved(self, old: int, new: int) -> None:
        """A request was told that the group has another id. That is heard like everything else."""
        if self._sink is not None:
            await self._sink(f"moved:{old}:{new}", raw_row(self._clock.now(), moved={"from": old, "to": new}))

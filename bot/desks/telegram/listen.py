"""Hearing from Telegram, by asking (getUpdates) or by being called: everything is durable before it is confirmed.

Asking again confirms what came before, so nothing is asked for before all of that is stored. After a restart nothing is
confirmed by the first question: Telegram repeats what was not, and the store knows it by its key. What an update means,
`parse` says.
"""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from bot.desks.telegram.api import ALLOWED, BATCH, Api
from bot.desks.telegram.payload import raw_row, table_of
from bot.desks.telegram.recent import Recent
from core.errors import SendError, Unavailable
from core.ports import Clock, Hearing, Sink

POLL = 50
"""Seconds that a question waits for something to come."""
SIBLINGS = timedelta(seconds=1)
"""How long an album is waited for after its last part: Telegram gives each part by itself."""
LATE = timedelta(seconds=61)
"""The same for one that was being gathered when we stopped: Telegram repeats what was not answered once a minute."""
KEPT = timedelta(days=1)
"""How long Telegram repeats (https://core.telegram.org/bots/api#getting-updates)."""
PART = "part:"
"""How the keys of an album's parts begin."""
LOOK = timedelta(minutes=2)
"""How often Telegram is asked whether its calls reach us."""
STILL = timedelta(minutes=10)
"""A call that failed longer ago says nothing of now: Telegram tries again every minute or so."""
UNSIGNED = "401"
"""What Telegram says of our refusal (https://core.telegram.org/bots/api#webhookinfo): it calls with another secret."""
LONGEST_PAUSE = 60
AGAIN = timedelta(seconds=2)
"""How soon our own database is asked again when it was away."""
SECRET = "X-Telegram-Bot-Api-Secret-Token"

_log = structlog.get_logger()
_Update = dict[str, Any]
Heard = Callable[[str, datetime], Awaitable[Sequence[bytes]]]
"""What was stored since a moment under keys that begin so."""


@dataclass(slots=True)
class _Album:
    """What has come of one so far, where it goes, and how long it waits for more."""

    sink: Sink
    patience: timedelta
    parts: list[_Update] = field(default_factory=list)


class Listener:
    """Either asks or is called; either way `sink` is where everything goes. `bot` is our own user id.

    An album that comes by a webhook is put together from its parts. Those are stored as they come, so that what a crash
    leaves of it is found again.
    """

    def __init__(self, api: Api, clock: Clock, bot: int, heard: Heard, secret: str = "", hook_url: str = "") -> None:
        self._api = api
        self._bot = bot
        self._heard = heard
        self._remembers = False
        self._clock = clock
        self._secret = secret
        self._hook_url = hook_url
        self._hearing = Hearing()
        self._albums: dict[str, _Album] = {}
        self._whole_already: Recent[int, bool] = Recent()
        self._gathering: set[asyncio.Task[None]] = set()

    @property
    def hearing(self) -> Hearing:
        """A question that waits for news is an open ear: it ends within a minute or so, however it ends. A webhook is
        one until Telegram says otherwise."""
        now = self._clock.now()
        if self._secret and not self._hearing.why and self._hearing.since is None:
            self._hearing = Hearing(now)
        if self._hearing.since is not None:
            self._hearing = Hearing(self._hearing.since, now)
        return self._hearing

    async def poll(self, sink: Sink) -> None:
        """Ask until cancelled. A webhook that is left over would keep everything from us."""
        await self._until_done(lambda: self._api.do(self._api.bot.delete_webhook()))
        offset: int | None = None
        while True:
            offset = await self._until_done(partial(self._round, sink, offset))

    async def announce(self, sink: Sink) -> None:
        """Look what a crash left, tell Telegram where to call us, and see that it does, until cancelled."""
        await self._until_done(partial(self.remember, sink))
        if not self._hook_url:
            return
        await self._until_done(self._set_hook)
        while True:
            await self._wait(LOOK)
            try:
                await self._look()
            except SendError as error:
                self._hearing = Hearing(None, self._hearing.at, error.code)

    async def _set_hook(self) -> None:
        hook = self._api.bot.set_webhook
        await self._api.do(hook(self._hook_url, secret_token=self._secret, allowed_updates=ALLOWED))

    async def _look(self) -> None:
        """Whether Telegram's calls arrive. It is told our address and our secret again when it has others."""
        hook, now = await self._api.do(self._api.bot.get_webhook_info()), self._clock.now()
        if hook is None:
            raise SendError("bad_answer")
        failed = hook.last_error_date is not None and now - hook.last_error_date < STILL and hook.pending_update_count
        if hook.url == self._hook_url and not failed:
            self._hearing = Hearing(self._hearing.since or now, now)
            return
        self._hearing = Hearing(None, self._hearing.at, "unheard")
        if hook.url != self._hook_url or UNSIGNED in (hook.last_error_message or ""):
            _log.warning("telegram.hook_set_again", moved=hook.url != self._hook_url)
            await self._set_hook()

    def http(self, sink: Sink) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Answers Telegram's calls; 401 when the secret is not ours. Without a secret nothing is answered at all."""

        async def answer(request: web.Request) -> web.Response:
            if not self._secret:
                raise web.HTTPNotFound
            given = request.headers.get(SECRET, "").encode(errors="surrogateescape")
            if not hmac.compare_digest(given, self._secret.encode()):
                raise web.HTTPUnauthorized
            try:
                update = dict(json.loads(await request.read()))
                update["update_id"] = int(update["update_id"])
            except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
                raise web.HTTPBadRequest from None
            if not self._is_ours(update):
                await self._called(sink, update)
            return web.Response()

        return answer

    async def aclose(self) -> None:
        """Nothing more comes: what there is of an album is the album."""
        for task in self._gathering:
            task.cancel()
        await asyncio.gather(*self._gathering, return_exceptions=True)
        for album in list(self._albums):
            await self._whole(album)

    async def _round(self, sink: Sink, offset: int | None) -> int | None:
        """Ask once and store what came; the offset of the next question."""
        batch = _numbered(await self._asked(offset))
        if any(_album_of(update) for update in batch):
            await self._wait(SIBLINGS)
            batch = _numbered(await self._api.updates(offset, 0))
        stored = set()
        for group in grouped(batch):
            if not self._is_ours(group[0]):
                await sink(_key(group), self._raw(group))
            stored |= {update["update_id"] for update in group}
        # Nothing above an update that is left for the next question may be confirmed before it.
        left = [update["update_id"] for update in batch if update["update_id"] not in stored]
        return min(left) if left else max(stored, default=(offset or 0) - 1) + 1 or None

    async def _asked(self, offset: int | None) -> Sequence[_Update]:
        """What came. The first question waits for nothing: its answer says that we are heard again."""
        try:
            found = await self._api.updates(offset, POLL if self._hearing.since else 0)
        except SendError as error:
            self._hearing = Hearing(None, self._hearing.at, error.code)
            raise
        now = self._clock.now()
        self._hearing = Hearing(self._hearing.since or now, now)
        return found

    async def _called(self, sink: Sink, update: _Update) -> None:
        """Telegram gives the next part of an album only when this one was answered: each is stored as it comes, which
        says nothing yet, and all of them together when no more come."""
        await self.remember(sink)
        album = _album_of(update)
        for other in [each for each in self._albums if each != album and each.startswith(_where(update))]:
            await self._whole(other)
        if not album:
            return await sink(_key([update]), self._raw([update]))
        number = update["update_id"]
        await sink(f"{PART}{number}", raw_row(self._clock.now(), update_id=number, part=update))
        self._take(sink, update, SIBLINGS)

    async def remember(self, sink: Sink) -> None:
        """Once after a start: what there is of albums. One that was whole already is stored under the same key again,
        which is nothing."""
        if not self._remembers:
            for raw in await self._heard(PART, self._clock.now() - KEPT):
                self._take(sink, json.loads(raw)["part"], LATE)
            self._remembers = True

    def _take(self, sink: Sink, part: _Update, patience: timedelta) -> None:
        """Telegram repeats what it was not told of in time, even when the album is whole by then."""
        if self._whole_already.get(part["update_id"]):
            return
        album = _album_of(part)
        gathered = self._albums.setdefault(album, _Album(sink, patience))
        if part["update_id"] not in [each["update_id"] for each in gathered.parts]:
            gathered.parts.append(part)
        if len(gathered.parts) == 1:
            task = asyncio.create_task(self._gather(album), name="telegram-album")
            self._gathering.add(task)
            task.add_done_callback(self._gathering.discard)

    async def _gather(self, album: str) -> None:
        """Until no part came for as long as it waits."""
        seen = 0
        while album in self._albums and seen < len(self._albums[album].parts):
            seen = len(self._albums[album].parts)
            await self._wait(self._albums[album].patience)
        await self._until_done(partial(self._whole, album))

    async def _whole(self, album: str) -> None:
        """Store an album as one, if that was not done before: whatever else comes from its chat comes after it."""
        gathered = self._albums.pop(album, None)
        if gathered is None:
            return
        parts = sorted(gathered.parts, key=lambda update: int(update["update_id"]))
        try:
            await gathered.sink(_key(parts), self._raw(parts))
        except BaseException:
            late = self._albums.get(album)
            self._albums[album] = replace(gathered, parts=[*parts, *(late.parts if late else ())])
            raise
        for part in parts:
            self._whole_already.put(part["update_id"], True)

    def _is_ours(self, update: _Update) -> bool:
        """Whether it only tells what we did: topics made, renamed and closed, messages pinned."""
        message = table_of(update, "message")
        return table_of(message, "from").get("id") == self._bot and "migrate_to_chat_id" not in message

    def _raw(self, group: Sequence[_Update]) -> bytes:
        if _album_of(group[0]):
            return raw_row(self._clock.now(), album=list(group))
        return raw_row(self._clock.now(), **group[0])

    async def _until_done(self, attempt: Callable[[], Awaitable[Any]]) -> Any:
        """Nobody else would repeat it. Longer and longer between attempts; a limit says itself for how long. Our own
        database is asked again soon."""
        failures = 0
        while True:
            try:
                return await attempt()
            except SendError as error:
                _log.warning("telegram.unheard", code=error.code, detail=error.detail)
                pause = error.after or timedelta()
            except Unavailable as outage:
                _log.warning("telegram.waiting", reason=outage.reason)
                await self._wait(AGAIN)
                continue
            except Exception as fault:
                _log.error("telegram.not_stored", fault=type(fault).__name__)
                pause = timedelta()
            failures += 1
            await self._wait(max(pause, timedelta(seconds=min(2**failures, LONGEST_PAUSE))))

    async def _wait(self, span: timedelta) -> None:
        await self._clock.wait(asyncio.Event().wait(), self._clock.now() + span)


def grouped(batch: Sequence[_Update]) -> list[list[_Update]]:
    """Updates in order, the parts of an album together. One at the end of a full batch may have parts still to come:
    it is left for the next."""
    groups: dict[str, list[_Update]] = {}
    for update in batch:
        groups.setdefault(_album_of(update) or f"update:{update['update_id']}", []).append(update)
    made = list(groups.values())
    if len(batch) >= BATCH and len(made) > 1 and _album_of(batch[-1]):
        last = groups[_album_of(batch[-1])]
        made = made[: made.index(last)]
    return sorted(made, key=lambda group: int(group[-1]["update_id"]))


def _album_of(update: _Update) -> str:
    """Unique among all chats; empty for what is no part of one."""
    group = table_of(update, "message").get("media_group_id")
    return f"{_where(update)}{group}" if group else ""


def _where(update: _Update) -> str:
    """The chat that an update comes from, as the name of an album there begins."""
    body = next((each for each in update.values() if isinstance(each, dict)), {})
    chat = table_of(body, "chat") or table_of(table_of(body, "message"), "chat")
    return f"{chat.get('id')}:"


def _numbered(batch: Sequence[_Update]) -> Sequence[_Update]:
    """What can be confirmed at all; all else of an update may be anything, and is kept as it came."""
    found = [update for update in batch if isinstance(update.get("update_id"), int)]
    if batch and not found:
        raise SendError("bad_answer", retry=True, detail="updates without numbers")
    return found


def _key(group: Sequence[_Update]) -> str:
    """The same for the same delivery."""
    return "-".join(dict.fromkeys((str(group[0]["update_id"]), str(group[-1]["update_id"]))))

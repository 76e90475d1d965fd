"""Updates on their way to the bot: one queue, read by getUpdates or pushed to a webhook.

What an update says is in `shapes.py`. Time is the simulator's: a long poll ends when an update comes or when the test's
clock has passed its timeout and the bell rings; a webhook is tried again when the test calls `retries()`.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import aiohttp

from tests.platforms.faults import Faults, Outgoing

Json = dict[str, Any]

LIVES = 86_400.0
"""Seconds an update is kept (https://core.telegram.org/bots/api#getting-updates)."""
UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that come only to those who name them in `allowed_updates`."""
LONGEST_DELAY = 60.0


class Conflict(Exception):
    """409: somebody else reads, or a webhook is set. The words are Telegram's."""


class State(Enum):
    """WAITING: not confirmed yet. FAILED: the webhook refused it and will get it again."""

    WAITING = auto()
    FAILED = auto()
    CONFIRMED = auto()
    EXPIRED = auto()
    LOST = auto()


@dataclass(slots=True, eq=False)
class Update:
    """`given`: how often it was handed out, by getUpdates or to the webhook."""

    id: int
    kind: str
    body: Json
    chat: int
    at: float
    state: State = State.WAITING
    given: int = 0
    failed_at: float = 0.0

    @property
    def payload(self) -> Json:
        return {"update_id": self.id, self.kind: self.body}

    @property
    def pending(self) -> bool:
        return self.state in (State.WAITING, State.FAILED)


@dataclass(slots=True)
class Webhook:
    url: str = ""
    secret: str = ""
    error: str = ""
    error_at: float = 0.0


@dataclass(slots=True, eq=False)
class _Poll:
    ended_by: str = ""


@dataclass(slots=True)
class Updates:
    """`log` has every update there ever was. `reroute`: public addresses of webhooks and where they really are."""

    now: Callable[[], float]
    faults: Faults
    changed: Callable[[], None]
    change: Callable[[], Awaitable[None]]
    log: list[Update] = field(default_factory=list)
    webhook: Webhook = field(default_factory=Webhook)
    allowed: frozenset[str] | None = None
    reroute: dict[str, str] = field(default_factory=dict)
    _queue: list[Update] = field(default_factory=list)
    _outgoing: Outgoing[Update] = field(init=False)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(510_000_001))
    _poll: _Poll | None = None
    _task: "asyncio.Task[None] | None" = None
    _http: aiohttp.ClientSession | None = None

    def __post_init__(self) -> None:
        self._outgoing = Outgoing(self.faults)

    async def start(self) -> None:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        self._task = asyncio.create_task(self._push_in_order())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    # In

    def add(self, kind: str, body: Json, chat: int) -> None:
        """Queue an update, unless the bot did not ask for its kind."""
        if kind in UNASKED if self.allowed is None else kind not in self.allowed:
            return
        update = Update(next(self._ids), kind, body, chat, self.now())
        self.log.append(update)
        planned = self._outgoing.plan(kind, update)
        if update not in planned:
            update.state = State.LOST
        for each in planned:
            self._put(each)

    def release(self) -> None:
        """Send what a `Fault.late()` still holds back."""
        for each in self._outgoing.flush():
            self._put(each)

    def _put(self, update: Update) -> None:
        update.state = State.WAITING
        self._queue.append(update)
        self.changed()

    def pending(self) -> list[Update]:
        """What is neither confirmed nor expired."""
        self._expire()
        return list(self._queue)

    @property
    def polling(self) -> bool:
        """Whether a getUpdates stands at the door: the poller is alive and has nothing to do."""
        return self._poll is not None

    def _expire(self) -> None:
        for update in [each for each in self._queue if self.now() - each.at >= LIVES]:
            update.state = State.EXPIRED
            self._queue.remove(update)

    def allow(self, kinds: Sequence[str] | None) -> None:
        """`allowed_updates`: None leaves it as it is, an empty list is the default. Holds for updates to come."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    # Out, asked for

    async def poll(self, offset: int, limit: int, timeout: float, allowed: Sequence[str] | None) -> list[Json]:
        """getUpdates. A newer call ends an older one with 409."""
        if self.webhook.url:
            raise Conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self.interrupt("terminated by other getUpdates request; make sure that only one bot instance is running")
        self._poll = mine = _Poll()
        self.allow(allowed)
        self._confirm(offset)
        until = self.now() + timeout
        try:
            while not (ready := self.pending()[:limit]) and self.now() < until:
                await self.change()
                if mine.ended_by:
                    raise Conflict(mine.ended_by)
        finally:
            if self._poll is mine:
                self._poll = None
        for update in ready:
            update.given += 1
        return [update.payload for update in ready]

    def interrupt(self, why: str) -> None:
        """End a waiting getUpdates."""
        if self._poll is not None:
            self._poll.ended_by, self._poll = why, None
            self.changed()

    def _confirm(self, offset: int) -> None:
        """Everything below the offset is done with; a negative one counts from the end of the queue."""
        if offset < 0:
            pending = self.pending()
            offset = pending[max(0, len(pending) + offset)].id if pending else 0
        for update in [each for each in self._queue if each.id < offset]:
            update.state = State.CONFIRMED
            self._queue.remove(update)
        self.changed()

    def drop(self) -> None:
        """`drop_pending_updates`."""
        for update in self._queue:
            update.state = State.LOST
        self._queue.clear()
        self.changed()

    # Out, pushed

    def set_webhook(self, webhook: Webhook) -> None:
        if webhook.url:
            self.interrupt("terminated by setWebhook request")
        self.webhook = webhook
        self.changed()

    def retries(self) -> int:
        """Push again what the webhook refused and is due by the clock: 1, 2, 4 ... 60 s later. Returns how many."""
        due = [each for each in self.pending() if each.state is State.FAILED and self._due(each)]
        for update in due:
            update.state = State.WAITING
        self.changed()
        return len(due)

    def _due(self, update: Update) -> bool:
        return self.now() - update.failed_at >= min(2.0 ** (update.given - 1), LONGEST_DELAY)

    def _next(self) -> Update | None:
        """The oldest that may go; what a chat refused holds back what came later in that chat."""
        if not self.webhook.url:
            return None
        held = set()
        for update in self.pending():
            if update.state is State.FAILED:
                held.add(update.chat)
            elif update.chat not in held:
                return update
        return None

    async def _push_in_order(self) -> None:
        while True:
            update = self._next()
            if update is None:
                await self.change()
            else:
                await self._push(update)
                self.changed()

    async def _push(self, update: Update) -> None:
        assert self._http is not None
        update.given += 1
        hook = self.webhook
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        try:
            async with self._http.post(self._address(hook.url), json=update.payload, headers=headers) as answer:
                fault = (
                    "" if answer.status < 300 else f"Wrong response from the webhook: {answer.status} {answer.reason}"
                )
        except (aiohttp.ClientError, TimeoutError):
            fault = "Connection refused"
        if not fault:
            update.state = State.CONFIRMED
            if update in self._queue:
                self._queue.remove(update)
            return
        update.state, update.failed_at = State.FAILED, self.now()
        hook.error, hook.error_at = fault, self.now()

    def _address(self, url: str) -> str:
        for public, real in self.reroute.items():
            if url.startswith(public):
                return real + url.removeprefix(public)
        return url

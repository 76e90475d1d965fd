"""Webhooks of the Graph simulator: what goes into one POST, its signature, and what waits to be delivered again.

Meta signs the raw bytes (non-ASCII as \\uXXXX, "/" as "\\/"), may put many updates into one POST, and redelivers in
other batches than before. There are no timers: a test or the demo says when something is delivered again. What an
update looks like is in whatsapp_updates.py and messenger_updates.py.
"""

import asyncio
import hmac
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from secrets import token_hex
from typing import Any, Protocol

import aiohttp

from bot.demo.graph_model import Account, Bubble, Json

LIMIT = 1000  # updates in one POST, as Meta documents it
_PATIENCE = aiohttp.ClientTimeout(total=10)


class Update(Protocol):
    """One item on its way to an account's webhook."""

    @property
    def object(self) -> str:
        """What the webhook body is about: updates of different objects never share a POST."""
        ...

    @property
    def account(self) -> Account: ...

    @property
    def message(self) -> Bubble | None:
        """The message it carries or speaks of."""
        ...

    @property
    def name(self) -> str:
        """For faults: `webhook ` and the kind of update."""
        ...

    def entries(self, updates: Sequence[Any]) -> list[Json]:
        """`entry[]` of a body with these updates, all of the same object; asked of the first."""
        ...


def compose(updates: Iterable[Update]) -> Json:
    """One webhook body of updates of the same object."""
    queue = list(updates)
    return {"object": queue[0].object, "entry": queue[0].entries(queue)} if queue else {"entry": []}


def encode(payload: Json) -> bytes:
    """The bytes as Meta sends them: pure ASCII and escaped slashes, so that re-serialising breaks the signature."""
    return json.dumps(payload, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode()


def sign(app_secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(app_secret.encode(), body, "sha256").hexdigest()


class Hooks:
    """Delivers updates in order, one POST at a time; keeps what was not answered with 200.

    `plan` decides what leaves for one update (twice, late, never: see tests/platforms); `taken` hears of each update
    that the webhook answered with 200.
    """

    def __init__(
        self, taken: Callable[[Update], None], plan: Callable[[str, Update], list[Update]] | None = None
    ) -> None:
        self.undelivered: list[Update] = []
        self.delivered: deque[Update] = deque(maxlen=LIMIT)
        self.posts: deque[tuple[bytes, int]] = deque(maxlen=LIMIT)
        self._taken = taken
        self._plan = plan or (lambda _name, update: [update])
        self._held: list[Update] | None = None
        self._turn = asyncio.Lock()
        self._session: aiohttp.ClientSession | None = None

    async def send(self, update: Update) -> None:
        """Deliver now, or keep it for the batch while one is `held`."""
        due = self._plan(update.name, update)
        if self._held is not None:
            self._held.extend(due)
            return
        for one in due:
            await self._ship([one], LIMIT)

    async def redeliver(
        self, *, batch: int = LIMIT, reverse: bool = False, copies: int = 1, everything: bool = False
    ) -> int:
        """Deliver again what was refused (`everything`: also what was taken), re-batched; how many still wait."""
        due, self.undelivered = self.undelivered, []
        if everything:
            due = [*self.delivered, *due]
            self.delivered.clear()
        for _ in range(copies):
            await self._ship(due[::-1] if reverse else due, batch)
        return len(self.undelivered)

    @asynccontextmanager
    async def held(self, *, batch: int = LIMIT, reverse: bool = False, copies: int = 1) -> AsyncIterator[None]:
        """Collect what happens in the block and deliver it at its end, `batch` updates a POST, `copies` times."""
        assert self._held is None, "a batch is being collected already"
        self._held = []
        try:
            yield
        finally:
            due, self._held = self._held, None
        for _ in range(copies):
            await self._ship(due[::-1] if reverse else due, batch)

    async def post(self, account: Account, body: bytes, signature: str | None = None) -> int:
        """POST raw bytes to the account's webhook; the HTTP status, 0 when nobody answered.

        Raises nothing: a webhook that is down, slow or rude is Meta's daily bread.
        """
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": sign(account.app_secret, body) if signature is None else signature,
        }
        try:
            async with self._client().post(account.webhook, data=body, headers=headers, allow_redirects=False) as reply:
                await reply.read()
                status = reply.status
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        self.posts.append((body, status))
        return status

    async def verify(self, account: Account) -> bool:
        """Meta's handshake when a callback URL is saved: does the webhook echo `hub.challenge`?"""
        challenge = token_hex(8)
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": account.verify_token}
        try:
            async with self._client().get(account.webhook, params=query) as reply:
                return reply.status == 200 and await reply.text() == challenge
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _ship(self, updates: list[Update], batch: int) -> None:
        """Accounts of different webhooks never share a POST."""
        async with self._turn:
            for _, same in groupby(updates, key=lambda it: (it.account.webhook, it.account.app_secret, it.object)):
                queue = list(same)
                for start in range(0, len(queue), batch):
                    await self._deliver(queue[start : start + batch])

    async def _deliver(self, updates: list[Update]) -> None:
        account = updates[0].account
        if not account.webhook or not account.subscribed or await self.post(account, encode(compose(updates))) != 200:
            self.undelivered.extend(update for update in updates if update not in self.undelivered)
            return
        self.undelivered = [update for update in self.undelivered if update not in updates]
        for update in updates:
            self.delivered.append(update)
            self._taken(update)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=_PATIENCE, trust_env=False)
        return self._session

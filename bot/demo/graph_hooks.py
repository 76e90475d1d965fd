"""Webhooks of the Graph simulator: what goes into one POST, its signature, and what waits to be delivered again.

Meta signs the raw bytes (non-ASCII as \\uXXXX, "/" as "\\/"), may put many updates into one POST, and redelivers in
other batches than before. There are no timers: a test or the demo says when something is delivered again.
"""

import asyncio
import hmac
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import groupby
from secrets import token_hex
from typing import Literal

import aiohttp

from bot.demo.graph_model import Json, Message, Number

Part = Literal["messages", "statuses", "message_echoes", "errors"]
LIMIT = 1000  # updates in one POST, as Meta documents it
_PATIENCE = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class Update:
    """One message, status, echo or error on its way to a number's webhook."""

    number: Number
    part: Part
    item: Json
    contact: Json | None = None
    message: Message | None = None

    @property
    def field(self) -> str:
        return "smb_message_echoes" if self.part == "message_echoes" else "messages"

    @property
    def name(self) -> str:
        """For faults: `webhook messages.text`, `webhook statuses.delivered`, `webhook errors.131031`."""
        kind = self.item.get("status") or self.item.get("type") or self.item.get("code", "")
        return f"webhook {self.part}.{kind}"


def compose(updates: Iterable[Update]) -> Json:
    """One webhook body. Neighbours of the same account share an entry, of the same number and part a change."""
    entries = []
    for waba, of_account in groupby(updates, key=lambda update: update.number.waba):
        groups = groupby(of_account, key=lambda update: (update.number, update.part))
        changes = [_change(number, part, list(group)) for (number, part), group in groups]
        entries.append({"id": waba, "changes": changes})
    return {"object": "whatsapp_business_account", "entry": entries}


def _change(number: Number, part: Part, updates: list[Update]) -> Json:
    value: Json = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": number.digits, "phone_number_id": number.id},
    }
    contacts: list[Json] = []
    for update in updates:
        if update.contact is not None and update.contact not in contacts:
            contacts.append(update.contact)
    if contacts:
        value["contacts"] = contacts
    value[part] = [update.item for update in updates]
    return {"value": value, "field": updates[0].field}


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

    async def post(self, number: Number, body: bytes, signature: str | None = None) -> int:
        """POST raw bytes to the number's webhook; the HTTP status, 0 when nobody answered.

        Raises nothing: a webhook that is down, slow or rude is Meta's daily bread.
        """
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": sign(number.app_secret, body) if signature is None else signature,
        }
        try:
            async with self._client().post(number.webhook, data=body, headers=headers, allow_redirects=False) as reply:
                await reply.read()
                status = reply.status
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        self.posts.append((body, status))
        return status

    async def verify(self, number: Number) -> bool:
        """Meta's handshake when a callback URL is saved: does the webhook echo `hub.challenge`?"""
        challenge = token_hex(8)
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": number.verify_token}
        try:
            async with self._client().get(number.webhook, params=query) as reply:
                return reply.status == 200 and await reply.text() == challenge
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _ship(self, updates: list[Update], batch: int) -> None:
        """Numbers of different webhooks never share a POST."""
        async with self._turn:
            for _, same in groupby(updates, key=lambda update: (update.number.webhook, update.number.app_secret)):
                queue = list(same)
                for start in range(0, len(queue), batch):
                    await self._deliver(queue[start : start + batch])

    async def _deliver(self, updates: list[Update]) -> None:
        number = updates[0].number
        if not number.webhook or not number.subscribed or await self.post(number, encode(compose(updates))) != 200:
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

"""One kit a channel: what the contract suite needs to know about it. A new channel adds its kit to KITS and passes."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import aiohttp

from bot.channels import Around, build_channel
from bot.channels.livechat_inbox import LivechatInbox
from bot.channels.messenger_inbox import MessengerInbox
from bot.channels.meta_inbox import MetaInbox
from bot.channels.whatsapp_inbox import WhatsAppInbox
from bot.http import Http
from core.ids import InboxName
from core.ports import Channel, Hook
from storage import SqlChatLog, open_store
from tests.platforms.faults import Fault
from tests.platforms.graph import GraphWorld, StoryCustomer, StoryPerson

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
IMPATIENT = aiohttp.ClientTimeout(total=5, sock_read=0.1)
"""For a platform that hangs for good: a tenth of a second shows it."""


class StillClock:
    """Stands at `at` until a test moves it."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    async def wait(self, wake: Awaitable[object], until: datetime | None) -> None:
        await wake


class Kit(Protocol):
    """What every channel's tests bring. Hooks are signed unless they say otherwise, where there is who could."""

    channel: Channel
    address: str
    """A customer who may be written to."""
    secrets: tuple[str, ...]

    def hook(self, body: bytes) -> Hook: ...
    def texts(self, *texts: str) -> bytes:
        """A delivery of these messages, one batch."""
        ...

    def unknown(self) -> bytes:
        """A message of a type nobody knows yet, and then a plain text "hello"."""
        ...

    def forged(self, body: bytes) -> Hook:
        """Signed by somebody who does not know the secret."""
        ...

    async def received(self) -> list[str]:
        """What the customer has got."""
        ...


class PlatformKit(Kit, Protocol):
    """Of a channel behind a platform: it delivers to us, and our requests to it may fail. The site chat has none."""

    impatient: Channel
    """The same channel, giving up after a moment."""
    unreachable: Channel
    """The same with nobody listening at the platform's address."""

    def fails(self, fault: Fault) -> None:
        """The next send meets this fault."""
        ...


OpenKit = Callable[[], AbstractAsyncContextManager[Kit]]
OpenPlatformKit = Callable[[], AbstractAsyncContextManager[PlatformKit]]


def whatsapp_inbox(graph: GraphWorld, **settings: Any) -> WhatsAppInbox:
    """The settings of the simulator's first number."""
    number = graph.default_number
    return WhatsAppInbox.model_validate(
        {
            "name": "wa",
            "channel": "whatsapp",
            "queue": "support",
            "phone_number_id": number.id,
            "access_token": number.token,
            "app_secret": number.app_secret,
            "verify_token": number.verify_token,
            "api_base": graph.base_url,
            **settings,
        }
    )


def envelope(phone_number_id: str, field: str = "messages", **value: Any) -> dict[str, Any]:
    """A webhook body with one change."""
    metadata = {"display_phone_number": "15550100000", "phone_number_id": phone_number_id}
    change = {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def signed(secret: str, body: bytes) -> Hook:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Hook(body, {"x-hub-signature-256": f"sha256={digest}"}, at=NOW)


@asynccontextmanager
async def three_ways(inbox: MetaInbox, clock: StillClock) -> AsyncIterator[tuple[Channel, Channel, Channel]]:
    """The inbox's channel; the same, impatient; and the same with nobody listening."""
    nobody = inbox.model_copy(update={"api_base": "http://127.0.0.1:1"})
    async with (
        Http([inbox.api_base]) as http,
        Http([inbox.api_base], timeout=IMPATIENT) as hasty,
        Http([nobody.api_base]) as void,
    ):
        yield (
            build_channel(inbox, Around(http, clock)),
            build_channel(inbox, Around(hasty, clock)),
            build_channel(nobody, Around(void, clock)),
        )


@dataclass(slots=True)
class WhatsAppKit:
    graph: GraphWorld
    customer: StoryCustomer
    channel: Channel
    impatient: Channel
    unreachable: Channel
    address: str
    secrets: tuple[str, ...]

    def hook(self, body: bytes) -> Hook:
        return signed(self.graph.default_number.app_secret, body)

    def forged(self, body: bytes) -> Hook:
        return signed("not the secret", body)

    def texts(self, *texts: str) -> bytes:
        return self._messages(*[{"type": "text", "text": {"body": text}} for text in texts])

    def unknown(self) -> bytes:
        return self._messages(
            {"type": "hologram", "hologram": {"depth": 3}}, {"type": "text", "text": {"body": "hello"}}
        )

    def fails(self, fault: Fault) -> None:
        self.graph.faults.next("POST */messages", fault)

    async def received(self) -> list[str]:
        return self.customer.received

    def _messages(self, *items: dict[str, Any]) -> bytes:
        head = {"from": "4915112345678", "timestamp": str(int(NOW.timestamp()))}
        messages = [{**head, "id": f"wamid.{nth}", **item} for nth, item in enumerate(items)]
        return json.dumps(envelope(self.graph.default_number.id, messages=messages)).encode()


@asynccontextmanager
async def open_whatsapp() -> AsyncIterator[WhatsAppKit]:
    clock = StillClock()
    async with GraphWorld(clock.now) as graph:
        number = graph.number()
        customer = graph.customer("Mia", phone="4915112345678")
        customer.last_wrote[number.id] = NOW
        inbox = whatsapp_inbox(graph)
        secrets = (number.token, number.app_secret, number.verify_token)
        async with three_ways(inbox, clock) as channels:
            yield WhatsAppKit(graph, customer, *channels, "+4915112345678", secrets)
            await graph.settle()


def messenger_inbox(graph: GraphWorld, **settings: Any) -> MessengerInbox:
    """The settings of the simulator's first Page."""
    page = graph.messenger.default_page
    return MessengerInbox.model_validate(
        {
            "name": "page",
            "channel": "messenger",
            "queue": "support",
            "page_id": page.id,
            "app_id": page.app_id,
            "access_token": page.token,
            "app_secret": page.app_secret,
            "verify_token": page.verify_token,
            "api_base": graph.base_url,
            **settings,
        }
    )


def page_body(page_id: str, *items: Any, line: str = "messaging") -> dict[str, Any]:
    """A webhook body with one entry."""
    return {"object": "page", "entry": [{"id": page_id, "time": 1772443800000, line: list(items)}]}


@dataclass(slots=True)
class MessengerKit:
    graph: GraphWorld
    person: StoryPerson
    channel: Channel
    impatient: Channel
    unreachable: Channel
    address: str
    secrets: tuple[str, ...]

    def hook(self, body: bytes) -> Hook:
        return signed(self.person.page.app_secret, body)

    def forged(self, body: bytes) -> Hook:
        return signed("not the secret", body)

    def texts(self, *texts: str) -> bytes:
        return self._messages(*[{"text": text} for text in texts])

    def unknown(self) -> bytes:
        return self._messages({"attachments": [{"type": "hologram", "payload": {"depth": 3}}]}, {"text": "hello"})

    def fails(self, fault: Fault) -> None:
        self.graph.faults.next("POST */messages", fault)

    async def received(self) -> list[str]:
        return self.person.received

    def _messages(self, *messages: dict[str, Any]) -> bytes:
        head = self.person.head(self.person.page)
        items = [{**head, "message": {"mid": f"m_{nth}", **message}} for nth, message in enumerate(messages)]
        return json.dumps(page_body(self.person.page.id, *items)).encode()


@asynccontextmanager
async def open_messenger() -> AsyncIterator[MessengerKit]:
    clock = StillClock()
    async with GraphWorld(clock.now) as graph:
        page = graph.page()
        person = graph.person("Mia")
        person.last_acted[page.id] = NOW
        inbox = messenger_inbox(graph)
        secrets = (page.token, page.app_secret, page.verify_token)
        async with three_ways(inbox, clock) as channels:
            yield MessengerKit(graph, person, *channels, person.psid, secrets)
            await graph.settle()


@dataclass(slots=True)
class LivechatKit:
    """The database is its platform. What a visitor does comes through our own socket, never as a delivery over HTTP."""

    log: SqlChatLog
    channel: Channel
    address: str
    secrets: tuple[str, ...]

    def hook(self, body: bytes) -> Hook:
        return Hook(body, at=NOW)

    def forged(self, body: bytes) -> Hook:
        return signed("not the secret", body)

    def texts(self, *texts: str) -> bytes:
        return self._events(*[{"kind": "said", "text": text} for text in texts])

    def unknown(self) -> bytes:
        return self._events({"kind": "hologram", "depth": 3}, {"kind": "said", "text": "hello"})

    async def received(self) -> list[str]:
        return [entry.words.text for entry in await self.log.entries(InboxName("site"), self.address, 0, 100)]

    def _events(self, *events: dict[str, Any]) -> bytes:
        head = {"visitor": self.address, "at": NOW.isoformat()}
        return json.dumps({"events": [{**head, "seq": nth, **one} for nth, one in enumerate(events, 1)]}).encode()


def livechat_inbox(**settings: Any) -> LivechatInbox:
    given = {"name": "site", "channel": "livechat", "queue": "support", "origins": ["https://shop.example"]}
    return LivechatInbox.model_validate({**given, "secret": "a long random text", **settings})


@asynccontextmanager
async def open_livechat() -> AsyncIterator[LivechatKit]:
    store = await open_store("sqlite://:memory:")
    try:
        log, inbox = SqlChatLog(store), livechat_inbox()
        visitor = await log.arrive(InboxName(inbox.name), None, None, "v-mia", None, NOW)
        async with Http([]) as http:
            channel = build_channel(inbox, Around(http, StillClock(), log=log))
            yield LivechatKit(log, channel, visitor.id, (inbox.secret.get_secret_value(),))
    finally:
        await store.close()


PLATFORMS: Mapping[str, OpenPlatformKit] = {"messenger": open_messenger, "whatsapp": open_whatsapp}
KITS: Mapping[str, OpenKit] = {**PLATFORMS, "livechat": open_livechat}

"""A loopback Graph API. Here: WhatsApp's numbers, customers, conversations, 24-hour window, statuses and webhooks;
Messenger's side is messenger.py.

Used by `make demo` and wrapped with faults and limits in tests/platforms/graph. No sleeping and no timers: time is
the injected `now`, and what Meta does later (redelivery, receipts) happens when somebody says so.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.demo.graph_api import build
from bot.demo.graph_errors import GraphError, in_webhook, parameter
from bot.demo.graph_hooks import Hooks, Update
from bot.demo.graph_media import MediaStore
from bot.demo.graph_model import Change, Feed, Json, Media, Message, Number, Status
from bot.demo.messenger import Messenger
from bot.demo.whatsapp_customer import Customer
from bot.demo.whatsapp_send import Request, parse
from bot.demo.whatsapp_updates import NumberUpdate, Part

__all__ = ["Change", "Customer", "GraphSim", "Media", "Message", "Number", "Status", "Update"]

WINDOW = timedelta(hours=24)
C = TypeVar("C", bound=Customer)


class GraphSim:
    """One Meta. Serve `app` anywhere (AppRunner on port 0), then give each number its webhook.

    Settings: `auto_statuses` follow every accepted message; `status_first` lets them reach the webhook before the
    answer to the send; `window_errors` says how 131047 comes; `milliseconds` makes timestamps longer; with an
    `oldest_version` every call is answered in it, whatever it asked for.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        middlewares: Sequence[Middleware] = (),
        plan: Callable[[str, Update], list[Update]] | None = None,
    ) -> None:
        self.now = now
        self.auto_statuses: tuple[Status, ...] = ("sent", "delivered")
        self.status_first = False
        self.window_errors: Literal["sync", "async"] = "async"
        self.milliseconds = False
        self.oldest_version = ""
        self.numbers: list[Number] = []
        self.customers: list[Customer] = []
        self.files = MediaStore(now)
        self.feed = Feed()
        self.hooks = Hooks(self._taken, plan)
        self.messenger = Messenger(now, self.hooks, self.files, self.feed)
        self.app: web.Application = build(self, middlewares)
        self._messages: dict[str, Message] = {}
        self._running: set[asyncio.Task[None]] = set()

    # --- setting the scene ----------------------------------------------------------------------------------------

    def number(self, display: str = "+1 555 010 0000", name: str = "Dragoman Trading", **settings: Any) -> Number:
        """A business number; `settings` are the other fields of `Number` (token, app_secret, verify_token ...)."""
        nth = len(self.numbers) + 1
        defaults = {"token": f"token-{nth}", "app_secret": f"secret-{nth}", "verify_token": f"verify-{nth}"}
        number = Number(display, name, **{**defaults, **settings})
        self.numbers.append(number)
        return number

    def customer(
        self, name: str, phone: str | None = None, user_id: str | None = None, username: str | None = None
    ) -> Customer:
        """Somebody with WhatsApp. With neither phone nor BSUID given, a phone number is made up."""
        return self.add(Customer(self, name, phone, user_id, username))

    def add(self, customer: C) -> C:
        if customer.phone is None and customer.user_id is None:
            customer.phone = f"1555020{len(self.customers) + 1:04d}"
        self.customers.append(customer)
        return customer

    @property
    def default_number(self) -> Number:
        return self.numbers[0]

    def numbers_of(self, customer: Customer) -> list[Number]:
        """The business numbers that know this customer."""
        return [number for number in self.numbers if any(m.number is number for m in customer.messages)]

    def message(self, wamid: str) -> Message:
        """Raises KeyError."""
        return self._messages[wamid]

    def window_open(self, customer: Customer, number: Number) -> bool:
        """Whether free text may be sent: 24 hours from the customer's last message, exclusive."""
        last = customer.last_wrote.get(number.id)
        return last is not None and self.now() < last + WINDOW

    # --- what the API does ----------------------------------------------------------------------------------------

    async def accept(self, number: Number, body: Any) -> Json:
        """POST messages: validates, stores, answers; statuses follow. Raises GraphError."""
        if not number.registered:
            raise GraphError(133010)
        if number.locked:
            raise GraphError(131031)
        request = parse(body, number, self.files)
        customer = self._find(request)
        code = self._fate(request, number, customer)
        if code == 131047 and self.window_errors == "sync":
            raise GraphError(code)
        message = self._store(request, number, customer)
        if self.status_first:
            await self._follow_up(message, code)
        else:
            self._spawn(self._follow_up(message, code))
        contact = {
            "input": request.recipient,
            **({"wa_id": customer.phone} if customer and customer.phone else {}),
            **({"user_id": customer.user_id} if customer and customer.user_id else {}),
        }
        if customer is None:
            contact["wa_id" if request.phone else "user_id"] = request.phone or request.user_id
        sent = {"id": message.id, **({"message_status": "accepted"} if request.kind == "template" else {})}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [sent]}

    def mark_read(self, number: Number, body: Json) -> Json:
        """POST messages with status=read: this message and the earlier ones; optionally "typing ...".

        Raises GraphError 100.
        """
        message = self._messages.get(str(body.get("message_id", "")))
        if body.get("messaging_product") != "whatsapp" or body["status"] != "read":
            raise parameter("Invalid parameter: status must be read, messaging_product must be whatsapp")
        if message is None or message.number is not number or message.customer is None:
            raise GraphError(100, "message_id is not a message received by this number")
        for earlier in message.customer.messages:
            if earlier.sender == "customer" and earlier.number is number and earlier.advance("read", self.now()):
                self.feed.publish(Change("status", message.customer, earlier))
            if earlier is message:
                break
        if "typing_indicator" in body:
            message.customer.typing_seen = self.now()
            self.feed.publish(Change("typing", message.customer, message))
        return {"success": True}

    # --- what happens to messages ---------------------------------------------------------------------------------

    async def status(self, message: Message, status: Status, code: int = 0) -> None:
        """Move a business message up the ladder and tell the webhook; nothing when it is there already."""
        if not message.advance(status, self.now()):
            return
        message.error = code
        self.feed.publish(Change("status", message.customer, message))
        await self.tell_status(message, status, code)

    async def tell_status(self, message: Message, status: str, code: int = 0) -> None:
        """Only the webhook, whatever the ladder says: for statuses that come late, twice or out of order."""
        item: Json = {"id": message.id, "status": status, "timestamp": self.stamp(self.now())}
        customer = message.customer
        if customer is not None and customer.phone:
            item["recipient_id"] = customer.phone
        if customer is not None and customer.user_id:
            item["recipient_user_id"] = customer.user_id
        if message.callback_data:
            item["biz_opaque_callback_data"] = message.callback_data
        if code:
            item["errors"] = [in_webhook(code)]
        elif status in {"sent", "delivered"}:
            category = "utility" if message.kind == "template" else "service"
            item["pricing"] = {"billable": False, "pricing_model": "PMP", "category": category}
        contact = None if customer is None or status == "failed" else customer.contact()
        await self.tell(message.number, "statuses", item, contact=contact, message=message)

    async def fails(self, message: Message, code: int) -> None:
        """An accepted message fails afterwards, with one of Meta's codes."""
        await self.status(message, "failed", code)

    async def phone_app_writes(self, customer: Customer, text: str, number: Number | None = None) -> Message:
        """A colleague answers in the WhatsApp Business app: an echo, not an API call."""
        number = number or self.default_number
        message = Message(
            number=number,
            customer=customer,
            sender="phone_app",
            kind="text",
            text=text,
            at=self.now(),
            content={"body": text},
        )
        customer.messages.append(message)
        self.remember(message)
        item: Json = {"from": number.digits, "id": message.id, "timestamp": self.stamp(message.at)}
        if customer.phone:
            item["to"] = customer.phone
        if customer.user_id:
            item["to_user_id"] = customer.user_id
        item |= {"type": "text", "text": message.content}
        await self.tell(number, "message_echoes", item, contact=customer.contact(), message=message)
        return message

    async def account_error(self, number: Number, code: int, details: str = "") -> None:
        """An error about the number or account itself, in `value.errors`."""
        await self.tell(number, "errors", in_webhook(code, details))

    async def tell(
        self, number: Number, part: Part, item: Json, *, contact: Json | None = None, message: Message | None = None
    ) -> None:
        """Any update to the number's webhook, also of a shape nobody has seen."""
        await self.hooks.send(NumberUpdate(number, part, item, contact, message))

    async def redeliver(self, *, batch: int = 1000, reverse: bool = False, everything: bool = False) -> int:
        """Meta tries again; returns how many updates still wait. See `Hooks.redeliver`."""
        return await self.hooks.redeliver(batch=batch, reverse=reverse, everything=everything)

    async def settle(self) -> None:
        """Wait until the statuses that follow accepted messages have been posted."""
        while self._running:
            await asyncio.gather(*self._running)
        await self.messenger.settle()

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.messenger.close()
        await self.hooks.close()

    def remember(self, message: Message) -> None:
        self._messages[message.id] = message
        self.feed.publish(Change("message", message.customer, message))

    def stamp(self, at: datetime) -> str:
        """A webhook's timestamp: seconds, sometimes milliseconds, always a string."""
        return str(int(at.timestamp() * 1000) if self.milliseconds else int(at.timestamp()))

    # --- inside ---------------------------------------------------------------------------------------------------

    def _find(self, request: Request) -> Customer | None:
        for customer in self.customers:
            if request.phone and customer.phone == request.phone:
                return customer
            if request.user_id and customer.user_id == request.user_id:
                return customer
        return None

    def _fate(self, request: Request, number: Number, customer: Customer | None) -> int:
        """The code with which this message will fail; 0 when it arrives."""
        if customer is None:
            return 131026
        if customer.fails_with:
            return customer.fails_with
        if request.kind != "template" and not self.window_open(customer, number):
            return 131047
        return request.media_error

    def _store(self, request: Request, number: Number, customer: Customer | None) -> Message:
        message = Message(
            number=number,
            customer=customer,
            sender="business",
            kind=request.kind,
            text=request.text,
            at=self.now(),
            content=request.content,
            media=request.media,
            reply_to=request.reply_to,
            callback_data=request.callback_data,
        )
        target = self._messages.get(str(request.content.get("message_id"))) if request.kind == "reaction" else None
        if target is not None:
            target.reactions["business"] = request.text
            if not request.text:
                del target.reactions["business"]
            self._messages[message.id] = message
            self.feed.publish(Change("reaction", customer, target))
            return message
        if customer is not None:
            customer.messages.append(message)
            customer.typing_seen = None
        self.remember(message)
        return message

    async def _follow_up(self, message: Message, code: int) -> None:
        if code:
            await self.fails(message, code)
            return
        for status in self.auto_statuses:
            if status == "sent" or (message.customer is not None and message.customer.online):
                await self.status(message, status)

    def _taken(self, update: Update) -> None:
        message = update.message
        if message is not None and message.sender == "customer" and message.advance("delivered", self.now()):
            self.feed.publish(Change("status", message.whose, message))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

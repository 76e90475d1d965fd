"""What customers write: signed WhatsApp deliveries as Meta makes them, an endless stream in which one message in five
is a customer's first and five hundred customers are writing at a time. Imports nothing of ours: the load generator
needs it, and must be light."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

SECRET = "bench-secret"
NUMBER = "1001"
MESSAGES_EACH = 5
"""What one customer writes in all: a first message and four that follow."""
APART = 100
"""A customer's messages stand this many customers apart, so that five times as many are writing at once."""

PREFIXES = ("1212", "4479", "4915", "9198", "5511", "8613")
"""Of their phone numbers: countries of one zone and of several."""
MARK = "#"
"""Stands before a message's number in the stream, wherever its words are shown."""
NAMES = ("Ana Lima", "Jürgen Groß", "李小龙", "Priya N.", "John O'Neill", "Zoë")
TEXTS = (
    "Where is my order {serial}? It was promised for last week. {mark}{serial}",
    "Hello, do you ship the brass lamp to Hamburg, and what would 200 of them cost with our logo? {mark}{serial}",
    "您好，我们上次订的灯还没有到，请问什么时候可以发货？订单 {mark}{serial}",
    "One of the lamps arrived broken. I have photos 📷 – how do we go on from here? Order {mark}{serial}.",
    "Thanks! {mark}{serial}",
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook: its exact bytes, and what Meta signs them with."""

    body: bytes
    signature: str

    @property
    def key(self) -> str:
        """Under which it is known in the inbox, where a benchmark puts it there itself."""
        return hashlib.sha256(self.body).hexdigest()


def deliveries(start: int, n: int) -> Iterator[Delivery]:
    """Numbers `start` to `start + n` of the stream."""
    for serial in range(start, start + n):
        customer = serial // MESSAGES_EACH - APART * (serial % MESSAGES_EACH)
        yield delivery(serial, customer)


def delivery(serial: int, customer: int) -> Delivery:
    body = json.dumps(_envelope(serial, customer)).encode()
    return Delivery(body, "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest())


def phone(customer: int) -> str:
    """Digits, as `wa_id` has them. Customers below zero were writing before the stream began."""
    return f"{PREFIXES[customer % len(PREFIXES)]}{5_000_000 + customer}"


def text(serial: int) -> str:
    return TEXTS[serial % len(TEXTS)].format(mark=MARK, serial=serial)


def _envelope(serial: int, customer: int) -> dict[str, object]:
    number = phone(customer)
    message = {
        "from": number,
        "id": f"wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRCRjQ5N{serial:09}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": text(serial)},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001111", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": NAMES[customer % len(NAMES)]}, "wa_id": number}],
        "messages": [message],
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": [{"value": value, "field": "messages"}]}],
    }

"""What the benchmarks feed in: signed WhatsApp deliveries as Meta makes them, and the house that takes them."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from bot.config.loading import load
from bot.config.settings import Settings

SECRET = "bench-secret"
NUMBER = "1001"

CONFIG = """
[dragoman]
organisation = "Bench"
data_dir = "{folder}"

[[queues]]
name = "sales"
calendar = {{ zone = "Asia/Shanghai", weekly = "always" }}

[[inboxes]]
name = "wa"
channel = "whatsapp"
queue = "sales"
phone_number_id = "{number}"
access_token = "token"
app_secret = "{secret}"
verify_token = "verify"
"""

_serial = count()


def settings(folder: Path) -> Settings:
    path = folder / "dragoman.toml"
    path.write_text(CONFIG.format(folder=folder, number=NUMBER, secret=SECRET))
    return load(path, {})


def deliveries(n: int, customers: int = 500) -> Iterator[tuple[bytes, str]]:
    """`n` bodies, each a message of one of `customers`, with their signatures."""
    for _ in range(n):
        serial = next(_serial)
        body = json.dumps(_envelope(serial, f"1212555{serial % customers:04d}")).encode()
        yield body, "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def _envelope(serial: int, phone: str) -> dict[str, object]:
    message = {
        "from": phone,
        "id": f"wamid.{serial}",
        "timestamp": "1780000000",
        "type": "text",
        "text": {"body": f"Where is my order {serial}?"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001111", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": "Ana"}, "wa_id": phone}],
        "messages": [message],
    }
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}

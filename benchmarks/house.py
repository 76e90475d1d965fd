"""The house that is measured: one queue at Slack, one WhatsApp number; its configuration, and the program as a
process of its own (`python -m benchmarks.house CONFIG ROLES RATE_SCALE`), which `dragoman run` would be but for the
rate limits, that only a caller in Python may stretch, and for saying at which port it serves."""

import asyncio
import logging
import sys
from contextlib import suppress
from pathlib import Path

import structlog

from benchmarks.deliveries import NUMBER, SECRET
from benchmarks.processes import say
from bot.app import build
from bot.config.loading import load
from bot.config.settings import Settings
from bot.logs import configure
from bot.process import told_to_stop

CHANNEL = "C_SALES"
CONFIG = """
[dragoman]
organisation = "Bench"
port = {port}
data_dir = "{folder}"
database_url = "{database}"
log_format = "json"

[[queues]]
name = "sales"
slack = "{channel}"
calendar = {{ zone = "Asia/Shanghai", weekly = "always" }}

[[inboxes]]
name = "wa"
channel = "whatsapp"
queue = "sales"
phone_number_id = "{number}"
access_token = "token"
app_secret = "{secret}"
verify_token = "verify"
api_base = "http://127.0.0.1:9"

[slack]
bot_token = "{bot_token}"
app_token = "{app_token}"
api_base = "{slack}"
"""
NOWHERE = {"slack": "http://127.0.0.1:9/api/", "bot_token": "xoxb-bench", "app_token": "xapp-bench"}
"""A Slack that is not asked: where only the way to the outbox is measured."""


def config(folder: Path, database: str, slack: dict[str, str] = NOWHERE, port: int = 0) -> Path:
    """Writes dragoman.toml into the folder."""
    path = folder / "dragoman.toml"
    values = {"folder": folder, "database": database, "number": NUMBER, "secret": SECRET, "channel": CHANNEL}
    path.write_text(CONFIG.format(port=port, **values, **slack))
    return path


def settings(folder: Path, database: str) -> Settings:
    return load(config(folder, database), {})


def errors_only() -> None:
    """Logs go to standard error, and a 429 is no news here."""
    configure("json", quiet=True)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


async def main(path: Path, roles: frozenset[str], rate_scale: float) -> None:
    errors_only()
    told = told_to_stop()
    async with build(load(path, {}), rate_scale=rate_scale) as app:
        running = asyncio.create_task(app.run(roles))
        await asyncio.wait({running, asyncio.create_task(app.started.wait())}, return_when=asyncio.FIRST_COMPLETED)
        say(ready=int(app.address.rpartition(":")[2] or 0))
        await asyncio.wait({running, asyncio.create_task(told.wait())}, return_when=asyncio.FIRST_COMPLETED)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), frozenset(sys.argv[2].split(",")), float(sys.argv[3])))

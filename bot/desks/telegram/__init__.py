"""The Telegram desk: forum groups where every ticket is a topic. `desk` is the door; the rest are its parts."""

from datetime import timedelta
from functools import partial

from bot.config.desk import Configured
from bot.desks.kind import Around
from bot.desks.telegram.account import account_of
from bot.desks.telegram.settings import TELEGRAM, TelegramBot
from bot.rates import Budget
from core.owed import desk_bucket
from core.ports import Desk

RATE = Budget(20, timedelta(seconds=61), kept=5)
"""About 20 writes a minute a group, edits and topics included. A second more, as Telegram counts when they arrive."""
SETTLE = timedelta(seconds=5)


def build(configured: Configured[TelegramBot], around: Around) -> Desk:
    # The chat library costs seconds, and most commands never need it.
    from bot.desks.telegram.desk import TelegramDesk

    return TelegramDesk(
        account_of(configured),
        around.clock,
        around.names,
        around.links,
        around.places,
        around.people,
        lambda place: around.spend(desk_bucket(TELEGRAM, place)),
        partial(around.heard, TELEGRAM),
    )

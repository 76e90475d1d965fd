"""Where the team is: the desks by name. Adding one is its files, a line here, and a kit in tests/desks/.

A desk's factory imports the desk when it is called: the chat libraries cost seconds, and most commands never need them.
"""

from collections.abc import Mapping
from typing import Any

from bot.desks import console, slack, telegram
from bot.desks.kind import Around, CalledOverHttp, HoldsConnections, Kind
from bot.desks.slack.settings import SLACK, OnSlack, SlackApp
from bot.desks.telegram.settings import TELEGRAM, OnTelegram, TelegramBot
from bot.rates import UNLIMITED
from core.ids import CONSOLE, DeskName

DESKS: Mapping[DeskName, Kind[Any]] = {
    CONSOLE: Kind(console.build, UNLIMITED, slash=True),
    SLACK: Kind(slack.build, slack.RATE, SlackApp, OnSlack),
    TELEGRAM: Kind(
        telegram.build, telegram.RATE, TelegramBot, OnTelegram, settle=telegram.SETTLE, boards=True, slash=True
    ),
}

__all__ = ["DESKS", "Around", "CalledOverHttp", "HoldsConnections", "Kind"]

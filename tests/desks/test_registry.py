"""A row of the registry fits the desk that it makes of the settings."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from bot.config.desk import DeskTable
from bot.config.settings import Proxies, Queue, Settings
from bot.desks import DESKS, Around, CalledOverHttp, HoldsConnections
from bot.desks.slack.settings import SLACK
from bot.desks.telegram.settings import TELEGRAM, TelegramBot
from core.ids import CONSOLE, DeskName
from core.ports import ShowsBoards
from tests.desks.builders import StandingClock, link_to, name_of
from tests.desks.console_kit import NoBlobs

NAMES = sorted(DESKS)


class Nowhere:
    """Nothing was set up."""

    def chat(self, desk: DeskName, place: str) -> str | None:
        return None

    def place(self, desk: DeskName, chat: str) -> str | None:
        return None


async def nothing_heard(desk: DeskName, prefix: str, since: datetime) -> Sequence[bytes]:
    return ()


AROUND = Around(
    clock=StandingClock(),
    blobs=NoBlobs(),
    names=name_of,
    links=link_to,
    people=tuple,
    places=Nowhere(),
    heard=nothing_heard,
    spend=lambda bucket: None,
)


def settings(**tables: Any) -> Settings:
    queue = {
        "name": "sales",
        "slack": "C1",
        "telegram": ["sales"],
        "calendar": {"zone": "Asia/Shanghai", "weekly": "always"},
    }
    return Settings.model_validate({"dragoman": {"organisation": "Acme"}, "queues": [queue]} | tables)


CHATS = {"slack": {"bot_token": "xoxb-1", "app_token": "xapp-1"}, "telegram": {"bot_token": "1:a"}}


@pytest.mark.parametrize("name", NAMES)
async def test_a_desk_is_what_its_row_says(name: DeskName) -> None:
    kind = DESKS[name]
    desk = kind.build(settings(**CHATS).desk(name), AROUND)
    assert desk.name == name
    assert isinstance(desk, ShowsBoards) is kind.boards
    if isinstance(desk, HoldsConnections):
        await desk.aclose()


@pytest.mark.parametrize("name", NAMES)
def test_a_desk_has_a_table_and_one_key_in_a_queue_or_neither(name: DeskName) -> None:
    table, queue = DESKS[name].settings, DESKS[name].queue
    assert (table is None) is (queue is None) is (name == CONSOLE)
    if table and queue:
        assert issubclass(table, DeskTable)
        assert list(queue.model_fields) == [name]
        assert name in Queue.model_fields
        assert queue.model_fields[name].get_default() in ("", ())
        assert (name in Proxies.model_fields) is table.proxied


def test_the_settings_of_a_desk_need_neither_all_settings_nor_its_library() -> None:
    script = """
import sys
import bot.desks
print(*{"bot.config.settings", "slack_bolt", "slack_sdk", "telegram"} & set(sys.modules))
"""
    assert subprocess.check_output([sys.executable, "-c", script], text=True).split() == []


async def test_slack_can_be_called_over_http() -> None:
    app = {"bot_token": "xoxb-1", "signing_secret": "s3cret", "mode": "http"}
    house = settings(slack=app)
    assert isinstance(DESKS[SLACK].build(house.desk(SLACK), AROUND), CalledOverHttp)
    assert house.desk_tables[SLACK].callers == ("https://slack.com/api",)


def test_a_desk_is_told_what_the_configuration_says_of_it() -> None:
    proxy = "http://proxy:3128"
    told = settings(**CHATS, proxies={"telegram": proxy}).desk(TELEGRAM)
    assert isinstance(told.table, TelegramBot)
    assert (told.places, told.proxy) == (("sales",), proxy)
    assert told.hook_url == "http://127.0.0.1:8080/telegram/events"


@pytest.mark.parametrize("name", sorted(CHATS))
def test_a_chat_needs_its_settings(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        settings().desk(DeskName(name))

"""A row of the registry fits the channel it makes."""

import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.channels import CHANNELS
from bot.config.inbox import Inbox
from bot.config.settings import Proxies, Settings
from bot.ways import ways_out
from core.ids import ChannelName, InboxName
from core.ports import KnowsNames
from tests.channels.kits import KITS

NAMES = sorted(CHANNELS)
AROUND = ("app.py", "doctor.py", "process.py", "ways.py", "workers", "config/settings.py", "config/checks.py")
"""Of bot/: what has to do with every channel."""


def settings(*inboxes: dict[str, Any], **proxies: str) -> Settings:
    return Settings.model_validate(
        {
            "dragoman": {"organisation": "Fernweh"},
            "queues": [{"name": "support", "calendar": {"zone": "UTC", "weekly": "always"}}],
            "inboxes": inboxes,
            "proxies": proxies,
        }
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_inbox_says_its_channel_by_the_name_in_the_registry(name: ChannelName) -> None:
    settings = CHANNELS[name].settings
    assert get_args(settings.model_fields["channel"].annotation) == (name,)
    assert set(settings.unique) <= set(settings.model_fields) - set(Inbox.model_fields)


@pytest.mark.parametrize("name", NAMES)
async def test_a_channel_is_what_its_row_says(name: ChannelName) -> None:
    async with KITS[name]() as kit:
        assert kit.channel.caps == CHANNELS[name].caps
        assert isinstance(kit.channel, KnowsNames) is CHANNELS[name].looks_up_names


@pytest.mark.parametrize("name", NAMES)
def test_its_proxy_is_a_key_of_the_settings(name: ChannelName) -> None:
    kind = CHANNELS[name]
    assert not kind.proxy or kind.proxy in Proxies.model_fields
    assert bool(kind.proxy) is ("api_base" in kind.settings.model_fields), "who asks a platform may need a way there"


async def test_each_inbox_has_the_way_out_of_its_kind() -> None:
    meta = {"queue": "support", "access_token": "t", "app_secret": "s", "verify_token": "v"}
    house = settings(
        {"name": "wa", "channel": "whatsapp", "phone_number_id": "1", **meta},
        {"name": "page", "channel": "messenger", "page_id": "3", "app_id": "4", **meta},
        {"name": "site", "channel": "livechat", "queue": "support", "secret": "s", "origins": ["https://a.example"]},
        meta="http://proxy:3128",
    )
    async with AsyncExitStack() as stack:
        ways = await ways_out(house, stack)
    assert ways[InboxName("wa")] is ways[InboxName("page")]
    assert ways[InboxName("site")] is not ways[InboxName("wa")]
    assert (house.proxy("meta"), house.proxy("slack"), house.proxy("")) == ("http://proxy:3128", None, None)


def test_what_is_around_the_channels_knows_none_by_name() -> None:
    """Its files, its tests, its words and a row are all that a channel is."""
    bot = Path(__file__).parents[2] / "bot"
    files = [file for path in AROUND for file in ([bot / path] if path.endswith(".py") else (bot / path).glob("*.py"))]
    named = {(file.name, name) for file in files for name in NAMES if name in file.read_text().lower()}
    assert named == set()


def test_the_settings_of_a_channel_need_neither_all_settings_nor_our_pages() -> None:
    script = """
import sys
import bot.channels
print(*{"bot.config.settings", "bot.web", "storage"} & set(sys.modules))
"""
    assert subprocess.check_output([sys.executable, "-c", script], text=True).split() == []

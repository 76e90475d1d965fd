"""A row of the registry fits the channel it makes."""

from typing import get_args

import pytest

from bot.channels import CHANNELS
from bot.config.inbox import Inbox
from core.ids import ChannelName
from core.ports import KnowsNames
from tests.channels.kits import KITS

NAMES = sorted(CHANNELS)


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

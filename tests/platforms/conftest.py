"""A clock, a simulated Slack with Mei in #sales, the real client, and both ways events travel."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack import SlackSim
from tests.platforms.slack.rig import Clock, http_mode, socket_mode


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[SlackSim]:
    async with await SlackSim.start(clock=clock) as sim:
        sim.channel("C_SALES")
        sim.person("Mei", email="mei@example.com", locale="zh-CN")
        yield sim


@pytest.fixture
def client(slack: SlackSim) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=5)


@pytest.fixture(params=[socket_mode, http_mode], ids=["socket", "http"])
def mode(request: pytest.FixtureRequest) -> Any:
    return request.param

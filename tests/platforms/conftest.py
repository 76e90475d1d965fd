"""A clock; a simulated Graph and the business at its other side; a simulated Slack with Mei in #sales, the real client,
and both ways events travel; a simulated Telegram and its real client."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from telegram import Bot

from tests.platforms.clock import Clock
from tests.platforms.graph import GraphWorld
from tests.platforms.graph.business import Business
from tests.platforms.slack import SlackSim
from tests.platforms.slack.rig import http_mode, socket_mode
from tests.platforms.telegram import TelegramSim
from tests.platforms.telegram.rig import real_bot


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def graph(clock: Clock) -> AsyncIterator[GraphWorld]:
    async with GraphWorld(clock.now) as world:
        yield world


@pytest.fixture
async def business(graph: GraphWorld) -> AsyncIterator[Business]:
    async with Business(graph) as side:
        yield side


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[SlackSim]:
    async with await SlackSim.start(clock=clock.now) as sim:
        sim.channel("C_SALES")
        sim.person("Mei", email="mei@example.com", locale="zh-CN")
        yield sim


@pytest.fixture
def client(slack: SlackSim) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=5)


@pytest.fixture(params=[socket_mode, http_mode], ids=["socket", "http"])
def mode(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
async def telegram(clock: Clock) -> AsyncIterator[TelegramSim]:
    async with await TelegramSim.start(clock=clock.now) as sim:
        yield sim


@pytest.fixture
async def bot(telegram: TelegramSim) -> AsyncIterator[Bot]:
    async with real_bot(telegram) as client:
        yield client

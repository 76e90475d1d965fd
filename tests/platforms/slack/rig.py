"""What the simulator's own tests share: a Bolt app that writes down what it hears, both transports."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.serving import served

from .delivery import Json
from .sim import SlackSim


@dataclass
class Recorder:
    """A Bolt app that writes down what it hears."""

    app: AsyncApp
    heard: list[Json]

    def named(self, kind: str) -> list[Json]:
        return [each for each in self.heard if each.get("type") == kind]


def bolt(slack: SlackSim) -> Recorder:
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    heard: list[Json] = []

    @app.middleware
    async def write_down(body: Json, next: Callable[[], Awaitable[None]]) -> None:  # Bolt's name
        heard.append(body)
        slack.workspace.changed()
        await next()

    return Recorder(app, heard)


def answer_the_rest(app: AsyncApp) -> None:
    """Without a listener Bolt answers 404, and Slack would send again."""

    @app.event(re.compile(".*"))
    async def fine() -> None:
        pass


@asynccontextmanager
async def socket_mode(slack: SlackSim, app: AsyncApp) -> AsyncIterator[None]:
    answer_the_rest(app)
    handler: Any = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()
    await slack.connected()
    try:
        yield
    finally:
        await handler.close_async()


@asynccontextmanager
async def http_mode(slack: SlackSim, app: AsyncApp) -> AsyncIterator[None]:
    answer_the_rest(app)
    slack.outbox.stamp = lambda: datetime.now(UTC).timestamp()  # Bolt checks signatures by the real clock

    async def endpoint(request: web.Request) -> web.Response:
        bolt_request = AsyncBoltRequest(body=await request.text(), headers=dict(request.headers))
        answer = await app.async_dispatch(bolt_request)
        return web.Response(status=answer.status, text=answer.body, headers=answer.first_headers())

    site = web.Application()
    site.router.add_post("/slack/events", endpoint)
    async with served(site) as base:
        slack.outbox.request_url = f"{base}/slack/events"
        yield


async def error_of(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


CARD: list[Json] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*T-1* Jane Smith"}},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": "Claim"}, "action_id": "claim", "value": "T-1"},
            {
                "type": "overflow",
                "action_id": "more",
                "options": [
                    {"text": {"type": "plain_text", "text": "Snooze"}, "value": "snooze"},
                    {"text": {"type": "plain_text", "text": "Tag"}, "value": "tag"},
                ],
            },
        ],
    },
]
MODAL: Json = {
    "type": "modal",
    "callback_id": "reply",
    "title": {"type": "plain_text", "text": "Reply"},
    "submit": {"type": "plain_text", "text": "Send"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "body",
            "label": {"type": "plain_text", "text": "Your reply"},
            "element": {"type": "plain_text_input", "action_id": "text", "max_length": 100},
        }
    ],
}

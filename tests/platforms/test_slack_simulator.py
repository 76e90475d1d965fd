"""The simulated Slack against the real slack_sdk client and the real slack_bolt app, in both modes."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.faults import Fault, Gate
from tests.platforms.slack import SlackSim, Thread

Json = dict[str, Any]


@dataclass
class Clock:
    at: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


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
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    slack.outbox.request_url = f"http://{host}:{port}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


@pytest.fixture(params=[socket_mode, http_mode], ids=["socket", "http"])
def mode(request: pytest.FixtureRequest) -> Any:
    return request.param


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


class TestWebApi:
    async def test_auth_test_by_get_and_post_tells_the_scopes(self, slack: SlackSim, client: AsyncWebClient) -> None:
        answer = await client.auth_test()
        assert answer["user_id"] == slack.bot_user
        assert "chat:write" in answer.headers["x-oauth-scopes"]
        assert (await client.api_call("auth.test", http_verb="GET"))["ok"]

    async def test_a_thread_reads_as_people_see_it(self, slack: SlackSim, client: AsyncWebClient) -> None:
        card = await client.chat_postMessage(channel="C_SALES", text="T-1", blocks=CARD)
        reply = await client.chat_postMessage(channel="C_SALES", text="I &amp; you", thread_ts=card["ts"])
        (thread,) = slack.channel("C_SALES").threads
        assert thread.texts == ["*T-1* Jane Smith\n[Claim]", "I & you"]
        await client.chat_update(channel="C_SALES", ts=reply["ts"], text="delivered")
        assert thread.shows("delivered")
        assert not thread.shows("I & you")
        await client.chat_delete(channel="C_SALES", ts=reply["ts"])
        assert len(thread.replies) == 0

    async def test_replies_and_history_have_their_own_order(self, client: AsyncWebClient) -> None:
        roots = [(await client.chat_postMessage(channel="C_SALES", text=each))["ts"] for each in ("one", "two")]
        meta = {"event_type": "dragoman_job", "event_payload": {"job": "7"}}
        for number in range(3):
            await client.chat_postMessage(channel="C_SALES", text=f"reply {number}", thread_ts=roots[0], metadata=meta)
        history = await client.conversations_history(channel="C_SALES")
        assert [each["text"] for each in history["messages"]] == ["two", "one"]
        assert history["messages"][1]["reply_count"] == 3
        pages = await client.conversations_replies(channel="C_SALES", ts=roots[0], limit=2, include_all_metadata=True)
        texts = [each["text"] async for page in pages for each in page["messages"]]
        assert texts == ["one", "reply 0", "reply 1", "reply 2"]
        assert pages["messages"][1].get("metadata", meta) == meta

    async def test_a_file_goes_up_in_three_steps_and_down_with_the_token(
        self, slack: SlackSim, client: AsyncWebClient
    ) -> None:
        root = await client.chat_postMessage(channel="C_SALES", text="T-1")
        done = await client.files_upload_v2(
            filename="invoice.pdf", content=b"%PDF", channel="C_SALES", thread_ts=root["ts"], initial_comment="here"
        )
        (thread,) = slack.channel("C_SALES").threads
        assert thread.texts[1] == "here\n[file invoice.pdf]"
        url, bearer = done["file"]["url_private"], {"Authorization": f"Bearer {slack.bot_token}"}
        async with aiohttp.ClientSession() as session:
            async with session.get(url, headers=bearer) as answer:
                assert (await answer.read(), answer.content_type) == (b"%PDF", "application/pdf")
            slack.scopes.discard("files:read")
            async with session.get(url, headers=bearer) as answer:
                assert (answer.status, answer.content_type) == (200, "text/html")

    async def test_people_show_their_zone_and_only_with_leave_their_address(
        self, slack: SlackSim, client: AsyncWebClient
    ) -> None:
        mei = slack.person("Mei")
        user = (await client.users_info(user=mei.id, include_locale=True))["user"]
        assert (user["tz"], user["locale"], user["profile"]["email"]) == ("Asia/Shanghai", "zh-CN", "mei@example.com")
        assert (await client.users_lookupByEmail(email="mei@example.com"))["user"]["id"] == mei.id
        slack.scopes.discard("users:read.email")
        assert "email" not in (await client.users_info(user=mei.id))["user"]["profile"]
        assert await error_of(client.users_lookupByEmail(email="mei@example.com")) == "missing_scope"

    async def test_pings_are_what_is_not_escaped(self, slack: SlackSim, client: AsyncWebClient) -> None:
        mei, bo = slack.person("Mei"), slack.person("Bo")
        await client.chat_postMessage(channel="C_SALES", text="&lt;!channel&gt; free iPhone")
        assert len(mei.pings) == len(bo.pings) == 0
        await client.chat_postMessage(channel="C_SALES", text=f"{mei.mention} a customer waits")
        assert (len(mei.pings), len(bo.pings)) == (1, 0)
        await client.chat_postMessage(channel="C_SALES", text="<!here> breach")
        assert (len(mei.pings), len(bo.pings)) == (2, 1)

    async def test_direct_and_ephemeral_messages_reach_one_person(
        self, slack: SlackSim, client: AsyncWebClient
    ) -> None:
        mei, bo = slack.person("Mei"), slack.person("Bo")
        room = (await client.conversations_open(users=mei.id))["channel"]["id"]
        await client.chat_postMessage(channel=room, text="SLA breach")
        await client.chat_postEphemeral(channel="C_SALES", user=mei.id, text="unknown command")
        assert mei.dms.shows("SLA breach")
        assert mei.ephemerals.shows("unknown command")
        assert len(bo.dms) == len(bo.ephemerals) == len(slack.channel("C_SALES")) == 0

    async def test_a_permalink_names_the_thread(self, client: AsyncWebClient) -> None:
        root = await client.chat_postMessage(channel="C_SALES", text="T-1")
        reply = await client.chat_postMessage(channel="C_SALES", text="x", thread_ts=root["ts"])
        link = (await client.chat_getPermalink(channel="C_SALES", message_ts=reply["ts"]))["permalink"]
        assert link.endswith(f"?thread_ts={root['ts']}&cid=C_SALES")


class TestRefusals:
    @pytest.mark.parametrize(
        ("block", "reason"),
        [
            ({"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}, "less than 3001"),
            ({"type": "carousel"}, "unsupported type: carousel"),
            ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "plain_text"),
            ({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}, "less than 151"),
            ({"type": "divider", "block_id": "x" * 256}, "less than 256"),
            ({"type": "actions", "elements": []}, "at least 1"),
            (
                {
                    "type": "actions",
                    "elements": [
                        {"type": "button", "text": {"type": "plain_text", "text": "x" * 76}, "value": "y" * 2001}
                    ],
                },
                "less than 76",
            ),
        ],
    )
    async def test_bad_blocks_are_refused_with_the_place(
        self, client: AsyncWebClient, block: Json, reason: str
    ) -> None:
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C_SALES", text="x", blocks=[block])
        assert caught.value.response["error"] == "invalid_blocks"
        assert reason in caught.value.response["response_metadata"]["messages"][0]

    async def test_fifty_blocks_and_their_text_have_an_end(self, client: AsyncWebClient) -> None:
        divider = {"type": "divider"}
        assert await error_of(client.chat_postMessage(channel="C_SALES", text="x", blocks=[divider] * 51)) == (
            "invalid_blocks"
        )
        long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
        assert await error_of(client.chat_postMessage(channel="C_SALES", text="x", blocks=[long] * 5)) == (
            "msg_blocks_too_long"
        )

    async def test_long_text_is_cut_on_post_and_refused_on_edit(self, slack: SlackSim, client: AsyncWebClient) -> None:
        posted = await client.chat_postMessage(channel="C_SALES", text="x" * 40_001)
        assert len(slack.channel("C_SALES")[0].text) == 40_000
        edit = client.chat_update(channel="C_SALES", ts=posted["ts"], text="好" * 1334)
        assert await error_of(edit) == "msg_too_long"

    async def test_channels_refuse_by_name(self, slack: SlackSim, client: AsyncWebClient) -> None:
        def post(channel: str) -> Awaitable[Any]:
            return client.chat_postMessage(channel=channel, text="x")

        assert await error_of(post("C_NONE")) == "channel_not_found"
        slack.channel("C_OTHER", bot=False)
        assert await error_of(post("C_OTHER")) == "not_in_channel"
        slack.channel("C_SECRET", private=True, bot=False)
        assert await error_of(post("C_SECRET")) == "channel_not_found"
        slack.channel("C_SALES").archives()
        assert await error_of(post("C_SALES")) == "is_archived"

    async def test_messages_refuse_by_name(self, slack: SlackSim, client: AsyncWebClient) -> None:
        mine = await slack.person("Mei").types("hello", channel=slack.channel("C_SALES"))
        at: Json = {"channel": "C_SALES", "ts": mine.ts}
        assert await error_of(client.chat_update(text="x", **at)) == "cant_update_message"
        assert await error_of(client.chat_delete(**at)) == "cant_delete_message"
        assert await error_of(client.chat_update(channel="C_SALES", ts="1.0", text="x")) == "message_not_found"
        assert await error_of(client.conversations_replies(channel="C_SALES", ts="1.0")) == "thread_not_found"
        assert await error_of(client.api_call("chat.postMessage", json={"channel": "C_SALES"})) == "no_text"

    async def test_tokens_refuse_by_name(self, slack: SlackSim, client: AsyncWebClient) -> None:
        stranger = AsyncWebClient("xoxb-other", base_url=slack.api_url)
        assert await error_of(stranger.auth_test()) == "invalid_auth"
        assert await error_of(AsyncWebClient(base_url=slack.api_url).auth_test()) == "not_authed"
        assert await error_of(client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
        slack.scopes.discard("chat:write")
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C_SALES", text="x")
        assert caught.value.response["needed"] == "chat:write"
        slack.revoke("account_inactive")
        assert await error_of(client.auth_test()) == "account_inactive"


class TestLimitsAndFaults:
    async def test_a_channel_takes_about_one_message_a_second(
        self, slack: SlackSim, client: AsyncWebClient, clock: Clock
    ) -> None:
        slack.set_limits(1)
        for number in range(4):
            await client.chat_postMessage(channel="C_SALES", text=str(number))
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C_SALES", text="too soon")
        assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1")
        slack.channel("C_OTHER")
        await client.chat_postMessage(channel="C_OTHER", text="another channel has its own")
        clock.forward(seconds=1)
        await client.chat_postMessage(channel="C_SALES", text="now")
        assert [each.error for each in slack.calls("chat.postMessage")].count("ratelimited") == 1

    async def test_a_call_fails_as_told_and_then_works(self, slack: SlackSim, client: AsyncWebClient) -> None:
        slack.faults.next("chat.postMessage", Fault.error("fatal_error"))
        slack.faults.next("chat.*", Fault.rate_limited(7))
        slack.faults.next("chat.postMessage", Fault.http(503))

        def post() -> Awaitable[Any]:
            return client.chat_postMessage(channel="C_SALES", text="x")

        assert await error_of(post()) == "fatal_error"
        assert await error_of(post()) == "ratelimited"
        with pytest.raises(SlackApiError) as caught:
            await post()
        assert caught.value.response.status_code == 503
        assert (await post())["ok"]
        assert len(slack.channel("C_SALES")) == 1

    async def test_dropped_before_and_after_differ_only_in_the_effect(
        self, slack: SlackSim, client: AsyncWebClient
    ) -> None:
        for fault, effects in ((Fault.drop_before(), 0), (Fault.drop_after(), 1)):
            slack.faults.next("chat.postMessage", fault)
            with pytest.raises(aiohttp.ClientError):
                await client.chat_postMessage(channel="C_SALES", text="x")
            assert len(slack.channel("C_SALES")) == effects

    async def test_a_gate_holds_the_answer_after_the_effect(self, slack: SlackSim, client: AsyncWebClient) -> None:
        gate = Gate()
        slack.faults.next("chat.postMessage", Fault.hang_after(gate))
        slow = asyncio.create_task(client.chat_postMessage(channel="C_SALES", text="x"))
        await gate.reached()
        assert len(slack.channel("C_SALES")) == 1
        assert not slow.done()
        gate.open()
        assert (await slow)["ok"]

    async def test_a_revoked_token_stays_revoked(self, slack: SlackSim, client: AsyncWebClient) -> None:
        slack.faults.next("auth.test", Fault.revoke())
        assert await error_of(client.auth_test()) == "token_revoked"
        assert await error_of(client.auth_test()) == "token_revoked"


class TestEvents:
    async def test_a_message_is_heard(self, slack: SlackSim, mode: Any) -> None:
        bot, mei = bolt(slack), slack.person("Mei")
        async with mode(slack, bot.app):
            said = await mei.types("5 > 3 & see https://example.com", channel=slack.channel("C_SALES"))
            await slack.settled()
        (body,) = bot.named("event_callback")
        assert body["event"]["text"] == "5 &gt; 3 &amp; see <https://example.com>"
        assert (body["event"]["user"], body["event"]["ts"], body["event"]["channel_type"]) == (
            mei.id,
            said.ts,
            "channel",
        )

    async def test_a_mention_is_heard_twice_with_two_ids(self, slack: SlackSim, mode: Any) -> None:
        bot, mei = bolt(slack), slack.person("Mei")
        async with mode(slack, bot.app):
            await mei.types("@dragoman help", channel=slack.channel("C_SALES"))
            await slack.settled()
        assert {each["event"]["type"] for each in bot.heard} == {"app_mention", "message"}
        assert len({each["event_id"] for each in bot.heard}) == 2
        assert len({each["event"]["ts"] for each in bot.heard}) == 1

    async def test_the_bot_hears_itself(self, slack: SlackSim, client: AsyncWebClient, mode: Any) -> None:
        bot = bolt(slack)
        async with mode(slack, bot.app):
            await client.chat_postMessage(channel="C_SALES", text="hello")
            await slack.settled()
        assert slack.outbox.log[-1].payload["event"]["bot_id"]
        assert slack.outbox.log[-1].name == "message.bot"
        assert slack.outbox.log[-1].acked

    async def test_edits_unfurls_and_deletions_are_subtypes(self, slack: SlackSim, mode: Any) -> None:
        bot, mei, room = bolt(slack), slack.person("Mei"), slack.channel("C_SALES")
        async with mode(slack, bot.app):
            said = await mei.types("!r helo", channel=room)
            await mei.edits(said, "!r hello")
            room.unfurls(said)
            await mei.deletes(said)
            await slack.settled()
        _, edit, unfurl, gone = sorted((each["event"] for each in bot.heard), key=lambda event: event["event_ts"])
        assert (edit["message"]["text"], edit["previous_message"]["text"]) == ("!r hello", "!r helo")
        assert unfurl["message"]["text"] == unfurl["previous_message"]["text"]
        assert (gone["subtype"], gone["deleted_ts"]) == ("message_deleted", said.ts)

    async def test_files_broadcasts_reactions_home_and_other_bots(self, slack: SlackSim, mode: Any) -> None:
        bot, mei, room = bolt(slack), slack.person("Mei"), slack.channel("C_SALES")
        async with mode(slack, bot.app):
            root = await mei.types("root", channel=room)
            await mei.uploads("a.jpg", b"a", "photos", thread=root, also={"b.jpg": b"b"})
            await mei.types("for all", thread=root, broadcast=True)
            room.other_bot_posts("deployed")
            await mei.reacts(root, "eyes")
            await mei.unreacts(root, "eyes")
            await mei.opens_home()
            room.renames("leads")
            room.loses()
            await slack.settled()
        names = [each.name for each in slack.outbox.log]
        assert names == [
            "message",
            "message.file_share",
            "message.thread_broadcast",
            "message.bot_message",
            "reaction_added",
            "reaction_removed",
            "app_home_opened",
            "channel_rename",
            "member_left_channel",
        ]
        assert len(slack.outbox.log[1].payload["event"]["files"]) == 2
        assert all(each.acked for each in slack.outbox.log)

    async def test_what_was_not_acked_comes_again(self, slack: SlackSim, mode: Any, clock: Clock) -> None:
        bot, mei = bolt(slack), slack.person("Mei")
        failures = iter([True, True, False])

        @bot.app.middleware
        async def fail_at_first(next: Callable[[], Awaitable[None]]) -> None:
            if next_fails(failures):
                raise RuntimeError("the database is away")
            await next()

        async with mode(slack, bot.app):
            await mei.types("!claim", channel=slack.channel("C_SALES"))
            await slack.until(lambda: len(bot.heard) == 1)
            assert await again(slack, clock, seconds=3) == 1
            await slack.until(lambda: len(bot.heard) == 2)
            assert await again(slack, clock, seconds=30) == 0
            assert await again(slack, clock, seconds=60) == 1
            await slack.settled()
        assert [each["event_id"] for each in bot.heard] == [bot.heard[0]["event_id"]] * 3
        assert slack.outbox.log[0].acked
        assert slack.outbox.log[0].attempt == 2

    async def test_twice_late_and_lost(self, slack: SlackSim, mode: Any) -> None:
        bot, mei, room = bolt(slack), slack.person("Mei"), slack.channel("C_SALES")
        slack.faults.next("message", Fault.late())
        slack.faults.next("message", Fault.twice())
        slack.faults.next("message", Fault.lost())
        async with mode(slack, bot.app):
            for text in ("one", "two", "three"):
                await mei.types(text, channel=room)
            await slack.settled()
            await slack.until(lambda: len(bot.heard) == 3)
        assert sorted(each["event"]["text"] for each in bot.heard) == ["one", "two", "two"]

    async def test_no_receiver_means_later(self, slack: SlackSim) -> None:
        bot, mei = bolt(slack), slack.person("Mei")
        await mei.types("anyone?", channel=slack.channel("C_SALES"))
        await slack.settled()
        async with socket_mode(slack, bot.app):
            assert await slack.retries() == 1
            await slack.settled()
        assert bot.heard[0]["event"]["text"] == "anyone?"

    async def test_several_connections_share_the_events(self, slack: SlackSim) -> None:
        first, second, mei = bolt(slack), bolt(slack), slack.person("Mei")
        async with socket_mode(slack, first.app), socket_mode(slack, second.app):
            await slack.until(lambda: slack.outbox.connections == 2)
            for number in range(4):
                await mei.types(str(number), channel=slack.channel("C_SALES"))
            await slack.settled()
        assert len(first.heard) == len(second.heard) == 2


def next_fails(failures: Any) -> bool:
    return bool(next(failures, False))


async def again(slack: SlackSim, clock: Clock, seconds: float) -> int:
    clock.forward(seconds=seconds)
    return await slack.retries()


class TestInteractions:
    async def test_a_button_opens_a_modal_and_its_reply_arrives(
        self, slack: SlackSim, client: AsyncWebClient, mode: Any
    ) -> None:
        bot, mei = bolt(slack), slack.person("Mei")

        @bot.app.action("claim")
        async def claim(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            meta = f"{body['channel']['id']} {body['message']['ts']}"
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL | {"private_metadata": meta})

        @bot.app.view("reply")
        async def reply(ack: Any, view: Json, client: AsyncWebClient) -> None:
            text = view["state"]["values"]["body"]["text"]["value"]
            if text == "???":
                await ack(response_action="errors", errors={"body": "Say something"})
                return
            await ack()
            channel, ts = view["private_metadata"].split()
            await client.chat_postMessage(channel=channel, thread_ts=ts, text=f"sent: {text}")

        async with mode(slack, bot.app):
            await client.chat_postMessage(channel="C_SALES", text="T-1", blocks=CARD)
            (thread,) = slack.channel("C_SALES").threads
            assert (await mei.clicks("Claim", on=thread)).acked
            await slack.until(lambda: mei.modal)
            assert "Your reply" in mei.reads(mei.modal)
            await mei.submits(values={"Your reply": "???"})
            assert mei.errors == {"body": "Say something"}
            assert mei.modal
            await mei.submits(values={"Your reply": "on its way"})
            assert mei.modal is None
            await slack.until(lambda: thread.shows("sent: on its way"))

    async def test_menus_shortcuts_and_a_closed_modal(self, slack: SlackSim, client: AsyncWebClient, mode: Any) -> None:
        bot, mei = bolt(slack), slack.person("Mei")

        @bot.app.action("more")
        @bot.app.shortcut("send_to_customer")
        @bot.app.view_closed("reply")
        async def fine(ack: Any) -> None:
            await ack()

        async with mode(slack, bot.app):
            posted = await client.chat_postMessage(channel="C_SALES", text="T-1", blocks=CARD)
            thread = slack.channel("C_SALES").thread("T-1")
            chosen = await mei.chooses("more", "Snooze", on=thread)
            used = await mei.uses_shortcut("send_to_customer", thread.root)
            await client.views_open(trigger_id=used.payload["trigger_id"], view=MODAL)
            await mei.closes()
        assert chosen.payload["actions"][0]["selected_option"]["value"] == "snooze"
        assert used.payload["message"]["ts"] == posted["ts"]
        assert [each["type"] for each in bot.heard if each["type"] != "event_callback"] == [
            "block_actions",
            "message_action",
            "view_closed",
        ]

    async def test_a_trigger_lives_three_seconds_and_once(
        self, slack: SlackSim, client: AsyncWebClient, clock: Clock
    ) -> None:
        mei = slack.person("Mei")
        trigger, other = slack.workspace.trigger(mei.id), slack.workspace.trigger(mei.id)
        await client.views_open(trigger_id=trigger, view=MODAL)
        assert await error_of(client.views_open(trigger_id=trigger, view=MODAL)) == "exchanged_trigger_id"
        clock.forward(seconds=3.1)
        assert await error_of(client.views_open(trigger_id=other, view=MODAL)) == "expired_trigger_id"

    async def test_views_are_checked_updated_and_pushed(self, slack: SlackSim, client: AsyncWebClient) -> None:
        mei = slack.person("Mei")

        def trigger() -> str:
            return slack.workspace.trigger(mei.id)

        long = MODAL | {"title": {"type": "plain_text", "text": "x" * 25}}
        assert await error_of(client.views_open(trigger_id=trigger(), view=long)) == "invalid_arguments"
        much = MODAL | {"private_metadata": "x" * 3001}
        assert await error_of(client.views_open(trigger_id=trigger(), view=much)) == "invalid_arguments"
        view = (await client.views_open(trigger_id=trigger(), view=MODAL))["view"]
        renamed = MODAL | {"title": {"type": "plain_text", "text": "Preview"}}
        await client.views_update(view_id=view["id"], hash=view["hash"], view=renamed)
        assert mei.reads(mei.modal).startswith("Preview")
        stale = client.views_update(view_id=view["id"], hash=view["hash"], view=MODAL)
        assert await error_of(stale) == "hash_conflict"
        await client.views_push(trigger_id=trigger(), view=MODAL)
        assert mei.modal is not None
        assert mei.modal.body["previous_view_id"] == view["id"]

    async def test_the_home_tab_has_buttons(self, slack: SlackSim, client: AsyncWebClient, mode: Any) -> None:
        bot, mei = bolt(slack), slack.person("Mei")

        @bot.app.event("app_home_opened")
        async def publish(event: Json, client: AsyncWebClient) -> None:
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": CARD})

        @bot.app.action("claim")
        async def claim(ack: Any) -> None:
            await ack()

        async with mode(slack, bot.app):
            await mei.opens_home()
            await slack.until(lambda: mei.home)
            assert (await mei.clicks("Claim", on=mei.home)).payload["view"]["type"] == "home"

    async def test_an_ephemeral_message_is_replaced_by_its_response_url(
        self, slack: SlackSim, client: AsyncWebClient, mode: Any
    ) -> None:
        bot, mei = bolt(slack), slack.person("Mei")

        @bot.app.action("claim")
        async def claim(ack: Any, respond: Any) -> None:
            await ack()
            await respond(text="done", replace_original=True)

        async with mode(slack, bot.app):
            await client.chat_postEphemeral(channel="C_SALES", user=mei.id, text="sure?", blocks=CARD)
            await mei.clicks("Claim", on=mei.ephemerals.last)
            await slack.until(lambda: mei.ephemerals.texts == ["done"])


class TestTheDriver:
    async def test_a_button_that_is_not_there_names_those_that_are(
        self, slack: SlackSim, client: AsyncWebClient
    ) -> None:
        await client.chat_postMessage(channel="C_SALES", text="T-1", blocks=CARD)
        with pytest.raises(AssertionError, match="no 'Close' to click; there is: 'Claim', 'more'"):
            await slack.person("Mei").clicks("Close", on=slack.channel("C_SALES").threads[0])

    async def test_waiting_in_vain_shows_the_workspace(self, slack: SlackSim, client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel="C_SALES", text="hello team")
        with pytest.raises(AssertionError, match=r"(?s)in vain for a reply.*dragoman: hello team"):
            await slack.until(lambda: False, "a reply", timeout=0.01)

    async def test_a_slash_is_swallowed_by_the_client(self, slack: SlackSim) -> None:
        with pytest.raises(AssertionError, match="swallows"):
            await slack.person("Mei").types("/claim", channel=slack.channel("C_SALES"))

    async def test_without_a_place_one_writes_to_the_bot(self, slack: SlackSim) -> None:
        mei = slack.person("Mei")
        said = await mei.types("!join ABC")
        assert mei.dms.last is said
        assert slack.outbox.log[-1].payload["event"]["channel_type"] == "im"
        assert isinstance(Thread(slack.workspace, said), Thread)

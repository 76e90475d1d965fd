"""The simulated Slack's Web API, asked by the real slack_sdk: what it does, what it refuses, how it fails."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.clock import Clock
from tests.platforms.faults import Fault, Gate
from tests.platforms.slack import SlackSim
from tests.platforms.slack.delivery import Json
from tests.platforms.slack.rig import CARD, error_of


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

    async def test_an_edit_without_blocks_takes_the_buttons_away(self, slack: SlackSim, client: AsyncWebClient) -> None:
        card = await client.chat_postMessage(channel="#sales", text="T-1", blocks=CARD)
        at: Json = {"channel": card["channel"], "ts": card["ts"]}
        edited = await client.chat_update(**at, text="T-1 closed", blocks=[*CARD, {"type": "divider"}])
        assert "edited" not in edited["message"]
        edited = await client.chat_update(**at, text="T-1 closed")
        assert edited["message"]["edited"]
        assert slack.channel("C_SALES").threads[0].texts == ["T-1 closed"]

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

    async def test_rooms_can_be_looked_up_listed_and_joined(self, slack: SlackSim, client: AsyncWebClient) -> None:
        mei = slack.person("Mei")
        slack.channel("C_LEADS", bot=False)
        slack.channel("C_VIP", private=True)
        public = (await client.conversations_list())["channels"]
        assert [(each["name"], each["is_member"]) for each in public] == [("sales", True), ("leads", False)]
        private = (await client.conversations_list(types="private_channel"))["channels"]
        assert [each["is_private"] for each in private] == [True]
        await client.conversations_join(channel="C_LEADS")
        assert (await client.conversations_info(channel="C_LEADS"))["channel"]["is_member"]
        assert (await client.conversations_members(channel="C_SALES"))["members"] == sorted([slack.bot_user, mei.id])
        people = [each["name"] for each in (await client.users_list())["members"]]
        assert people == ["dragoman", "mei"]
        assert (await client.team_info())["team"]["id"] == (await client.auth_test())["team_id"]
        assert (await client.bots_info(bot="B0DRAGOMAN"))["bot"]["user_id"] == slack.bot_user

    async def test_reactions_come_and_go(self, slack: SlackSim, client: AsyncWebClient) -> None:
        card = (await client.chat_postMessage(channel="C_SALES", text="T-1"))["ts"]
        at: Json = {"channel": "C_SALES", "timestamp": card}
        await client.reactions_add(name="eyes", **at)
        assert await error_of(client.reactions_add(name="eyes", **at)) == "already_reacted"
        shown = (await client.reactions_get(**at))["message"]["reactions"]
        assert shown == [{"name": "eyes", "users": [slack.bot_user], "count": 1}]
        await client.reactions_remove(name="eyes", **at)
        assert await error_of(client.reactions_remove(name="eyes", **at)) == "no_reaction"


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

    async def test_the_sdks_own_retry_posts_twice_when_the_answer_is_lost(self, slack: SlackSim) -> None:
        at_once = AsyncConnectionErrorRetryHandler(interval_calculator=FixedValueRetryIntervalCalculator(0))
        eager = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[at_once])
        slack.faults.next("chat.postMessage", Fault.drop_after())
        await eager.chat_postMessage(channel="C_SALES", text="x")
        assert len(slack.channel("C_SALES")) == 2

    async def test_a_client_that_gives_up_leaves_the_effect_behind(
        self, slack: SlackSim, client: AsyncWebClient
    ) -> None:
        for hang, effects in ((Fault.hang_before, 0), (Fault.hang_after, 1)):
            gate = Gate()
            slack.faults.next("chat.postMessage", hang(gate))
            impatient = asyncio.create_task(client.chat_postMessage(channel="C_SALES", text="x"))
            await gate.reached()
            impatient.cancel()
            await slack.settled()
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

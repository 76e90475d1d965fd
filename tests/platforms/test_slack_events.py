"""Events of the simulated Slack, heard by the real slack_bolt over Socket Mode and HTTP."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.clock import Clock
from tests.platforms.faults import Fault
from tests.platforms.slack import SlackSim, State
from tests.platforms.slack.rig import bolt, http_mode, socket_mode


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
            "channel_left",
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
            slack.faults.next("message", Fault.late())
            await mei.types("four", channel=room)
            slack.outbox.release()
            await slack.until(lambda: len(bot.heard) == 4)

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

    async def test_a_client_that_was_told_to_reconnect_goes_on_listening(self, slack: SlackSim) -> None:
        bot, mei = bolt(slack), slack.person("Mei")
        async with socket_mode(slack, bot.app):
            await slack.outbox.disconnect()
            await slack.until(lambda: len(slack.calls("apps.connections.open")) == 2 and slack.outbox.connections)
            await slack.until(lambda: slack.outbox.connections == 1)
            await mei.types("still there?", channel=slack.channel("C_SALES"))
            await slack.until(lambda: bot.heard)

    async def test_the_eleventh_connection_is_refused(self, slack: SlackSim, client: AsyncWebClient) -> None:
        url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
        async with aiohttp.ClientSession() as session:
            sockets = [await session.ws_connect(url) for _ in range(11)]
            greetings = [await each.receive_json() for each in sockets]
        assert [each["type"] for each in greetings] == ["hello"] * 10 + ["disconnect"]

    async def test_with_a_request_url_the_socket_is_closed(self, slack: SlackSim, client: AsyncWebClient) -> None:
        slack.outbox.request_url = "http://127.0.0.1:9/slack/events"
        url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            assert (await socket.receive_json())["reason"] == "link_disabled"

    async def test_what_people_type_is_marked_up_like_in_the_client(self, slack: SlackSim) -> None:
        mei, bo = slack.person("Mei"), slack.person("Bo")
        said = await mei.types("@Bo, mail a@b.com or see https://b.com/?x=1&y=2.", channel=slack.channel("C_SALES"))
        assert said.text == f"{bo.mention}, mail <mailto:a@b.com|a@b.com> or see <https://b.com/?x=1&amp;y=2>."
        assert slack.read(said) == "@Bo, mail a@b.com or see https://b.com/?x=1&y=2."
        assert bo.pings.last is said

    async def test_only_what_the_manifest_subscribes_to_is_heard(self, slack: SlackSim) -> None:
        slack.installs(slack.scopes, events=["app_mention"])
        await slack.person("Mei").types("@dragoman hello", channel=slack.channel("C_SALES"))
        assert [each.name for each in slack.outbox.log] == ["app_mention"]

    async def test_a_deleted_root_leaves_a_tombstone_over_its_replies(self, slack: SlackSim) -> None:
        mei, room = slack.person("Mei"), slack.channel("C_SALES")
        root = await mei.types("root", channel=room)
        await mei.types("reply", thread=root)
        await mei.deletes(root)
        assert room.threads[0].texts == ["This message was deleted.", "reply"]
        event = slack.outbox.log[-1].payload["event"]
        assert (event["subtype"], event["message"]["subtype"]) == ("message_changed", "tombstone")

    async def test_a_request_url_is_verified_by_its_challenge(self, slack: SlackSim) -> None:
        async with http_mode(slack, bolt(slack).app):
            assert await slack.outbox.verifies_url()

    async def test_a_wrong_secret_is_refused(self, slack: SlackSim) -> None:
        bot = bolt(slack)
        async with http_mode(slack, bot.app):
            slack.outbox.signing_secret = "somebody else's"
            await slack.person("Mei").types("hello", channel=slack.channel("C_SALES"))
            await slack.settled()
        assert slack.outbox.log[0].state is State.FAILED


def next_fails(failures: Any) -> bool:
    return bool(next(failures, False))


async def again(slack: SlackSim, clock: Clock, seconds: float) -> int:
    clock.forward(seconds=seconds)
    return await slack.retries()

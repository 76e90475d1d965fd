"""Buttons, menus, modals and the App Home of the simulated Slack, and what its driver says when a story goes wrong."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.clock import Clock
from tests.platforms.slack import SlackSim
from tests.platforms.slack.delivery import Json
from tests.platforms.slack.rig import CARD, MODAL, bolt, error_of


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

"""What the Slack desk hears from the real Bolt, by socket and by HTTP, and what it makes of it."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core.events import Deleted, Edited, HomeOpened, PlaceChanged, Pressed, Reacted, Submitted, Typed
from core.model import PostRef, ThreadRef
from core.say import Button
from core.views import Dialog, Field
from tests.desks.builders import card, line, post, say_with
from tests.desks.slack.kit import SlackOverHttp, SlackOverSocket
from tests.platforms.faults import Fault
from tests.platforms.slack import Message


@pytest.fixture(params=[SlackOverSocket, SlackOverHttp], ids=["socket", "http"])
async def slack(request: pytest.FixtureRequest) -> AsyncIterator[SlackOverSocket]:
    async with request.param() as started:
        yield started


@pytest.fixture
async def thread(slack: SlackOverSocket) -> ThreadRef:
    """A ticket's thread with its card."""
    return await slack.desk.open(slack.place, card(), job=1)


def only(slack: SlackOverSocket, kind: type) -> Any:
    """The one event that was heard."""
    (event,) = slack.events
    assert isinstance(event, kind)
    return event


class TestWords:
    async def test_a_mention_comes_as_two_events_and_is_kept_once(
        self, slack: SlackOverSocket, thread: ThreadRef
    ) -> None:
        await slack.types("@Dragoman !claim", thread)
        assert only(slack, Typed).text == "!claim"
        assert len([delivery for delivery in slack.sim.outbox.log if delivery.name in ("message", "app_mention")]) == 2

    async def test_words_to_a_teammate_are_marked_and_name_them_by_id(
        self, slack: SlackOverSocket, thread: ThreadRef
    ) -> None:
        bob = slack.sim.person("Bob")
        await slack.types("@Bob can you take this?", thread)
        typed = only(slack, Typed)
        assert typed.mentions_first
        assert typed.text == f"{bob.mention} can you take this?"

    async def test_words_to_the_bot_are_no_words_to_the_customer(
        self, slack: SlackOverSocket, thread: ThreadRef
    ) -> None:
        await slack.types("@Dragoman what is this?", thread)
        assert all(isinstance(event, Typed) and event.mentions_first for event in slack.events)

    async def test_links_read_as_they_were_typed(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        await slack.types("!r see https://example.com/a?b=1&c=2 or write to sales@example.com", thread)
        assert only(slack, Typed).text == "!r see https://example.com/a?b=1&c=2 or write to sales@example.com"

    async def test_a_message_outside_threads_has_no_root(self, slack: SlackOverSocket) -> None:
        await slack.ana.types("!queue", channel=slack.room)
        await slack.sim.settled()
        assert only(slack, Typed).origin.root is None

    async def test_a_direct_message_is_private(self, slack: SlackOverSocket) -> None:
        await slack.ana.types("!join ABC-123")
        await slack.sim.settled()
        typed = only(slack, Typed)
        assert typed.origin.direct
        assert typed.origin.root is None

    async def test_a_reply_sent_to_the_channel_too_is_a_reply(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        await slack.ana.types("!n all read this", slack.thread(thread), broadcast=True)
        await slack.sim.settled()
        assert only(slack, Typed).origin.root == thread.root

    async def test_files_come_with_their_words(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        await slack.ana.uploads("offer.pdf", b"%PDF", "!r the offer", slack.thread(thread), also={"map.png": b"png"})
        await slack.sim.settled()
        typed = only(slack, Typed)
        assert typed.text == "!r the offer"
        assert [(note.name, note.mime, note.size) for note in typed.files] == [
            ("offer.pdf", "application/pdf", 4),
            ("map.png", "image/png", 3),
        ]

    async def test_what_the_bot_and_other_bots_write_is_not_heard(
        self, slack: SlackOverSocket, thread: ThreadRef
    ) -> None:
        await slack.desk.update(thread, card(assignee="Ana"))
        slack.room.other_bot_posts("!claim", slack.thread(thread))
        await slack.sim.settled()
        assert slack.events == []


class TestChanges:
    async def typed(self, slack: SlackOverSocket, thread: ThreadRef) -> Message:
        await slack.types("!r https://example.com", thread)
        return slack.last(thread)

    async def test_an_edit_has_a_key_of_its_own(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        message = await self.typed(slack, thread)
        await slack.ana.edits(message, "!r https://example.org")
        await slack.ana.edits(message, "!r https://example.net")
        await slack.sim.settled()
        first, *edits = slack.events
        assert [edit.text for edit in edits if isinstance(edit, Edited)] == [
            "!r https://example.org",
            "!r https://example.net",
        ]
        assert len({event.origin.key for event in (first, *edits)}) == 3
        assert all(edit.origin.post == first.origin.post and edit.origin.root == thread.root for edit in edits)

    async def test_an_unfurled_link_is_no_edit(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        slack.room.unfurls(await self.typed(slack, thread))
        await slack.sim.settled()
        assert len(slack.heard) == 2
        assert only(slack, Typed)

    async def test_a_deletion(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        message = await self.typed(slack, thread)
        await slack.ana.deletes(message)
        await slack.sim.settled()
        typed, deleted = slack.events
        assert isinstance(deleted, Deleted)
        assert deleted.origin.post == typed.origin.post
        assert deleted.origin.who == slack.person


class TestPresses:
    async def test_a_button_on_the_card(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        delivery = await slack.ana.clicks("press:0:claim", slack.thread(thread))
        assert delivery.acked
        pressed = only(slack, Pressed)
        assert (pressed.action, pressed.value) == ("claim", "")
        assert (pressed.origin.root, pressed.origin.who) == (thread.root, slack.person)
        assert pressed.origin.trigger

    async def test_the_menu_on_the_card(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        await slack.ana.chooses("press:more:", "snooze 2h", slack.thread(thread))
        pressed = only(slack, Pressed)
        assert (pressed.action, pressed.value) == ("snooze", "2h")

    async def test_a_longer_menu_is_a_select(self, slack: SlackOverSocket) -> None:
        more = tuple(Button("tag", "home.none", f"t{number}") for number in range(7))
        thread = await slack.desk.open(slack.place, card(more=more), job=1)
        await slack.ana.chooses("More", "tag t6", slack.thread(thread))
        assert only(slack, Pressed).value == "t6"

    async def test_a_button_in_the_thread_knows_the_thread(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        ref = await slack.desk.post(thread, post(line(say_with(Button("ack", "button.claim", "1")))))
        await slack.ana.clicks("Claim", slack.last(thread))
        pressed = only(slack, Pressed)
        assert (pressed.action, pressed.value) == ("ack", "1")
        assert (pressed.origin.root, pressed.origin.post) == (thread.root, ref)

    async def test_pressing_twice_is_two_presses(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        for _ in range(2):
            await slack.ana.clicks("press:0:claim", slack.thread(thread))
        assert len({event.origin.key for event in slack.events}) == 2

    async def test_the_shortcut_takes_the_words_of_the_message(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        message = await slack.ana.types("We ship on Friday & <soon>", slack.thread(thread))
        await slack.sim.settled()
        slack.heard.clear()
        await slack.ana.uses_shortcut("send", message)
        pressed = only(slack, Pressed)
        assert (pressed.action, pressed.text) == ("send", "We ship on Friday & <soon>")
        assert pressed.origin.root == thread.root
        assert pressed.origin.post == PostRef(thread.desk, thread.place, message.ts)

    async def test_a_dialog_comes_back_with_its_thread(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        await slack.ana.clicks("press:0:claim", slack.thread(thread))
        form = Dialog(
            "reply",
            "12",
            "home.mine",
            "button.claim",
            (
                Field("text", "desk.cancel", multiline=True),
                Field("code", "home.none", required=False, choices=(("a", "home.mine"), ("b", "Plain words"))),
            ),
        )
        await slack.desk.dialog(slack.events[0], form, "en")
        slack.heard.clear()
        await slack.ana.submits(values={"text": "Dear Maria, <3", "code": "Plain words"})
        assert slack.ana.modal is None
        submitted = only(slack, Submitted)
        assert (submitted.action, submitted.value) == ("reply", "12")
        assert submitted.fields == {"text": "Dear Maria, <3", "code": "b"}
        assert (submitted.origin.place, submitted.origin.root) == (thread.place, thread.root)
        assert submitted.origin.who == slack.person


class TestTheRest:
    async def test_a_reaction_on_the_card(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        await slack.ana.reacts(slack.thread(thread).root, "eyes")
        await slack.sim.settled()
        reacted = only(slack, Reacted)
        assert (reacted.emoji, reacted.origin.root, reacted.origin.who) == ("eyes", thread.root, slack.person)

    async def test_the_home_tab(self, slack: SlackOverSocket) -> None:
        await slack.ana.opens_home("messages")
        await slack.ana.opens_home()
        await slack.sim.settled()
        assert only(slack, HomeOpened).origin.who == slack.person

    async def test_what_befalls_the_channel(self, slack: SlackOverSocket) -> None:
        slack.room.renames("sales-latam")
        slack.room.loses(slack.ana.id)
        slack.room.loses()
        slack.room.invites()
        slack.room.archives()
        await slack.sim.settled()
        assert [(event.what, event.origin.place) for event in slack.events if isinstance(event, PlaceChanged)] == [
            ("renamed", slack.place),
            ("bot_removed", slack.place),
            ("bot_removed", slack.place),
            ("archived", slack.place),
        ]

    async def test_deliveries_in_any_number_and_order_are_stored_once(
        self, slack: SlackOverSocket, thread: ThreadRef
    ) -> None:
        slack.sim.faults.next("message", Fault.twice())
        await slack.types("!claim", thread)
        assert len(slack.heard) == 1

    @pytest.mark.parametrize("slack", [SlackOverSocket], indirect=True)
    async def test_a_socket_that_slack_renews_goes_on_listening(
        self, slack: SlackOverSocket, thread: ThreadRef
    ) -> None:
        await slack.sim.outbox.disconnect()
        await slack.sim.until(lambda: slack.sim.outbox.connections == 0, "the old socket to close")
        await slack.sim.connected()
        await slack.types("!claim", thread)
        assert only(slack, Typed).text == "!claim"


class TestHttp:
    @pytest.fixture
    async def url(self, slack: SlackOverSocket) -> str:
        return slack.sim.outbox.request_url or ""

    @pytest.mark.parametrize("slack", [SlackOverHttp], indirect=True)
    async def test_a_bad_signature_is_refused_and_not_stored(self, slack: SlackOverSocket, url: str) -> None:
        headers = {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=00", "Content-Type": "application/json"}
        async with aiohttp.ClientSession() as session, session.post(url, data=b"{}", headers=headers) as answer:
            assert answer.status == 401
        assert slack.heard == []

    @pytest.mark.parametrize("slack", [SlackOverHttp], indirect=True)
    async def test_without_a_signing_secret_nobody_is_answered(self, slack: SlackOverSocket) -> None:
        app = web.Application()
        app.router.add_post("/slack/events", slack.again(signing_secret="").http_handler(slack.sink))
        async with TestClient(TestServer(app)) as browser:
            assert (await browser.post("/slack/events", data=b"{}")).status == 404
        assert slack.heard == []

    @pytest.mark.parametrize("slack", [SlackOverHttp], indirect=True)
    async def test_the_handshake_is_answered(self, slack: SlackOverSocket, url: str) -> None:
        body = b'{"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"}'
        headers = slack.sim.outbox.sign(body) | {"Content-Type": "application/json"}
        async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
            assert "3eZbrw1a" in await answer.text()
        assert slack.heard == []

    @pytest.mark.parametrize("slack", [SlackOverHttp], indirect=True)
    async def test_what_nobody_knows_is_acked_and_kept(self, slack: SlackOverSocket, url: str) -> None:
        body = b'{"type": "block_suggestion", "user": {"id": "U1"}, "token": "secret"}'
        headers = slack.sim.outbox.sign(body) | {"Content-Type": "application/json"}
        async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
            assert answer.status == 200
        ((_, raw),) = slack.heard
        assert slack.desk.parse(raw) == []
        assert b"secret" not in raw

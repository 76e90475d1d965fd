"""What the Telegram desk hears, by polling and by webhook, and that nothing of it is lost."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import aiohttp
import pytest

from bot.desks.telegram.listen import SECRET as HEADER
from bot.desks.telegram.listen import SIBLINGS, Listener, grouped
from core.events import Edited, PlaceChanged, PlaceMoved, Pressed, Reacted, Submitted, Typed
from core.model import ThreadRef
from core.say import Button, say
from core.views import Dialog, Field
from tests.desks.builders import card, line, post, say_with, ticket, wrote
from tests.desks.telegram.kit import SECRET, TelegramByPolling, TelegramByWebhook
from tests.platforms.faults import Fault
from tests.platforms.telegram import PNG

REPLY = Dialog("r", "T-12 at:5", "dialog.r", "button.send", (Field("text", "argument.reply", multiline=True),))


@pytest.fixture(params=[TelegramByPolling, TelegramByWebhook], ids=["polling", "webhook"])
async def telegram(request: pytest.FixtureRequest) -> AsyncIterator[TelegramByPolling]:
    async with request.param() as started:
        yield started


POISON = [
    ("message", "words"),
    ("message", ["words"]),
    ("message", None),
    ("message", {"from": None, "chat": 7}),
    ("message", {"from": [], "chat": {"id": {}}, "media_group_id": [1]}),
    ("callback_query", {"message": "gone", "data": 7}),
    ("callback_query", {"chat": [], "message": {"chat": "x"}}),
]
"""What Telegram never sent yet."""


def update(number: int, album: str = "") -> dict[str, Any]:
    part = {"media_group_id": album} if album else {}
    return {"update_id": number, "message": {"chat": {"id": 1}} | part}


def only(telegram: TelegramByPolling, kind: type) -> Any:
    """The one event that was heard."""
    (event,) = telegram.events
    assert isinstance(event, kind)
    return event


async def gathered(telegram: TelegramByPolling, parts: int) -> None:
    """The album is whole: a second has passed since its last part."""
    if telegram.sim.updates.webhook.url:
        await telegram.sim.settled()
    await telegram.sim.until(lambda: len([each for each in telegram.sim.updates.log if each.given]) >= parts)
    await passes(telegram, lambda: any(isinstance(event, Typed) and event.files for event in telegram.events))


async def passes(telegram: TelegramByPolling, enough: Callable[[], bool]) -> None:
    """Time passes, second by second, until something has come of it."""
    while not enough():
        telegram.clock.forward(SIBLINGS)
        telegram.sim.tick()
        await asyncio.sleep(0)


class TestWords:
    async def test_an_edit_names_the_words_it_changes(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.types("!r ten", thread)
        message = telegram.topic(thread).last
        await telegram.ana.edits(message, "!r twelve")
        await telegram.answered()
        typed, edited = telegram.events
        assert isinstance(edited, Edited)
        assert (edited.text, edited.origin.words) == ("!r twelve", typed.origin.key)
        assert edited.origin.post == typed.origin.post

    async def test_a_teammate_is_named_by_id(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        bob = telegram.sim.person("Bob")
        await telegram.types("@Bob can you take this?", thread)
        typed = only(telegram, Typed)
        assert typed.mentions_first
        assert typed.text == f"<@{bob.id}> can you take this?"

    async def test_an_invitation_is_a_link(self, telegram: TelegramByPolling) -> None:
        await telegram.ana.starts("AB12")
        await telegram.answered()
        typed = only(telegram, Typed)
        assert (typed.text, typed.origin.direct, typed.origin.who) == ("/join AB12", True, telegram.person)

    async def test_a_group_is_set_up_from_within(self, telegram: TelegramByPolling) -> None:
        lobby = telegram.sim.group("Lobby")
        await telegram.ana.types(lobby, "/setup@dragoman_bot AB12")
        await telegram.answered()
        typed = only(telegram, Typed)
        assert (typed.text, typed.origin.place, typed.origin.root) == ("/setup AB12", str(lobby.id), None)

    async def test_what_the_bot_does_is_not_heard(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.desk.update(thread, card(ticket(country="PT")))
        await telegram.answered()
        assert telegram.heard == []


class TestPresses:
    async def test_on_the_card(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.ana.presses("Cancel", telegram.topic(thread).first, wait=False)
        await telegram.answered()
        pressed = only(telegram, Pressed)
        assert (pressed.action, pressed.value, pressed.origin.root) == ("claim", "", thread.root)
        assert pressed.origin.post is not None
        assert pressed.origin.post.post == thread.card
        assert pressed.origin.at == telegram.clock.now()
        assert pressed.origin.trigger

    async def test_on_a_line(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.desk.post(thread, post(line(say_with(Button("ack", "button.ack", "T-12 3")))))
        await telegram.ana.presses("Acknowledge", telegram.topic(thread), wait=False)
        await telegram.answered()
        assert (only(telegram, Pressed).action, only(telegram, Pressed).value) == ("ack", "T-12 3")

    async def test_on_the_card_by_an_emoji(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.ana.reacts(telegram.topic(thread).first, "👀")
        await telegram.answered()
        reacted = only(telegram, Reacted)
        assert reacted.emoji == "eyes"
        assert reacted.origin.post is not None
        assert reacted.origin.post.post == thread.card


class TestForms:
    async def test_the_answer_to_a_question(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.types("/reply", thread)
        await telegram.desk.dialog(telegram.events[0], REPLY, "en")
        await telegram.ana.answers("It costs 10 €")
        await telegram.answered()
        submitted = telegram.events[1]
        assert isinstance(submitted, Submitted)
        assert (submitted.action, submitted.value) == ("r", "T-12 at:5")
        assert submitted.fields == {"text": "It costs 10 €"}
        assert submitted.origin.confirms
        assert (submitted.origin.root, submitted.origin.who) == (thread.root, telegram.person)


class TestFiles:
    async def test_a_picture_with_its_words(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.ana.sends_photo(telegram.topic(thread), b"\x89PNG", "!r here it is")
        await telegram.answered()
        typed = only(telegram, Typed)
        assert typed.text == "!r here it is"
        assert [note.size for note in typed.files] == [4]

    async def test_an_album_is_one_act(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.ana.sends_album(telegram.topic(thread), [PNG, PNG, PNG], "!r these three")
        await gathered(telegram, 3)
        typed = only(telegram, Typed)
        assert (typed.text, len(typed.files)) == ("!r these three", 3)
        await telegram.sim.settled()

    async def test_words_after_an_album_are_words(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.ana.sends_album(telegram.topic(thread), [PNG, PNG], "look")
        await telegram.ana.types(telegram.topic(thread), "and?")
        await gathered(telegram, 3)
        await telegram.sim.settled()
        assert [event.text for event in telegram.events if isinstance(event, Typed)] == ["look", "and?"]


class TestGroups:
    async def test_the_bot_is_demoted_and_removed(self, telegram: TelegramByPolling) -> None:
        telegram.group.demotes_bot()
        await telegram.answered()
        telegram.group.kicks_bot()
        await telegram.answered()
        assert [event.what for event in telegram.events if isinstance(event, PlaceChanged)] == [
            "bot_demoted",
            "bot_removed",
        ]
        assert {event.origin.place for event in telegram.events} == {telegram.place}

    async def test_a_group_that_became_a_supergroup_is_heard_of(self, telegram: TelegramByPolling) -> None:
        small = telegram.sim.group("Small", basic=True)
        telegram.places.chats["small"] = str(small.id)
        small.migrates()
        await telegram.answered()
        moves = [event for event in telegram.events if isinstance(event, PlaceMoved)]
        assert moves
        assert {(event.origin.place, event.address) for event in moves} == {("small", str(small.id))}

    async def test_a_request_finds_out_first(self, telegram: TelegramByPolling) -> None:
        """Telegram's own word of it was lost, or comes later."""
        small = telegram.sim.group("Small", basic=True)
        telegram.places.chats["small"] = old = str(small.id)
        telegram.sim.faults.next("message", Fault.lost(), times=2)
        small.migrates()
        await telegram.answered()
        with pytest.raises(Exception, match="migrated") as failed:
            await telegram.desk.open("small", card(), job=1)
        assert getattr(failed.value, "retry", False)
        (moved,) = telegram.events
        assert isinstance(moved, PlaceMoved)
        assert moved.address == str(small.id) != old


class TestPolling:
    @pytest.fixture
    async def telegram(self) -> AsyncIterator[TelegramByPolling]:
        async with TelegramByPolling() as started:
            yield started

    async def test_a_restart_hears_what_was_not_confirmed(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        telegram.refuse = 1
        await telegram.types("!claim", thread)
        assert telegram.heard == []
        again = asyncio.create_task(telegram.again().run(telegram.sink))
        await telegram.sim.until(lambda: telegram.heard)
        again.cancel()
        await asyncio.gather(again, return_exceptions=True)
        assert only(telegram, Typed).text == "!claim"

    async def test_telegram_may_be_away_for_a_while(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        telegram.sim.faults.next("getUpdates", Fault.http(502), times=3)
        await telegram.ana.types(telegram.topic(thread), "!claim")
        await telegram.ana.types(telegram.topic(thread), "!close")
        await passes(telegram, lambda: len(telegram.heard) == 2)
        assert [event.text for event in telegram.events if isinstance(event, Typed)] == ["!claim", "!close"]

    async def test_a_webhook_that_was_left_over_is_taken_away(self) -> None:
        async with TelegramByWebhook() as left:
            assert left.sim.updates.webhook.url
            desk = left.again(secret_token="", hook_url="")
            listening = asyncio.create_task(desk.run(left.sink))
            await left.sim.polled()
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            assert not left.sim.updates.webhook.url

    @pytest.mark.parametrize(("kind", "body"), POISON)
    async def test_what_nobody_can_read_is_kept_and_holds_up_nothing(
        self, telegram: TelegramByPolling, thread: ThreadRef, kind: str, body: Any
    ) -> None:
        telegram.sim.updates.add(kind, body, telegram.group.id)
        await telegram.ana.types(telegram.topic(thread), "!claim")
        await passes(telegram, lambda: len(telegram.heard) == 2)
        (_, poison), (_, claim) = telegram.heard
        (kept, *_) = json.loads(poison).get("album") or [json.loads(poison)]
        assert kept[kind] == body
        (typed,) = telegram.desk.parse(claim)
        assert isinstance(typed, Typed)

    async def test_no_part_of_an_album_is_confirmed_before_it_is_stored(self, telegram: TelegramByPolling) -> None:
        """Albums of two chats at once, and the batch is full in the middle of the second."""
        kept: list[str] = []

        async def sink(key: str, raw: bytes) -> None:
            kept.append(key)

        batch = [update(1, "a"), update(2, "b"), update(3, "a"), *(update(n, "b") for n in range(4, 101))]
        asked: list[int | None] = []

        class Telegram:
            async def updates(self, offset: int | None, timeout: int) -> list[dict[str, Any]]:
                asked.append(offset)
                return [each for each in batch if each["update_id"] >= (offset or 0)]

        async def heard(prefix: str, since: object) -> list[bytes]:
            return []

        listener = Listener(cast(Any, Telegram()), telegram.clock, 7, heard)
        polling = asyncio.create_task(listener._round(sink, None))
        await passes(telegram, polling.done)
        assert kept == ["1-3"]
        assert polling.result() == 2, "the first part of the second album"

    def test_an_album_at_the_end_of_a_full_batch_is_left_for_the_next(self) -> None:
        batch = [*(update(number) for number in range(98)), update(98, "a"), update(99, "a")]
        assert [group[0]["update_id"] for group in grouped(batch)] == list(range(98))
        assert [len(group) for group in grouped(batch[1:])] == [1] * 97 + [2]


class TestWebhook:
    @pytest.fixture
    async def telegram(self) -> AsyncIterator[TelegramByPolling]:
        async with TelegramByWebhook() as started:
            yield started

    async def post(self, telegram: TelegramByPolling, body: bytes, secret: str) -> int:
        url = telegram.sim.updates.reroute["https://desk.example"]
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{url}/telegram/events", data=body, headers={HEADER: secret}) as answer,
        ):
            return answer.status

    @pytest.mark.parametrize(("kind", "body"), [*POISON, ("received", 7)])
    async def test_what_nobody_can_read_is_kept_and_not_delivered_for_ever(
        self, telegram: TelegramByPolling, kind: str, body: Any
    ) -> None:
        raw = json.dumps({"update_id": 5, kind: body}).encode()
        assert await self.post(telegram, raw, SECRET) == 200
        telegram.clock.forward(2 * SIBLINGS)
        await telegram.desk.aclose()
        assert telegram.heard

    async def test_only_who_knows_the_secret_is_heard(self, telegram: TelegramByPolling) -> None:
        assert await self.post(telegram, b'{"update_id": 1}', "wrong") == 401
        assert await self.post(telegram, b'{"update_id": 1}', "\udcff") == 401
        assert await self.post(telegram, b'{"update_id": 1}', "") == 401
        assert telegram.heard == []

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"update_id": "x"}'])
    async def test_what_is_no_update_is_refused(self, telegram: TelegramByPolling, body: bytes) -> None:
        assert await self.post(telegram, body, SECRET) == 400

    async def test_the_parts_of_an_album_are_durable_before_they_are_acked(
        self, telegram: TelegramByPolling, thread: ThreadRef
    ) -> None:
        await telegram.ana.sends_album(telegram.topic(thread), [PNG, PNG], "!r both")
        await telegram.sim.settled()
        assert [key.partition(":")[0] for key, _ in telegram.heard] == ["part", "part"]
        assert telegram.events == []

    async def test_a_crash_leaves_the_parts_of_an_album_to_be_found(
        self, telegram: TelegramByPolling, thread: ThreadRef
    ) -> None:
        await telegram.ana.sends_album(telegram.topic(thread), [PNG, PNG], "!r both")
        await telegram.sim.settled()
        after: list[bytes] = []

        async def sink(key: str, raw: bytes) -> None:
            after.append(raw)

        desk = telegram.again()
        listening = asyncio.create_task(desk.run(sink))
        await passes(telegram, lambda: bool(after))
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        (typed,) = desk.parse(after[0])
        assert isinstance(typed, Typed)
        assert (typed.text, len(typed.files)) == ("!r both", 2)
        assert telegram.events == [typed], "the one before it, which did not crash, heard the same"

    async def test_a_part_that_comes_again_is_no_album_of_its_own(
        self, telegram: TelegramByPolling, thread: ThreadRef
    ) -> None:
        telegram.sim.faults.next("message", Fault.twice(), times=2)
        await telegram.ana.sends_album(telegram.topic(thread), [PNG, PNG], "!r both")
        await gathered(telegram, 2)
        part = next(raw for key, raw in telegram.heard if key.startswith("part:"))
        assert await self.post(telegram, json.dumps(json.loads(part)["part"]).encode(), SECRET) == 200
        telegram.clock.forward(2 * SIBLINGS)
        await telegram.desk.aclose()
        assert len(only(telegram, Typed).files) == 2

    async def test_an_album_that_could_not_be_stored_is_not_lost(
        self, telegram: TelegramByPolling, thread: ThreadRef
    ) -> None:
        await telegram.ana.sends_album(telegram.topic(thread), [PNG, PNG], "!r both")
        await telegram.sim.settled()
        telegram.refuse = 2
        await gathered(telegram, 2)
        assert len(only(telegram, Typed).files) == 2

    async def test_an_album_is_whole_when_we_stop(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.ana.sends_album(telegram.topic(thread), [PNG, PNG], "!r both")
        await telegram.sim.settled()
        await telegram.desk.aclose()
        assert len(only(telegram, Typed).files) == 2

    async def test_without_a_secret_there_is_no_webhook(self, telegram: TelegramByPolling) -> None:
        from aiohttp import web
        from aiohttp.test_utils import TestClient, TestServer

        app = web.Application()
        app.router.add_post("/", telegram.again(secret_token="", hook_url="").http_handler(telegram.sink))
        async with TestClient(TestServer(app)) as client:
            assert (await client.post("/", json={"update_id": 1})).status == 404


async def test_words_are_heard_in_order(telegram: TelegramByPolling, thread: ThreadRef) -> None:
    await telegram.desk.post(thread, post(wrote("Hello")))
    for number in range(5):
        await telegram.ana.types(telegram.topic(thread), f"note {number}")
    await telegram.answered()
    assert [event.text for event in telegram.events if isinstance(event, Typed)] == [f"note {n}" for n in range(5)]


async def test_a_whisper_s_button_says_that_it_can_go(telegram: TelegramByPolling, thread: ThreadRef) -> None:
    await telegram.types("/claim", thread)
    answer = say("home.none", buttons=(Button("claim", "button.take_over", "T-12 over"),))
    await telegram.desk.whisper(telegram.events[0], answer, "en", "UTC")
    await telegram.ana.presses("Take over", telegram.topic(thread), wait=False)
    await telegram.answered()
    pressed = telegram.events[1]
    assert isinstance(pressed, Pressed)
    assert (pressed.action, pressed.value) == ("claim", "T-12 over")
    await telegram.desk.acknowledge(pressed)
    assert not telegram.topic(thread).shows("Take over")

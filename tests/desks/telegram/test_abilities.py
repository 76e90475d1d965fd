"""What the Telegram desk can do besides posts: topics, answers, questions, boards, files, people; and what it costs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.desks.telegram.desk import TelegramDesk
from core.errors import SendError
from core.events import DeskEvent
from core.ids import TicketId
from core.model import PostRef, Status, ThreadRef
from core.people import Identity
from core.ports import (
    Acknowledges,
    CardInThread,
    Desk,
    Dialogs,
    Examined,
    FetchesFiles,
    FindsPosts,
    SetUp,
    ShowsBoards,
    Whispers,
    Withdraws,
)
from core.say import Button, say
from core.views import Board, Card, Dialog, Field, Row
from tests.desks.builders import NOW, card, file, line, post, say_with, ticket, wrote
from tests.desks.telegram.kit import PLACE, TelegramByPolling
from tests.platforms.faults import Fault
from tests.platforms.telegram import PNG

DRAWN = say("home.drawn", at=NOW)
TAKE_OVER = replace(DRAWN, buttons=(Button("claim", "button.take_over", "T-12 over"),))
CHOICES = (("low", "priority.low"), ("urgent", "priority.urgent"))
PRIORITY = Dialog("prio", "T-12", "dialog.prio", "button.do", (Field("argument", "argument.choice", choices=CHOICES),))


@pytest.fixture
async def asked(telegram: TelegramByPolling, thread: ThreadRef) -> DeskEvent:
    """Ana has typed something in the topic."""
    await telegram.types("/due", thread)
    return telegram.events[-1]


@pytest.fixture
async def pressed(telegram: TelegramByPolling, thread: ThreadRef) -> DeskEvent:
    """Ana has pressed a button of the card."""
    await telegram.ana.presses("Cancel", telegram.topic(thread).first, wait=False)
    await telegram.answered()
    return telegram.events[-1]


def writes(telegram: TelegramByPolling, done: Callable[[str], bool] = lambda method: True) -> list[str]:
    """What was written in the group since the card was put up."""
    return [write.method for write in telegram.group.writes[2:] if done(write.method)]


async def refused(awaitable: Any) -> SendError:
    with pytest.raises(SendError) as failed:
        await awaitable
    return failed.value


def test_it_has_its_abilities() -> None:
    from bot.desks.telegram.desk import TelegramDesk

    able = (CardInThread, Whispers, Withdraws, Acknowledges, Dialogs, ShowsBoards, SetUp, FetchesFiles, Examined)
    for ability in able:
        assert issubclass(TelegramDesk, ability)
    assert not issubclass(TelegramDesk, FindsPosts)


async def test_it_is_a_desk(telegram: TelegramByPolling) -> None:
    desk: Desk = telegram.desk
    assert desk.name == "telegram"


async def redraw(desk: TelegramDesk, thread: ThreadRef, as_it_is: Card) -> None:
    """As the outbox does, until there is nothing more to do."""
    while await desk.update(thread, as_it_is):
        pass


class TestTopics:
    async def test_a_ticket_costs_two_writes_until_its_card_stands(
        self, telegram: TelegramByPolling, thread: ThreadRef
    ) -> None:
        assert [write.method for write in telegram.group.writes] == ["createForumTopic", "sendMessage"]
        assert telegram.topic(thread).name == "🆕 T-12 Maria Silva 🇧🇷"
        assert telegram.topic(thread).first.silent
        assert telegram.spent == []

    async def test_only_what_changed_is_written(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.desk.update(thread, card())
        assert writes(telegram) == []
        await telegram.desk.update(thread, card(assignee="Ana"))
        assert writes(telegram) == ["editMessageText"]
        closed = card(ticket(status=Status.CLOSED), assignee="Ana")
        for more in (True, True, False):  # each draws from the budget by itself
            assert await telegram.desk.update(thread, closed) is more
        assert writes(telegram)[1:] == ["editMessageText", "editForumTopic", "closeForumTopic"]
        assert telegram.spent == []
        assert telegram.topic(thread).closed
        assert telegram.topic(thread).name.startswith("✅ T-12")
        await telegram.desk.update(thread, closed)
        assert len(writes(telegram)) == 4
        await redraw(telegram.desk, thread, card(ticket(status=Status.OPEN), assignee="Ana"))
        assert not telegram.topic(thread).closed

    async def test_a_restarted_desk_makes_sure_once(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        again = telegram.again()
        for _ in range(2):
            await redraw(again, thread, card())
        assert len(telegram.sim.calls("editForumTopic")) == len(telegram.sim.calls("reopenForumTopic")) == 1
        assert telegram.topic(thread).name == "🆕 T-12 Maria Silva 🇧🇷"

    async def test_what_failed_is_written_the_next_time(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        closed = card(ticket(status=Status.CLOSED))
        telegram.sim.faults.next("closeForumTopic", Fault.rate_limited(5))
        assert (await refused(redraw(telegram.desk, thread, closed))).after == timedelta(seconds=5)
        await redraw(telegram.desk, thread, closed)
        assert telegram.topic(thread).closed

    async def test_a_closed_topic_still_takes_our_posts(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await redraw(telegram.desk, thread, card(ticket(status=Status.CLOSED)))
        await telegram.desk.post(thread, post(wrote("One more thing")))
        assert telegram.topic(thread).shows("One more thing")

    async def test_a_ticket_that_went_elsewhere(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        for _ in range(2):
            await telegram.desk.close(thread, card(queue_title="After-sales"))
        assert telegram.topic(thread).texts == ["T-12 has moved to After-sales. It goes on there."]
        assert telegram.topic(thread).closed
        await telegram.removes(thread)
        await telegram.desk.close(thread, card(queue_title="After-sales"))

    async def test_a_card_that_somebody_deleted_is_gone(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.ana.deletes(telegram.topic(thread).first)
        assert (await refused(telegram.desk.update(thread, card(assignee="Ana")))).code == "thread_gone"

    async def test_a_post_that_somebody_deleted_stays_deleted(
        self, telegram: TelegramByPolling, thread: ThreadRef
    ) -> None:
        ref = await telegram.desk.post(thread, post(wrote("Hello")))
        assert ref is not None
        await telegram.ana.deletes(telegram.topic(thread).last)
        await telegram.desk.edit(ref, thread, post(wrote("Hello again")))
        assert len(telegram.topic(thread)) == 1

    @pytest.mark.parametrize("place", ["rma", "2024"])
    async def test_a_group_nobody_set_up(self, telegram: TelegramByPolling, place: str) -> None:
        error = await refused(telegram.desk.open(place, card(), job=1))
        assert (error.code, error.detail) == ("not_set_up", place)

    @pytest.mark.parametrize(
        ("happens", "code"),
        [
            ("kicks_bot", "not_in_channel"),
            ("demotes_bot", "permission"),
            ("mutes_bot", "permission"),
            ("turns_topics_off", "not_set_up"),
        ],
    )
    async def test_what_befalls_a_group_has_a_name(self, telegram: TelegramByPolling, happens: str, code: str) -> None:
        getattr(telegram.group, happens)()
        assert (await refused(telegram.desk.open(PLACE, card(), job=1))).code == code

    async def test_a_missing_right_is_named(self, telegram: TelegramByPolling) -> None:
        telegram.group.demotes_bot()
        assert (await refused(telegram.desk.open(PLACE, card(), job=1))).detail == "can_manage_topics"

    async def test_a_revoked_token(self, telegram: TelegramByPolling) -> None:
        telegram.sim.revoke()
        assert (await refused(telegram.desk.open(PLACE, card(), job=1))).code == "token_expired"


class TestWhispers:
    async def test_a_press_is_answered_by_a_toast(self, telegram: TelegramByPolling, pressed: DeskEvent) -> None:
        assert await telegram.desk.whisper(pressed, DRAWN, "en", "Asia/Shanghai") is None
        assert telegram.ana.toasts == ["As of Mon, Mar 2, 17:00"]
        assert not telegram.ana.presses_made[-1].alert
        assert writes(telegram) == telegram.spent == []

    async def test_a_longer_toast_waits_to_be_read(self, telegram: TelegramByPolling, pressed: DeskEvent) -> None:
        await telegram.desk.whisper(pressed, say("answer.broken"), "en", "UTC")
        assert telegram.ana.presses_made[-1].alert

    async def test_a_press_is_answered_once(self, telegram: TelegramByPolling, pressed: DeskEvent) -> None:
        await telegram.desk.acknowledge(pressed)
        await telegram.desk.acknowledge(pressed)
        await telegram.desk.whisper(pressed, DRAWN, "en", "UTC")
        assert len(telegram.sim.calls("answerCallbackQuery")) == 1
        assert telegram.group.topics[0].shows("As of")

    async def test_a_press_that_is_too_old_needs_no_answer(
        self, telegram: TelegramByPolling, pressed: DeskEvent
    ) -> None:
        telegram.clock.forward(timedelta(minutes=5))
        await telegram.desk.acknowledge(pressed)
        assert not telegram.sim.calls("answerCallbackQuery")[0].ok

    async def test_what_can_be_pressed_is_a_message(self, telegram: TelegramByPolling, pressed: DeskEvent) -> None:
        shown = await telegram.desk.whisper(pressed, TAKE_OVER, "en", "Asia/Shanghai")
        assert telegram.group.topics[0].texts[-1] == "👉 As of Mon, Mar 2, 17:00\n[Take over]"
        assert telegram.sim.calls("answerCallbackQuery")[0].ok
        assert telegram.spent == [PLACE]
        assert shown is None, "it stands until it is answered"

    async def test_what_was_typed_is_answered_below_it(self, telegram: TelegramByPolling, asked: DeskEvent) -> None:
        answer = replace(DRAWN, lines=(say("home.none"),))
        shown = await telegram.desk.whisper(asked, answer, "en", "Asia/Shanghai")
        last = telegram.group.topics[0].last
        assert last.text == "As of Mon, Mar 2, 17:00\nNothing here."
        assert last.reply_to is not None
        assert last.reply_to.text == "/due"
        assert last.silent
        assert shown == PostRef(telegram.desk.name, PLACE, str(last.id))
        for _ in range(2):
            await telegram.desk.withdraw(shown)
        assert telegram.group.topics[0].last.text == "/due"

    async def test_what_was_asked_in_private_is_answered_there(self, telegram: TelegramByPolling) -> None:
        await telegram.ana.types_to_bot("/queue")
        await telegram.answered()
        assert await telegram.desk.whisper(telegram.events[0], DRAWN, "zh-CN", "UTC") is None
        assert telegram.ana.dms.shows("更新于")

    async def test_a_long_answer_fits(self, telegram: TelegramByPolling, asked: DeskEvent) -> None:
        lines = tuple(say("desk.file_stored", name=f"{number} <x> {'x' * 90}") for number in range(300))
        await telegram.desk.whisper(asked, replace(DRAWN, lines=lines), "en", "UTC")
        assert telegram.group.topics[0].last.text.endswith("…")


class TestQuestions:
    async def test_a_choice_is_pressed_and_goes_away(self, telegram: TelegramByPolling, pressed: DeskEvent) -> None:
        await telegram.desk.dialog(pressed, PRIORITY, "en")
        topic = telegram.group.topics[0]
        assert topic.texts[-1] == "✍️ Priority\nChoice\n[low] [urgent] [Cancel]"
        await telegram.ana.presses("urgent", topic, wait=False)
        await telegram.answered()
        chosen = telegram.events[-1]
        assert (chosen.action, chosen.value) == ("prio", "T-12 urgent")  # type: ignore[union-attr]
        await telegram.desk.acknowledge(chosen)
        assert len(topic) == 1
        assert telegram.spent == [PLACE, PLACE]

    async def test_a_question_that_was_answered_goes_away(self, telegram: TelegramByPolling, asked: DeskEvent) -> None:
        words = replace(PRIORITY, fields=(Field("argument", "argument.when"),))
        await telegram.desk.dialog(asked, words, "en")
        answer = await telegram.ana.answers("2h")
        await telegram.answered()
        await telegram.desk.whisper(telegram.events[-1], DRAWN, "en", "UTC")
        topic = telegram.group.topics[0]
        assert not topic.shows("Priority")
        assert topic.last.reply_to is answer


class TestBoards:
    BOARD = Board("Sales", "en", "Asia/Shanghai", NOW, 1, (Row(ticket(), "Maria"),), 1)

    async def test_it_is_put_up_once_and_pinned_in_general(self, telegram: TelegramByPolling) -> None:
        post = await telegram.desk.board(PLACE, self.BOARD, "")
        assert [pinned.id for pinned in telegram.group.pinned] == [int(post)]
        assert telegram.spent == [PLACE]
        assert await telegram.desk.board(PLACE, replace(self.BOARD, open=2), post) == post
        assert len(telegram.group.general) == 1
        assert telegram.group.general.shows("2 open tickets")
        assert telegram.group.general.shows("[Claim T-12]")

    async def test_one_that_somebody_deleted_is_put_up_anew(self, telegram: TelegramByPolling) -> None:
        post = await telegram.desk.board(PLACE, self.BOARD, "")
        await telegram.ana.deletes(telegram.group.general.last)
        again = await telegram.desk.board(PLACE, self.BOARD, post)
        assert again != post
        assert telegram.group.general.last.id == int(again)

    async def test_who_may_not_pin_shows_it_all_the_same(self, telegram: TelegramByPolling) -> None:
        telegram.group.promotes_bot("can_manage_topics")
        assert await telegram.desk.board(PLACE, self.BOARD, "")
        assert telegram.group.general.shows("1 open ticket")

    async def test_a_ticket_is_taken_from_it(self, telegram: TelegramByPolling) -> None:
        await telegram.desk.board(PLACE, self.BOARD, "")
        await telegram.ana.presses("Claim T-12", telegram.group.general, wait=False)
        await telegram.answered()
        (pressed,) = telegram.events
        assert (pressed.action, pressed.value, pressed.origin.root) == ("claim", "T-12", None)  # type: ignore[union-attr]


class TestFiles:
    async def test_a_picture_is_shown_and_a_document_is_a_document(
        self, telegram: TelegramByPolling, thread: ThreadRef
    ) -> None:
        for given in (file("foto.jpg", mime="image/jpeg"), file("报价.pdf")):
            assert await telegram.desk.post_file(thread, given, PNG, job=4) is not None
        photo, document = telegram.topic(thread).messages[-2:]
        assert photo.media is not None
        assert photo.media.kind == "photo"
        assert document.media is not None
        assert (document.media.kind, document.media.file.name) == ("document", "报价.pdf")
        assert photo.silent
        assert document.silent

    async def test_one_that_may_have_come_already_says_so(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        for given in (file("foto.jpg", mime="image/jpeg"), file("报价.pdf")):
            await telegram.desk.post_file(thread, given, PNG, 4, "en")
            assert "May appear twice" in telegram.topic(thread).texts[-1]

    async def test_what_telegram_does_not_take_for_a_picture_is_a_document(
        self, telegram: TelegramByPolling, thread: ThreadRef
    ) -> None:
        telegram.sim.faults.next("sendPhoto", Fault.error("PHOTO_INVALID_DIMENSIONS"))
        await telegram.desk.post_file(thread, file("long.png", mime="image/png"), b"bytes", job=4)
        media = telegram.topic(thread).last.media
        assert media is not None
        assert media.kind == "document"
        assert telegram.spent == [PLACE]

    async def test_what_is_too_large_or_nothing_is_not_sent(
        self, telegram: TelegramByPolling, thread: ThreadRef
    ) -> None:
        huge = bytes(50 * 1024 * 1024 + 1)
        assert (await refused(telegram.desk.post_file(thread, file(), huge, job=4))).code == "too_large"
        assert (await refused(telegram.desk.post_file(thread, file(), b"", job=4))).code == "empty"

    async def test_what_an_agent_attached_is_fetched(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.ana.sends_document(telegram.topic(thread), "offer.pdf", b"%PDF-1.7")
        await telegram.answered()
        (note,) = telegram.events[0].files  # type: ignore[union-attr]
        content = await telegram.desk.fetch(file(note.name, source=note.source, mime=note.mime))
        assert (content.body, content.mime) == (b"%PDF-1.7", "application/pdf")

    async def test_what_cannot_be_fetched_says_why(self, telegram: TelegramByPolling, thread: ThreadRef) -> None:
        await telegram.ana.sends_document(telegram.topic(thread), "film.mp4", b"x", size=21 * 1024 * 1024)
        await telegram.answered()
        (note,) = telegram.events[0].files  # type: ignore[union-attr]
        assert (await refused(telegram.desk.fetch(file(source=note.source)))).code == "too_large"
        assert (await refused(telegram.desk.fetch(file(source="NOTHING")))).code == "media_gone"


class TestPeople:
    async def test_a_notice_can_be_pressed(self, telegram: TelegramByPolling) -> None:
        await telegram.desk.tell(telegram.person, TAKE_OVER, "en", "UTC", job=3)
        assert telegram.ana.dms.shows("[Take over]")
        assert telegram.ana.pings.last.text.startswith("As of")

    async def test_who_never_pressed_start_or_blocked_us_is_unreachable(self, telegram: TelegramByPolling) -> None:
        eve = telegram.sim.person("Eve")
        await telegram.ana.blocks_bot()
        for who in (str(eve.id), telegram.person.value, "99"):
            error = await refused(telegram.desk.tell(Identity("telegram", "", who), DRAWN, "en", "UTC", job=3))
            assert (error.code, error.retry, error.certain) == ("unreachable", False, True)


async def test_words_that_ping_nobody_are_silent(telegram: TelegramByPolling, thread: ThreadRef) -> None:
    await telegram.desk.post(thread, post(line(say_with())))
    assert telegram.topic(thread).last.silent


async def test_nothing_is_written_that_stands_there_already(telegram: TelegramByPolling, thread: ThreadRef) -> None:
    ref = await telegram.desk.post(thread, post(wrote("Hello")))
    assert ref is not None
    await telegram.desk.edit(ref, thread, post(wrote("Hello")))
    assert telegram.topic(thread).last.edited_at is None


async def test_tickets_of_one_group_do_not_mix(telegram: TelegramByPolling, thread: ThreadRef) -> None:
    other = await telegram.opens(card(ticket(id=TicketId(13))))
    await telegram.desk.post(other, post(wrote("for thirteen")))
    assert telegram.topic(other).shows("for thirteen")
    assert not telegram.topic(thread).shows("for thirteen")

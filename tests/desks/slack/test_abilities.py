"""What the Slack desk can do besides threads: whispers, dialogs, the App Home, profiles, files, looking for posts."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import SendError
from core.events import DeskEvent
from core.ids import TicketId
from core.model import Status, ThreadRef
from core.people import Identity
from core.ports import (
    Desk,
    Dialogs,
    Examined,
    FetchesFiles,
    FindsPosts,
    Homes,
    Profile,
    Profiles,
    Reconciles,
    SaysHowItHears,
    Whispers,
)
from core.say import Button, Say, say
from core.views import Dialog, Field, Overview, Row
from tests.desks.builders import NOW, card, file, post, ticket, wrote
from tests.desks.slack.kit import QUEUE, SlackOverSocket
from tests.platforms.faults import Fault

DRAWN = say("home.drawn", at=NOW)
FORM = Dialog("reply", "T-12", "button.reply", "button.do", (Field("text", "argument.text", multiline=True),))


@pytest.fixture
async def slack() -> AsyncIterator[SlackOverSocket]:
    async with SlackOverSocket() as started:
        yield started


@pytest.fixture
async def thread(slack: SlackOverSocket) -> ThreadRef:
    return await slack.desk.open(slack.place, card(), job=1)


@pytest.fixture
async def asked(slack: SlackOverSocket, thread: ThreadRef) -> DeskEvent:
    """Ana has typed something in the thread."""
    await slack.types("!due", thread)
    return slack.events[0]


def test_it_has_every_ability() -> None:
    from bot.desks.slack.desk import SlackDesk

    for ability in (Whispers, Dialogs, Homes, Profiles, FetchesFiles, FindsPosts, Examined):
        assert issubclass(SlackDesk, ability)


async def test_it_is_a_desk(slack: SlackOverSocket) -> None:
    desk: Desk = slack.desk
    assert desk.name == "slack"
    assert isinstance(desk, SaysHowItHears)
    assert isinstance(desk, Reconciles)


class TestWhispers:
    async def test_in_a_thread_only_the_asker_sees_it(self, slack: SlackOverSocket, asked: DeskEvent) -> None:
        answer = replace(DRAWN, lines=(say("home.none"),), buttons=(Button("claim", "button.claim"),))
        await slack.desk.whisper(asked, answer, "en", "Asia/Shanghai")
        whispered = slack.ana.ephemerals.last
        assert slack.sim.read(whispered) == "As of Mon, Mar 2, 17:00\nNothing here.\n[Claim]"
        assert whispered.thread_ts == asked.origin.root

    async def test_what_was_asked_in_private_is_answered_there(self, slack: SlackOverSocket) -> None:
        await slack.ana.types("!queue")
        await slack.sim.settled()
        await slack.desk.whisper(slack.events[0], DRAWN, "zh-CN", "UTC")
        assert slack.ana.dms.shows("更新于")

    async def test_who_has_left_the_channel_is_told_in_private(self, slack: SlackOverSocket, asked: DeskEvent) -> None:
        slack.room.loses(slack.ana.id)
        await slack.desk.whisper(asked, DRAWN, "en", "UTC")
        assert slack.ana.dms.shows("As of")

    async def test_a_long_answer_fits(self, slack: SlackOverSocket, asked: DeskEvent) -> None:
        lines = tuple(Say("desk.file_stored", {"name": f"{number} <!channel> {'x' * 90}"}) for number in range(300))
        await slack.desk.whisper(asked, replace(DRAWN, lines=lines), "en", "UTC")
        assert slack.ana.ephemerals.shows("90 <!channel>")
        assert slack.sim.read(slack.ana.ephemerals.last).endswith("…")


class TestDialogs:
    async def test_a_trigger_that_has_died_is_too_slow(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        await slack.ana.clicks("press:0:claim", slack.thread(thread))
        slack.now += timedelta(seconds=4)
        with pytest.raises(SendError) as failed:
            await slack.desk.dialog(slack.events[0], FORM, "en")
        assert failed.value.code == "too_slow"
        assert slack.ana.modal is None

    async def test_words_typed_open_none(self, slack: SlackOverSocket, asked: DeskEvent) -> None:
        with pytest.raises(SendError) as failed:
            await slack.desk.dialog(asked, FORM, "en")
        assert failed.value.code == "too_slow"


class TestHome:
    async def test_it_lists_what_is_mine_nobodys_and_late(self, slack: SlackOverSocket) -> None:
        rows = [
            Row(ticket(id=TicketId(number)), f"Maria <{number}>", deadline=NOW + timedelta(hours=1), excerpt="<!here>")
            for number in range(20)
        ]
        overview = Overview("en", "Asia/Shanghai", NOW, mine=(rows[0],), unassigned=tuple(rows))
        await slack.desk.home(slack.person, overview)
        seen = slack.ana.reads(slack.ana.home)
        assert "👤 Mine (1)" in seen
        assert "⏰ Breaching (0)\nNothing here." in seen
        assert "T-3 · Maria <3> · 🆕 new" in seen.replace("*", "")
        assert "and 5 more in the console" in seen

    async def test_claiming_from_there_names_the_ticket(self, slack: SlackOverSocket) -> None:
        overview = Overview("en", "UTC", NOW, unassigned=(Row(ticket(), "Maria"),))
        await slack.desk.home(slack.person, overview)
        await slack.ana.clicks("Claim", slack.ana.home)
        (pressed,) = slack.events
        assert (pressed.action, pressed.value, pressed.origin.root) == ("claim", "T-12", None)  # type: ignore[union-attr]
        await slack.desk.whisper(pressed, DRAWN, "en", "UTC")
        assert slack.ana.dms.shows("As of")


class TestPeople:
    async def test_a_profile_has_a_verified_address_only(self, slack: SlackOverSocket) -> None:
        eve = slack.sim.person("Eve", email="eve@example.com", verified=False, tz="Europe/Berlin")
        assert await slack.desk.profile(slack.person) == Profile("ana@example.com", "Asia/Shanghai")
        assert await slack.desk.profile(Identity("slack", "T", eve.id)) == Profile("", "Europe/Berlin")

    async def test_another_company_does_not_say_who_our_people_are(self, slack: SlackOverSocket) -> None:
        """By the address a person is matched with their rights here."""
        slack.ana.user.team = "T0PARTNER"
        profile = await slack.desk.profile(slack.person)
        assert profile is not None
        assert profile.email == ""

    async def test_who_is_no_teammate_has_none(self, slack: SlackOverSocket) -> None:
        slack.ana.user.deleted = True
        for user in (slack.ana.id, slack.sim.bot_user, "U_NOBODY"):
            assert await slack.desk.profile(Identity("slack", "T", user)) is None

    async def test_whom_slack_does_not_let_us_write_to(self, slack: SlackOverSocket) -> None:
        with pytest.raises(SendError) as failed:
            await slack.desk.tell(Identity("slack", "T", "U_NOBODY"), DRAWN, "en", "UTC", job=3)
        assert (failed.value.code, failed.value.retry) == ("unreachable", False)


class TestFiles:
    async def test_a_stored_file_goes_into_the_thread(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        assert await slack.desk.post_file(thread, file("报价.pdf"), b"%PDF-1.7", job=4) is None
        (shared,) = slack.thread(thread).last.files
        assert (shared.name, shared.content) == ("报价.pdf", b"%PDF-1.7")

    async def test_one_that_may_have_come_already_says_so(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        await slack.desk.post_file(thread, file(), b"%PDF-1.7", 4, "en")
        assert "May appear twice" in slack.thread(thread).last.text

    async def test_an_upload_that_fails_half_way_is_certain(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        slack.sim.faults.next("upload", Fault.drop_after())
        with pytest.raises(SendError) as failed:
            await slack.desk.post_file(thread, file(), b"%PDF-1.7", job=4)
        assert (failed.value.retry, failed.value.certain) == (True, True)
        slack.sim.faults.next("files.completeUploadExternal", Fault.drop_after())
        with pytest.raises(SendError) as failed:
            await slack.desk.post_file(thread, file(), b"%PDF-1.7", job=4)
        assert failed.value.certain is False

    async def test_an_agents_file_is_fetched_by_its_id(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        await slack.ana.uploads("offer.pdf", b"%PDF-1.4", thread=slack.thread(thread))
        await slack.sim.settled()
        (typed,) = slack.events
        source = typed.files[0].source  # type: ignore[union-attr]
        content = await slack.desk.fetch(file(source=source))
        assert (content.body, content.mime, content.name) == (b"%PDF-1.4", "application/pdf", "offer.pdf")

    async def test_a_sign_in_page_is_not_the_file(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        message = await slack.ana.uploads("offer.pdf", b"%PDF-1.4", thread=slack.thread(thread))
        slack.sim.faults.next("download", Fault.http(200))
        with pytest.raises(SendError) as failed:
            await slack.desk.fetch(file(source=message.files[0].id))
        assert failed.value.code == "permission"

    async def test_a_file_that_was_deleted_is_gone(self, slack: SlackOverSocket) -> None:
        with pytest.raises(SendError) as failed:
            await slack.desk.fetch(file(source="F_NEVER"))
        assert failed.value.code == "media_gone"


class TestLooking:
    async def test_an_uncertain_card_is_found_by_its_job(self, slack: SlackOverSocket) -> None:
        slack.takes_and_hangs_up()
        with pytest.raises(SendError) as failed:
            await slack.desk.open(slack.place, card(), job=77)
        assert failed.value.certain is False
        found = await slack.desk.find(slack.place, None, 77)
        assert found is not None
        assert found.ref.post == slack.room.threads[0].ts
        assert await slack.desk.find(slack.place, None, 78) is None

    async def test_a_post_in_a_long_thread_is_found(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        for number in range(5):
            await slack.ana.types(f"chat {number}", slack.thread(thread))
        wanted = await slack.desk.post(thread, post(wrote("Hello"), job=-4))
        found = await slack.desk.find(slack.place, thread, -4)
        assert found is not None
        assert (found.ref, found.upto) == (wanted, 1)


class TestDeletedPosts:
    async def test_what_somebody_deleted_needs_no_edit(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        ref = await slack.desk.post(thread, post(wrote("Hello")))
        assert ref is not None
        slack.last(thread).deleted = True
        await slack.desk.edit(ref, thread, post(wrote("Hello there")))
        await slack.removes(thread)
        await slack.desk.close(thread, card())

    async def test_without_its_card_a_thread_is_gone(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        await slack.removes(thread)
        with pytest.raises(SendError) as failed:
            await slack.desk.update(thread, card())
        assert failed.value.code == "thread_gone"


class TestTheMark:
    async def test_a_closed_ticket_bears_it_and_an_open_one_does_not(
        self, slack: SlackOverSocket, thread: ThreadRef
    ) -> None:
        closed, reopened = card(ticket(status=Status.CLOSED)), card(ticket(status=Status.OPEN))
        for _ in range(2):
            await slack.desk.update(thread, closed)
        assert list(slack.thread(thread).root.reactions) == ["white_check_mark"]
        for _ in range(2):
            await slack.desk.update(thread, reopened)
        assert not slack.thread(thread).root.reactions
        assert len(slack.sim.calls("reactions.add")) == len(slack.sim.calls("reactions.remove")) == 1

    async def test_it_is_right_after_a_restart_too(self, slack: SlackOverSocket, thread: ThreadRef) -> None:
        await slack.desk.update(thread, card(ticket(status=Status.CLOSED)))
        await slack.again().update(thread, card(ticket(status=Status.CLOSED)))
        assert list(slack.thread(thread).root.reactions) == ["white_check_mark"]
        await slack.again().update(thread, card())
        assert not slack.thread(thread).root.reactions
        await slack.again().update(thread, card())


class TestErrors:
    @pytest.mark.parametrize(
        ("name", "code", "retry", "certain"),
        [
            ("channel_not_found", "place_gone", False, True),
            ("is_archived", "place_gone", False, True),
            ("not_in_channel", "not_in_channel", False, True),
            ("message_not_found", "thread_gone", False, True),
            ("cant_update_message", "permission", False, True),
            ("token_revoked", "token_expired", False, True),
            ("account_inactive", "token_expired", False, True),
            ("missing_scope", "permission", False, True),
            ("msg_too_long", "too_long", False, True),
            ("internal_error", "server_error", True, False),
            ("brand_new_error", "platform_error", False, True),
        ],
    )
    async def test_by_name(
        self, slack: SlackOverSocket, thread: ThreadRef, name: str, code: str, retry: bool, certain: bool
    ) -> None:
        slack.sim.faults.next("chat.update", Fault.error(name))
        with pytest.raises(SendError) as failed:
            await slack.desk.update(thread, card())
        error = failed.value
        assert (error.code, error.retry, error.certain, error.detail) == (code, retry, certain, name)

    @pytest.mark.parametrize(("status", "certain"), [(500, False), (502, False), (503, True), (404, True)])
    async def test_by_status(self, slack: SlackOverSocket, status: int, certain: bool) -> None:
        slack.sim.faults.next("chat.postMessage", Fault.http(status))
        with pytest.raises(SendError) as failed:
            await slack.desk.open(slack.place, card(), job=1)
        assert failed.value.certain is certain

    async def test_no_answer_in_time_is_uncertain(self, slack: SlackOverSocket) -> None:
        desk = slack.again(timeout=0.05)
        slack.sim.faults.next("chat.postMessage", Fault.hang_after())
        with pytest.raises(SendError) as failed:
            await desk.open(QUEUE, card(), job=1)
        assert (failed.value.code, failed.value.retry, failed.value.certain) == ("timeout", True, False)

    async def test_being_told_to_stop_is_no_failure_of_slacks(self, slack: SlackOverSocket) -> None:
        fault = slack.sim.faults.next("chat.postMessage", Fault.hang_before())
        posting = asyncio.create_task(slack.desk.open(QUEUE, card(), job=1))
        assert fault.gate
        await fault.gate.reached()
        posting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await posting

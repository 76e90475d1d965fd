"""Reading back what Slack never told: which threads stirred, what people typed there, and what that costs."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest

from core.events import DeskEvent, Edited, Typed
from core.model import ThreadRef
from core.ports import Looked
from tests.desks.builders import NOW, card, post, wrote
from tests.desks.slack.kit import QUEUE, SlackOverSocket
from tests.platforms.faults import Fault
from tests.platforms.slack import Message
from tests.platforms.slack.state import BOT_ID, BOT_USER

LATER = timedelta(minutes=30)


@pytest.fixture
async def slack() -> AsyncIterator[SlackOverSocket]:
    """Slack tells of nothing that people write."""
    async with SlackOverSocket() as started:
        started.sim.faults.always("message*", Fault.lost())
        started.sim.faults.always("app_mention", Fault.lost())
        started.now = NOW - LATER
        yield started


async def opened(slack: SlackOverSocket) -> ThreadRef:
    return await slack.desk.open(slack.place, card(), job=1)


def stand(slack: SlackOverSocket, n: int) -> list[ThreadRef]:
    """So many cards more, as the bot has made them in the course of weeks."""
    made = []
    for _ in range(n):
        message = Message(slack.sim.workspace.stamp(), QUEUE, BOT_USER, "a card", bot_id=BOT_ID)
        slack.room.channel.messages.append(message)
        made.append(ThreadRef(slack.desk.name, QUEUE, message.ts))
    return made


async def caught_up(slack: SlackOverSocket, thread: ThreadRef) -> list[DeskEvent]:
    slack.heard.clear()
    slack.now = NOW
    page = await slack.desk.catch_up(thread, NOW - LATER, slack.sink)
    while page:
        page = await slack.desk.catch_up(thread, NOW - LATER, slack.sink, page)
    return slack.events


async def looked(slack: SlackOverSocket, threads: Sequence[ThreadRef], since: datetime = NOW - LATER) -> Looked:
    slack.now = NOW
    return await slack.desk.stirred(threads, since)


async def test_one_page_tells_of_two_hundred_tickets(slack: SlackOverSocket) -> None:
    quiet = stand(slack, 150)
    stirring = quiet[7]
    await slack.ana.types("a note", slack.thread(stirring))
    assert await looked(slack, quiet) == Looked((stirring,), ())
    assert len(slack.sim.calls("conversations.history")) == 1


async def test_more_than_a_page_and_what_no_ticket_stands_in_is_jumped_over(slack: SlackOverSocket) -> None:
    """The next page begins with the next open ticket, not where the last one ended."""
    oldest, _closed, newest = stand(slack, 1), stand(slack, 700), stand(slack, 250)
    await slack.ana.types("an old one", slack.thread(oldest[0]))
    left: tuple[ThreadRef, ...] = (*oldest, *newest)
    stirred: tuple[ThreadRef, ...] = ()
    while left:
        found = await looked(slack, left)
        left, stirred = found.left, (*stirred, *found.stirred)
    assert stirred == tuple(oldest)
    assert len(slack.sim.calls("conversations.history")) == 3


async def test_what_was_said_before_does_not_stir(slack: SlackOverSocket) -> None:
    thread = await opened(slack)
    await slack.ana.types("long ago", slack.thread(thread))
    assert await looked(slack, [thread], NOW - timedelta(minutes=5)) == Looked((), ())


async def test_a_card_that_was_deleted_has_no_thread(slack: SlackOverSocket) -> None:
    thread = await opened(slack)
    slack.thread(thread).root.deleted = True
    assert await looked(slack, [thread]) == Looked((), ())
    assert await caught_up(slack, thread) == []


async def test_only_what_people_typed_is_put_into_the_sink(slack: SlackOverSocket) -> None:
    thread = await opened(slack)
    await slack.desk.post(thread, post(wrote("Where is my order?")))
    slack.room.other_bot_posts("!claim", slack.thread(thread))
    await slack.ana.types("@Dragoman !claim", slack.thread(thread))
    await slack.ana.uploads("map.png", b"png", "see here", slack.thread(thread))
    events = await caught_up(slack, thread)
    assert [(event.text, [note.name for note in event.files]) for event in events if isinstance(event, Typed)] == [
        ("!claim", []),
        ("see here", ["map.png"]),
    ]
    assert all(event.origin.missed and event.origin.root == thread.root for event in events)
    assert all(event.origin.who == slack.person for event in events)


async def test_it_has_the_key_and_the_once_key_of_what_is_delivered(slack: SlackOverSocket) -> None:
    thread = await opened(slack)
    slack.sim.faults.clear("message*")
    await slack.types("!claim", thread)
    (heard,), (delivered,) = slack.heard, slack.events
    (found,) = await caught_up(slack, thread)
    assert slack.heard[0][0] == heard[0]
    assert found.origin.key == delivered.origin.key


async def test_an_edit_is_told_beside_the_words_as_they_are_now(slack: SlackOverSocket) -> None:
    thread = await opened(slack)
    message = await slack.ana.types("lost", slack.thread(thread))
    await slack.ana.edits(message, "!r found")
    typed, edited = await caught_up(slack, thread)
    assert isinstance(typed, Typed)
    assert (typed.text, typed.origin.confirms) == ("!r found", True)
    assert isinstance(edited, Edited)
    assert (edited.text, edited.origin.words) == ("!r found", typed.origin.key)


async def test_what_may_be_on_its_way_is_left_to_its_event(slack: SlackOverSocket) -> None:
    thread = await opened(slack)
    slack.now = NOW - timedelta(seconds=30)
    await slack.ana.types("just now", slack.thread(thread))
    assert await caught_up(slack, thread) == []


async def test_a_long_thread_is_read_page_by_page_in_its_order(slack: SlackOverSocket) -> None:
    thread = await opened(slack)
    for number in range(250):
        await slack.ana.types(f"{number}", slack.thread(thread))
    events = await caught_up(slack, thread)
    assert [event.text for event in events if isinstance(event, Typed)] == [f"{number}" for number in range(250)]
    assert len(slack.sim.calls("conversations.replies")) == 2


async def test_slacks_clock_is_what_its_timestamps_are_by(slack: SlackOverSocket) -> None:
    """With ours ten minutes late nothing is missed, and it is said."""
    slack.sim.runs_ahead(timedelta(minutes=10))
    thread = await opened(slack)
    await slack.ana.types("a note", slack.thread(thread))
    assert await looked(slack, [thread]) == Looked((thread,), ())
    assert [event.text for event in await caught_up(slack, thread) if isinstance(event, Typed)] == ["a note"]
    assert timedelta(minutes=9) < slack.desk.clock_off < timedelta(minutes=11)

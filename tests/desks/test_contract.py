"""The contract of core.ports.Desk, kept by every desk. Kits: see `contract.py`."""

import logging
from datetime import timedelta

import pytest

from core.errors import SendError, Unreadable
from core.messages import Ladder, MessageKind, Part
from core.model import EntryKind
from core.ports import FindsPosts
from core.say import say
from core.views import Shown
from tests.desks.builders import ANA, card, entry, message, post, ticket, wrote
from tests.desks.contract import DeskKit, PostingKit

HOSTILE = "<!channel> <!here> @channel <@everyone> & <b>*bold* _it_ `code` [x](http://evil.example) \u202etxet\x00"


async def test_a_thread_begins_with_the_card(posting: PostingKit) -> None:
    thread = await posting.opens(card())
    assert "T-12" in posting.shown(thread)
    assert "Maria Silva" in posting.shown(thread)
    assert "Acme Ltda" in posting.shown(thread)


async def test_a_customers_words_stand_in_the_thread_and_ping_nobody(posting: PostingKit) -> None:
    thread = await posting.opens(card())
    assert await posting.desk.post(thread, post(wrote("Bom dia! Quanto custa?")))
    assert "Bom dia! Quanto custa?" in posting.shown(thread)
    assert posting.pings() == 0


async def test_what_the_house_says_by_itself_is_shown_as_that(posting: PostingKit) -> None:
    """With where it stands and nothing to press; it is nobody's answer, in the channel's own app or elsewhere."""
    thread = await posting.opens(card())
    said = message(f"\u200f{HOSTILE}", 2, MessageKind.AUTO, parts=(Part(0, "x", state=Ladder.SENT),))
    await posting.desk.post(thread, post(Shown(entry(EntryKind.REPLY, 1), said, confirmation=say("reply.sent"))))
    shown = posting.shown(thread)
    assert "Automatic message to the customer" in shown
    assert "<!channel>" in shown
    assert "Sent" in shown
    assert "own app" not in shown
    assert posting.pings() == 0


async def test_who_is_to_be_pinged_is_pinged_once(posting: PostingKit) -> None:
    thread = await posting.opens(card())
    pinging = wrote("Hello?", mention=ANA, mention_address=posting.person.value)
    await posting.desk.post(thread, post(pinging, wrote("Anyone?", 1)))
    assert posting.pings() == 1


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
async def test_hostile_words_are_only_words(posting: PostingKit, locale: str) -> None:
    about = card(locale=locale)
    named = card(locale=locale, contact=about.contact.__class__(about.contact.id, HOSTILE, HOSTILE))
    thread = await posting.opens(named)
    await posting.desk.post(thread, post(wrote(HOSTILE, author=HOSTILE), locale=locale))
    assert "<!channel>" in posting.shown(thread)
    assert posting.pings() == 0


@pytest.mark.parametrize("text", ["word " * 12_000, "字" * 60_000, "<&>" * 9_000, "مرحبا\n" * 4_000], ids=len)
async def test_a_text_of_any_length_is_posted(posting: PostingKit, text: str) -> None:
    thread = await posting.opens(card())
    assert await posting.desk.post(thread, post(wrote(text)))
    assert text[:4] in posting.shown(thread)


async def test_a_burst_of_many_messages_is_one_post(posting: PostingKit) -> None:
    thread = await posting.opens(card())
    before = posting.shown(thread).count("Maria Silva")
    assert await posting.desk.post(thread, post(*(wrote(f"photo {number}", number) for number in range(60))))
    assert "photo 0" in posting.shown(thread)
    assert posting.shown(thread).count("Maria Silva") == before + 1


async def test_a_post_is_edited_in_place_as_often_as_asked(posting: PostingKit) -> None:
    thread = await posting.opens(card())
    ref = await posting.desk.post(thread, post(wrote("ten pieces")))
    assert ref is not None
    for _ in range(2):
        await posting.desk.edit(ref, thread, post(wrote("twelve pieces")))
    assert "twelve pieces" in posting.shown(thread)
    assert "ten pieces" not in posting.shown(thread)


async def test_the_card_is_edited_in_place_as_often_as_asked(posting: PostingKit) -> None:
    thread = await posting.opens(card())
    for _ in range(2):
        while await posting.desk.update(thread, card(assignee="Ana Souza")):
            pass
    assert "Ana Souza" in posting.shown(thread)


async def test_a_ticket_that_went_elsewhere_leaves_a_pointer(posting: PostingKit) -> None:
    thread = await posting.opens(card())
    await posting.desk.close(thread, card(ticket(), queue_title="After-sales"))
    assert "After-sales" in posting.shown(thread)


async def test_a_repeated_post_says_so(posting: PostingKit) -> None:
    thread = await posting.opens(card())
    await posting.desk.post(thread, post(wrote("Hello"), repeated=True))
    assert "May appear twice" in posting.shown(thread)


async def test_a_person_is_told_in_private(posting: PostingKit) -> None:
    await posting.desk.tell(posting.person, say("home.drawn", at=card().now), "en", "Asia/Shanghai", job=9)
    assert "17:00" in posting.told()


async def test_too_many_requests_are_worth_repeating_later(posting: PostingKit) -> None:
    thread = await posting.opens(card())
    posting.limits_rate(17)
    with pytest.raises(SendError) as failed:
        await posting.desk.post(thread, post(wrote("Hello")))
    assert (failed.value.retry, failed.value.certain) == (True, True)
    assert failed.value.after == timedelta(seconds=17)


async def test_no_connection_is_certainly_nothing_sent(posting: PostingKit) -> None:
    posting.refuses_connection()
    with pytest.raises(SendError) as failed:
        await posting.desk.open(posting.place, card(), job=1)
    assert (failed.value.retry, failed.value.certain) == (True, True)


async def test_a_post_without_an_answer_is_uncertain_and_can_be_looked_for(posting: PostingKit) -> None:
    thread = await posting.opens(card())
    posting.takes_and_hangs_up()
    with pytest.raises(SendError) as failed:
        await posting.desk.post(thread, post(wrote("Hello"), job=41))
    assert failed.value.certain is False
    if isinstance(posting.desk, FindsPosts):
        assert await posting.desk.find(posting.place, thread, 41) is not None
        assert await posting.desk.find(posting.place, thread, 42) is None


async def test_a_thread_that_was_removed_is_gone(posting: PostingKit) -> None:
    thread = await posting.opens(card())
    await posting.removes(thread)
    with pytest.raises(SendError) as failed:
        await posting.desk.post(thread, post(wrote("Hello")))
    assert (failed.value.code, failed.value.retry) == ("thread_gone", False)


async def test_what_a_person_types_is_heard_with_who_and_where(kit: DeskKit) -> None:
    thread = await kit.opens(card())
    await kit.types("!r It costs < 10 € & ships today", thread)
    (typed,) = kit.typed()
    assert typed.text == "!r It costs < 10 € & ships today"
    assert typed.origin.who == kit.person
    assert (typed.origin.desk, typed.origin.place, typed.origin.root) == (kit.desk.name, thread.place, thread.root)
    assert typed.origin.post is not None
    assert not typed.origin.direct


async def test_parsing_is_pure(kit: DeskKit) -> None:
    thread = await kit.opens(card())
    await kit.types("!claim", thread)
    ((_, raw),) = kit.heard
    assert kit.desk.parse(raw) == kit.desk.parse(raw)


async def test_what_is_no_payload_is_unreadable(kit: DeskKit) -> None:
    for raw in (b"", b"\xff\xfe", b"[]", b"{}"):
        with pytest.raises(Unreadable):
            kit.desk.parse(raw)


async def test_what_people_write_goes_to_no_log(posting: PostingKit, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        thread = await posting.opens(card())
        await posting.desk.post(thread, post(wrote("Bom dia!")))
        posting.takes_and_hangs_up()
        with pytest.raises(SendError):
            await posting.desk.post(thread, post(wrote("Bom dia!")))
        posting.refuse = 1
        await posting.types("a secret note", thread)
    for words in ("Bom dia", "secret note", "Maria"):
        assert words not in caplog.text


async def test_nothing_is_acked_that_was_not_stored(posting: PostingKit) -> None:
    thread = await posting.opens(card())
    posting.refuse = 1
    await posting.types("!claim", thread)
    assert posting.typed() == []
    await posting.delivers_again()
    assert [typed.text for typed in posting.typed()] == ["!claim"]
    await posting.delivers_again()
    assert len(posting.heard) == 1

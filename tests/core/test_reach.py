"""What channels tell besides words, on both databases: how far ours came, that a customer left, how to reach them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from core import events as e
from core.commands import Assign, SetBlocked
from core.errors import Refused
from core.ids import DeskName, MessageId, TicketId
from core.jobs import EditCard, Job, LookUpName, SyncThread, TellPerson, Work
from core.messages import Ladder
from core.people import Contact, Identity
from tests.core.door import LEASE, PHONE, SENDER, THREE_PARTS, House, report, said
from tests.core.house import NOON, SHOP, SLACK, liu, mei

TELEGRAM = DeskName("telegram")


def mark(house: House, state: Ladder = Ladder.READ, name: str = "m1", *, back: float = 0) -> e.Watermark:
    """All that was sent until now, or until `back` seconds ago."""
    return e.Watermark(SHOP, name, PHONE, state, house.clock.now() - timedelta(seconds=back))


async def sent(house: House, text: str = "hello", upto: int | None = None) -> MessageId:
    """A reply whose first `upto` parts (all) have left, one a second."""
    reply = await house.reply(text)
    job = await house.send()
    for part in reply.parts[:upto]:
        assert job is not None
        await house.settler.part_sent(job, reply.id, part, f"out-{reply.id}.{part.seq}")
        await house.clock.forward("1s")
        job = await house.send() if part is not reply.parts[-1] else None
    return reply.id


async def states(house: House, message: MessageId) -> list[Ladder]:
    return [part.state for part in (await house.message(message)).parts]


async def lines(house: House) -> list[str]:
    entries = await house.store.entries(TicketId(1))
    return [entry.say.key for entry in entries if entry.say is not None]


async def waiting(house: House, kind: type[Work]) -> Sequence[Job]:
    """Jobs of a kind, taken; everything else is done."""
    await house.clock.forward("1h")
    found: list[Job] = []
    while jobs := await house.store.take_jobs(1, house.clock.now(), LEASE, []):
        if isinstance(jobs[0].work, kind):
            found += jobs
        else:
            await house.settler.done(jobs[0])
    return found


async def contact(house: House) -> Contact:
    found = await house.store.contact((await house.ticket()).contact)
    assert found is not None
    return found


def details(email: str = "anna@example.com", name: str = "m1", sender: e.Sender = SENDER) -> e.CustomerDetails:
    return e.CustomerDetails(SHOP, name, NOON, sender, email)


# --- watermarks ---


async def test_a_mark_is_about_everything_that_was_sent_before_it(house: House) -> None:
    await house.hears(said())
    first, second = await sent(house), await sent(house, "and this")
    await house.hears(mark(house))
    assert [await states(house, reply) for reply in (first, second)] == [[Ladder.READ], [Ladder.READ]]


async def test_what_leaves_after_the_mark_is_not_read(house: House) -> None:
    await house.hears(said())
    before, at = await sent(house), mark(house)
    after = await sent(house, "and this")
    await house.hears(at)
    assert [await states(house, reply) for reply in (before, after)] == [[Ladder.READ], [Ladder.SENT]]


async def test_of_a_reply_in_parts_only_those_that_left_are_read(house: House) -> None:
    await house.hears(said())
    reply = await sent(house, THREE_PARTS, upto=1)
    await house.hears(mark(house))
    found = await states(house, reply)
    assert found == [Ladder.READ, *[Ladder.HELD] * (len(found) - 1)]


@pytest.mark.parametrize("end", ["uncertain", "failed"])
async def test_what_never_left_is_not_read(house: House, end: str) -> None:
    await house.hears(said())
    reply = await house.reply()
    job = await house.send()
    assert job is not None
    if end == "failed":
        await house.settler.part_failed(job, reply.id, reply.parts[0], "undeliverable")
    else:
        await house.settler.part_uncertain(job, reply.id, reply.parts[0])
    await house.clock.forward("1m")
    await house.hears(mark(house))
    assert await states(house, reply.id) == [Ladder(end)]


async def test_what_was_said_to_have_failed_was_not_read_by_a_mark_of_before(house: House) -> None:
    await house.hears(said())
    reply = await sent(house)
    await house.hears(report(Ladder.FAILED, f"out-{reply}.0", "undeliverable"))
    await house.hears(mark(house))
    assert await states(house, reply) == [Ladder.FAILED]


async def test_marks_only_go_up_whatever_their_order(house: House) -> None:
    await house.hears(said())
    reply = await sent(house)
    await house.hears(mark(house, Ladder.READ), mark(house, Ladder.DELIVERED, "m0"))
    assert await states(house, reply) == [Ladder.READ]


async def test_a_mark_of_both_kinds_under_one_name_is_two(house: House) -> None:
    await house.hears(said())
    reply = await sent(house)
    await house.hears(mark(house, Ladder.DELIVERED))
    assert await states(house, reply) == [Ladder.DELIVERED]
    await house.hears(mark(house, Ladder.READ))
    assert await states(house, reply) == [Ladder.READ]


async def test_a_mark_that_comes_again_changes_nothing(house: House) -> None:
    await house.hears(said())
    await sent(house)
    same = mark(house)
    await house.hears(same)
    version = (await house.ticket()).version
    await house.hears(same)
    await house.hears(replace(same, external="m2"))  # nor does one that says nothing new
    assert (await house.ticket()).version == version


async def test_a_mark_that_overtakes_the_answer_to_the_send_is_made_good_by_the_next(house: House) -> None:
    await house.hears(said())
    reply = await house.reply()
    job = await house.send()
    assert job is not None
    await house.hears(mark(house))
    await house.settler.part_sent(job, reply.id, reply.parts[0], "out-0")
    assert await states(house, reply.id) == [Ladder.SENT]
    await house.hears(mark(house, name="m2"))
    assert await states(house, reply.id) == [Ladder.READ]


async def test_a_mark_of_somebody_we_never_heard_of_is_nothing(house: House) -> None:
    await house.hears(said())
    reply = await sent(house)
    await house.hears(replace(mark(house), key="4930999"))
    assert await states(house, reply) == [Ladder.SENT]


# --- gone, and how to reach them ---


async def test_a_customer_who_left_is_a_line_each_time(house: House) -> None:
    await house.hears(said())
    await house.hears(e.CustomerLeft(SHOP, "left-1", PHONE, NOON))
    await house.hears(e.CustomerLeft(SHOP, "left-1", PHONE, NOON))
    assert await lines(house) == ["line.left_unseen"]
    await house.hears(e.CustomerLeft(SHOP, "left-2", PHONE, NOON))
    assert await lines(house) == ["line.left_unseen"] * 2


async def test_a_stranger_who_leaves_is_nothing(house: House) -> None:
    await house.hears(e.CustomerLeft(SHOP, "left-1", PHONE, NOON))
    assert await house.store.ticket(TicketId(1)) is None


async def test_details_are_the_contact_s_and_a_line(house: House) -> None:
    await house.hears(said())
    await house.hears(details())
    assert (await contact(house)).email == "anna@example.com"
    assert await lines(house) == ["line.details_given"]


async def test_the_same_again_is_no_news(house: House) -> None:
    await house.hears(said())
    await house.hears(details(), details(name="m2"))
    assert await lines(house) == ["line.details_given"]
    await house.hears(details("anna@example.org", "m3"))
    assert (await contact(house)).email == "anna@example.org"
    assert await lines(house) == ["line.details_given"] * 2


async def test_a_name_alone_wipes_no_address_and_edits_the_card(house: House) -> None:
    nameless = replace(SENDER, name="")
    await house.hears(replace(said(), sender=nameless))
    await house.hears(details(sender=nameless))
    for job in await waiting(house, EditCard):
        await house.settler.done(job)
    await house.hears(details("", "m2", replace(SENDER, name="Anna Ruiz")))
    assert len(await waiting(house, EditCard)) == 1
    assert ((await contact(house)).email, (await contact(house)).name) == ("anna@example.com", "Anna Ruiz")
    assert await lines(house) == ["line.details_given"]


async def test_details_come_before_the_first_word(house: House) -> None:
    """Nobody is told of a customer who has not said anything; the first ticket knows them."""
    await house.hears(details())
    assert await house.store.ticket(TicketId(1)) is None
    await house.hears(said())
    assert (await contact(house)).email == "anna@example.com"
    assert await lines(house) == []


async def test_a_blocked_customer_changes_nothing(house: House) -> None:
    await house.hears(said())
    await house.do(SetBlocked(mei, True))
    before = await lines(house)
    await house.hears(details())
    assert (await contact(house)).email == ""
    assert await lines(house) == before


async def test_the_language_they_chose_is_the_contact_s_and_the_ticket_s(house: House) -> None:
    await house.hears(replace(said(), sender=replace(SENDER, language="es")))
    assert ((await contact(house)).language, (await house.ticket()).language) == ("es", "es")
    await house.hears(replace(said(external="w2"), sender=replace(SENDER, language="de")))
    assert (await contact(house)).language == "es"  # what is known may have been corrected by a person


# --- names ---


def nameless(external: str = "w1") -> e.CustomerMessage:
    return replace(said(external=external), sender=replace(SENDER, name=""))


def looking_up(house: House) -> House:
    inboxes = {SHOP: replace(house.policy.inboxes[SHOP], looks_up_names=True)}
    house.policy = replace(house.policy, inboxes=inboxes)
    return house


async def test_only_a_channel_that_can_be_asked_is_asked_and_only_for_who_has_no_name(house: House) -> None:
    await house.hears(nameless())
    assert await waiting(house, LookUpName) == []
    other = replace(SENDER, identities=(Identity("phone", "", "4930"),), key="4930", address="4930")
    await looking_up(house).hears(replace(said(external="w2"), sender=other))
    assert await waiting(house, LookUpName) == []


async def test_a_name_is_asked_for_once_a_ticket_and_stands_on_the_card(house: House) -> None:
    await looking_up(house).hears(nameless(), nameless("w2"))
    [job] = await waiting(house, LookUpName)
    await house.settler.named(job, TicketId(1), "Anna Ruiz")
    assert (await contact(house)).name == "Anna Ruiz"
    assert len(await waiting(house, EditCard)) == 1


async def test_a_name_that_is_known_by_now_stays(house: House) -> None:
    await looking_up(house).hears(nameless())
    [job] = await waiting(house, LookUpName)
    await house.hears(said(external="w2"))
    await waiting(house, LookUpName)
    await house.settler.named(job, TicketId(1), "Somebody Else")
    assert (await contact(house)).name == "Anna"
    assert await waiting(house, EditCard) == []


async def test_a_name_and_an_address_that_come_at_once_are_both_kept(house: House) -> None:
    """A contact is written back whole; whoever comes second must have read what the first wrote."""
    await looking_up(house).hears(nameless())
    [job] = await waiting(house, LookUpName)
    await asyncio.gather(
        house.settler.named(job, TicketId(1), "Anna Ruiz"),
        house.hears(details(sender=replace(SENDER, name=""))),
    )
    assert ((await contact(house)).name, (await contact(house)).email) == ("Anna Ruiz", "anna@example.com")


# --- who could not be told ---


async def test_who_cannot_be_told_is_pinged_in_the_thread(house: House) -> None:
    await house.hears(said())
    [job] = await waiting(house, SyncThread)
    await house.settler.unreached(job, TicketId(1), liu, TELEGRAM)
    last = (await house.store.entries(TicketId(1)))[-1]
    assert (last.mention, last.say and last.say.key) == (liu, "line.unreached")
    assert await house.store.notices(liu, 9) == []  # or it would go round


async def test_a_notice_is_one_job_a_desk(house: House) -> None:
    queue = next(iter(house.policy.queues.values()))
    places = {SLACK: ("C1",), TELEGRAM: ("east",)}
    house.policy = replace(house.policy, queues={**house.policy.queues, queue.name: replace(queue, places=places)})
    await house.hears(said())
    await house.do(Assign(mei, liu))
    told = [job.work for job in await waiting(house, TellPerson)]
    [notice] = await house.store.notices(liu, 9)
    assert sorted(told, key=repr) == [TellPerson(liu, notice.id, SLACK), TellPerson(liu, notice.id, TELEGRAM)]


# --- a person's own words may go for longer ---


async def test_after_the_window_a_person_s_words_still_go_and_after_theirs_none(house: House) -> None:
    weekly = replace(house.policy.inboxes[SHOP], human_window=timedelta(days=7))
    house.policy = replace(house.policy, inboxes={SHOP: weekly})
    await house.hears(said())
    await house.clock.forward(timedelta(days=7) - timedelta(minutes=1))
    reply = await house.reply()
    assert await states(house, reply.id) == [Ladder.HELD]
    await house.clock.forward("1m")
    with pytest.raises(Refused, match="window_closed"):
        await house.reply("too late")


async def test_without_one_the_window_is_the_window(house: House) -> None:
    await house.hears(said())
    await house.clock.forward("24h")
    with pytest.raises(Refused, match="window_closed"):
        await house.reply()


async def test_a_channel_without_a_window_takes_words_for_ever(house: House) -> None:
    house.policy = replace(house.policy, inboxes={SHOP: replace(house.policy.inboxes[SHOP], window=None)})
    await house.hears(said())
    await house.clock.forward(timedelta(days=400))
    assert (await house.reply()).ladder is Ladder.HELD

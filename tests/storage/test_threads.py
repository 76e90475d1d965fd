"""Messages, entries, and where they stand on each desk."""

from dataclasses import replace

from core.ids import CONSOLE, DeskName, MessageId, PersonId, QueueName
from core.messages import FileState, Ladder, Part
from core.model import Entry, EntryKind, PostRef, Status, ThreadRef
from core.say import PersonName, Say, say
from tests.storage.house import NOW, SALES, SLACK, WA, House, later

OLD, NEW = ThreadRef(SLACK, "C1", "1.0"), ThreadRef(SLACK, "C2", "2.0")


def post(number: str, place: str = "C1") -> PostRef:
    return PostRef(SLACK, place, number)


async def test_a_message_is_kept_whole(house: House) -> None:
    ticket = await house.ticket()
    first = await house.message(ticket, "陈 👋", files=2, external="wamid.1", about=say("about.location", name="Köln"))
    second = await house.message(ticket, "two", reply_to=first.id)
    assert await house.store.messages([second.id, first.id]) == {second.id: second, first.id: first}
    changed = replace(first, text="", deleted_at=NOW, edited_at=NOW, reaction="👍")
    await house.store.atomic(lambda tx: tx.update_message(changed))
    assert await house.store.message(first.id) == changed


async def test_a_reply_that_becomes_shorter_loses_parts(house: House) -> None:
    ticket = await house.ticket()
    reply = await house.reply(ticket, "one", "two", "three")
    shorter = replace(reply, text="new", parts=(Part(0, "new"), Part(1, "end")))
    await house.store.atomic(lambda tx: tx.update_message(shorter))
    assert await house.store.message(reply.id) == shorter


async def test_messages_are_found_by_the_platform_s_id(house: House) -> None:
    ticket = await house.ticket()
    asked = await house.message(ticket, "?", external="wamid.1")
    reply = await house.reply(ticket, "one", "two")
    sent = Part(1, "two", None, Ladder.SENT, "wamid.2")
    await house.store.atomic(lambda tx: tx.update_part(reply.id, sent))

    async def found(external: str) -> MessageId | None:
        message = await house.store.atomic(lambda tx: tx.message_by_external(WA, external))
        return message.id if message else None

    assert (await found("wamid.1"), await found("wamid.2"), await found("wamid.3")) == (asked.id, reply.id, None)
    kept = await house.store.message(reply.id)
    assert kept is not None
    assert kept.parts == (Part(0, "one"), sent)


async def test_reports_that_come_early_are_taken_once_in_order(house: House) -> None:
    async def park(state: Ladder, minute: int) -> None:
        await house.store.atomic(lambda tx: tx.park_report(WA, "wamid.9", state, "", later(minutes=minute)))

    await park(Ladder.READ, 2)
    await park(Ladder.DELIVERED, 1)
    await park(Ladder.DELIVERED, 3)
    taken = await house.store.atomic(lambda tx: tx.parked_reports(WA, "wamid.9"))
    assert taken == [(Ladder.DELIVERED, ""), (Ladder.READ, "")]
    assert not await house.store.atomic(lambda tx: tx.parked_reports(WA, "wamid.9"))


async def test_a_file_is_fetched(house: House) -> None:
    ticket = await house.ticket()
    [file] = (await house.message(ticket, "", files=1)).files
    stored = replace(file, state=FileState.STORED, blob="sha", size=12, mime="image/png")
    await house.store.atomic(lambda tx: tx.update_file(stored))
    assert await house.store.file(file.id) == stored


async def test_entries_are_tailed_by_their_revision(house: House) -> None:
    ticket = await house.ticket()
    ann = await house.person()
    message = await house.message(ticket, "hello")
    line: Say = say("line.claimed", by=PersonName(PersonId(ann)))
    entries = [
        Entry(ticket.id, 0, 1, EntryKind.CUSTOMER, NOW, message.id),
        Entry(ticket.id, 1, 2, EntryKind.LINE, NOW, say=line, by=ann, mention=ann),
        Entry(ticket.id, 2, 3, EntryKind.NOTE, NOW, by=ann, origin=post("9.0")),
    ]
    await house.store.atomic(lambda tx: tx.insert_entries(entries))
    assert await house.store.entries(ticket.id) == entries
    assert await house.store.entries(ticket.id, above_rev=2) == entries[2:]
    assert await house.store.entries(ticket.id, from_seq=1, limit=1) == entries[1:2]
    assert await house.store.atomic(lambda tx: tx.touch_entries(ticket.id, [message.id], 4)) == [0]
    assert [entry.seq for entry in await house.store.entries(ticket.id, above_rev=3)] == [0]
    assert await house.store.entry_at(post("9.0")) == entries[2]


async def test_a_ticket_has_one_current_thread_a_desk(house: House) -> None:
    ticket = await house.ticket()
    await house.store.atomic(lambda tx: tx.save_thread(ticket.id, OLD, 1))
    await house.store.atomic(lambda tx: tx.save_thread(ticket.id, NEW, 0))
    current = await house.store.thread(ticket.id, SLACK)
    assert current is not None
    assert current.ref == NEW
    old = await house.store.thread_at(OLD)
    assert old is not None
    assert not old.current
    assert [thread.ref for thread in await house.store.threads(ticket.id)] == [OLD, NEW]
    await house.store.atomic(lambda tx: tx.save_thread(ticket.id, OLD, 5))
    back = await house.store.thread(ticket.id, SLACK)
    assert back is not None
    assert (back.ref, back.posted) == (OLD, 5)


async def test_what_stood_in_the_thread_when_somebody_wrote(house: House) -> None:
    ticket = await house.ticket()
    messages = [await house.message(ticket, str(n)) for n in range(3)]
    entries = [
        Entry(ticket.id, n, n, EntryKind.CUSTOMER, later(minutes=n), message.id) for n, message in enumerate(messages)
    ]
    await house.store.atomic(lambda tx: tx.insert_entries(entries))
    thread = await house.store.atomic(lambda tx: tx.save_thread(ticket.id, OLD, 0))
    await house.store.atomic(lambda tx: tx.advance_thread(thread, 2, post("1.1"), [0, 1], later(minutes=5)))
    await house.store.atomic(lambda tx: tx.advance_thread(thread, 3, post("1.2"), [2], later(minutes=6)))

    async def shown(desk: DeskName, minute: int) -> MessageId | None:
        return await house.store.shown_until(ticket.id, desk, later(minutes=minute))

    assert [await shown(SLACK, minute) for minute in (4, 5, 6)] == [None, messages[1].id, messages[2].id]
    assert [await shown(CONSOLE, minute) for minute in (0, 1, 4)] == [message.id for message in messages]
    assert await house.store.posts(ticket.id, SLACK, 1) == [post("1.1")]
    entry = await house.store.entry_at(post("1.1"))
    assert entry is not None
    assert entry.seq == 1
    assert await house.store.entry_at(post("?")) is None


async def test_drafts(house: House) -> None:
    ticket, ann = await house.ticket(), await house.person()
    number = await house.store.atomic(lambda tx: tx.save_draft(ticket.id, ann, "hm", "[]", post("3.0"), NOW))
    draft = await house.store.draft(number)
    assert draft is not None
    assert (draft.text, draft.origin, draft.at) == ("hm", post("3.0"), NOW)
    assert await house.store.draft(number + 1) is None


async def test_the_current_threads_of_open_tickets_in_one_place(house: House) -> None:
    """Not a closed ticket's, another queue's, another place's, nor one that the ticket has left."""
    waiting, closed = await house.ticket("1"), await house.ticket("2", status=Status.CLOSED)
    other, elsewhere = await house.ticket("3", queue=QueueName("repair")), await house.ticket("4")
    for ticket, ref in (
        (waiting, OLD),
        (waiting, replace(OLD, root="1.5")),
        (closed, replace(OLD, root="3.0")),
        (other, replace(OLD, root="4.0")),
        (elsewhere, NEW),
    ):
        await house.store.atomic(lambda tx, to=ticket.id, ref=ref: tx.save_thread(to, ref, 0))  # type: ignore[misc]
    assert await house.store.open_threads(SLACK, "C1", [SALES]) == [replace(OLD, root="1.5")]

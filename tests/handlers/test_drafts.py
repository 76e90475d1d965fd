"""A reply typed where the desk could not show a form is a draft: its author sees it once more before it leaves."""

from dataclasses import replace

import pytest

from bot.handlers.asking import Answer
from core.events import FileNote, Submitted, Typed
from core.model import Ticket
from tests.handlers.world import World, keys

HOLD = 9
WORDS = "It left yesterday."


async def fills_in(world: World, who: str, ticket: Ticket, text: str = WORDS) -> Answer:
    """The answer to the question that stood in for a form."""
    opened = int(world.clock.now().timestamp())
    origin = replace(world.origin(who, ticket), confirms=True)
    return await world.dispatcher.handle(Submitted(origin, "r", f"T-{ticket.id} at:{opened}", {"text": text}))


async def drafted(world: World, who: str = "ana") -> tuple[Ticket, str, str]:
    """A ticket with a draft, and the values of its Send and Cancel."""
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    answer = await fills_in(world, who, ticket)
    assert keys(answer) == ["confirm.draft"]
    send, cancel = answer.whispers[0].buttons
    assert (send.action, cancel.action) == ("send", "cancel")
    return ticket, send.value, cancel.value


async def left(world: World) -> list[str]:
    world.wait(seconds=HOLD)
    return await world.leaving()


async def test_nothing_leaves_before_send(world: World) -> None:
    ticket, _, _ = await drafted(world)
    world.wait(hours=1)
    assert await world.leaving() == []
    assert await world.held(ticket) == []
    assert (await world.ticket(ticket.id)).assignee is None


async def test_its_author_reads_it_once_more(world: World) -> None:
    ticket = await world.customer_writes()
    answer = await fills_in(world, "ana", ticket)
    assert [line.params for line in answer.whispers[0].lines] == [{"text": WORDS}]


async def test_send_holds_it_like_any_reply_and_claims(world: World) -> None:
    ticket, send, _ = await drafted(world)
    assert keys(await world.presses("ana", ticket, "send", send)) == []
    assert await world.leaving() == []
    assert await left(world) == [WORDS]
    assert (await world.ticket(ticket.id)).assignee == world.id("ana")


async def test_send_pressed_twice_sends_once(world: World) -> None:
    ticket, send, _ = await drafted(world)
    for _ in range(2):
        await world.presses("ana", ticket, "send", send)
    assert await left(world) == [WORDS]
    assert keys(await world.presses("ana", ticket, "send", send)) == []
    assert await left(world) == []


async def test_cancel_is_the_end_of_it(world: World) -> None:
    ticket, send, cancel = await drafted(world)
    answer = await world.presses("ana", ticket, "cancel", cancel)
    assert keys(answer) == ["confirm.cancelled"]
    assert [line.params for line in answer.whispers[0].lines] == [{"text": WORDS}]
    await world.presses("ana", ticket, "send", send)
    assert await left(world) == []
    assert keys(await world.presses("ana", ticket, "cancel", cancel)) == ["refused.no_draft"]


async def test_cancel_after_send_undoes_nothing(world: World) -> None:
    ticket, send, cancel = await drafted(world)
    await world.presses("ana", ticket, "send", send)
    assert keys(await world.presses("ana", ticket, "cancel", cancel)) == ["refused.no_draft"]
    assert await left(world) == [WORDS]


@pytest.mark.parametrize("who", ["bo", "sam"])
async def test_nobody_sends_or_cancels_another_s_draft(world: World, who: str) -> None:
    ticket, send, cancel = await drafted(world)
    for action, value in (("send", send), ("cancel", cancel)):
        assert keys(await world.presses(who, ticket, action, value)) == ["refused.no_draft"]
    assert await left(world) == []
    await world.presses("ana", ticket, "send", send)
    assert await left(world) == [WORDS]


@pytest.mark.parametrize("value", ["form:", "form:x", "form:99", "form:-1", f"form:{'9' * 40}", "form:1.5"])
async def test_a_draft_that_is_none_is_refused(world: World, value: str) -> None:
    ticket, _, _ = await drafted(world)
    assert keys(await world.presses("ana", ticket, "send", value)) == ["refused.no_draft"]


async def test_a_draft_of_one_ticket_is_none_of_another_s(world: World) -> None:
    _, send, _ = await drafted(world)
    other = await world.customer_writes(who="34600999888")
    number = send.split()[-1]
    assert keys(await world.presses("ana", other, "send", number)) == ["refused.no_draft"]


async def test_what_the_customer_wrote_since_is_asked_about_at_send(world: World) -> None:
    ticket, send, _ = await drafted(world)
    world.wait(seconds=30)
    await world.customer_writes("Forget it!")
    answer = await world.presses("ana", ticket, "send", send)
    assert keys(answer) == ["confirm.unseen_message"]
    assert await left(world) == []
    await world.presses("ana", ticket, "send", answer.whispers[0].buttons[0].value)
    assert await left(world) == [WORDS]


async def test_however_often_it_is_asked_about_it_leaves_once(world: World) -> None:
    ticket, send, _ = await drafted(world)
    await world.customer_writes("Forget it!")
    values = []
    for _ in range(2):
        answer = await world.presses("ana", ticket, "send", send)
        values.append(answer.whispers[0].buttons[0].value)
    for value in (*values, send):
        await world.presses("ana", ticket, "send", value)
    assert await left(world) == [WORDS]
    assert await left(world) == []


async def test_cancelling_the_second_question_cancels_the_first(world: World) -> None:
    ticket, send, _ = await drafted(world)
    await world.customer_writes("Forget it!")
    answer = await world.presses("ana", ticket, "send", send)
    await world.presses("ana", ticket, "cancel", answer.whispers[0].buttons[1].value)
    await world.presses("ana", ticket, "send", answer.whispers[0].buttons[0].value)
    await world.presses("ana", ticket, "send", send)
    assert await left(world) == []


async def test_what_a_colleague_answered_since_is_asked_about_at_send(world: World) -> None:
    ticket, send, _ = await drafted(world)
    world.wait(minutes=1)
    await world.types("bo", ticket, "!r I am on it.")
    answer = await world.presses("ana", ticket, "send", send)
    assert keys(answer)[0] in ("confirm.not_yours", "confirm.answered_meanwhile")


async def test_a_ticket_that_was_closed_since_takes_no_draft(world: World) -> None:
    ticket, send, _ = await drafted(world)
    await world.types("bo", ticket, "!close")
    assert keys(await world.presses("ana", ticket, "send", send)) == ["refused.reply_closed"]
    assert await left(world) == []


async def test_nothing_is_no_draft(world: World) -> None:
    ticket = await world.customer_writes()
    assert keys(await fills_in(world, "ana", ticket, " \n")) == ["refused.reply_empty"]


async def test_a_stranger_s_answer_is_no_draft(world: World) -> None:
    ticket = await world.customer_writes()
    assert keys(await fills_in(world, "nobody", ticket)) == ["refused.not_joined"]
    assert keys(await fills_in(world, "eve", ticket))[0] in ("refused.not_in_queue", "refused.no_such_ticket")
    assert await world.store.draft(1) is None


async def test_files_that_answer_the_question_wait_for_send_too(world: World) -> None:
    """They come as the command would, and are as much a draft."""
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    origin = replace(world.origin("ana", ticket), confirms=True)
    note = FileNote("F1", "invoice.pdf", "application/pdf", 9)
    answer = await world.dispatcher.handle(Typed(origin, "!r here it is", (note,)))
    assert keys(answer) == ["confirm.draft"]
    assert await world.held(ticket) == []
    for _ in range(2):
        await world.presses("ana", ticket, "send", answer.whispers[0].buttons[0].value)
    [(_, reply)] = [(entry, message) for entry, message in await world.thread(ticket) if entry.origin == origin.post]
    assert reply is not None
    assert (reply.text, [file.name for file in reply.files]) == ("here it is", ["invoice.pdf"])
    assert await world.held(ticket) == ["here it is"]

"""What reaches a customer, and above all what does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.events import Deleted, Edited, FileNote, Pressed, Typed
from core.model import EntryKind
from tests.handlers.world import World, keys

HOLD = 9
"""Seconds; the undo time is 8."""


async def test_plain_text_is_a_note(world: World) -> None:
    ticket = await world.customer_writes()
    assert keys(await world.types("ana", ticket, "she asks for T-12 again, I think")) == []
    world.wait(seconds=HOLD)
    assert await world.notes(ticket) == ["she asks for T-12 again, I think"]
    assert await world.leaving() == []


async def test_a_reply_is_held_and_then_leaves(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    assert keys(await world.types("ana", ticket, "!r Your order left *today*.")) == []
    assert await world.leaving() == []
    world.wait(seconds=HOLD)
    assert await world.leaving() == ["Your order left *today*."]
    assert (await world.ticket(ticket.id)).assignee == world.id("ana")


@pytest.mark.parametrize(
    "typed", ["!R hello", "！r hello", "!reply hello", "!回复 hello", "\u200b*!r* hello", "!r\nhello"]
)
async def test_the_reply_command_is_known_in_many_spellings(world: World, typed: str) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, typed)
    assert await world.held(ticket) == ["hello"]


@pytest.mark.parametrize(
    "typed", ["!rr hello", "!relpy hello", "!reply: hello", "！回付 hello", "!send hello", "!shortcut hello"]
)
async def test_a_misspelt_command_does_nothing_and_is_not_kept(world: World, typed: str) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    answer = await world.types("ana", ticket, typed)
    assert keys(answer)[0] in ("refused.unknown", "refused.unknown_near")
    world.wait(seconds=HOLD)
    assert await world.leaving() == []
    assert await world.notes(ticket) == []


async def test_a_misspelt_command_hears_what_it_may_have_meant(world: World) -> None:
    ticket = await world.customer_writes()
    (whisper,) = (await world.types("ana", ticket, "!clam")).whispers
    assert whisper.params == {"word": "clam", "near": "claim"}


async def test_slashes_are_no_commands_in_slack(world: World) -> None:
    ticket = await world.customer_writes()
    await world.types("ana", ticket, "/r hello")
    assert await world.notes(ticket) == ["/r hello"]
    assert await world.held(ticket) == []


async def test_strangers_change_nothing_and_send_nothing(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    assert keys(await world.types("nobody", ticket, "hello there")) == []
    assert keys(await world.types("nobody", ticket, "!r hello")) == ["refused.not_joined"]
    assert keys(await world.types("eve", ticket, "hello there")) == []
    assert keys(await world.types("eve", ticket, "!r hello")) == ["refused.not_in_queue"]
    world.wait(seconds=HOLD)
    assert await world.leaving() == []
    assert await world.notes(ticket) == []


async def test_undo_takes_back_the_newest_held_reply(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, "!r first")
    await world.types("ana", ticket, "!r second")
    await world.types("ana", ticket, "!undo")
    assert await world.held(ticket) == ["first"]
    world.wait(seconds=HOLD)
    assert await world.leaving() == ["first"]
    assert keys(await world.types("ana", ticket, "!undo")) == ["refused.nothing_to_undo"]


async def test_an_edit_within_the_hold_changes_the_words(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, "!r Your oder", post="p")
    await world.edits("ana", ticket, "p", "!r Your order")
    world.wait(seconds=HOLD)
    assert await world.leaving() == ["Your order"]


@pytest.mark.parametrize("edit", ["never mind", "!n hello", "!r", "!hold x", "!rr hello", "!r " + "x" * 10_001])
async def test_an_edit_that_is_no_reply_any_more_undoes_it(world: World, edit: str) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, "!r hello", post="p")
    assert keys(await world.edits("ana", ticket, "p", edit)) == ["edit.undone"]
    world.wait(seconds=HOLD)
    assert await world.leaving() == []


async def test_an_edit_after_sending_is_only_said(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, "!r hello", post="p")
    world.wait(seconds=HOLD)
    await world.leaving()
    await world.edits("ana", ticket, "p", "!r goodbye")
    world.wait(seconds=HOLD)
    assert await world.leaving() == []
    assert [e.say.key for e, _ in await world.thread(ticket) if e.say][-1] == "line.edited_after"


async def test_deleting_a_held_reply_undoes_it(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, "!r hello", post="p")
    await world.deletes("ana", ticket, "p")
    world.wait(seconds=HOLD)
    assert await world.leaving() == []


async def test_a_note_follows_its_message_and_never_becomes_a_reply(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, "she is angry", post="p")
    await world.edits("ana", ticket, "p", "she is not angry")
    assert await world.notes(ticket) == ["she is not angry"]
    assert keys(await world.edits("ana", ticket, "p", "!r she is not angry")) == ["edit.only_note"]
    world.wait(seconds=HOLD)
    assert await world.leaving() == []
    await world.deletes("ana", ticket, "p")
    assert await world.notes(ticket) == []


async def test_a_mistyped_command_cannot_be_edited_into_one(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, "!rpely hello", post="p")
    assert keys(await world.edits("ana", ticket, "p", "!reply hello")) == ["edit.not_command"]
    assert await world.held(ticket) == []


async def test_what_the_agent_had_not_read_is_asked_about_first(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.customer_writes("And where is my refund?")
    world.wait(seconds=5)
    answer = await world.types(
        "ana", ticket, "!r It left today.", files=(FileNote("F1", "a.pdf", "application/pdf", 3),)
    )
    (question,) = answer.whispers
    assert question.key == "confirm.unseen_message"
    assert await world.held(ticket) == []
    send, cancel = question.buttons
    assert keys(await world.presses("bo", ticket, "send", send.value)) == ["refused.no_draft"]
    assert cancel.action == "cancel"
    assert keys(await world.presses("ana", ticket, "send", send.value)) == []
    assert keys(await world.presses("ana", ticket, "send", send.value)) == []
    found = [m for e, m in await world.thread(ticket) if e.kind is EntryKind.REPLY and m]
    assert [(m.text, [f.name for f in m.files]) for m in found] == [("It left today.", ["a.pdf"])]


async def test_a_cancelled_draft_is_gone(world: World) -> None:
    ticket = await world.customer_writes()
    answer = await world.types("ana", ticket, "!r hello")
    send, cancel = answer.whispers[0].buttons
    assert keys(await world.presses("ana", ticket, cancel.action, cancel.value)) == ["confirm.cancelled"]
    await world.presses("ana", ticket, send.action, send.value)
    assert await world.held(ticket) == []


async def test_somebody_elses_ticket_is_asked_about_first(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("bo", ticket, "!claim")
    assert keys(await world.types("ana", ticket, "!r hello")) == ["confirm.not_yours"]
    assert await world.held(ticket) == []


async def test_a_reply_stopped_by_the_customer_is_sent_by_the_button_or_not_at_all(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, "!r hello", post="p")
    await world.customer_writes("wait!")
    world.wait(seconds=HOLD)
    assert await world.leaving() == []
    message = next(m for e, m in await world.thread(ticket) if e.kind is EntryKind.REPLY and m)
    assert keys(await world.presses("eve", ticket, "send", str(message.id))) == ["refused.not_in_queue"]
    await world.presses("ana", ticket, "send", str(message.id))
    assert await world.leaving() == ["hello"]


async def test_editing_a_stopped_reply_takes_it_back(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, "!r hello", post="p")
    await world.customer_writes("wait!")
    assert keys(await world.edits("ana", ticket, "p", "!r hello again")) == ["edit.undone"]
    message = next(m for e, m in await world.thread(ticket) if e.kind is EntryKind.REPLY and m)
    assert keys(await world.presses("ana", ticket, "send", str(message.id))) == ["refused.nothing_to_send_again"]


async def test_live_mode_sends_the_assignees_plain_text(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, "!claim")
    await world.types("ana", ticket, "!live")
    await world.types("ana", ticket, "Hello María")
    await world.types("bo", ticket, "she sounds nice")
    assert await world.held(ticket) == ["Hello María"]
    assert await world.notes(ticket) == ["she sounds nice"]
    await world.types("ana", ticket, "!live off")
    await world.types("ana", ticket, "phew")
    world.wait(seconds=HOLD)
    assert await world.leaving() == ["Hello María"]


@pytest.mark.parametrize(
    "typed", ["@bo look at this", "<@U7> look", "! hello", "／path", "*!?* what", "!!!", "\u200b/x", "＠bo look", "   "]
)
async def test_live_mode_keeps_what_may_not_be_meant_for_the_customer(world: World, typed: str) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, "!claim")
    await world.types("ana", ticket, "!live")
    await world.types("ana", ticket, typed)
    world.wait(seconds=HOLD)
    assert await world.leaving() == []


async def test_live_mode_ends_with_the_next_owner(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, "!claim")
    await world.types("ana", ticket, "!live")
    await world.types("bo", ticket, "!claim over")
    await world.types("ana", ticket, "hello")
    await world.types("bo", ticket, "hello")
    assert await world.held(ticket) == []
    assert await world.notes(ticket) == ["hello", "hello"]


async def test_the_form_knows_what_stood_there_when_it_was_opened(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    form = (await world.presses("ana", ticket, "reply")).dialog
    assert form is not None
    assert (form.action, [f.name for f in form.fields]) == ("r", ["text"])
    world.wait(minutes=2)
    assert keys(await world.submits("ana", ticket, form.action, form.value, text="hello")) == []
    assert await world.held(ticket) == ["hello"]
    await world.customer_writes("one more thing")
    world.wait(minutes=2)
    assert keys(await world.submits("ana", ticket, form.action, form.value, text="bye")) == ["confirm.unseen_message"]


async def test_the_shortcut_sends_a_note_and_nothing_that_is_none(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    await world.types("ana", ticket, "It leaves today.", post="p")
    origin = world.origin("ana", ticket, post="p")
    await world.dispatcher.handle(Pressed(origin, "send", "", "It leaves today."))
    assert await world.held(ticket) == ["It leaves today."]
    card = world.origin("ana", ticket, post=f"bot{ticket.id}.0")
    assert keys(await world.dispatcher.handle(Pressed(card, "send", "", "log"))) == ["refused.shortcut_not_note"]
    other = world.origin("ana", ticket)
    assert keys(await world.dispatcher.handle(Pressed(other, "send", "", "!close"))) == ["refused.shortcut_command"]


async def test_after_the_window_nothing_is_sent(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(hours=25)
    assert keys(await world.types("ana", ticket, "!r hello")) == ["refused.window_closed"]
    assert timedelta(hours=24) < world.clock.now() - ticket.opened_at


async def test_the_same_event_twice_acts_once(world: World) -> None:
    ticket = await world.customer_writes()
    world.wait(minutes=1)
    event = Typed(world.origin("ana", ticket), "!r hello")
    await world.dispatcher.handle(event)
    assert keys(await world.dispatcher.handle(event)) == []
    assert await world.held(ticket) == ["hello"]


@pytest.mark.parametrize("change", ["edited", "deleted"])
async def test_words_that_come_after_their_own_change_are_not_sent(world: World, change: str) -> None:
    """Slack delivers again what we could not take: by then the agent may have taken it back."""
    ticket = await world.customer_writes()
    world.wait(seconds=30)
    typed = world.origin("ana", ticket, post="late")
    changing = replace(world.origin("ana", ticket, post="late"), words=typed.key)
    await world.dispatcher.handle(Edited(changing, "a note") if change == "edited" else Deleted(changing))
    await world.dispatcher.handle(Typed(typed, "!r Forty percent off."))
    world.wait(minutes=1)
    assert await world.leaving() == []


async def test_two_questions_about_the_same_words_are_one_draft(world: World) -> None:
    """The program dies after it asked, and asks again."""
    ticket = await world.customer_writes()
    event = Typed(world.origin("ana", ticket), "!r Forty percent off.")  # too soon after the customer's words
    asked = [await world.dispatcher.handle(event) for _ in range(2)]
    for answer in asked:
        [question] = answer.whispers
        await world.presses("ana", ticket, "send", question.buttons[0].value)
    world.wait(seconds=HOLD)
    assert await world.leaving() == ["Forty percent off."]

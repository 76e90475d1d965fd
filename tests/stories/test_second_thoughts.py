"""Undo, edit and delete: what is held can be stopped, what has left is only said to be changed."""

import pytest

from tests.stories.story import Story


@pytest.mark.parametrize("way", ["command", "button"])
async def test_undo_in_the_hold(any_desk: Story, way: str) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await mei.types("!r It is lost.", ticket)
    await story.forward("5s")
    await (mei.types("!undo", ticket) if way == "command" else mei.clicks("Undo", ticket))
    await ticket.shows("Undone: the customer never saw it")
    await story.forward("1h")
    assert ana.received == []


async def test_deleting_the_reply_in_the_hold_undoes_it(beside_telegram: Story) -> None:
    story, mei, ana = beside_telegram, beside_telegram.mei, beside_telegram.customer()
    ticket = await story.opened(ana, "Where is my order?")
    said = await mei.types("!r It is lost.", ticket)
    await story.forward("5s")
    await mei.deletes(said)
    await ticket.shows("Undone: the customer never saw it")
    await story.forward("1h")
    assert ana.received == []


async def test_an_edit_in_the_hold_replaces_the_words_and_holds_them_anew(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    said = await mei.types("!r It left yesterdya.", ticket)
    await story.forward("5s")
    await mei.edits(said, "!r It left yesterday.")
    await story.forward("5s")
    assert ana.received == []
    await story.forward("3s")
    await ana.sees_nothing_but(["It left yesterday."])


async def test_an_edit_that_is_no_reply_any_more_stops_it(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    said = await mei.types("!r It left yesterday.", ticket)
    await mei.edits(said, "It left yesterday.")
    await mei.was_told("The reply was undone and nothing was sent")
    await story.forward("1m")
    assert ana.received == []


async def test_an_edit_after_sending_is_only_marked(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    said = await mei.types("!r It left yesterday.", ticket)
    await story.forward("8s")
    await mei.edits(said, "!r It leaves tomorrow.")
    await story.forward("1m")
    await ticket.shows_once("Mei changed a reply after it had left.")
    await ana.sees_nothing_but(["It left yesterday."])


async def test_a_deletion_after_sending_is_only_marked(beside_telegram: Story) -> None:
    story, mei, ana = beside_telegram, beside_telegram.mei, beside_telegram.customer()
    ticket = await story.opened(ana, "Where is my order?")
    said = await mei.types("!r It left yesterday.", ticket)
    await story.forward("8s")
    await mei.deletes(said)
    await story.forward("1m")
    await ticket.shows_once("Mei changed a reply after it had left.")
    await ana.sees_nothing_but(["It left yesterday."])


async def test_undo_too_late_is_refused(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("8s")
    await mei.types("!undo", ticket)
    await mei.was_told("No reply of yours is held any more.")


async def test_a_note_edited_into_a_reply_sends_nothing(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    said = await mei.types("It left yesterday.", ticket)
    await mei.edits(said, "!r It left yesterday.")
    await story.forward("1m")
    assert ana.received == []

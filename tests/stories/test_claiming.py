"""Whose ticket it is."""

import asyncio

from tests.stories.story import Story


async def test_two_agents_claim_at_once_and_one_of_them_has_it(any_desk: Story) -> None:
    story, mei, li = any_desk, any_desk.mei, any_desk.li
    ticket = await story.opened(story.customer(), "Where is my order?")

    await asyncio.gather(mei.types("!claim", ticket), li.types("!claim", ticket))

    texts = "\n".join(await ticket.texts())
    assert texts.count("took the ticket.") == 1
    owner, loser = (mei, li) if "Mei took the ticket." in texts else (li, mei)
    await loser.was_told(f"{owner.name} took this ticket", "[Take over]")
    await owner.was_never_told("took this ticket")

    await loser.clicks("Take over", ticket)
    await ticket.shows(f"{loser.name} took the ticket over from {owner.name}.")
    await ticket.card_shows(loser.name)


async def test_a_reply_on_a_free_ticket_claims_it(any_desk: Story) -> None:
    story, mei = any_desk, any_desk.mei
    ticket = await story.opened(story.customer(), "Hello?")
    await mei.types("!r Hello, how can we help?", ticket)
    await ticket.shows("Mei took the ticket.")
    await ticket.card_shows("Mei")


async def test_closing_anothers_ticket_is_refused_with_take_over(any_desk: Story) -> None:
    story, mei, li = any_desk, any_desk.mei, any_desk.li
    ticket = await story.opened(story.customer(), "Hello?")
    await mei.types("!claim", ticket)
    await li.types("!close", ticket)
    await li.was_told("This ticket is Mei's", "[Take over and close]")
    await ticket.lacks("closed the ticket")
    await li.clicks("Take over and close", ticket)
    await ticket.shows("Li closed the ticket.")


async def test_the_claim_button_on_the_card(any_desk: Story) -> None:
    story, mei = any_desk, any_desk.mei
    ticket = await story.opened(story.customer(), "Hello?")
    await mei.clicks("Claim", ticket)
    await ticket.shows_once("Mei took the ticket.")


async def test_giving_a_ticket_to_a_colleague_tells_them(any_desk: Story) -> None:
    story, mei, li = any_desk, any_desk.mei, any_desk.li
    ticket = await story.opened(story.customer(), "Hello?")
    await mei.types("!claim", ticket)
    await mei.types("!assign @li", ticket)
    await ticket.shows("Mei gave the ticket to Li.")
    await li.was_told_once("Mei gave you T-1.")

"""Who the customer is, and what happens to their tickets over time."""

from tests.stories.story import READING, Story


async def test_a_customer_without_a_phone_number(any_desk: Story) -> None:
    story, mei = any_desk, any_desk.mei
    ana = story.customer("Ana", None, "ES.1390822384")
    ticket = await story.opened(ana, "Where is my order?")
    await ticket.card_shows("Ana")
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("8s")
    await ana.sees_nothing_but(["It left yesterday."])
    await ticket.shows("Delivered")


async def test_a_customer_who_changes_their_number_stays_the_same_customer(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await ana.changes_number("34600999888")
    await story.settled()
    await ana.writes("I have a new number.")
    await story.forward(READING)
    await ticket.shows("I have a new number.")
    await mei.types("!r Noted.", ticket)
    await story.forward("8s")
    await ana.sees_nothing_but(["Noted."])


async def test_a_phone_number_and_a_user_id_are_one_customer(story: Story) -> None:
    ana = story.customer("Ana", "34600111222", "ES.1390822384")
    ticket = await story.opened(ana, "Where is my order?")
    ana.phone = None
    await ana.writes("It is me again.")
    await story.forward(READING)
    await ticket.shows("It is me again.")
    assert len(story.sales.threads) == 1


async def test_what_a_customer_answers_stands_with_their_answer(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Which lamps have you got?")
    await mei.types("!r The brass one, and the white one.", ticket)
    await story.forward("8s")
    offer = await ana.sees("The brass one, and the white one.")
    await ana.writes("This one, please.", reply_to=offer)
    await story.forward(READING)
    await ticket.shows("In reply to: The brass one, and the white one.")


async def test_an_answer_from_the_phone_app_counts_as_one(any_desk: Story) -> None:
    story, sol, ana = any_desk, any_desk.sol, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await story.graph.phone_app_writes(ana, "It left yesterday.")
    await story.settled()
    await ticket.shows("It left yesterday.")
    await story.forward("2d")
    await ticket.lacks("is late")
    await sol.was_never_told("T-1")


async def test_a_message_within_seven_days_reopens_the_ticket(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await mei.types("!close", ticket)
    await story.forward("6d")
    await ana.writes("It is broken!")
    await story.forward(READING)
    await ticket.shows_once("The customer wrote: the closed ticket is open again.")
    assert (await story.ticket("It is broken!")).id == ticket.id


async def test_a_message_later_opens_a_new_ticket_linked_to_the_old(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    old = await story.opened(ana, "Where is my order?")
    await mei.types("!close", old)
    await story.forward("8d")
    await ana.writes("I want another one.")
    await story.forward(READING)
    new = await story.ticket("I want another one.")
    assert new.id != old.id
    await new.shows("The customer wrote again after T-1 was closed")
    await old.lacks("I want another one.")


async def test_a_blocked_customer_is_not_taken_in(any_desk: Story) -> None:
    story, mei, sol, ana = any_desk, any_desk.mei, any_desk.sol, any_desk.customer()
    ticket = await story.opened(ana, "Buy my pills!")
    await mei.types("!block", ticket)
    await mei.was_told("!block is for supervisors")
    await sol.types("!block", ticket)
    await ana.writes("Buy them now!")
    await story.forward(READING)
    await ticket.lacks("Buy them now!")
    await sol.types("!block off", ticket)
    await ana.writes("I am sorry.")
    await story.forward(READING)
    await ticket.shows("I am sorry.")


async def test_edits_deletions_and_reactions_of_the_customer(any_desk: Story) -> None:
    story, ana = any_desk, any_desk.customer()
    message = await ana.writes("Where is order 4711?")
    await story.settled()
    ticket = await story.ticket("Where is order 4711?")
    await ana.edits(message, "Where is order 4712?")
    await story.forward("5s")
    await ticket.shows("Where is order 4712?")
    await ana.revokes(message)
    await story.forward("5s")
    texts = "\n".join(await ticket.texts()).casefold()
    assert "deleted" in texts


async def test_what_is_no_text_is_an_honest_line(any_desk: Story) -> None:
    story, ana = any_desk, any_desk.customer()
    await ana.sends_location(40.4, -3.7, name="Puerta del Sol")
    await ana.sends("quantum_message", {"body": "?"})
    await story.settled()
    await story.forward("5s")
    ticket = await story.ticket("shared a location: Puerta del Sol")
    await ticket.shows("sent something that cannot be shown here (quantum_message)")


async def test_two_customers_are_two_tickets(story: Story) -> None:
    ana, ben = story.customer(), story.customer("Ben", "34600111333")
    first, second = await story.opened(ana, "Where is my order?"), await story.opened(ben, "I need an invoice.")
    await story.mei.types("!r It left yesterday.", first)
    await story.li.types("!r Here it is.", second)
    await story.forward("8s")
    await ana.sees_nothing_but(["It left yesterday."])
    await ben.sees_nothing_but(["Here it is."])

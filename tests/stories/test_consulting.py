"""Colleagues are asked inside: the answer comes back, its time is counted, and the customer learns nothing of it."""

from tests.platforms.graph import StoryCustomer
from tests.stories.conftest import Tell
from tests.stories.story import Story

QUESTION = "Has the refund of Ana arrived?"
ANSWER = "Yes, it was booked yesterday."


def learned_nothing(ana: StoryCustomer) -> None:
    """Whatever the house told them by itself meanwhile, nothing of it is from inside."""
    inside = (QUESTION, ANSWER, "Fay", "Billing", "Dear Ana", "inside", "weather", "another thing")
    assert not [text for text in ana.received if any(words in text for words in inside)]


async def test_another_queue_is_asked_and_answers_with_the_button(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    fay = await story.hires("Fay", queues=("billing",))
    ticket = await story.opened(ana, "Where is my money?")
    await mei.types(f"!consult billing {QUESTION}", ticket)
    await ticket.shows(QUESTION)
    await ticket.shows_once("Mei asks Billing inside. The customer sees nothing of it.")
    await fay.was_told("Mei asks you something about T-1.", QUESTION, "[Answer]")

    await story.forward("40m")
    await fay.clicks("Answer")
    await fay.fills_in(argument=ANSWER)
    await ticket.shows(ANSWER)
    await ticket.shows_once("Fay answered the question inside, after 40 min.")
    await mei.was_told_once("Fay answered your question about T-1:")
    await mei.was_told(ANSWER)
    await story.forward("1d")
    await mei.was_told_once("Fay answered your question about T-1:")
    learned_nothing(ana)


async def test_who_is_asked_can_do_nothing_else(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    fay = await story.hires("Fay", queues=("billing",))
    ticket = await story.opened(ana, "Where is my money?")
    await mei.types(f"!consult @Fay {QUESTION}", ticket)
    for forbidden in ("!r T-1 Dear Ana", "!claim T-1", "!close T-1", "!log T-1", "!consult T-1 sales Why?"):
        await fay.types(forbidden)
    await story.forward("5m")
    await ticket.lacks("Dear Ana", "Why?", "Fay claimed", "Fay closed")
    learned_nothing(ana)
    await fay.types(f"!answer T-1 {ANSWER}")
    await ticket.shows(ANSWER)
    await fay.types("!answer T-1 And another thing")
    await fay.was_told("Nobody waits for your answer here.")
    await story.forward("5m")
    await ticket.lacks("another thing")
    learned_nothing(ana)


async def test_an_answer_that_is_late(any_desk: Story) -> None:
    story, mei, sol, ana = any_desk, any_desk.mei, any_desk.sol, any_desk.customer()
    fay = await story.hires("Fay", queues=("billing",))
    ticket = await story.opened(ana, "Where is my money?")
    await mei.types("!hold we ask inside", ticket)  # the customer's own clock stands still
    await mei.types(f"!consult @Fay {QUESTION}", ticket)
    await story.forward("1h35m")
    await fay.was_told_once("T-1: your answer to a question inside is due")
    await mei.was_never_told("has not answered a question inside")
    await story.forward("30m")
    await ticket.shows_once("Fay has not answered the question inside")
    await mei.was_told_once("T-1: Fay has not answered a question inside.")
    await sol.was_told_once("T-1: Fay has not answered a question inside.")
    await story.forward("1d")
    await mei.was_told_once("T-1: Fay has not answered a question inside.")
    learned_nothing(ana)


async def test_a_question_that_nobody_needs_answered_any_more(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    fay = await story.hires("Fay", queues=("billing",))
    ticket = await story.opened(ana, "Where is my money?")
    await mei.types(f"!consult billing {QUESTION}", ticket)
    await mei.types("!consult off", ticket)
    await ticket.shows_once("Mei needs no answer from Billing any more.")
    await fay.clicks("Answer")
    await fay.was_told("Nobody waits for your answer here.")
    await story.forward("1d")
    await mei.was_never_told("has not answered")
    learned_nothing(ana)


async def test_with_the_ticket_the_question_is_over(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    fay = await story.hires("Fay", queues=("billing",))
    ticket = await story.opened(ana, "Where is my money?")
    await mei.types(f"!consult billing {QUESTION}", ticket)
    await mei.types("!close", ticket)
    await ticket.shows_once("The question to Billing ended with the ticket.")
    await fay.types(f"!answer T-1 {ANSWER}")
    await story.forward("1d")
    await ticket.lacks(ANSWER)
    await mei.was_never_told("has not answered")
    learned_nothing(ana)


async def test_the_program_dies_with_the_question_open(story: Story) -> None:
    mei, ana = story.mei, story.customer()
    fay = await story.hires("Fay", queues=("billing",))
    ticket = await story.opened(ana, "Where is my money?")
    await mei.types(f"!consult billing {QUESTION}", ticket)
    await story.crashes()
    await story.forward("3h")
    await story.begins()
    await mei.was_told_once("T-1: Billing has not answered a question inside.")
    await fay.types(f"!answer T-1 {ANSWER}")
    await ticket.shows_once("Fay answered the question inside, after 3 hr.")
    await mei.was_told_once("Fay answered your question about T-1:")
    learned_nothing(ana)


async def test_plain_words_at_slack_are_the_answer(tell: Tell) -> None:
    story = await tell()
    mei, ana = story.mei, story.customer()
    fay = await story.hires("Fay", queues=("billing",))
    ticket = await story.opened(ana, "Where is my money?")
    await mei.types(f"!consult billing {QUESTION}", ticket)
    await fay.types(ANSWER, ticket)
    await ticket.shows_once("Fay answered the question inside")
    await mei.was_told(ANSWER)
    await fay.types("By the way, nice weather.", ticket)
    await story.forward("5m")
    learned_nothing(ana)


async def test_a_silent_customer_wakes_who_waits_for_them(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my money?")
    await mei.types("!r Which account was it?", ticket)
    await story.forward("1m")
    await mei.types("!pending 2d", ticket)
    await ticket.shows_once("Mei waits for the customer's answer until")
    await story.forward("47h")
    await ticket.lacks("The customer has not answered.")
    await story.forward("2h")
    await ticket.shows_once("The customer has not answered. Somebody should look again.")
    assert ana.received == ["Which account was it?"]


async def test_a_customer_who_answers_wakes_nobody_later(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my money?")
    await mei.types("!r Which account was it?", ticket)
    await story.forward("1m")
    await mei.types("!pending 2d", ticket)
    await story.forward("1d")
    await ana.writes("The usual one.")
    await story.forward("1m")
    await mei.types("!r Thank you!", ticket)
    await story.forward("2d")
    await ticket.lacks("The customer has not answered.")

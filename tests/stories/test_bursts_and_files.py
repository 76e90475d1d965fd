"""Many messages in a row, and pictures and documents both ways."""

import io
from itertools import count

from tests.platforms.faults import Fault
from tests.stories.story import Story

_colour = count(1)


def jpeg() -> bytes:
    """A small picture, each another one."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + next(_colour).to_bytes(4) + b"\xff\xd9"


def pdf() -> bytes:
    file = io.BytesIO()
    file.write(b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF")
    return file.getvalue()


async def test_a_burst_becomes_one_post(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Hello")
    before = len(await ticket.texts())
    for words in ("my order", "number 4711", "never came", "please help"):
        await ana.writes(words)
        await story.settled()
    await story.forward("5s")
    texts = await ticket.texts()
    assert len(texts) == before + 1 or len(texts) == before + 2, texts
    assert "number 4711" in texts[-1]
    assert "please help" in texts[-1]


async def test_the_first_message_after_quiet_posts_at_once(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Hello")
    await ana.writes("Anybody there?")
    await story.settled()
    await ticket.shows_once("Anybody there?")


async def test_many_messages_keep_their_order(any_desk: Story) -> None:
    story, ana = any_desk, any_desk.customer()
    for number in range(25):
        await ana.writes(f"line {number:02}")
    await story.settled()
    await story.forward("10s")
    ticket = await story.ticket("line 00")
    text = "\n".join(await ticket.texts())
    places = [text.index(f"line {number:02}") for number in range(25)]
    assert places == sorted(places)
    assert all(text.count(f"line {number:02}") == 1 for number in range(25))


async def test_a_customers_photos_reach_the_team(story: Story) -> None:
    ana, photos = story.customer(), [jpeg() for _ in range(3)]
    for number, photo in enumerate(photos):
        await ana.sends_file(f"{number}.jpg", photo, "image/jpeg", caption="It arrived broken" if number == 0 else "")
    await story.settled()
    await story.forward("10s")
    ticket = await story.ticket("It arrived broken")
    assert sorted(_files(story)) == sorted(photos)
    assert ticket.id == 1


async def test_an_agents_pdf_reaches_the_customer(any_desk: Story) -> None:
    story, mei, ana, invoice = any_desk, any_desk.mei, any_desk.customer(), pdf()
    ticket = await story.opened(ana, "I need my invoice.")
    await mei.uploads("!r Here it is.", ticket, {"invoice.pdf": invoice})
    await story.forward("1m")
    await ana.sees_file(invoice)
    await ana.sees("Here it is.")
    await ticket.shows("Delivered")


async def test_a_file_without_words_stays_inside(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "I need my invoice.")
    await mei.uploads("", ticket, {"margins.pdf": pdf()})
    await mei.uploads("Is this the right one?", ticket, {"margins.pdf": pdf()})
    await story.forward("1m")
    assert ana.received == []


async def test_an_album_both_ways(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    await ana.sends_file("a.jpg", jpeg(), "image/jpeg", caption="Which of these?")
    await ana.sends_file("b.jpg", jpeg(), "image/jpeg")
    await story.settled()
    await story.forward("20s")
    ticket = await story.ticket("Which of these?")
    answer = {"c.jpg": jpeg(), "d.jpg": jpeg()}
    await mei.uploads("!r Rather these.", ticket, answer)
    await story.forward("1m")
    for picture in answer.values():
        await ana.sees_file(picture)
    assert len(ana.received) in (2, 3)
    await ana.sees("Rather these.")


async def test_a_file_that_is_gone_leaves_an_honest_line(story: Story) -> None:
    ana = story.customer()
    story.graph.faults.always("GET */attachments/", Fault.http(404))
    await ana.sends_file("a.jpg", jpeg(), "image/jpeg", caption="It arrived broken")
    await story.settled()
    await story.forward("2h")
    ticket = await story.ticket("It arrived broken")
    await ticket.shows("could not be fetched.")


def _files(story: Story) -> list[bytes]:
    return [file.content for message in story.sales for file in message.files]

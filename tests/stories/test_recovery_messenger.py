"""What can go wrong between us and a Facebook Page, and how it ends; as test_recovery_whatsapp.py has it for a number.
docs/recovery.md is the table of these stories."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from core.ids import MessageId
from core.messages import File
from tests.databases import fresh_database
from tests.platforms.faults import Fault
from tests.platforms.graph import StoryPerson
from tests.stories.agents import Seen
from tests.stories.test_at_messenger import PageStory

SEND = "POST */messages"
TRIED_AGAIN = "11m"


@pytest.fixture(params=["sqlite", "postgres"])
async def story(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> AsyncIterator[PageStory]:
    with fresh_database(request.param, tmp_path, shared_folder, migrated=True) as url:
        begun = PageStory(url, tmp_path, "console")
        async with begun:
            yield begun


async def replies(story: PageStory, ticket: Seen, *words: str) -> None:
    for each in words:
        await story.mei.types(f"!r {each}", ticket)
        await story.forward("10s")


async def another(story: PageStory) -> tuple[StoryPerson, Seen]:
    person = story.graph.person("Tom Berg")
    await person.writes("Tom asks")
    await story.settled()
    ticket = await story.ticket("Tom asks")
    await story.forward("20s")
    return person, ticket


# --- our access ---------------------------------------------------------------------------------------------------


def revoked(story: PageStory) -> None:
    story.page.token_valid = False


def renewed(story: PageStory) -> None:
    story.page.token_valid = True


def narrowed(story: PageStory) -> None:
    story.page.scopes = ("pages_manage_metadata",)


def widened(story: PageStory) -> None:
    story.page.scopes = ("pages_messaging", "pages_manage_metadata")


def refused_with(code: int, status: int, **fields: object) -> Callable[[PageStory], None]:
    def breaks(story: PageStory) -> None:
        story.graph.faults.always(SEND, Fault.error(code, status, **fields))

    return breaks


def no_more(story: PageStory) -> None:
    story.graph.faults.clear()


TOKEN = "no longer accepts our access token. An admin must make a new one."
ACCESS = "Our access does not cover this. An admin should run dragoman doctor"


@pytest.mark.parametrize(
    ("breaks", "mends", "cause"),
    [
        (revoked, renewed, TOKEN),
        (refused_with(190, 400, error_subcode=460), no_more, TOKEN),  # the password was changed
        (refused_with(190, 400, error_subcode=458), no_more, TOKEN),  # the app was removed
        (narrowed, widened, ACCESS),
        (refused_with(10, 403), no_more, ACCESS),
        (refused_with(200, 403), no_more, ACCESS),
        (refused_with(100, 400, error_subcode=33), no_more, ACCESS),  # the Page is unpublished or gone
        (refused_with(368, 403), no_more, "The platform blocks the number for breaking a policy."),
    ],
    ids=["revoked", "password", "app removed", "scope", "10", "200", "unpublished", "policy"],
)
async def test_a_page_that_stands_still_and_goes_on(
    story: PageStory, breaks: Callable[[PageStory], None], mends: Callable[[PageStory], None], cause: str
) -> None:
    mia, ticket = story.mia, await story.asked()
    tom, other = await another(story)
    breaks(story)
    await replies(story, ticket, "One.", "Two.")
    await replies(story, other, "For Tom.")
    await mia.writes("Hello?")
    await story.forward("40m")
    await ticket.shows("Hello?", "Waiting, not sent: ", cause)
    await ticket.shows_once("A reply waits and has not reached the customer.")
    await story.ada.was_told_once("The inbox page stands still.")
    await story.ada.was_told(cause)
    assert (mia.received, tom.received) == ([], [])

    mends(story)
    await story.forward(TRIED_AGAIN)
    await mia.sees_nothing_but(["One.", "Two."])
    await tom.sees_nothing_but(["For Tom."])
    await story.ada.was_told_once("page works again.")
    assert await story.running.store.troubles() == []


async def test_the_page_hears_and_the_number_goes_on(story: PageStory) -> None:
    """One inbox's trouble is not another's."""
    ticket, ana = await story.asked(), story.customer()
    revoked(story)
    await replies(story, ticket, "For Mia.")
    at_number = await story.opened(ana, "Where is my lamp?")
    await replies(story, at_number, "It left yesterday.")
    await ana.sees_nothing_but(["It left yesterday."])
    renewed(story)
    await story.forward(TRIED_AGAIN)
    await story.mia.sees_nothing_but(["For Mia."])


async def test_the_secret_of_the_app_was_changed(story: PageStory) -> None:
    ticket = await story.asked()
    old, story.page.app_secret = story.page.app_secret, "another secret"
    for number in range(6):
        await story.mia.writes(f"Hello {number}?")
        await story.forward("5m")
    await ticket.lacks("Hello 0?")
    await story.ada.was_told_once("Deliveries of the inbox page are refused since")
    await story.stops()
    story.says_otherwise(old, "another secret")
    await story.begins()
    assert await story.graph.redeliver(reverse=True) == 0
    await story.settled()
    await story.forward("1m")
    for number in range(6):
        await ticket.shows_once(f"Hello {number}?")
    await story.ada.was_told_once("page works again.")


async def test_names_that_could_not_be_asked_for_come_later(story: PageStory) -> None:
    revoked(story)
    await story.mia.writes("Where is my order?")
    await story.forward("1h")
    renewed(story)
    await story.forward(TRIED_AGAIN)
    await (await story.ticket("Where is my order?")).card_shows("Mia Vogel")


async def test_meta_takes_the_pages_right_to_send_and_gives_it_back(story: PageStory) -> None:
    await story.asked()
    await story.graph.messenger.enforces(story.page, "block", "Spam")
    await story.settled()
    await story.ada.was_told_once("The platform reports trouble with the inbox page.")
    await story.graph.messenger.enforces(story.page, "unblock")
    await story.settled()


# --- one customer's trouble -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "subcode", "words"),
    [
        (551, 1545041, "The customer cannot receive this"),
        (200, 1545041, "The customer cannot receive this"),
        (100, 2018001, "The customer cannot receive this"),
        (10, 2018108, "The customer cannot receive this"),
        (10, 2018300, "Another app of the Page has this conversation."),
        (10, 2018278, "The customer wrote too long ago"),
    ],
    ids=["551", "blocked", "no such user", "gone", "other app", "window"],
)
async def test_who_blocked_us_or_is_gone_keeps_nobody_else_waiting(
    story: PageStory, code: int, subcode: int, words: str
) -> None:
    mia, ticket = story.mia, await story.asked()
    tom, other = await another(story)
    await story.mei.types("!claim", ticket)  # and the customer sees that it was read
    story.graph.faults.next(SEND, Fault.error(code, 400, error_subcode=subcode))
    await replies(story, ticket, "For Mia.")
    await replies(story, other, "For Tom.")
    await ticket.shows(f"Not delivered: {words}")
    await ticket.shows_once("A reply did not reach the customer.")
    await tom.sees_nothing_but(["For Tom."])
    await story.ada.was_never_told("stands still")
    await mia.writes("I am back.")
    await story.settled()
    await ticket.shows("I am back.")


# --- storms, outages, files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [Fault.error(613, 400), Fault.rate_limited(30), Fault.error(1200, 400), Fault.error(32, 400), Fault.http(503)],
    ids=["613", "429", "1200", "32", "503"],
)
async def test_what_passes_by_itself_is_sat_out(story: PageStory, fault: Fault) -> None:
    mia, ticket = story.mia, await story.asked()
    story.graph.faults.always(SEND, fault)
    await replies(story, ticket, "One.", "Two.", "Three.")
    await story.forward("4m")
    assert mia.received == []
    story.graph.faults.clear()
    await story.forward(TRIED_AGAIN)
    await mia.sees_nothing_but(["One.", "Two.", "Three."])
    await story.ada.was_never_told("stands still")


async def test_a_picture_comes_when_metas_cdn_is_back(story: PageStory) -> None:
    mia = story.mia
    await story.asked()
    story.graph.faults.always("GET /cdn/*", Fault.http(503))
    await mia.sends_file("label.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")
    await story.forward("2m")
    story.graph.faults.clear()
    await story.forward("4m")
    (file,) = await files(story)
    assert file.state == "stored"


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_a_picture_whose_address_ran_out_is_an_honest_line(story: PageStory, status: int) -> None:
    mia, ticket = story.mia, await story.asked()
    story.graph.faults.always("GET /cdn/*", Fault.http(status))
    await mia.sends_file("label.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")
    await mia.writes("Do you see it?")
    await story.forward("1m")
    await ticket.shows(
        "The file is no longer kept by the platform. Ask the customer to send it again.", "Do you see it?"
    )


async def files(story: PageStory) -> list[File]:
    found = await story.running.store.messages([MessageId(id) for id in range(1, 9)])
    return [file for message in found.values() for file in message.files]

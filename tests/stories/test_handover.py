"""How things stand: the digests of a region, and what one shift hands over to the next. Stories begin on a Monday at
nine."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.databases import fresh_database
from tests.stories.agents import Agent
from tests.stories.conftest import DESKS, ENGINES, Tell
from tests.stories.story import DeskChoice, Story

WEEKLY = """{ mon = ["%s"], tue = ["%s"], wed = ["%s"], thu = ["%s"], fri = ["%s"] }"""


def weekly(hours: str) -> str:
    return WEEKLY % ((hours,) * 5)


CALENDAR = f'calendar = {{ zone = "UTC", weekly = {weekly("08:00-20:00")} }}'
SHIFTS = f"""
[promises]
acknowledge = false
soothe = false

[[shifts]]
name = "early"
calendar = {{ zone = "UTC", weekly = {weekly("06:00-14:00")} }}

[[shifts]]
name = "late"
calendar = {{ zone = "UTC", weekly = {weekly("14:00-22:00")} }}
"""
EUROPE = """
[[digests]]
region = "Europe"
queues = ["sales"]
countries = ["ES"]
zone = "Europe/Madrid"
at = ["10:30", "17:00"]
"""
NO_HANDOVER = """
[roster]
handover = false
"""
PAIRS = [(desk, ENGINES[n % 2]) for n, desk in enumerate(DESKS)]


async def _begun(
    request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path, **settings: str
) -> AsyncIterator[Story]:
    desk: DeskChoice
    desk, dialect = request.param
    with fresh_database(dialect, tmp_path, shared_folder, migrated=True) as url:
        async with Story(url, tmp_path, desk, calendar=CALENDAR, **settings) as story:  # type: ignore[arg-type]
            yield story


@pytest.fixture(params=PAIRS, ids="-".join)
async def house(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> AsyncIterator[Story]:
    """With an early and a late shift, at each desk."""
    async for story in _begun(request, tmp_path, shared_folder, more=SHIFTS):
        yield story


@pytest.fixture(params=PAIRS, ids="-".join)
async def region(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> AsyncIterator[Story]:
    """With a digest of a region, at each desk."""
    async for story in _begun(request, tmp_path, shared_folder, more=NO_HANDOVER + SHIFTS + EUROPE, digests=""):
        yield story


async def works(story: Story, agent: Agent, shift: str) -> None:
    store = story.running.store
    person = await store.person(agent.person.id)
    assert person is not None
    await store.set_duty(replace(person, shifts=(shift,)))
    await story.settled()


async def test_the_late_shift_is_told_what_it_takes_over(house: Story) -> None:
    story, mei, li = house, house.mei, house.li
    await works(story, mei, "early")
    await works(story, li, "late")
    fay = await story.hires("Fay", queues=("billing",))
    first = await story.opened(story.customer(), "Where is my order?")
    second = await story.opened(story.customer("Ben", "34600999888"), "And mine?")
    await mei.types("!claim", first)
    await mei.types("!consult billing Is it paid?", second)
    await story.forward("3h")  # it is noon
    await li.was_never_told("Handover")
    await story.forward("2h")
    await li.was_told(
        "🔁 Handover, until Mon, Mar 2, 22:00", "Late, or due in this shift:", "Asked inside, not answered:"
    )
    await li.was_told("T-1", "Mei asks Billing", "Ben")
    await mei.was_never_told("Handover")
    await fay.was_never_told("Handover")
    await story.forward("1h")
    await li.was_told_once("🔁 Handover")


async def test_a_night_is_handed_over_in_the_morning_and_not_before(house: Story) -> None:
    story, mei, li = house, house.mei, house.li
    await works(story, mei, "early")
    await works(story, li, "late")
    await story.forward("13h")  # ten in the evening: Li goes, and nobody comes
    await story.opened(story.customer(), "Where is my order?")
    await story.forward("7h")
    await mei.was_never_told("Handover")
    await story.forward("1h10m")
    await mei.was_told_once("🔁 Handover, until Tue, Mar 3, 14:00")
    await mei.was_told("T-1")


async def test_it_can_be_asked_for_at_any_time(house: Story) -> None:
    story, mei = house, house.mei
    await mei.types("!handover")
    await mei.was_told("Nothing to hand over in Sales, Billing")
    await story.opened(story.customer(), "Where is my order?")
    await mei.types("!handover sales")
    await mei.was_told("🔁 Handover, until Mon, Mar 2, 20:00", "Late, or due in this shift:", "Ana")


async def test_a_digest_twice_a_day_of_the_regions_own_customers(region: Story) -> None:
    story, mei, sol = region, region.mei, region.sol
    await story.opened(story.customer(), "Where is my order?")  # from Spain
    await story.opened(story.customer("Bob", "12125550100"), "Where is mine?")  # from New York
    await mei.was_never_told("Europe: how things stand")
    await story.forward("35m")  # it is half past ten in Madrid
    await mei.was_told_once("🗞️ Europe: how things stand")
    await mei.was_told("1 customer waits for an answer", "Ana")
    await mei.was_never_told("Bob")
    await sol.was_told_once("🗞️ Europe: how things stand")
    await story.forward("6h30m")
    heard = [text for text in await mei.heard() if "Europe: how things stand" in text]
    assert len(heard) == 2
    assert "1 ticket is late" in heard[-1]


async def test_nobody_is_told_twice_whatever_dies(tell: Tell) -> None:
    story = await tell(calendar=CALENDAR, more=NO_HANDOVER + SHIFTS + EUROPE, digests="")
    mei = story.mei
    await story.opened(story.customer(), "Where is my order?")
    await story.forward("31m")
    await story.crashes()
    await story.begins()
    await story.forward("10m")
    await mei.was_told_once("🗞️ Europe: how things stand")
    await story.stops()
    await story.forward("6h30m")
    await story.begins()
    await mei.was_told("1 ticket is late")  # what was missed an hour ago comes once
    heard = [text for text in await mei.heard() if "Europe: how things stand" in text]
    assert len(heard) == 2
    await story.stops()
    await story.forward("22h")
    await story.begins()
    assert len([text for text in await mei.heard() if "Europe: how things stand" in text]) == 2


async def test_a_team_of_three_as_it_is_shipped(tell: Tell) -> None:
    story = await tell(calendar=CALENDAR, digests="", desk="console")
    mei, sol = story.mei, story.sol
    await story.opened(story.customer(), "Where is my order?")
    await story.forward("8h")
    await sol.was_told("🗞️ Sales: how things stand")
    digests = [text for text in await mei.heard() if "Sales: how things stand" in text]
    assert "1 ticket is due" in digests[0]  # at nine, with what the shift takes over
    assert "Handover" in digests[0]
    assert "1 ticket is late" in digests[1]  # at five
    assert len(digests) == 2
    await mei.was_never_told("Billing: how things stand")

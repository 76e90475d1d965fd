"""`!coverage`: which promises nobody who works here can keep."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import i18n
from core.policy import Policy
from core.targets import Target, Whose
from tests.handlers.test_due import a_policy, read, under
from tests.handlers.world import BILLING, SUPPORT, World, keys

ROW = Target(timedelta(hours=2), timedelta(days=30), queue=SUPPORT, whose=Whose.CUSTOMER)
US_PHONE = "12125550100"


def in_shenzhen(*rows: Target, **changes: object) -> Policy:
    return a_policy(targets=rows or (ROW,), **changes)


async def test_new_york_is_asleep_when_shenzhen_works(world: World) -> None:
    house = under(world, in_shenzhen())
    await house.customer_writes(who=US_PHONE)
    assert read(await house.types("ana", None, "!coverage", direct=True)) == [
        "1 of 2 promises cannot be kept by anybody who works here:",
        "Row 1 of the targets, First reply within 2 hr, Support, customers in United States (New York): "
        "78% of what arrives in the hours that count cannot be answered in time.",
        "Arriving Mon–Fri 04:45–16:00 New York = Mon–Fri 17:45–05:00 Shanghai",
        "What would do, each by itself: somebody there Mon–Fri 23:30–05:30 Shanghai, first_reply of 9 hr 15 min, "
        'calendar = "team"',
    ]


async def test_what_is_kept_is_said_too(world: World) -> None:
    house = under(world, in_shenzhen(replace(ROW, whose=Whose.TEAM)))
    await house.customer_writes(who=US_PHONE)
    (said,) = read(await house.types("ana", None, "!coverage", direct=True))
    assert said == "Every promise can be kept: 2 were looked at, for customers in United States (New York)."


async def test_countries_of_the_configuration_and_other_queues(world: World) -> None:
    both = tuple(replace(ROW, queue=queue) for queue in (SUPPORT, BILLING))
    house = under(world, in_shenzhen(*both, regions=("SA", "GB")))
    said = "\n".join(read(await house.types("ana", None, "!coverage", direct=True)))
    assert "Saudi Arabia (Riyadh)" in said
    assert "United Kingdom (London)" in said
    assert "Billing" not in said  # is no business of hers, and round the clock anyway


async def test_nobody_works_there(world: World) -> None:
    house = under(world, in_shenzhen())
    for who in ("ana", "bo", "sam"):
        await house.types(who, None, "!away", direct=True)
    said = read(await house.types("ana", None, "!coverage", direct=True))
    assert said[1].startswith("⚠️ Nobody works in Support")
    assert "100% of what arrives" in said[2]


async def test_the_worst_come_first_and_the_rest_is_counted(world: World) -> None:
    rows = tuple(replace(ROW, first_reply=timedelta(hours=n), tag=f"t{n}") for n in range(2, 9))
    house = under(world, in_shenzhen(*rows, regions=("US",)))
    said = read(await house.types("ana", None, "!coverage", direct=True))
    assert said[0] == "7 of 14 promises cannot be kept by anybody who works here:"
    assert "Row 1 of the targets" in said[1]
    assert said[-1].startswith("4 more are on the console: https://desk.example/console")


@pytest.mark.parametrize("locale", i18n.locales())
async def test_every_line_has_words(world: World, locale: str) -> None:
    always = replace(ROW, whose=Whose.ALWAYS)
    house = under(world, in_shenzhen(always, ROW, regions=("SA", "AU", "US")))
    assert len(read(await house.types("ana", None, "!覆盖", direct=True), locale)) > 5


async def test_anybody_in_the_team_may_ask(world: World) -> None:
    assert keys(await world.types("eve", None, "!coverage", direct=True)) == ["coverage.kept"]
    assert keys(await world.types("nobody", None, "!coverage", direct=True)) == ["refused.not_joined"]

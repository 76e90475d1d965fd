"""Being away, standing in for somebody, and being on call."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.handlers.asking import Answer
from core.commands import Claim
from core.people import Person
from core.ports import NewPerson
from core.rotations import OwnerAway, Rotation
from core.say import PersonName, Say
from storage import SqlStore, open_store
from tests.handlers.world import BILLING, POLICY, START, SUPPORT, World

WEEKS = Rotation(SUPPORT, ("ana@example.com",), date(2026, 11, 23), 7, "UTC")
MONDAY_IN_MADRID = datetime(2026, 11, 30, 8, tzinfo=UTC)
"""At nine."""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(f"sqlite:///{tmp_path / 'house.sqlite3'}")
    yield opened
    await opened.close()


@pytest.fixture
async def world(store: SqlStore) -> World:
    return await World.peopled(store, replace(POLICY, rotations=(WEEKS,)))


async def person(world: World, name: str) -> Person:
    found = await world.store.person(world.people[name].id)
    assert found is not None
    return found


def said(answer: Answer) -> list[Say]:
    """What was answered, line by line."""
    [whisper] = answer.whispers
    return [whisper, *whisper.lines]


def keys(answer: Answer) -> list[str]:
    return [line.key for line in said(answer)]


async def told(world: World, name: str) -> list[Say]:
    return [notice.say for notice in await world.store.notices(world.people[name].id, 10)]


class TestAway:
    async def test_until_they_say_so(self, world: World) -> None:
        assert keys(await world.types("ana", None, "!away")) == ["presence.away"]
        ana = await person(world, "ana")
        assert (ana.away, ana.away_since, ana.away_until) == (True, START, None)
        assert keys(await world.types("ana", None, "!back")) == ["presence.back"]
        assert not (await person(world, "ana")).away

    @pytest.mark.parametrize(
        ("typed", "until"),
        [
            ("2d", START + timedelta(days=2)),
            ("until mon 9", MONDAY_IN_MADRID),
            ("mon", MONDAY_IN_MADRID),
            ("到 周一 9点 为止", MONDAY_IN_MADRID),
            ("for 90m", START + timedelta(minutes=90)),
        ],
    )
    async def test_until_a_moment_on_their_own_clock(self, world: World, typed: str, until: datetime) -> None:
        [answer] = said(await world.types("ana", None, f"!away {typed}"))
        assert (answer.key, answer.params) == ("presence.away_until", {"until": until})
        assert (await person(world, "ana")).away_until == until

    @pytest.mark.parametrize(
        "typed", ["@bo", "2d @bo", "@bo 2d", "until fri @Bo Li", "@Bo Li until fri", "＠bo", "2d <@bo>", "<@bo> 2d"]
    )
    async def test_with_somebody_to_stand_in(self, world: World, typed: str) -> None:
        await world.types("ana", None, f"!away {typed}")
        ana, bo = await person(world, "ana"), world.people["bo"]
        assert ana.away
        assert ana.substitute == bo.id
        [words] = await told(world, "bo")
        assert words.params["who"] == PersonName(ana.id)
        assert ("until" in words.params) is (ana.away_until is not None)

    async def test_who_stands_in_stays_until_another_is_named(self, world: World) -> None:
        await world.types("ana", None, "!away @bo")
        await world.types("ana", None, "!back")
        await world.types("ana", None, "!away 2d")
        assert (await person(world, "ana")).substitute == world.people["bo"].id
        assert len(await told(world, "bo")) == 1, "who is not named is not told"

    @pytest.mark.parametrize(
        ("typed", "key"),
        [
            ("soon", "refused.until_unreadable"),
            ("-2h", "refused.until_not_positive"),
            ("2026-11-22", "refused.until_past"),
            ("3y", "refused.until_unreadable"),
            ("400d", "refused.until_too_far"),
            ("@ana", "refused.stand_in_yourself"),
            ("@eve", "refused.stand_in_elsewhere"),
            ("@zoe", "refused.assign_unknown"),
            ("2d @", "refused.assign_unknown"),
            ("<@nobody>", "refused.assign_unknown"),
            ("soon @bo", "refused.until_unreadable"),
            ("queue:support", "refused.until_unreadable"),
        ],
    )
    async def test_what_cannot_be_is_refused_and_nobody_is_away(self, world: World, typed: str, key: str) -> None:
        assert keys(await world.types("ana", None, f"!away {typed}")) == [key]
        assert not (await person(world, "ana")).away

    async def test_who_is_away_stands_in_for_nobody(self, world: World) -> None:
        await world.types("bo", None, "!away 1d")
        assert keys(await world.types("ana", None, "!away @bo")) == ["refused.stand_in_away"]
        world.wait(days=1)
        assert keys(await world.types("ana", None, "!away @bo")) == ["presence.away"]


class TestWhatBecomesOfTickets:
    async def with_ticket(self, world: World) -> None:
        ticket = await world.customer_writes()
        await world.door.apply(ticket.id, Claim(world.people["ana"].id), once="claimed")

    async def test_they_go_to_who_stands_in(self, world: World) -> None:
        await self.with_ticket(world)
        [_, line] = said(await world.types("ana", None, "!away 2d @bo"))
        assert (line.key, line.params) == ("presence.tickets_go", {"n": 1, "who": PersonName(world.people["bo"].id)})

    async def test_or_back_to_the_queue(self, world: World) -> None:
        await self.with_ticket(world)
        assert keys(await world.types("ana", None, "!away 2d"))[1] == "presence.tickets_free"

    async def test_an_absence_without_an_end_is_given_an_hour(self, world: World) -> None:
        await self.with_ticket(world)
        [_, line] = said(await world.types("ana", None, "!away @bo"))
        assert line.key == "presence.tickets_go_later"
        assert line.params["at"] == START + timedelta(hours=1)
        assert keys(await world.types("bo", None, "!away")) == ["presence.away"], "who has none is told of none"

    async def test_a_short_absence_is_waited_for(self, world: World) -> None:
        await self.with_ticket(world)
        assert keys(await world.types("ana", None, "!away 45m @bo"))[1] == "presence.tickets_wait"

    async def test_and_so_is_any_where_the_house_has_it_so(self, store: SqlStore) -> None:
        world = await World.peopled(store, replace(POLICY, owner_away=OwnerAway.WAIT))
        await self.with_ticket(world)
        assert keys(await world.types("ana", None, "!away 2d @bo"))[1] == "presence.tickets_wait"

    async def test_who_gives_a_ticket_to_somebody_away_is_told_that_it_waits(self, world: World) -> None:
        await world.types("bo", None, "!away 2d")
        ticket = await world.customer_writes()
        [line] = said(await world.types("ana", ticket, "!assign @bo"))
        assert line.key == "presence.given_away_until"
        assert line.params["until"] == START + timedelta(days=2)
        world.wait(days=2)
        assert (await world.types("ana", ticket, "!assign @sam")).whispers == ()


class TestOncall:
    async def test_who_it_is_now(self, world: World) -> None:
        [title, line] = said(await world.types("bo", None, "!oncall"))
        assert title.key == "oncall.title"
        assert (line.key, line.params) == ("oncall.always", {"queue": "Support", "who": "Ana Ruiz"})

    async def test_and_who_is_next(self, store: SqlStore) -> None:
        rotation = replace(WEEKS, people=("ana@example.com", "kim@example.com"))
        world = await World.peopled(store, replace(POLICY, rotations=(rotation,)))
        await store.create_person(NewPerson("Kim", "kim@example.com", queues=frozenset({SUPPORT})), START)
        [_, line] = said(await world.types("bo", None, "!oncall"))
        monday = datetime(2026, 11, 30, tzinfo=UTC)
        shown = {"queue": "Support", "who": "Ana Ruiz", "at": monday, "next": "Kim"}
        assert (line.key, line.params) == ("oncall.then", shown)

    async def test_nobody_in_queues_that_have_no_rotation(self, world: World) -> None:
        assert keys(await world.types("eve", None, "!oncall")) == ["oncall.none"]

    async def test_i_am_for_a_while(self, world: World) -> None:
        [_, line] = said(await world.types("bo", None, "!oncall me 2h"))
        until = START + timedelta(hours=2)
        assert line.params == {"queue": "Support", "who": "Bo Li", "at": until, "next": "Ana Ruiz"}
        world.wait(hours=2)
        assert said(await world.types("bo", None, "!oncall"))[1].params["who"] == "Ana Ruiz"

    @pytest.mark.parametrize("typed", ["2h", "me until 11:00", "我 2h", "@bo 2h in support", "me 2h in Support"])
    async def test_in_any_words(self, world: World, typed: str) -> None:
        assert said(await world.types("bo", None, f"!oncall {typed}"))[1].params["who"] == "Bo Li"

    async def test_until_i_am_no_longer(self, world: World) -> None:
        await world.types("bo", None, "!oncall me 2h")
        assert said(await world.types("bo", None, "!oncall off"))[1].params["who"] == "Ana Ruiz"
        assert keys(await world.types("bo", None, "!oncall off")) == ["refused.oncall_not_set"]

    async def test_supervisors_name_others_who_are_told(self, world: World) -> None:
        [_, line] = said(await world.types("sam", None, "!oncall @bo until mon 9"))
        assert line.params["who"] == "Bo Li"
        [words] = await told(world, "bo")
        assert (words.key, words.params["queues"]) == ("oncall.you_are", "Support")
        assert said(await world.types("sam", None, "!oncall @bo off"))[1].params["who"] == "Ana Ruiz"

    async def test_a_queue_without_a_rotation_may_have_somebody_for_a_while(self, world: World) -> None:
        [_, line] = said(await world.types("eve", None, "!oncall me 2h"))
        assert (line.key, line.params["queue"]) == ("oncall.until", "Billing")
        assert [stand.queue for stand in (await world.store.roster()).oncall] == [BILLING]

    @pytest.mark.parametrize(
        ("who", "typed", "key"),
        [
            ("bo", "@ana 2h", "refused.oncall_others"),
            ("bo", "me", "refused.oncall_when"),
            ("bo", "me soon", "refused.until_unreadable"),
            ("bo", "me 2020-01-01", "refused.until_past"),
            ("bo", "me 2h in billing", "refused.oncall_queue"),
            ("bo", "nonsense", "refused.oncall_queue"),
            ("sam", "@eve 2h", "refused.oncall_elsewhere"),
            ("sam", "@zoe 2h", "refused.assign_unknown"),
        ],
    )
    async def test_what_cannot_be_is_refused(self, world: World, who: str, typed: str, key: str) -> None:
        assert keys(await world.types(who, None, f"!oncall {typed}")) == [key]
        assert (await world.store.roster()).oncall == ()

    async def test_nobody_is_put_on_call_on_a_beach(self, world: World) -> None:
        await world.types("bo", None, "!away 2d")
        assert keys(await world.types("sam", None, "!oncall @bo 2h")) == ["refused.oncall_away"]

"""What the page "Time" is told, and whom it tells what."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.web.render import Reader
from bot.web.timing.rules import rules_json
from bot.web.timing.view import View
from core.commands import Assign
from core.people import Role
from core.staffing import Staffing
from tests.web.conftest import Browser, SignIn
from tests.web.house import House
from tests.web.office import SALES, SERVICE, office, office_policy

PARTS = ("due", "coverage", "rules", "calendars", "roster", "wrong")


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with office(tmp_path) as made:
        yield made


async def asked(browser: Browser, part: str, **query: str) -> Any:
    return await browser.json(f"console/api/time/{part}", **query)


def place(found: Any, zone: str) -> Any:
    return next(region for region in found["regions"] if region["clock"]["zone"] == zone)


@pytest.mark.parametrize("part", PARTS)
async def test_strangers_are_told_nothing(stranger: Browser, part: str) -> None:
    assert (await stranger.get(f"console/api/time/{part}")).status == 401


@pytest.mark.parametrize("path", ["console/time", "console/time/roster"])
async def test_the_address_leads_to_the_page_or_to_signing_in(stranger: Browser, sign_in: SignIn, path: str) -> None:
    assert (await (await sign_in("Mei")).get(path)).status == 200
    response = await stranger.get(path)
    assert (response.status, response.headers["Location"]) == (302, "/console/login")


async def test_a_vip_before_thanksgiving(sign_in: SignIn) -> None:
    """The worked example: two hours of New York's working time, over the holiday."""
    found = await asked(await sign_in("Ines"), "due", queue=SALES)
    new_york = place(found, "America/New_York")
    assert new_york["clock"] | {"until": ""} == {
        "zone": "America/New_York",
        "city": "New York",
        "open": True,
        "why": "",
        "name": "",
        "until": "",
    }
    vip = new_york["rows"][0]
    assert (vip["number"], vip["when"]) == (1, {"tier": "vip"})
    assert vip["due"]["first_reply"]["at"] == "2026-11-27T15:15:00+00:00"
    assert vip["due"]["first_reply"]["there"] == ["Liu"], "23:15 in Shenzhen"
    assert vip["told"]["until"] == "2026-11-27T15:15:00+00:00"
    assert "Friday, 27 November, 10:15 (New York time)" in vip["told"]["words"]


async def test_where_customers_are_and_the_team_itself_are_looked_at(sign_in: SignIn) -> None:
    found = await asked(await sign_in("Ines"), "due", queue=SALES)
    zones = {region["clock"]["zone"] for region in found["regions"]}
    assert zones == {"America/New_York", "Europe/Berlin", "Asia/Riyadh", "America/Sao_Paulo", "Asia/Shanghai"}
    assert (found["team"]["zone"], found["team"]["open"], found["team"]["why"]) == ("Asia/Shanghai", False, "night")


async def test_another_moment_by_the_clock_of_a_place(sign_in: SignIn) -> None:
    ines = await sign_in("Ines")
    found = await asked(ines, "due", queue=SALES, at="2026-12-25T17:00", zone="America/New_York")
    assert found["at"] == "2026-12-25T22:00:00+00:00"
    clock = place(found, "America/New_York")["clock"]
    assert (clock["open"], clock["why"], clock["name"]) == (False, "holiday", "Christmas Day")
    assert clock["until"] == "2026-12-28T14:00:00+00:00"
    riyadh = place(await asked(ines, "due", at="2026-11-26T17:00", zone="Asia/Riyadh"), "Asia/Riyadh")
    assert riyadh["rows"][0]["due"]["first_reply"]["at"] == "2026-11-29T07:00:00+00:00", "on Sunday, at 10:00"


@pytest.mark.parametrize(
    "query",
    [
        {"at": "tomorrow"},
        {"at": "2026-12-25T17:00", "zone": "Mars/Olympus"},
        {"at": "2026-12-25T17:00+01:00"},
        {"at": "9999-12-31T23:59"},
        {"at": "0001-01-01T00:00"},
        {"at": "2026-12-25T17:00" + " " * 500},
    ],
)
async def test_a_moment_that_is_none_is_refused(sign_in: SignIn, query: dict[str, str]) -> None:
    assert (await (await sign_in("Ines")).get("console/api/time/due", **query)).status == 400


async def test_of_other_queues_nothing_is_said(home: House, sign_in: SignIn) -> None:
    """Mei sells; what the service team does is none of her business."""
    mei = await sign_in("Mei")
    assert (await mei.get("console/api/time/due", queue=SERVICE)).status == 404
    for part in ("calendars", "roster", "coverage"):
        told = str(await asked(mei, part))
        assert "Sara" not in told
        assert "Service" not in told
    assert [queue["name"] for queue in (await asked(mei, "roster"))["queues"]] == [SALES]


async def test_who_sees_no_queue_is_told_of_none(home: House, sign_in: SignIn) -> None:
    await home.joins("Noor")
    noor = await sign_in("Noor")
    assert (await noor.get("console/api/time/due")).status == 404
    assert (await asked(noor, "roster"))["queues"] == []
    assert (await asked(noor, "coverage"))["gaps"] == []


async def test_the_rules_in_words(sign_in: SignIn) -> None:
    found = await asked(await sign_in("Mei"), "rules")
    new = next(row for row in found["rows"] if "newcomer" in row["when"])
    assert (new["first_reply"], new["closed_first_reply"], new["resolve"]) == ("30 min", "1 hr", "7 working days")
    assert [row["whose"] for row in found["rows"]] == ["customer", "customer", "customer", "team", "customer"]
    assert found["raising"] == ["complaint"]
    (chain,) = found["chains"]
    assert [(step["when"], *step["tell"]) for step in chain["steps"][:4]] == [
        ("at 75% of the time", "The owner"),
        ("at 90% of the time", "The owner"),
        ("when it is due", "Supervisors"),
        ("30 min later", "Admins"),
    ]
    assert {it["kind"] for it in found["triggers"]} >= {"chargeback", "lawyer", "safety", "public_review"}


async def test_rules_of_other_queues_are_left_out_and_keep_their_numbers(tmp_path: Path) -> None:
    rows = [
        {"queue": SERVICE, "first_reply": "1h", "next_reply": "1h"},
        {"first_reply": "8h", "next_reply": "8h", "chain": "slow"},
    ]
    steps = [
        {"chain": "slow", "at": "100%", "tell": ["mei@example.org", "gone@example.org"], "priority": "high"},
        {"chain": "default", "at": "100%", "tell": ["oncall"]},
    ]
    async with office(tmp_path, office_policy(targets=rows, escalation=steps)) as home:
        found = await _rules(home, "Mei")
    assert [row["number"] for row in found["rows"]] == [2]
    step = next(chain for chain in found["chains"] if chain["name"] == "slow")["steps"][0]
    assert (step["tell"], step["deeds"]) == (["Mei", "gone@example.org"], ["priority at least high"])


async def _rules(home: House, name: str) -> Any:
    person, roster = home.people[name], await home.store.roster()
    reader, staffing = Reader.of(person, roster.people, "Asia/Shanghai"), Staffing(home.parts.policy, roster)
    return rules_json(View(reader, staffing, home.clock.now(), sorted(person.queues), (), {}))


async def test_calendars_with_what_is_unusual_in_them(sign_in: SignIn) -> None:
    found = (await asked(await sign_in("Ines"), "calendars"))["calendars"]
    titles = [(it["kind"], it["title"]) for it in found]
    assert titles[:4] == [("queue", "Sales"), ("queue", "Service"), ("shift", "day"), ("shift", "night")]
    assert {title for kind, title in titles if kind == "customers"} == {"US", "DE", "SA", "BR"}
    sales, american = found[0], next(it for it in found if it["title"] == "US")
    assert sales["lines"] == ["Mon–Fri 09:00–12:30", "Mon–Fri 13:30–18:00"]
    assert {"date": "2026-12-24", "why": "exception", "name": "", "hours": ["09:00–13:00"]} in sales["coming"]
    assert sales["unconfirmed"] == [{"year": 2027, "soon": True}]
    assert american["coming"][0] == {"date": "2026-11-26", "why": "holiday", "name": "Thanksgiving Day", "hours": []}
    assert american["unconfirmed"] == []


async def test_a_working_saturday_of_the_team_is_shown(home: House, sign_in: SignIn) -> None:
    home.clock.at = datetime(2026, 2, 10, 1, 0, tzinfo=UTC)
    sales = (await asked(await sign_in("Ines"), "calendars"))["calendars"][0]
    saturdays = [day for day in sales["coming"] if day["why"] == "workday"]
    assert saturdays[0] == {"date": "2026-02-14", "why": "workday", "name": "", "hours": ["09:00–12:30", "13:30–18:00"]}


async def test_who_is_there_and_who_is_on_call(home: House, sign_in: SignIn) -> None:
    (ticket, *_) = sorted(t.id for t in (await home.store.listed([SALES], "all")).tickets)
    mei = home.people["Mei"].id
    await home.door.apply(ticket, Assign(mei, to=mei), once="mei-takes-it")
    sales, service = (await asked(await sign_in("Ines"), "roster"))["queues"]
    people = {person["name"]: person for person in sales["people"]}
    assert (people["Mei"]["load"], people["Mei"]["capacity"], people["Mei"]["languages"]) == (1, 2, ["en", "zh"])
    assert people["Omar"]["away"]
    assert people["Omar"]["substitute"] == "Mei"
    assert people["Omar"]["away_until"] == "2026-11-30T22:15:00+00:00"
    assert people["Liu"]["works"] == {"open": False, "until": "2026-11-26T13:00:00+00:00"}
    assert (sales["oncall"]["now"], sales["oncall"]["next"]["who"]) == (["Liu"], ["Mei"])
    assert (sales["on_shift"], sales["problem"], service["oncall"]) == ([], "", None)


async def test_an_open_queue_with_nobody_on_shift_is_a_problem(home: House, sign_in: SignIn) -> None:
    home.clock.at = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
    for name in ("Sara", "Ines", "Ada"):
        await home.store.set_away(home.people[name].id, home.clock.at)
    ines = await sign_in("Ines")
    service = (await asked(ines, "roster"))["queues"][1]
    assert service["problem"] == "nobody", "none of them has said when they are back"
    assert (await asked(ines, "wrong"))["roster"] == 1
    assert (await asked(ines, "coverage"))["unstaffed"] == ["Service"]


async def test_what_nobody_can_keep_and_what_would_cure_it(sign_in: SignIn) -> None:
    ines = await sign_in("Ines")
    found = await asked(ines, "coverage")
    worst = found["gaps"][0]
    assert [row["number"] for row in worst["rows"]] == [1, 2], "VIPs and urgent tickets are promised the same"
    assert (worst["country"], worst["queues"], worst["kind"]) == ("US", ["Service"], "first_reply")
    assert worst["open_share"] > 0.5
    assert worst["windows"][0]["theirs"].startswith("Mon–Fri")
    assert worst["shifts"]
    assert worst["target"]
    shares = [gap["open_share"] for gap in found["gaps"]]
    assert shares == sorted(shares, reverse=True)
    assert (await asked(ines, "wrong"))["coverage"] == len(found["gaps"])


async def test_coverage_is_looked_at_again_when_the_roster_changes(home: House, sign_in: SignIn) -> None:
    ines = await sign_in("Ines")
    before = await asked(ines, "coverage")
    assert await asked(ines, "coverage") == before
    await home.joins("Bo", SERVICE, role=Role.SUPERVISOR)
    await home.store.set_away(home.people["Liu"].id, home.clock.now())
    assert len((await asked(ines, "coverage"))["gaps"]) != len(before["gaps"])


async def test_names_are_plain_text_on_one_line(home: House, sign_in: SignIn) -> None:
    await home.joins("Eve\n<b>", SALES)
    people = (await asked(await sign_in("Mei"), "roster"))["queues"][0]["people"]
    assert "Eve <b>" in {person["name"] for person in people}

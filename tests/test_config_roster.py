"""Shifts, rotations and absence in dragoman.toml: what they become, and every way to get them wrong."""

from datetime import date, time, timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from bot.config.loading import load
from bot.config.policy import policy_of
from bot.config.problems import ConfigError
from core.hours import Calendar
from core.ids import QueueName
from core.rotations import OwnerAway, Rotation

HOUSE = """
[dragoman]
organisation = "Fernweh Lamps"
[[queues]]
name = "support"
calendar = { zone = "Asia/Shanghai", weekly = "always" }
"""
NIGHTS = '{ zone = "Europe/Berlin", weekly = { mon = ["18:00-08:00"] } }'
ROTATION = '[[oncall]]\nqueue = "support"\npeople = ["a@x.org", "b@x.org"]\nstart = 2026-11-23\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "dragoman.toml"


def refusals(file: Path, text: str) -> list[str]:
    file.write_text(HOUSE + dedent(text))
    with pytest.raises(ConfigError) as error:
        load(file, {})
    return str(error.value).splitlines()


def test_a_roster_is_read(file: Path) -> None:
    file.write_text(
        HOUSE
        + f"""
[[shifts]]
name = "night"
calendar = {NIGHTS}

{ROTATION}
[[oncall]]
queue = "sales"
people = [" C@X.org "]
start = "2026-01-01"
every = "2d"
at = "08:30"
calendar = {NIGHTS}

[[queues]]
name = "sales"
calendar = {{ zone = "UTC", weekly = "always" }}

[roster]
owner_away = "wait"
away_after = "3h"
"""
    )
    policy, nights = policy_of(load(file, {})), Calendar.parse("Europe/Berlin", {"mon": ["18:00-08:00"]})
    assert policy.shifts == {"night": nights}
    assert policy.rotations == (
        Rotation(QueueName("support"), ("a@x.org", "b@x.org"), date(2026, 11, 23), 7, "Asia/Shanghai"),
        Rotation(QueueName("sales"), ("c@x.org",), date(2026, 1, 1), 2, "Europe/Berlin", time(8, 30), nights),
    )
    assert (policy.owner_away, policy.away_after) == (OwnerAway.WAIT, timedelta(hours=3))


def test_nothing_has_to_be_said(file: Path) -> None:
    file.write_text(HOUSE)
    policy = policy_of(load(file, {}))
    assert (policy.shifts, policy.rotations, policy.owner_away) == ({}, (), OwnerAway.HAND_ON)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('queue = "suport"', "oncall[0].queue: there is no queue “suport”; did you mean support?"),
        ("people = []", "oncall[0].people: must not be empty"),
        ('people = ["Ann"]', "oncall[0].people[0]: “Ann” is no e-mail address"),
        ('people = ["a@x.org", "A@x.org"]', "oncall[0].people[1]: “A@x.org” stands in oncall[0].people[0] already"),
        ('start = "2026-02-30"', "oncall[0].start: “2026-02-30” is no date; write it as 2026-11-23"),
        ("start = 2026-11-23T09:00:00Z", "oncall[0].start: “2026-11-23 09:00:00+00:00” is no date"),
        ("start = 20261123", "oncall[0].start: “20261123” is no date"),
        ('every = "36h"', "oncall[0].every: “36h” is no number of whole days; write it as 1d or 1w"),
        ('every = "0d"', "oncall[0].every: “0d” must be longer than nothing"),
        ('at = "9"', "oncall[0].at: “9” is no time of day; write it as 09:00"),
        ('at = "25:00"', "oncall[0].at: “25:00” is no time of day"),
        ('calendar = { zone = "UTC", weekly = {} }', "oncall[0].calendar.weekly: has no open time at all"),
        ('rota = "1"', "oncall[0].rota: there is no such key"),
    ],
)
def test_a_rotation_that_cannot_be(file: Path, wrong: str, told: str) -> None:
    lines = {line.partition(" = ")[0]: line for line in [*ROTATION.splitlines(), wrong]}
    [found] = refusals(file, "\n".join(lines.values()))
    assert found.startswith(told)


def test_a_rotation_says_at_least_who_and_from_when(file: Path) -> None:
    assert refusals(file, '[[oncall]]\nqueue = "support"') == [
        "oncall[0].people: must be set",
        "oncall[0].start: must be set",
    ]


def test_a_queue_has_one_rotation_at_a_time(file: Path) -> None:
    told = "oncall[1].queue: the queue “support” has a rotation for these hours in oncall[0] already"
    assert refusals(file, ROTATION * 2) == [told]
    at_night = f"{ROTATION}calendar = {NIGHTS}\n"
    assert refusals(file, ROTATION + at_night) == [told]
    assert refusals(file, at_night * 2) == [told]


def test_a_queue_has_one_rotation_for_nights_and_one_for_weekends(file: Path) -> None:
    weekends = '{ zone = "Europe/Berlin", weekly = { sat = ["00:00-24:00"] } }'
    file.write_text(f"{HOUSE}{ROTATION}calendar = {NIGHTS}\n{ROTATION}calendar = {weekends}\n")
    assert len(policy_of(load(file, {})).rotations) == 2


def test_a_shift_has_one_name_and_possible_hours(file: Path) -> None:
    shift = f'[[shifts]]\nname = "night"\ncalendar = {NIGHTS}\n'
    assert refusals(file, shift * 2) == ["shifts[1].name: “night” stands in shifts[0] already"]
    assert refusals(file, shift.replace("Berlin", "Berlim")) == [
        "shifts[0].calendar.zone: there is no time zone “Europe/Berlim”; did you mean Europe/Berlin?"
    ]
    assert refusals(file, shift.replace("18:00-08:00", "08:00-08:00")) == [
        "shifts[0].calendar.weekly: “08:00-08:00” ends where it starts"
    ]
    assert refusals(file, '[[shifts]]\nname = "Night shift"') == [
        "shifts[0].calendar: must be set",
        "shifts[0].name: is not written as it must be; see the configuration reference",
    ]


def test_an_absence_is_handed_on_or_waits(file: Path) -> None:
    assert refusals(file, '[roster]\nowner_away = "hand-on"\naway_after = "a while"') == [
        "roster.away_after: “a while” is no length of time; write it as 30m, 2h or 1h30m",
        "roster.owner_away: must be one of: hand_on, wait; did you mean hand_on?",
    ]
